/**
 * The built app, read once at start: what is served is one consistent build, whatever happens to the folder later, and
 * no path of a request ever touches the disk.
 */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { lookup } from 'mrmime'
import { CafeError } from '../src/core/errors.ts'
import type { Place } from './csp.ts'
import { readFiles } from './files.ts'
import type { Keep } from './headers.ts'
import { MIN_GZIP } from './limits.ts'
import { type SitePage, sitePage } from './sites.ts'

/** A file of the app, ready to be sent. */
export interface AppFile {
  readonly bytes: Uint8Array
  readonly type: string
  readonly etag: string
  readonly place: Place
  readonly keep: Keep
  /** The same compressed, made at the first call; `undefined` where it would not pay. */
  gzip(): Promise<Uint8Array | undefined>
}

/** The app's files by URL path, and the page, which is also the shell of `/ipfs/*`. */
export interface App {
  readonly page: AppFile
  /** What hosts of websites serve, if the build has it. */
  readonly site: { readonly page: SitePage; readonly worker: AppFile } | undefined
  file(path: string): AppFile | undefined
}

/**
 * Reads the built app in `folder`, or the one in the executable.
 * @throws CafeError NOT_FOUND if there is no `index.html`.
 */
export async function loadApp(folder: string): Promise<App> {
  const read = await readFiles(folder)
  const files = new Map([...read].map(([name, bytes]) => [`/${name}`, toFile(`/${name}`, bytes)]))
  const page = files.get('/index.html')
  if (!page) throw new CafeError('NOT_FOUND', { folder })
  files.set('/', page)
  const [boot, worker] = [files.get('/site-boot.js'), files.get('/site-sw.js')]
  // Not the app's: they run on the hosts of websites only.
  for (const path of ['/site-boot.js', '/site-sw.js']) files.delete(path)
  const site = boot && worker && { page: sitePage(boot.bytes), worker }
  return { page, site, file: (path) => files.get(path) }
}

function toFile(path: string, bytes: Buffer): AppFile {
  const type = lookup(path) ?? 'application/octet-stream'
  const text = /^text\/|javascript|json|svg|wasm/.test(type)
  let compressed: Promise<Uint8Array | undefined> | undefined
  return {
    bytes,
    type: text && !type.includes('wasm') ? `${type}; charset=utf-8` : type,
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    place: placeOf(path),
    keep: path.startsWith('/assets/') ? 'immutable' : 'ask',
    gzip: () => {
      compressed ??=
        text && bytes.byteLength >= MIN_GZIP ? promisify(gzip)(bytes, { level: 9 }) : Promise.resolve(undefined)
      return compressed
    },
  }
}

function placeOf(path: string): Place {
  if (path === '/site-bridge.html') return 'bridge'
  if (path === '/reset.html') return 'reset'
  if (path.endsWith('.html')) return 'page'
  if (path === '/sw.js') return 'sw'
  return path.endsWith('.js') ? 'script' : 'other'
}
