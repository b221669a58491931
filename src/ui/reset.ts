/**
 * The script of public/reset.html, which gets an app going again that does not start: ends every service worker of this
 * origin and empties the caches of the app's own files. Data is left alone. It stands alone, as one file without imports,
 * so that nothing that is broken elsewhere can break it; the service worker leaves this page to the network. So its words are
 * here too, and not in the catalogue: English is what the page has written, German takes its place.
 */

/** Caches of the app's own files (sw/shell.ts) begin so. What lies in other caches is data. */
const SHELL = 'popup-cafe/shell/'

/** The worker gives way on this channel if no page uses it (worker/writer.ts); as a client it would keep the old program. */
const WRITER = 'popup-cafe:writer'

/** Milliseconds for Cache Storage to answer; without it the program is fetched from the host all the same. */
const PATIENCE = 5000

/** What is said afterwards. */
interface Said {
  readonly done: string
  readonly nothing: string
  readonly refused: (why: string) => string
}

const ENGLISH: Said = {
  done: 'Done. Your data is untouched.',
  nothing: 'There was nothing to take out.',
  refused: (why) => `This browser did not allow it: ${why}. Close other tabs of Popup Cafe and try again.`,
}

const GERMAN: Said = {
  done: 'Fertig. Deine Daten sind unberührt.',
  nothing: 'Es gab nichts zu entfernen.',
  refused: (why) =>
    `Dieser Browser hat es nicht erlaubt: ${why}. Schließe andere Tabs von Popup Cafe und versuche es noch einmal.`,
}

/** By `data-text` of the page's elements. */
const GERMAN_PAGE: Readonly<Record<string, string>> = {
  title: 'Popup Cafe reparieren',
  heading: 'Die App reparieren',
  lead: 'Wenn Popup Cafe nicht startet oder eine alte Version zeigt, nimmt diese Seite sein Programm aus diesem Browser und holt es neu.',
  stays: 'Bleibt:',
  staysText: 'dein Konto, dein Café, Dateien und Nachrichten.',
  goes: 'Verschwindet:',
  goesText: 'das installierte Programm und Kopien seiner eigenen Dateien. Laufende Übertragungen werden angehalten.',
  repair: 'Jetzt reparieren',
  back: 'Popup Cafe starten',
}

/** As the app finds its language (texts/tongue.ts): what the person chose, else the first that there is. */
function readsGerman(): boolean {
  const known = (tag: string): boolean => /^(de|en)\b/i.test(tag)
  const chosen = kept()
  const tag = chosen !== null && /^(de|en)$/.test(chosen) ? chosen : navigator.languages.find(known)
  return tag?.toLowerCase().startsWith('de') ?? false
}

function kept(): string | null {
  try {
    return localStorage.getItem('cafe-language')
  } catch {
    // no storage for this page
    return null
  }
}

function speak(): Said {
  if (!readsGerman()) return ENGLISH
  document.documentElement.lang = 'de'
  for (const one of document.querySelectorAll<HTMLElement>('[data-text]'))
    one.textContent = GERMAN_PAGE[one.dataset['text'] ?? ''] ?? one.textContent
  return GERMAN
}

async function reset(): Promise<number> {
  const channel = new BroadcastChannel(WRITER)
  channel.postMessage('give way')
  channel.close()
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? []
  for (const registration of registrations) await registration.unregister()
  if ('caches' in globalThis)
    await Promise.race([forgetShell(), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  return registrations.length
}

async function forgetShell(): Promise<void> {
  const names = await caches.keys()
  for (const name of names.filter((name) => name.startsWith(SHELL))) await caches.delete(name)
}

const element = <K extends HTMLElement>(id: string): K | null => document.getElementById(id) as K | null

async function run(button: HTMLButtonElement): Promise<void> {
  const said = element('said')
  button.disabled = true
  try {
    const ended = await reset()
    if (said) said.textContent = ended > 0 ? words.done : words.nothing
    button.hidden = true
    element('back')?.removeAttribute('hidden')
  } catch (error) {
    button.disabled = false
    if (said) said.textContent = words.refused(error instanceof Error ? error.name : String(error))
  }
}

const words = speak()
const button = element<HTMLButtonElement>('reset')
button?.addEventListener('click', () => void run(button))

// A module, so that its names are its own.
export {}
