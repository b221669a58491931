/**
 * A grant: a member's signed word that somebody may join. Every receiver of the join block checks it against the rules, so
 * neither inviter nor guest need be online, and nobody joins without one.
 */
import type { Random } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import type { Address } from '../core/ids.ts'
import { sameBytes } from '../core/ids.ts'
import { address, bytes, count, peerId, v } from '../core/schema.ts'
import { concat, unshared, utf8 } from '../crypto/bytes.ts'
import { certificateSchema, type Signer, verifySigned } from '../crypto/certificate.ts'

const DOMAIN = utf8('textile-cafe/grant/1\0')

export const grantSchema = v.strictObject({
  v: v.literal(1),
  thread: bytes(32, 32),
  by: address,
  dev: peerId,
  cert: v.optional(certificateSchema),
  /** Who may join, or null for whoever holds the link. */
  to: v.nullable(address),
  /** How often the guest has come and gone: 0 for the first time. A used grant lets nobody in again. */
  gen: count(),
  id: bytes(16, 16),
  ts: count(),
  exp: count(),
  sig: bytes(64, 64),
})
export type Grant = v.InferOutput<typeof grantSchema>

export interface GrantTerms {
  readonly thread: Uint8Array
  readonly to: Address | null
  readonly gen: number
  readonly ts: number
  readonly exp: number
}

export async function createGrant(signer: Signer, terms: GrantTerms, random: Random): Promise<Grant> {
  const { thread, to, gen, ts, exp } = terms
  const grant = {
    v: 1 as const,
    thread: unshared(thread),
    by: signer.account,
    dev: signer.peer,
    to,
    gen,
    id: random(16),
    ts,
    exp,
  }
  const unsigned = signer.cert ? { ...grant, cert: signer.cert } : grant
  return { ...unsigned, sig: await signer.sign(concat(DOMAIN, encode(unsigned))) }
}

/** Did its inviter sign it, for this thread? Says nothing about whether the inviter may invite. Never throws. */
export async function verifyGrant(grant: Grant, thread: Uint8Array): Promise<boolean> {
  const { sig, ...unsigned } = grant
  if (!sameBytes(grant.thread, thread)) return false
  const claim = { account: grant.by, peer: grant.dev, cap: 'invite', at: grant.ts } as const
  return verifySigned(claim, grant.cert, concat(DOMAIN, encode(unsigned)), sig)
}
