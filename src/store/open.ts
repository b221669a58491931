/**
 * The stores of a cafe in Node, chosen by URL: one place for all kinds there are. A path, or a `file:` URL, is a folder with
 * rows in `rows` (LevelDB) and blocks in `blocks` (files). `s3://bucket/prefix?endpoint=…&region=…` keeps the blocks in an
 * S3-compatible store and the rows, which need more than that can do (`s3.ts`), in the folder of the cafe. So several cafes
 * share one bucket, each below a prefix of its own. The keys of the bucket come from the environment, as everywhere
 * (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), never from the URL.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Datastore } from 'interface-datastore'
import { CafeError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Blocks } from './blocks.ts'
import { openFsBlocks } from './fs.ts'
import { openLevel } from './level.ts'
import type { Rows } from './rows.ts'

export interface Stores {
  readonly rows: Rows
  readonly blocks: Blocks
  /** libp2p's own records. */
  readonly datastore: Datastore
  /** Writes what waits, then lets go of everything. */
  close(): Promise<void>
}

export interface StoresInit {
  /** The folder of the cafe, for what is not elsewhere. */
  readonly folder?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const OWNER = '/cafe/blocks-owner'

type Opener = (url: URL, init: StoresInit) => Promise<Stores>

/** By scheme; another kind of store is a line here. */
const OPENERS: Readonly<Record<string, Opener>> = {
  'file:': (url) => openFolder(fileURLToPath(url)),
  's3:': openS3,
}

/**
 * Opens the stores at `where`. Rows come first: their lock keeps other processes out of all of it.
 * @throws CafeError BAD_REQUEST {what: 'store'} for a URL of no kind there is, {what: 's3 keys'} without those; CONFLICT and CORRUPT as `openLevel` does.
 */
export async function openStores(where: string, init: StoresInit = {}): Promise<Stores> {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(where)) return openFolder(where)
  const url = URL.parse(where)
  const opener = url ? OPENERS[url.protocol] : undefined
  if (!url || !opener) throw new CafeError('BAD_REQUEST', { what: 'store' })
  return opener(url, init)
}

async function openFolder(folder: string): Promise<Stores> {
  const rows = await openLevel(join(folder, 'rows'))
  try {
    const blocks = await openFsBlocks(join(folder, 'blocks'))
    return {
      ...{ rows, blocks, datastore: rows.datastore },
      async close() {
        await blocks.close()
        await rows.close()
      },
    }
  } catch (error) {
    await rows.close()
    throw error
  }
}

async function openS3(url: URL, { folder, env = {} }: StoresInit): Promise<Stores> {
  const [accessKey, secretKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']]
  const [region, endpoint] = [url.searchParams.get('region') ?? 'us-east-1', url.searchParams.get('endpoint')]
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '')
  const isPlain = /^[\w.-]{3,63}$/.test(url.hostname) && /^(?:[\w.-]+(?:\/[\w.-]+)*)?$/.test(prefix)
  if (!isPlain || url.username !== '' || url.password !== '' || folder === undefined || !/^[\w-]{1,32}$/.test(region))
    throw new CafeError('BAD_REQUEST', { what: 'store' })
  if (!accessKey || !secretKey) throw new CafeError('BAD_REQUEST', { what: 's3 keys' })
  const bucket = URL.parse(
    endpoint ? `${endpoint.replace(/\/$/, '')}/${url.hostname}` : `https://${url.hostname}.s3.${region}.amazonaws.com`,
  )
  if (!bucket || !/^https?:$/.test(bucket.protocol)) throw new CafeError('BAD_REQUEST', { what: 'store' })
  // Loaded only where it is wanted.
  const { openS3Blocks } = await import('./s3.ts')
  const rows = await openLevel(join(folder, 'rows'))
  try {
    const token = env['AWS_SESSION_TOKEN']
    const blocks = await openS3Blocks({
      ...{ bucket, prefix, region, accessKey, secretKey: new Secret(secretKey), owner: await ownerIn(rows) },
      sessionToken: token ? new Secret(token) : undefined,
    })
    return { rows, blocks, datastore: rows.datastore, close: () => rows.close() }
  } catch (error) {
    await rows.close()
    throw error
  }
}

/** What these rows call themselves where their blocks are: whoever has other rows is another cafe. */
async function ownerIn(rows: Rows): Promise<string> {
  const stored = await rows.get(OWNER)
  if (stored) return new TextDecoder().decode(stored)
  const owner = crypto.randomUUID()
  await rows.commit([{ key: OWNER, value: new TextEncoder().encode(owner) }])
  return owner
}
