/**
 * The script of public/reset.html, which gets an app going again that does not start: ends every service worker of this
 * origin and empties the caches of the app's own files. Data is left alone. It stands alone, as one file without imports,
 * so that nothing that is broken elsewhere can break it; the service worker leaves this page to the network.
 */

/** Caches of the app's own files (sw/shell.ts) begin so. What lies in other caches is data. */
const SHELL = 'popup-cafe/shell/'

/** The worker gives way on this channel if no page uses it (worker/writer.ts); as a client it would keep the old program. */
const WRITER = 'popup-cafe:writer'

async function reset(): Promise<number> {
  const channel = new BroadcastChannel(WRITER)
  channel.postMessage('give way')
  channel.close()
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? []
  for (const registration of registrations) await registration.unregister()
  const names = 'caches' in globalThis ? await caches.keys() : []
  for (const name of names.filter((name) => name.startsWith(SHELL))) await caches.delete(name)
  return registrations.length
}

const element = <K extends HTMLElement>(id: string): K | null => document.getElementById(id) as K | null

async function run(button: HTMLButtonElement): Promise<void> {
  const said = element('said')
  button.disabled = true
  try {
    const ended = await reset()
    if (said) said.textContent = ended > 0 ? 'Done. Your data is untouched.' : 'There was nothing to take out.'
    button.hidden = true
    element('back')?.removeAttribute('hidden')
  } catch (error) {
    button.disabled = false
    if (said)
      said.textContent = `This browser did not allow it: ${error instanceof Error ? error.name : 'unknown'}. Close other tabs of Popup Cafe and try again.`
  }
}

const button = element<HTMLButtonElement>('reset')
button?.addEventListener('click', () => void run(button))
