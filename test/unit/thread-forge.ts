/** Blocks as somebody hostile would write them: any content, place, key and signer, with nothing checked. */
import type { CID } from 'multiformats/cid'
import { systemRandom } from '../../src/core/clock.ts'
import type { Signer } from '../../src/crypto/certificate.ts'
import { createBlock, type SealedBlock } from '../../src/thread/block.ts'
import { threadId } from '../../src/thread/charter.ts'
import { createEpochKey, type EpochKey, epochKey, sealEpochKey } from '../../src/thread/epoch-key.ts'
import { createGrant, type Grant, type GrantTerms } from '../../src/thread/grant.ts'
import type { Content } from '../../src/thread/kinds.ts'
import type { Thread } from '../../src/thread/thread.ts'
import { NOW } from './seal-help.ts'

export interface Forgery {
  readonly type: Content['type']
  readonly body: object
  readonly files?: readonly unknown[]
  readonly seq?: number
  readonly prev?: CID | null
  readonly ts?: number
  /** Another's certificate, or none. */
  readonly cert?: Signer['cert']
  readonly parents?: readonly CID[]
  readonly epoch?: number
  readonly key?: EpochKey
  /** Who it says wrote it. */
  readonly author?: Signer
}

/** The newest key that somebody has, or that of an epoch. */
export async function keyOf(thread: Thread, epoch?: number): Promise<EpochKey & { readonly epoch: number }> {
  const { keys } = await thread.state()
  const held = keys.filter((one) => epoch === undefined || one.epoch === epoch).at(-1)
  if (!held) throw new Error('no such key')
  return { ...(await epochKey(held.key.reveal())), epoch: held.epoch }
}

/** A block on the heads as `thread` has them, sealed under its newest key. */
export async function forge(thread: Thread, signer: Signer, what: Forgery): Promise<SealedBlock> {
  const newest = await keyOf(thread)
  const { author = signer, parents = await thread.heads(), epoch = newest.epoch, key = newest, files = [] } = what
  const cert = 'cert' in what ? what.cert : author.cert
  const content = {
    ...{ author: author.account, dev: author.peer, seq: what.seq ?? 1, prev: what.prev ?? null, ts: what.ts ?? NOW },
    ...{ type: what.type, body: what.body, files },
    ...(cert ? { cert } : {}),
  }
  const place = { thread: await threadId(thread.charter), epoch, parents }
  return createBlock(place, key.key, signer, content as Content)
}

export async function grant(thread: Thread, signer: Signer, terms: Partial<GrantTerms>): Promise<Grant> {
  const id = await threadId(thread.charter)
  return createGrant(signer, { thread: id, to: null, gen: 0, ts: NOW, exp: NOW + 1000, ...terms }, systemRandom)
}

/** The body of a rekey, with letters to those. */
export async function rekeyFor(thread: Thread, signer: Signer, epoch: number, to: readonly Signer['account'][]) {
  const key = await createEpochKey(systemRandom)
  const of = { thread: await threadId(thread.charter), epoch }
  const keys = to.map(async (one) => ({
    to: one,
    sealed: await sealEpochKey(signer, key, of, { to: one, ts: NOW, random: systemRandom }),
  }))
  return { key, body: { epoch, id: new Uint8Array(key.id), keys: await Promise.all(keys) } }
}
