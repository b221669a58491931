/** The page that repairs the app: it stands alone, and yet speaks the language of its reader, in the page and afterwards. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const PAGE = readFileSync(new URL('../../public/reset.html', import.meta.url), 'utf8')
const WRITTEN = new Map(
  [...PAGE.matchAll(/<(\w+)[^>]*\sdata-text="(\w+)"[^>]*>([^<]+)<\/\1>/g)].map(([, , name = '', text = '']) => [
    name,
    text,
  ]),
)

/** As much of an element as the script touches. */
class Part {
  readonly dataset: { readonly text?: string }
  textContent: string
  disabled = false
  hidden = false
  click: () => void = () => undefined

  constructor(text: string, name?: string) {
    this.dataset = name === undefined ? {} : { text: name }
    this.textContent = text
  }
  addEventListener(_type: 'click', click: () => void): void {
    this.click = click
  }
  removeAttribute(): void {
    this.hidden = false
  }
}

let parts: Map<string, Part>
let said: Part
let kept: string | null

/** Opens the page in a browser that asks for these languages. */
async function open(languages: readonly string[], { registered = 0 } = {}): Promise<{ readonly lang: string }> {
  parts = new Map([...WRITTEN].map(([name, text]) => [name, new Part(text, name)]))
  const root = { lang: 'en' }
  const registrations = Array.from({ length: registered }, () => ({ unregister: async () => true }))
  const ids = new Map([
    ['said', said],
    ['reset', parts.get('repair')],
    ['back', parts.get('back')],
  ])
  vi.stubGlobal('document', {
    documentElement: root,
    querySelectorAll: () => [...parts.values()],
    getElementById: (id: string) => ids.get(id) ?? null,
  })
  vi.stubGlobal('navigator', { languages, serviceWorker: { getRegistrations: async () => registrations } })
  vi.stubGlobal('localStorage', { getItem: () => kept })
  vi.resetModules()
  await import('../../src/ui/reset.ts')
  return root
}

beforeEach(() => {
  kept = null
  said = new Part('')
})
afterEach(() => vi.unstubAllGlobals())

test('whatever the page says in words is said in German to who reads German', async () => {
  // Nothing that is read stands outside; the name of the app, and what is there without scripts, are the same for all.
  const body = PAGE.replace(
    /<style>[\s\S]*?<\/style>|<noscript>[\s\S]*?<\/noscript>|<p class="soft">Popup Cafe<\/p>/g,
    '',
  )
  const rest = body.replace(/<(\w+)[^>]*\sdata-text="\w+"[^>]*>[^<]+<\/\1>/g, '')
  expect(rest.replace(/<[^>]*>/g, '').trim()).toBe('')
  const root = await open(['fr', 'de-AT', 'en'])
  expect(root.lang).toBe('de')
  expect(parts.size).toBe(9)
  for (const [name, { textContent }] of parts) {
    expect(textContent, name).not.toBe(WRITTEN.get(name))
    expect(textContent.trim(), name).not.toBe('')
  }
})

test('English is left as it is written, and the choice of a person counts before the browser', async () => {
  expect((await open(['en-GB', 'de'])).lang).toBe('en')
  expect([...parts.values()].map(({ textContent }) => textContent)).toEqual([...WRITTEN.values()])
  kept = 'de'
  expect((await open(['en-GB'])).lang).toBe('de')
  kept = 'toString'
  expect((await open(['en-GB'])).lang).toBe('en')
})

test('what came of it is said in the same language', async () => {
  await open(['de'], { registered: 1 })
  parts.get('repair')?.click()
  await vi.waitFor(() => expect(said.textContent).toBe('Fertig. Deine Daten sind unberührt.'))
  await open(['en'])
  parts.get('repair')?.click()
  await vi.waitFor(() => expect(said.textContent).toBe('There was nothing to take out.'))
})
