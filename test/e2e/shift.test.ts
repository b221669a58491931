/**
 * Nothing moves under a finger: on each main screen, loaded anew and come to from home, all that shifts while it is filled
 * adds up to 0.02 at most (the sum of `layout-shift` entries, https://wicg.github.io/layout-instability/), on phones and desktops.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ready } from '../fixtures/profiles.ts'
import { openStage, type Stage } from '../fixtures/screens/stage.ts'

const MOST = 0.02
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const
const VIEWS = {
  fresh: ['', 'host', 'join', 'account', 'open', 'settings'],
  host: ['', 'host'],
  ada: ['', 'account', 'threads', 'feed', 'news', 'people', 'mail', 'files', 'you', 'settings', 'doctor'],
} as const

type Scope = typeof globalThis & { shifts: { value: number; moved: string[] }[] }

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  for (const page of Object.values(stage.pages)) await page.addInitScript(watch)
}, 120_000)
afterAll(() => stage?.close())

/** Keeps what shifts in a document from its start, with what it was that moved. */
function watch(): void {
  const shifts: Scope['shifts'] = []
  Object.assign(globalThis, { shifts })
  const nameOf = (node: Node | null): string => {
    const at = node instanceof Element ? node : node?.parentElement
    return at
      ? `${at.localName}${at.className ? `.${at.className}` : ''} in ${at.closest('[class], main > *')?.localName}`
      : '?'
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as {
      value: number
      hadRecentInput: boolean
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[]
    }[]) {
      if (entry.hadRecentInput) continue
      const moved = entry.sources.map(
        ({ node, previousRect: from, currentRect: to }) =>
          `${nameOf(node)} ${from.y | 0}+${from.height | 0} to ${to.y | 0}+${to.height | 0}`,
      )
      shifts.push({ value: entry.value, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** What has shifted once the page stands still, if it is too much. */
async function shifted(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.querySelector('main .waiting') === null, undefined, { timeout: 30_000 })
  await page.waitForTimeout(700)
  const shifts = await page.evaluate(() => (globalThis as Scope).shifts.splice(0))
  const sum = shifts.reduce((sum, { value }) => sum + value, 0)
  return sum <= MOST
    ? []
    : shifts.map(({ value, moved }) => `${sum.toFixed(3)}: ${value.toFixed(3)} ${moved.join('; ')}`)
}

test('what moves is seen', async () => {
  const page = stage.pages.fresh
  await page.goto(stage.relay.url)
  await ready(page)
  await shifted(page)
  await page.evaluate(() => {
    const block = document.createElement('p')
    block.style.height = '300px'
    document.querySelector('main')?.prepend(block)
  })
  expect(await shifted(page)).not.toEqual([])
})

describe.each(Object.entries(SIZES))('on a %s', (_size, viewport) => {
  for (const [who, views] of Object.entries(VIEWS)) {
    test.each(views)(`${who} sees #%s stand still`, async (view) => {
      const page = stage.pages[who as keyof typeof VIEWS]
      await page.setViewportSize(viewport)
      await page.goto('about:blank')
      await page.goto(`${stage.relay.url}#${view}`)
      await ready(page)
      const loaded = await shifted(page)
      await page.evaluate(() => {
        location.hash = ''
      })
      await shifted(page)
      await page.evaluate((to) => {
        location.hash = to
      }, view)
      const come = await shifted(page)
      expect({ loaded, come }).toEqual({ loaded: [], come: [] })
    })
  }
})
