/**
 * The app's page in the place of content that needs the node while none runs: it starts the worker, hands us a port and
 * reloads, once (it counts in sessionStorage). Its address keeps the fragment, so the key stays where it was.
 */

/** The page of the app, as the static host gives it. */
const APP_PAGE = '/index.html'

/** The shell, or undefined if the host cannot be reached (offline) or has no page. */
export async function bootstrapShell(load: typeof fetch = fetch): Promise<Response | undefined> {
  let page: Response
  try {
    page = await load(APP_PAGE)
  } catch {
    // Offline: the gateway's own page says what to do.
    return undefined
  }
  if (!page.ok) return undefined
  // The host's headers carry the app's content policy; those about the transfer are spent.
  const headers = new Headers(page.headers)
  for (const name of ['Content-Encoding', 'Content-Length', 'ETag', 'Last-Modified']) headers.delete(name)
  headers.set('Cache-Control', 'no-store')
  return new Response(page.body, { status: 503, headers })
}
