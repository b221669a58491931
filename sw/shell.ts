/**
 * The app's own page and files, kept for when their host cannot be reached: the page is asked of the host first, since it
 * says which files it needs; those have names that change with their content, so a kept one is as good as a new one. An
 * older page that is still open finds its files here after the host has replaced them.
 *
 * The page also stands in the place of content that needs the node while none runs: it starts the worker, hands us a
 * port and reloads, once (it counts in sessionStorage). Its address keeps the fragment, so the key stays where it was.
 *
 * Nothing here waits for Cache Storage alone (see patience.ts): what does not come soon is asked of the host.
 *
 * The host is asked without cookies: the app has none, and websites below it could set so many that it refuses to answer.
 * Only files of the app are ever put into the cache, by a list of the build: never content, never an answer to a request.
 */
import { createPatience, type Patience } from './patience.ts'
import { SHELL_FILES, SHELL_VERSION } from './shell-files.ts'

/** The page of the app, as the static host gives it. */
const APP_PAGE = '/index.html'
const PREFIX = 'popup-cafe/shell/'
/** Files fetched at once: the page that is being used comes first. */
const AT_ONCE = 4
/** The host is told no more than what is asked for: without this a request names this file as its Referer. */
const QUIET = { credentials: 'omit', referrerPolicy: 'no-referrer' } as const
/** Headers about the transfer of a response, which are spent once it is here. */
const SPENT = ['Content-Encoding', 'Content-Length', 'ETag', 'Last-Modified']

export interface Shell {
  /** Keeps all files of this version. Safe to call again: only what is missing is fetched. */
  keep(): Promise<void>
  /** Forgets the files of other versions, but for those of the one before, which may still be open somewhere. */
  tidy(): Promise<void>
  /** The page, from its host or as it was kept; undefined if neither has it. */
  page(): Promise<Response | undefined>
  /** A file of the app: as it was kept, or from its host. */
  file(request: Request): Promise<Response>
}

export interface ShellComponents {
  readonly caches: Pick<CacheStorage, 'open' | 'match' | 'keys' | 'delete'>
  readonly load?: typeof fetch
  readonly files?: readonly string[]
  readonly version?: string
  readonly patience?: Patience
}

export function createShell(components: ShellComponents): Shell {
  const { caches, load = fetch, files = SHELL_FILES, version = SHELL_VERSION, patience = createPatience() } = components
  const { soon, atLast } = patience
  const own = PREFIX + version

  const keepOne = async (cache: Cache, file: string): Promise<void> => {
    if (await cache.match(file)) return
    const response = await load(file, {
      ...QUIET,
      cache: file.startsWith('/assets/') ? 'default' : 'no-cache',
    })
    if (response.ok) await cache.put(file, response)
  }

  return {
    async keep() {
      const cache = await caches.open(own)
      const left = [...files]
      const lane = async (): Promise<void> => {
        for (let file = left.shift(); file !== undefined; file = left.shift()) await keepOne(cache, file)
      }
      // The host has gone, or the disk is full: what is missing is fetched the next time.
      await Promise.allSettled(Array.from({ length: AT_ONCE }, lane))
    },
    async tidy() {
      // Whoever waits here, waits for the new version.
      const names = (await atLast(caches.keys())) ?? []
      const others = names.filter((name) => name.startsWith(PREFIX) && name !== own)
      // In the order they were made.
      await Promise.all(others.slice(0, -1).map((name) => atLast(caches.delete(name))))
    },
    async page() {
      try {
        const page = await load(APP_PAGE, QUIET)
        // Some hosts redirect to `/`, and browsers take no redirected answer for a navigation.
        if (page.ok) return page.redirected ? new Response(page.body, page) : page
      } catch {
        // Offline: what was kept.
      }
      return atLast(caches.match(APP_PAGE, { cacheName: own }))
    },
    async file(request) {
      const { pathname } = new URL(request.url)
      const answer = caches.match(pathname)
      const kept = await soon(answer)
      if (kept) return kept
      try {
        return await load(request, QUIET)
      } catch (error) {
        const late = await atLast(answer)
        if (late) return late
        throw error
      }
    },
  }
}

/** The page in the place of content, or undefined if there is none. */
export async function bootstrapShell(shell: Pick<Shell, 'page'>): Promise<Response | undefined> {
  const page = await shell.page()
  if (!page) return undefined
  // The host's headers carry the app's content policy.
  const headers = new Headers(page.headers)
  for (const name of SPENT) headers.delete(name)
  headers.set('Cache-Control', 'no-store')
  return new Response(page.body, { status: 503, headers })
}

/** What of the app's own addresses the service worker answers: its page and its files, never the way to get rid of us. */
export function shellPart({ pathname, search }: URL, mode: RequestMode): 'page' | 'file' | undefined {
  if (pathname.startsWith('/assets/')) return 'file'
  const page = mode === 'navigate' && (pathname === '/' || pathname === APP_PAGE)
  return page && !new URLSearchParams(search).has(UNREGISTER) ? 'page' : undefined
}

/** In the query of the app's address: get rid of the service worker (see public/reset.html). */
const UNREGISTER = 'sw-unregister'
