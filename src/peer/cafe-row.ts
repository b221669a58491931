/** What this device keeps about a cafe it has registered with or asked, and what it keeps of one that it has left. */
import { receiptSchema } from '../cafe/session/protocol.ts'
import type { CafeError } from '../core/errors.ts'
import { ACCESS_TTL, MAX_ADDRESSES, MAX_RECEIPT } from '../core/limits.ts'
import { address, bytes, count, multiaddrText, name, notice, peerId, text, v } from '../core/schema.ts'

/**
 * Why a cafe admits us no more: the host evicted us; the invite we came with was withdrawn; the host said no; nobody
 * answered our request in time; another device of the account put this one out; or it does not know us.
 */
export const WHY_ENDED = ['evicted', 'revoked', 'refused', 'expired', 'dropped', 'unknown'] as const
export type WhyEnded = (typeof WHY_ENDED)[number]

export const joinedRow = v.strictObject({
  cafe: peerId,
  name,
  address,
  addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
  /** Tokens are empty unless it is active. */
  access: text(2048),
  accessEnds: count(),
  refresh: text(2048),
  refreshEnds: count(),
  quota: count(),
  since: count(),
  issued: count(),
  state: v.optional(v.picklist(['active', 'waiting', 'ended']), 'active'),
  why: v.optional(v.nullable(v.picklist(WHY_ENDED)), null),
  /** What the host says about an eviction. */
  notice: v.optional(notice, ''),
  /** Up to when the host may answer a request. */
  until: v.optional(v.nullable(count()), null),
  /** When somebody else last used an old session of ours there. */
  alarm: v.optional(v.nullable(count()), null),
  /** Its host has paused guests, as far as we have heard: it keeps nothing new. */
  paused: v.optional(v.boolean(), false),
  /** Its host has closed it then, and said this; null once it is there again. */
  farewell: v.optional(v.nullable(v.strictObject({ words: notice, at: count() })), null),
  /** Its storage epoch when what we have there was last seen to; 0 where it has not said. */
  epoch: v.optional(count(), 0),
})

export const leftRow = v.strictObject({
  cafe: peerId,
  name,
  at: count(),
  receipt: receiptSchema,
  envelope: bytes(MAX_RECEIPT),
})

export type Joined = v.InferOutput<typeof joinedRow>
/** What a cafe signed when we left it. */
export type Left = v.InferOutput<typeof leftRow>

/** When the access token should be refreshed, by our clock. */
export function refreshDue({ issued, accessEnds }: Joined): number {
  // The end is by the cafe's clock, which may be hours off ours: what is sure is how long a token lives at most.
  const life = Math.min(accessEnds - issued, ACCESS_TTL)
  return issued + 0.8 * (life > 0 ? life : ACCESS_TTL)
}

/** What a refusal means for a row. */
export function whyEnded({ state }: Joined, { data }: CafeError): WhyEnded {
  const why = data['why']
  if (why === 'evicted' || why === 'revoked' || why === 'refused' || why === 'dropped') return why
  return state === 'waiting' ? 'expired' : 'unknown'
}
