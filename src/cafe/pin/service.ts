/** The pin service of a cafe: the carrier between a client and the engine (`keep.ts`), frame by frame. */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../../core/clock.ts'
import { toCafeError } from '../../core/errors.ts'
import type { Blocks } from '../../store/blocks.ts'
import type { Holds } from '../../store/holds.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../../wire/serve.ts'
import type { Session, Stands } from '../guard.ts'
import { atWork } from './at-work.ts'
import { auditHandler } from './audit.ts'
import { endFailed } from './ending.ts'
import type { Jobs } from './jobs.ts'
import type { Keep } from './keep.ts'
import { mendHandler } from './mend.ts'
import type { Pinning } from './pinning.ts'
import type { pinProtocol } from './protocol.ts'
import { type PinRow, rootKey } from './store.ts'
import { carHandler } from './take-car.ts'
import type { Upload } from './upload.ts'
import { asStatus, watchHandler } from './watch.ts'

export interface PinComponents {
  readonly keep: Keep
  readonly jobs: Jobs
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly stands: Stands
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type PinOperation = (typeof pinProtocol)['operations']['pin']
type Receipt = ReceiptOf<PinOperation>
/** The frame that ends an upload. */
type Root = Extract<UploadOf<PinOperation>, { root: CID }>
type PinContext = Context<UploadOf<PinOperation>, ItemOf<PinOperation>, Session>

/** Says that the cafe is at work, to a client that waits for confirmations. */
const STILL = { stored: 0 }

export function pinService(components: PinComponents): Handlers {
  const { keep, jobs, stands } = components
  const pin: Handlers['pin'] = async ({ bytes, name, root, sealed }, context) => {
    // Its receipt was lost on the way.
    const { session } = context
    const pinned = root && (await whole(session, root))
    if (!pinned) return begin({ bytes, name }, context)
    await jobs.pinned(session, pinned.root, { sealed })
    return receiptOf(pinned)
  }

  /** The reference, if nothing below it was found damaged. */
  const whole = async ({ account }: Session, root: CID): Promise<PinRow | undefined> => {
    const pinned = await keep.find(account, root)
    if (!pinned) return undefined
    return (await jobs.get(account, rootKey(root)))?.state === 'degraded' ? undefined : pinned
  }

  const begin = async (options: { bytes: number; name: string | undefined }, context: PinContext): Promise<Receipt> => {
    const pinning = await atWork(context.send, STILL, () => keep.begin(context.session, options))
    const signal = AbortSignal.any([context.signal, pinning.signal])
    return take(pinning, { ...context, signal })
  }

  const take = async (pinning: Pinning, context: PinContext): Promise<Receipt> => {
    let row: PinRow
    let said: Root['sealed']
    try {
      const { root, sealed } = await receive(pinning.upload, context)
      const { signal, session, send } = context
      row = await atWork(send, STILL, () => pinning.complete(root, { signal, stands: () => stands(session) }))
      said = sealed
    } catch (error) {
      throw await endFailed(pinning, error)
    }
    await jobs.pinned(context.session, row.root, { sealed: said, kept: row.bytes })
    return receiptOf(row)
  }

  const list: Handlers['list'] = async ({ after, limit }, { session: { account, quota }, send }) => {
    const found = await keep.list(account, { after, limit: limit + 1 })
    for (const { root, blocks, bytes, since } of found.slice(0, limit)) {
      const status = await jobs.get(account, rootKey(root))
      const state = status?.state === 'degraded' ? 'degraded' : 'pinned'
      await send({ root, blocks, bytes, since, state, sealed: status?.sealed })
    }
    return { more: found.length > limit, used: (await keep.usage(account)).bytes, quota }
  }

  return {
    pin,
    car: carHandler(components),
    unpin: ({ root }, { session: { account } }) => jobs.unpin(account, root),
    list,
    fetch: ({ root, origins, sealed }, { session, peer }) =>
      jobs
        .add(session, { root, origins: origins.length > 0 ? origins : [peer], sealed })
        .then((status) => asStatus(status)),
    status: async ({ id }, { session }) => ({ status: asStatus((await jobs.get(session.account, id)) ?? null) }),
    watch: watchHandler(components),
    audit: auditHandler(components),
    mend: mendHandler(components),
  }
}

const receiptOf = ({ root, blocks, bytes }: PinRow): Receipt => ({ root, blocks, bytes })

/** Takes offers and blocks until the client names the root; a block that fails ends it at once, and so does the signal. */
async function receive(upload: Upload, context: PinContext): Promise<Root> {
  for (;;) {
    const frame = await nextFrame(upload, context)
    if ('offer' in frame) await context.send({ want: await upload.offer(frame.offer) })
    else if ('bytes' in frame) upload.block(frame.block, frame.bytes, (stored) => context.send({ stored }))
    else {
      await upload.settled()
      return frame
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
