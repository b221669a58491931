/** The pin service of a cafe: the carrier between a client and the engine (`keep.ts`), frame by frame. */
import type { CID } from 'multiformats/cid'
import { toCafeError } from '../../core/errors.ts'
import { IDLE_TIMEOUT } from '../../core/limits.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../../wire/serve.ts'
import type { Session, Stands } from '../guard.ts'
import type { Keep } from './keep.ts'
import type { Pinning } from './pinning.ts'
import type { pinProtocol } from './protocol.ts'
import type { PinRow } from './store.ts'
import type { Upload } from './upload.ts'

export interface PinComponents {
  readonly keep: Keep
  readonly stands: Stands
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type PinOperation = (typeof pinProtocol)['operations']['pin']
type PinContext = Context<UploadOf<PinOperation>, ItemOf<PinOperation>, Session>

/** Milliseconds between signs of life while nothing else is said: a silence of IDLE_TIMEOUT would end the call. */
const PULSE = IDLE_TIMEOUT / 4

/** Failures of the path, not of the data: what was uploaded is kept, so that the client can go on from there. */
const RESUMABLE = new Set(['UNREACHABLE', 'TIMEOUT', 'ABORTED', 'BUSY'])

export function pinService({ keep, stands }: PinComponents): Handlers {
  const pin: Handlers['pin'] = async ({ bytes, name, root }, context) => {
    // Its receipt was lost on the way.
    const pinned = root && (await keep.find(context.session.account, root))
    if (pinned) return receiptOf(pinned)
    const pinning = await atWork(context, () => keep.begin(context.session, { bytes, name }))
    const signal = AbortSignal.any([context.signal, pinning.signal])
    return take(pinning, { ...context, signal })
  }

  const take = async (pinning: Pinning, context: PinContext): Promise<ReceiptOf<PinOperation>> => {
    try {
      const root = await receive(pinning.upload, context)
      const { signal, session } = context
      const row = await atWork(context, () => pinning.complete(root, { signal, stands: () => stands(session) }))
      return receiptOf(row)
    } catch (error) {
      if (RESUMABLE.has(toCafeError(error).code)) await pinning.interrupted()
      else await pinning.refused(error)
      throw error
    }
  }

  const unpin: Handlers['unpin'] = ({ root }, { session: { account } }) => keep.unpin(account, root)

  const list: Handlers['list'] = async ({ after, limit }, { session: { account, quota }, send }) => {
    const found = await keep.list(account, { after, limit: limit + 1 })
    for (const { root, blocks, bytes, since } of found.slice(0, limit)) await send({ root, blocks, bytes, since })
    return { more: found.length > limit, used: (await keep.usage(account)).bytes, quota }
  }

  return { pin, unpin, list }
}

const receiptOf = ({ root, blocks, bytes }: PinRow): ReceiptOf<PinOperation> => ({ root, blocks, bytes })

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
