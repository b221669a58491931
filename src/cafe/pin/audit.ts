/**
 * Proof of retention: SHA-256 of a nonce the client chose just now and a block's bytes, which nobody can answer who does not
 * have the bytes at hand (though a cafe might fetch them from another: an audit proves that it can, not where they lie).
 * What the cafe itself finds missing or damaged here is noted, so that the owner's next look shows it.
 */
import type { CID } from 'multiformats/cid'
import { verifyBlock } from '../../core/block.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError, type ErrorCode, toCafeError } from '../../core/errors.ts'
import { AUDIT_BURST, AUDIT_RATE } from '../../core/limits.ts'
import { createRate } from '../../core/rate.ts'
import { type Blocks, blockKey, hashKey } from '../../store/blocks.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Session } from '../guard.ts'
import type { Jobs } from './jobs.ts'
import type { Keep } from './keep.ts'
import type { pinProtocol } from './protocol.ts'

export interface AuditComponents {
  readonly keep: Keep
  readonly jobs: Jobs
  readonly blocks: Blocks
  readonly clock: Clock
}

type Handlers = ServiceHandlers<typeof pinProtocol, Session>

/** What an auditor wants to hear of a block. */
export async function proofOf(nonce: Uint8Array, block: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const both = new Uint8Array(nonce.byteLength + block.byteLength)
  both.set(nonce)
  both.set(block, nonce.byteLength)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', both))
}

export function auditHandler({ keep, jobs, blocks, clock }: AuditComponents): Handlers['audit'] {
  const rate = createRate({ burst: AUDIT_BURST, every: 1000 / AUDIT_RATE, clock })

  /** Which of the blocks the root has: what an account may ask about is what it pinned. */
  const below = async (session: Session, root: CID, cids: readonly CID[]): Promise<ReadonlySet<string>> => {
    const looked = new Set(cids.map(blockKey))
    const found = new Set<string>()
    for await (const { hash } of keep.blocksBelow(session.account, root)) {
      const key = hashKey(hash)
      if (looked.has(key)) found.add(key)
      if (found.size === looked.size) break
    }
    return found
  }

  return async ({ root, nonce, blocks: cids }, { session, send }) => {
    const after = rate.draw(session.account, cids.length)
    if (after > 0) throw new CafeError('BUSY', { after })
    if (!(await keep.find(session.account, root))) throw new CafeError('NOT_FOUND', { what: 'pin' })
    const known = await below(session, root, cids)
    let damage: ErrorCode | undefined
    for (const cid of cids) {
      const found = known.has(blockKey(cid)) ? await look(blocks, cid) : undefined
      if (found && 'reason' in found) damage = found.reason
      await send({ proof: found && 'bytes' in found ? await proofOf(nonce, found.bytes) : null })
    }
    if (damage) await jobs.degraded(session, root, damage)
    return {}
  }
}

type Found = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly reason: ErrorCode }

/**
 * A block as it is here. One that is damaged is worth nothing to anybody and is removed, so that whoever has it is asked
 * for it again.
 */
export async function look(blocks: Blocks, cid: CID): Promise<Found> {
  const bytes = await blocks.get(cid)
  if (!bytes) return { reason: 'NOT_FOUND' }
  try {
    await verifyBlock(cid, bytes)
    return { bytes }
  } catch (error) {
    await blocks.delete(cid)
    return { reason: toCafeError(error).code }
  }
}
