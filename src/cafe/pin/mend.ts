/**
 * Repairing a pinned root in place: the cafe reads all of it, and the client sends again what is missing or damaged. It is
 * paid for already, so neither quota nor budget is asked; and nothing but the very blocks that the reference lists comes in.
 */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { unlessAborted } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { MEND_BURST, MEND_RATE, WINDOW } from '../../core/limits.ts'
import { createRate } from '../../core/rate.ts'
import type { Listed } from '../../store/block-list.ts'
import { type Blocks, verifiedPut } from '../../store/blocks.ts'
import type { Holds } from '../../store/holds.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../../wire/serve.ts'
import type { Session } from '../guard.ts'
import { atWork } from './at-work.ts'
import { look } from './audit.ts'
import type { Jobs } from './jobs.ts'
import type { Keep } from './keep.ts'
import { MAX_MEND, type pinProtocol } from './protocol.ts'

export interface MendComponents {
  readonly keep: Keep
  readonly jobs: Jobs
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type MendOperation = (typeof pinProtocol)['operations']['mend']
type MendContext = Context<UploadOf<MendOperation>, ItemOf<MendOperation>, Session>

export function mendHandler({ keep, jobs, blocks, holds, clock }: MendComponents): Handlers['mend'] {
  const rate = createRate({ burst: MEND_BURST, every: 1000 / MEND_RATE, clock })
  return async ({ root }, context) => {
    const { session, signal, send } = context
    const pinned = await keep.find(session.account, root)
    if (!pinned) throw new CafeError('NOT_FOUND', { what: 'pin' })
    const after = rate.draw(session.account, pinned.blocks)
    if (after > 0) throw new CafeError('BUSY', { after })
    const hold = holds.open()
    const done = { mended: 0, missing: 0 }
    let lacking: Listed[] = []
    const ask = async (): Promise<void> => {
      const { mended, missing } = await mendPage(blocks, lacking, context)
      done.mended += mended
      done.missing += missing
      lacking = []
    }
    try {
      const list = keep.blocksBelow(session.account, root)
      for (;;) {
        // Unpinned meanwhile, nothing of it is asked for any more.
        const next = await atWork(send, { alive: true }, () => nextLacking(blocks, list, signal))
        if (!next) break
        await hold.add([next.hash])
        lacking.push(next)
        const size = lacking.reduce((sum, { size }) => sum + size, 0)
        if (size > WINDOW / 2 || lacking.length === MAX_MEND) await ask()
      }
      if (lacking.length > 0) await ask()
    } finally {
      hold.release()
    }
    if (done.missing > 0) await jobs.degraded(session, root, 'NOT_FOUND')
    else await jobs.pinned(session, root, {})
    return done
  }
}

const cidOf = (hash: Uint8Array): CID => CID.createV1(raw.code, Digest.decode(hash))

/** The next block of the list that is not here whole. */
async function nextLacking(
  blocks: Blocks,
  list: AsyncGenerator<Listed>,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  for (let next = await list.next(); !next.done; next = await list.next()) {
    signal.throwIfAborted()
    if ('reason' in (await look(blocks, cidOf(next.value.hash)))) return next.value
  }
  return undefined
}

/** Asks for a page of blocks and stores what comes. */
async function mendPage(
  blocks: Blocks,
  page: readonly Listed[],
  { send, upload, signal }: MendContext,
): Promise<ReceiptOf<MendOperation>> {
  const done = { mended: 0, missing: 0 }
  await send({ want: page.map(({ hash }) => hash as Uint8Array<ArrayBuffer>) })
  for (const { hash, size } of page) {
    const { bytes } = await unlessAborted(upload(), signal)
    if (bytes === null) done.missing++
    else {
      if (bytes.byteLength !== size) throw new CafeError('BAD_REQUEST', { at: 'size' })
      await verifiedPut(blocks, cidOf(hash), bytes)
      done.mended++
    }
  }
  return done
}
