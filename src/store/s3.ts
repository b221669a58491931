/**
 * Blocks in an S3-compatible store (AWS, MinIO, Ceph, R2, Garage …), over `fetch` and one small signer. A block is an object
 * under the prefix of one cafe and no other's: there each cafe's collection removes what it likes and can never meet another's
 * blocks. The marker beside the blocks says whose prefix it is.
 *
 * Rows are not kept there. They need commits of several keys, all or nothing, and ranges as of one moment; an object store
 * has neither. It can refuse one write if another came first (`If-None-Match`), which is what the marker uses.
 */
import { AwsClient } from 'aws4fetch'
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { MAX_BLOCK } from '../core/limits.ts'
import type { Secret } from '../core/secret.ts'
import { createSerial } from '../core/serial.ts'
import { type Blocks, blockKey } from './blocks.ts'

export interface S3Init {
  /** Origin and bucket, such as `http://127.0.0.1:9000/blocks` or `https://blocks.s3.eu-central-1.amazonaws.com`. */
  readonly bucket: URL
  /** Below which everything lies, without slashes at its ends; may be empty. */
  readonly prefix: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: Secret<string>
  readonly sessionToken?: Secret<string> | undefined
  /** What this cafe calls itself in the marker: made once, and kept with its rows. */
  readonly owner: string
}

/** Milliseconds for one request: a large block over a poor line. */
const REQUEST_TIME = 60_000
/** Times a request is tried again after the server failed or said that it is busy, ever later. */
const RETRIES = 5
/** Requests at once: as many as browsers and Node keep connections for. */
const AT_ONCE = 16
const MARKER = 'owner'
const SHA2_256 = 0x12
/** A page of a list is a thousand keys of some hundred characters, as XML. */
const MAX_LIST = 2 * 1024 * 1024

type Headers = Record<string, string>

/**
 * @throws CafeError NOT_FOUND {what: 'bucket'}; FORBIDDEN {what: 's3'}; CONFLICT {what: 'store'} if the prefix is another
 * cafe's; UNREACHABLE.
 */
export async function openS3Blocks(init: S3Init): Promise<Blocks> {
  const { bucket, prefix, region, accessKey, secretKey, sessionToken, owner } = init
  const token = sessionToken ? { sessionToken: sessionToken.reveal() } : {}
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey.reveal(), ...token }
  const client = new AwsClient({ ...credentials, service: 's3', region, retries: RETRIES })
  const below = prefix === '' ? '' : `${prefix}/`
  const base = `${bucket.href.replace(/\/$/, '')}/`

  const ask = async (method: string, path: string, headers: Headers = {}, body?: Uint8Array<ArrayBuffer>) => {
    const signal = AbortSignal.timeout(REQUEST_TIME)
    try {
      const init = { method, headers, signal, redirect: 'error', ...(body && { body }) } as const
      return await client.fetch(base + path, init)
    } catch (cause) {
      throw toCafeError(cause, 'UNREACHABLE')
    }
  }
  const objectOf = (name: string): string => `${below}${name}`
  const blockAt = (key: string): string => objectOf(`blocks/${key.slice(1)}`)

  const read = async (path: string, limit: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const response = await ask('GET', path)
    if (response.status === 404) return void (await response.body?.cancel())
    await check(response)
    const size = Number(response.headers.get('content-length') ?? 0)
    if (size > limit) throw new CafeError('CORRUPT', { what: 'object', size })
    const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
    if (bytes.byteLength > limit) throw new CafeError('CORRUPT', { what: 'object', size: bytes.byteLength })
    return bytes
  }
  const sizeAt = async (key: string): Promise<number | undefined> => {
    const response = await ask('HEAD', blockAt(key))
    if (response.status === 404) return undefined
    await check(response)
    return Number(response.headers.get('content-length') ?? 0)
  }
  const removeAt = async (key: string): Promise<boolean> => {
    const wasHere = (await sizeAt(key)) !== undefined
    if (wasHere) await check(await ask('DELETE', blockAt(key)))
    return wasHere
  }
  const pageOf = async (after: string | undefined): Promise<{ keys: string[]; next: string | undefined }> => {
    const query = new URLSearchParams({ 'list-type': '2', prefix: objectOf('blocks/') })
    if (after !== undefined) query.set('continuation-token', after)
    const text = await textOf(await ask('GET', `?${query}`))
    const keys = textsIn(text, 'Key').map((key) => `/${key.slice(objectOf('blocks/').length)}`)
    return { keys, next: textsIn(text, 'NextContinuationToken')[0] }
  }

  const limited = limit(AT_ONCE)
  const serial = createSerial()
  /** In the order in which it was asked for, as far as one block is concerned. */
  const inTurn = <T>(key: string, run: () => Promise<T>): Promise<T> => serial(key, () => limited(run))
  await claim({ ask, read: () => read(objectOf(MARKER), 256), path: objectOf(MARKER), owner, pageOf })
  return {
    has: async (cid) => (await inTurn(blockKey(cid), () => sizeAt(blockKey(cid)))) !== undefined,
    get: (cid) => inTurn(blockKey(cid), () => read(blockAt(blockKey(cid)), MAX_BLOCK)),
    put(cid, given) {
      const bytes = given.slice()
      return inTurn(blockKey(cid), async () => {
        // The store itself proves it: what arrives under another hash than was signed is refused.
        const headers = {
          'x-amz-content-sha256': await sha256Of(cid, bytes),
          'content-type': 'application/octet-stream',
        }
        await check(await ask('PUT', blockAt(blockKey(cid)), headers, bytes))
      })
    },
    delete: async (cid) => void (await inTurn(blockKey(cid), () => removeAt(blockKey(cid)))),
    sizes: (keys) => Promise.all(keys.map((key) => inTurn(key, () => sizeAt(key)))),
    remove: (keys) => Promise.all(keys.map((key) => inTurn(key, () => removeAt(key)))),
    async *keys() {
      for (let after: string | undefined, more = true; more; ) {
        const { keys, next } = await pageOf(after)
        yield* keys
        more = next !== undefined
        after = next
      }
    },
    close() {},
  }
}

interface Claim {
  ask(method: string, path: string, headers?: Headers, body?: Uint8Array<ArrayBuffer>): Promise<Response>
  read(): Promise<Uint8Array | undefined>
  readonly path: string
  readonly owner: string
  pageOf(after: undefined): Promise<unknown>
}

/** Makes the prefix this cafe's, unless it is somebody's. */
async function claim({ ask, read, path, owner, pageOf }: Claim): Promise<void> {
  // A wrong bucket must not look like an empty one: listing fails there, and reading an object does not.
  await pageOf(undefined)
  const before = await read()
  if (!before) {
    const headers = { 'if-none-match': '*', 'content-type': 'text/plain' }
    const response = await ask('PUT', path, headers, new TextEncoder().encode(owner))
    // 412 and 409: somebody was quicker. Which of the two is looked at below, as where the condition is not known.
    if (response.status !== 412 && response.status !== 409) await check(response)
    else await response.body?.cancel()
  }
  const said = before ?? (await read())
  if (new TextDecoder().decode(said) !== owner) throw new CafeError('CONFLICT', { what: 'store' })
}

async function check(response: Response): Promise<void> {
  const { status } = response
  const text = status >= 300 ? await response.text().catch(() => '') : undefined
  if (text === undefined) return
  const [why = ''] = textsIn(text.slice(0, MAX_LIST), 'Code')
  if (why === 'NoSuchBucket') throw new CafeError('NOT_FOUND', { what: 'bucket' })
  if (why === 'QuotaExceeded' || status === 507) throw new CafeError('QUOTA', { disk: true })
  if (status === 401 || status === 403) throw new CafeError('FORBIDDEN', { what: 's3' })
  if (status === 429 || status >= 500) throw new CafeError('UNREACHABLE', { what: 's3', status })
  throw new CafeError('INTERNAL', { what: 's3', status })
}

async function textOf(response: Response): Promise<string> {
  if (response.status === 404) await check(response)
  await check(response)
  const text = await response.text().catch(unreachable)
  if (text.length > MAX_LIST) throw new CafeError('CORRUPT', { what: 'list', size: text.length })
  return text
}

/** Texts of all elements of a name. Ours hold letters and digits; what a server makes up may hold more. */
const textsIn = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => plain(text))

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hexed, number, name) =>
    name ? (ENTITIES[name] ?? whole) : String.fromCodePoint(hexed ? Number.parseInt(hexed, 16) : Number(number)),
  )

function unreachable(cause: unknown): never {
  throw toCafeError(cause, 'UNREACHABLE')
}

/** SHA-256 in hex: most CIDs have it in them. */
async function sha256Of({ multihash }: CID, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (multihash.code === SHA2_256 && multihash.digest.byteLength === 32) return hex(multihash.digest)
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** Runs at most `most` tasks at once, in the order in which they come. */
function limit(most: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: Array<() => void> = []
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await run()
    } finally {
      // The next one takes over the place.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
