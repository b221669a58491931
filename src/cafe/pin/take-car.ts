/** The `car` operation: an upload whose blocks come in one stream instead of by want-list; all else is as there. */
import type { CID } from 'multiformats/cid'
import { unlessAborted } from '../../core/abort.ts'
import { CafeError } from '../../core/errors.ts'
import { MAX_OFFER, WINDOW } from '../../core/limits.ts'
import type { ItemOf, UploadOf } from '../../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../../wire/serve.ts'
import type { Session, Stands } from '../guard.ts'
import { atWork } from './at-work.ts'
import { type CarBlock, readCar } from './car.ts'
import { endFailed } from './ending.ts'
import type { Jobs } from './jobs.ts'
import type { Keep } from './keep.ts'
import type { Pinning } from './pinning.ts'
import type { pinProtocol } from './protocol.ts'
import type { PinRow } from './store.ts'
import type { Upload } from './upload.ts'

export interface CarComponents {
  readonly keep: Keep
  readonly jobs: Jobs
  readonly stands: Stands
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type CarOperation = (typeof pinProtocol)['operations']['car']
type CarContext = Context<UploadOf<CarOperation>, ItemOf<CarOperation>, Session>

const STILL = { stored: 0 }

export function carHandler({ keep, jobs, stands }: CarComponents): Handlers['car'] {
  const take = async (pinning: Pinning, bytes: number, context: CarContext): Promise<PinRow> => {
    const { session, send } = context
    const signal = AbortSignal.any([context.signal, pinning.signal])
    try {
      const root = await receive(pinning.upload, bytes, { ...context, signal })
      return await atWork(send, STILL, () => pinning.complete(root, { signal, stands: () => stands(session) }))
    } catch (error) {
      throw await endFailed(pinning, error)
    }
  }

  return async ({ bytes, name, sealed }, context) => {
    const pinning = await atWork(context.send, STILL, () => keep.begin(context.session, { bytes, name }))
    const row = await take(pinning, bytes, context)
    await jobs.pinned(context.session, row.root, { sealed, kept: row.bytes })
    return { root: row.root, blocks: row.blocks, bytes: row.bytes }
  }
}

async function receive(upload: Upload, declared: number, context: CarContext): Promise<CID> {
  const { root, blocks } = await readCar(chunks(declared, context))
  const store = storer(upload)
  for await (const block of blocks) await store.add(block)
  await store.flush()
  return root
}

/** The bytes of the CAR; each piece is confirmed when the next is wanted, so when what it holds has found its place. */
async function* chunks(declared: number, { upload, send, signal }: CarContext): AsyncGenerator<Uint8Array> {
  for (let got = 0; ; ) {
    const frame = await unlessAborted(upload(), signal)
    if (!('car' in frame)) return
    got += frame.car.byteLength
    if (got > declared) throw new CafeError('QUOTA', { declared })
    yield frame.car
    await send({ stored: frame.car.byteLength })
  }
}

/** Gathers blocks, so that one commit of the lease is for many, and stores those that are not here. */
function storer(upload: Upload) {
  let gathered: CarBlock[] = []
  let bytes = 0
  let offered = 0
  const flush = async (): Promise<void> => {
    const batch = gathered
    gathered = []
    bytes = 0
    const want = await upload.offer(batch.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })))
    for (const place of want) upload.block(place, (batch[place - offered] as CarBlock).bytes, async () => {})
    offered += batch.length
    await upload.settled()
  }
  return {
    flush,
    async add(block: CarBlock): Promise<void> {
      // What is on its way to the disk may be a window; one block may be more than that by itself.
      const size = block.bytes.byteLength
      if (gathered.length > 0 && (bytes + size > WINDOW || gathered.length === MAX_OFFER)) await flush()
      gathered.push(block)
      bytes += size
    },
  }
}
