/**
 * The page that stands on a website's own origin until its service worker has a way to the website's blocks: it installs
 * the worker, has the app's bridge connect it to the node, and loads the address again. It is served for every path, is
 * inlined into the page by the relay, and has nothing of the app in it.
 */
import {
  BRIDGE_PATH,
  isBridgeReady,
  isSiteGiven,
  isSitePort,
  isSiteRefused,
  SITE_PORT,
  SITE_WORKER_PATH,
} from '../rpc/site-messages.ts'

/** Times in a row that the address is loaded again before this is called a failure, and for how long they count. */
const MAX_RELOADS = 2
const RELOAD_MEMORY = 15_000
/** Milliseconds for the app to start its node: it may have to be fetched. */
const PATIENCE = 20_000
const KEY = 'popup-cafe-opened'
/** The website is shown in a frame of this page, which must stay since the node lives with it. */
const FRAMED = 'popup-cafe-frame'

const app = location.origin.replace(/\/\/[^.]+\./, '//')

async function installed(): Promise<ServiceWorker> {
  await navigator.serviceWorker.register(SITE_WORKER_PATH, { updateViaCache: 'none' })
  const { active } = await navigator.serviceWorker.ready
  if (!active) throw new Error('the service worker is not there')
  return active
}

/** Has the bridge hand one end of a channel to the node; the other end, and whether the node outlives this page. */
function connected(): Promise<{ port: MessagePort; outlives: boolean }> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel()
    const frame = document.createElement('iframe')
    addEventListener('message', ({ data, source, origin }) => {
      if (source !== frame.contentWindow || origin !== app) return
      if (isBridgeReady(data)) frame.contentWindow?.postMessage(SITE_PORT, app, [port1])
      if (isSiteGiven(data)) resolve({ port: port2, outlives: data.outlives })
      if (isSiteRefused(data)) reject(new Error('the app does not open it'))
    })
    setTimeout(() => reject(new Error('the app does not answer')), PATIENCE)
    frame.hidden = true
    frame.src = app + BRIDGE_PATH
    document.body.append(frame)
  })
}

/** Gives the port to the worker, and waits until it says so. */
function given(worker: ServiceWorker, port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('message', ({ data }) => isSitePort(data) && resolve())
    navigator.serviceWorker.startMessages()
    worker.postMessage(SITE_PORT, [port])
  })
}

/** The website in a frame as large as this page. */
function framed(): void {
  const frame = document.createElement('iframe')
  frame.name = FRAMED
  // Another address than this page's: no browser loads a frame from the very address of its page.
  const address = new URL(location.href)
  address.searchParams.set(FRAMED, '1')
  frame.src = address.href
  frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0'
  document.querySelector('main')?.replaceChildren(frame)
}

async function open(): Promise<void> {
  const [count = 0, at = 0] = (sessionStorage.getItem(KEY) ?? '').split(' ').map(Number)
  const recent = Date.now() - at < RELOAD_MEMORY ? count : 0
  if (recent >= MAX_RELOADS) {
    sessionStorage.removeItem(KEY)
    throw new Error('it was tried just now')
  }
  const [worker, { port, outlives }] = await Promise.all([installed(), connected()])
  await given(worker, port)
  sessionStorage.setItem(KEY, `${recent + 1} ${Date.now()}`)
  if (outlives || window.name === FRAMED) location.reload()
  else framed()
}

open().catch(() => {
  const main = document.querySelector('main')
  const text = document.createElement('p')
  text.textContent =
    'This website could not be opened: the cafe that has it cannot be reached from here, or there is none.'
  const again = document.createElement('a')
  again.href = location.href
  again.textContent = 'Try again'
  const home = document.createElement('a')
  home.href = `${app}/`
  home.textContent = 'Open Popup Cafe'
  main?.replaceChildren(text, again, ' · ', home)
})
