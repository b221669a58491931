/**
 * The pin service of a cafe. A receipt means: every block below the root is in the store, verified, and the reference
 * `(account, root)` is committed. Quota is reserved before the first byte and charged at the commit.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { CLIENT_ROOTS, IDLE_TIMEOUT } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { type Blocks, verifiedGet } from '../../store/blocks.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../../wire/serve.ts'
import type { Session, Stands } from '../guard.ts'
import type { pinProtocol } from './protocol.ts'
import { type PinStore, rootKey, usageKey, usageOf } from './store.ts'
import { Upload, type UploadComponents } from './upload.ts'
import { walk } from './walk.ts'

export interface PinComponents {
  readonly store: PinStore
  readonly blocks: Blocks
  readonly serial: Serial
  readonly clock: Clock
  readonly stands: Stands
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type PinOperation = (typeof pinProtocol)['operations']['pin']
type PinContext = Context<UploadOf<PinOperation>, ItemOf<PinOperation>, Session>

/** Milliseconds between signs of life while nothing else is said: a silence of IDLE_TIMEOUT would end the call. */
const PULSE = IDLE_TIMEOUT / 4

/** Failures of the path, not of the data: what was uploaded is kept, so that the client can go on from there. */
const RESUMABLE = new Set(['UNREACHABLE', 'TIMEOUT', 'ABORTED', 'BUSY'])

export function pinService({ store, blocks, serial, clock, stands }: PinComponents): Handlers {
  const uploads: UploadComponents = { blocks, serial, running: new Set() }
  /** Uploads under way that have a name, by account, peer and name. */
  const named = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>()
  /** Bytes promised to uploads under way, by account. */
  const reserved = new Map<Address, number>()

  const reserve = (account: Address, quota: number, bytes: number): Promise<() => void> =>
    serial(usageKey(account), async () => {
      const usage = await usageOf(store, account)
      const promised = reserved.get(account) ?? 0
      const free = Math.max(0, quota - usage.bytes - promised)
      if (bytes > free) throw new CafeError('QUOTA', { needed: bytes, free })
      if (usage.roots >= CLIENT_ROOTS) throw new CafeError('QUOTA', { roots: CLIENT_ROOTS })
      reserved.set(account, promised + bytes)
      return () => {
        const left = (reserved.get(account) ?? 0) - bytes
        if (left > 0) reserved.set(account, left)
        else reserved.delete(account)
      }
    })

  const commit = (session: Session, root: CID, size: { blocks: number; bytes: number }): Promise<void> =>
    serial(usageKey(session.account), async () => {
      const { account } = session
      if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
      if (await store.pins.get(account, rootKey(root))) return // pinned already: charged once
      const usage = await usageOf(store, account)
      if (usage.roots >= CLIENT_ROOTS) throw new CafeError('QUOTA', { roots: CLIENT_ROOTS })
      await store.rows.commit([
        store.pins.put([account, rootKey(root)], { root, ...size, since: clock() }),
        store.usage.put([account], { roots: usage.roots + 1, bytes: usage.bytes + size.bytes }),
      ])
    })

  /** Ends the upload this one takes over from, and waits until its room is free again. */
  const takeOver = async (key: string): Promise<{ signal: AbortSignal; end(): void }> => {
    for (let before = named.get(key); before; before = named.get(key)) {
      before.stop.abort(new CafeError('ABORTED'))
      await before.ended
    }
    const stop = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    named.set(key, { stop, ended })
    const end = (): void => {
      named.delete(key)
      resolve()
    }
    return { signal: stop.signal, end }
  }

  const pin: Handlers['pin'] = async ({ bytes, name, root }, context) => {
    const { account, peer } = context.session
    const turn = name === undefined ? undefined : await takeOver(`${account}/${peer}/${name}`)
    try {
      // Its receipt was lost on the way.
      const row = root && (await store.pins.get(account, rootKey(root)))
      if (row) return { root: row.root, blocks: row.blocks, bytes: row.bytes }
      const signal = turn ? AbortSignal.any([context.signal, turn.signal]) : context.signal
      return await take(bytes, { ...context, signal })
    } finally {
      turn?.end()
    }
  }

  const take = async (bytes: number, context: PinContext): Promise<ReceiptOf<PinOperation>> => {
    const { account, quota } = context.session
    const release = await reserve(account, quota, bytes)
    const upload = new Upload(uploads, bytes)
    try {
      const root = await receive(upload, context)
      const size = await atWork(context, () =>
        walk(
          root,
          {
            read: (cid) => verifiedGet(blocks, cid),
            size: async (cid) => upload.sizeOf(cid) ?? (await blocks.get(cid))?.byteLength,
          },
          { maxBytes: bytes, signal: context.signal },
        ),
      )
      await commit(context.session, root, size)
      upload.keep()
      return { root, ...size }
    } catch (error) {
      if (RESUMABLE.has(toCafeError(error).code)) upload.keep()
      else await upload.discard()
      throw error
    } finally {
      release()
    }
  }

  const unpin: Handlers['unpin'] = ({ root }, { session: { account } }) =>
    serial(usageKey(account), async () => {
      const row = await store.pins.get(account, rootKey(root))
      if (!row) return { bytes: 0 }
      const usage = await usageOf(store, account)
      await store.rows.commit([
        store.pins.remove(account, rootKey(root)),
        store.usage.put([account], { roots: usage.roots - 1, bytes: usage.bytes - row.bytes }),
      ])
      return { bytes: row.bytes }
    })

  const list: Handlers['list'] = async ({ after, limit }, { session: { account, quota }, send }) => {
    const found = await store.pins.list([account], { after, limit: limit + 1 })
    for (const { row } of found.slice(0, limit)) await send(row)
    return { more: found.length > limit, used: (await usageOf(store, account)).bytes, quota }
  }

  return { pin, unpin, list }
}

/** Takes offers and blocks until the client names the root; a block that fails ends it at once, and so does the signal. */
async function receive(upload: Upload, context: PinContext): Promise<CID> {
  for (;;) {
    const frame = await nextFrame(upload, context)
    if ('offer' in frame) await context.send({ want: await upload.offer(frame.offer) })
    else if ('bytes' in frame) upload.block(frame.block, frame.bytes, (stored) => context.send({ stored }))
    else {
      await upload.settled()
      return frame.root
    }
  }
}

/** No `Promise.race` with something that lives as long as the upload: it would keep every frame that was read. */
function nextFrame(upload: Upload, { upload: next, signal }: PinContext): Promise<UploadOf<PinOperation>> {
  const { promise, resolve, reject } = Promise.withResolvers<UploadOf<PinOperation>>()
  const stop = (): void => reject(toCafeError(signal.reason, 'ABORTED'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  next().then(resolve, reject)
  upload.failure().catch(reject)
  return promise.finally(() => signal.removeEventListener('abort', stop))
}

/** Runs a task that may take long while the client hears nothing else. */
async function atWork<T>({ send }: PinContext, task: () => Promise<T>): Promise<T> {
  const pulse = setInterval(() => void send({ stored: 0 }).catch(() => {}), PULSE)
  try {
    return await task()
  } finally {
    clearInterval(pulse)
  }
}
