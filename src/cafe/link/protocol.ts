/**
 * Sealed links at a cafe: an account puts a small sealed body under a 128-bit id, and whoever shows the proof for it is given
 * the body, until the link is revoked, has expired, or was opened as often as its owner allows (`crypto/shared-link.ts`).
 *
 * What a cafe that keeps its word does: revoking holds from its answer on; each opening is counted once, whatever is asked
 * twice or comes at once. What nobody can do: take back what was opened, or make a cafe keep its word. The cafe sees whose a
 * link is, which peers open it and when; neither what it leads to, nor what it is called, nor its password.
 *
 * To strangers a link that has ended is as one that never was.
 */
import { MAX_LINK_BODY, MAX_LINK_NOTE, MAX_OPENINGS } from '../../core/limits.ts'
import { bytes, count, v } from '../../core/schema.ts'
import { isBucket } from '../../crypto/padding.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

const id = bytes(16, 16)
const sealed = (max: number) =>
  v.pipe(
    bytes(max),
    v.check((value) => isBucket(value.byteLength)),
  )

/** What an owner decides about a link. */
const terms = {
  link: id,
  /** Rises with each change, so that an older one never takes the place of a newer. */
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  /** When it ends, in milliseconds since the epoch by the cafe's clock; null for never. */
  expires: v.nullable(count()),
  /** How often it may be opened in all; null for any number. */
  openings: v.nullable(count(MAX_OPENINGS)),
}

const wish = v.strictObject({
  ...terms,
  /** SHA-256 of the proof that opens it. */
  proof: bytes(32, 32),
  /** For whoever opens it. */
  body: sealed(MAX_LINK_BODY),
  /** For the owner's devices alone. */
  note: sealed(MAX_LINK_NOTE),
  /** How often it was opened elsewhere, for a link that is not here yet: it comes from another cafe. */
  opened: count(MAX_OPENINGS),
})
export type LinkWish = v.InferOutput<typeof wish>

/** A link as its owner sees it. */
const state = v.strictObject({
  ...terms,
  note: sealed(MAX_LINK_NOTE),
  opened: count(),
  /** When it was last opened, by the cafe's clock. */
  last: v.nullable(count()),
  revoked: v.nullable(count()),
})
export type LinkState = v.InferOutput<typeof state>

export const linkProtocol = service({
  id: '/cafe/link/1.0.0',
  name: 'link',
  limited: true,
  operations: {
    /** All links of the account: CLIENT_LINKS at most. */
    list: operation({ request: nothing, item: state, receipt: nothing, auth: 'session' }),
    /**
     * Puts a link, or changes one; how often it was opened stays. The same again changes nothing.
     * @throws CONFLICT {what: 'link'} for another account's; {what: 'link', revoked} for one that was revoked; {what: 'link', seq}
     * where a newer one is; QUOTA {links}; BUSY {after}.
     */
    put: operation({
      request: wish,
      /** How often it was opened up to now. */
      receipt: v.strictObject({ opened: count() }),
      auth: 'session',
      keeps: true,
    }),
    /** From the answer on it opens no more, whatever is put later under its id. Nothing happens where it is not here. */
    revoke: operation({ request: v.strictObject({ link: id }), receipt: nothing, auth: 'session' }),
    /**
     * The body, for whoever has the proof. An attempt that was counted is answered again for ATTEMPT_TTL without being counted.
     * @throws NOT_FOUND {what: 'link'} for one that never was or has ended; FORBIDDEN {what: 'password'} for a wrong proof; BUSY
     * {after}.
     */
    open: operation({
      request: v.strictObject({ link: id, proof: bytes(32, 32), attempt: id }),
      receipt: v.strictObject({ body: sealed(MAX_LINK_BODY) }),
      auth: 'none',
    }),
  },
})
