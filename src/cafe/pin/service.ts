/**
 * The pin service of a cafe. A receipt means: every block below the root is in the store, verified, and the reference
 * `(account, root)` is committed. Quota is reserved before the first byte and charged at the commit.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { CLIENT_ROOTS } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { type Blocks, verifiedGet } from '../../store/blocks.ts'
import type { ItemOf, UploadOf } from '../../wire/protocol.ts'
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

/** Failures of the path, not of the data: what was uploaded is kept, so that the client can go on from there. */
const RESUMABLE = new Set(['UNREACHABLE', 'TIMEOUT', 'ABORTED', 'BUSY'])

export function pinService({ store, blocks, serial, clock, stands }: PinComponents): Handlers {
  const uploads: UploadComponents = { blocks, serial, running: new Set() }
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

  const pin: Handlers['pin'] = async ({ bytes }, context) => {
    const { account, quota } = context.session
    const release = await reserve(account, quota, bytes)
    const upload = new Upload(uploads, bytes)
    try {
      const root = await receive(upload, context)
      const size = await walk(
        root,
        {
          read: (cid) => verifiedGet(blocks, cid),
          size: async (cid) => upload.sizeOf(cid) ?? (await blocks.get(cid))?.byteLength,
        },
        { maxBytes: bytes, signal: context.signal },
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

/** Takes offers and blocks until the client names the root; a block that fails ends it at once. */
async function receive(upload: Upload, { upload: next, send }: PinContext): Promise<CID> {
  for (;;) {
    const frame = await Promise.race([next(), upload.failure().then(() => new Promise<never>(() => {}))])
    if ('offer' in frame) await send({ want: await upload.offer(frame.offer) })
    else if ('bytes' in frame) upload.block(frame.block, frame.bytes, (stored) => send({ stored }))
    else {
      await upload.settled()
      return frame.root
    }
  }
}
