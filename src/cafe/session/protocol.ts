/**
 * What a client and a cafe say about sessions: challenge → register → access and refresh tokens → refresh → deregister
 * (security.md §2.d). A registration is a statement signed by the account key that names the cafe, the client's peer,
 * the address, the challenge and the token, so none of it can be used anywhere else. A further device of an account that is
 * a client comes in by that signature alone, in every mode. Until it is proved, no answer depends on who is a client here.
 *
 * Why a registration or a session is refused is in the error's `why`:
 * | why             | means                                                             | then                        |
 * |-----------------|-------------------------------------------------------------------|-----------------------------|
 * | `token`         | not known here, and the cafe admits by token (or: a bad token)    | register with a token       |
 * | `ask`           | not known here, and the cafe's host wants to be asked             | register with `ask`         |
 * | `token-used`, `token-expired`, `token-revoked` | this token admits nobody any more  | register with another one   |
 * | `revoked`       | the token this client came with was revoked; its data stays       | register with another one   |
 * | `evicted`       | the host evicted the account; `notice` is what the host says      | register with a token made since |
 * | `dropped`       | another device of the account has put this peer out               | register with a token made since |
 * | `waiting`       | the host has not answered yet                                     | wait                        |
 * | `refused`       | the host said no to the request                                   | –                           |
 * | `service`       | this client's token does not include the service                  | –                           |
 */
import { MAX_JWT, MAX_RECEIPT } from '../../core/limits.ts'
import { address, bytes, count, name, notice, peerId, text, v } from '../../core/schema.ts'
import { statementSchema } from '../../crypto/challenge.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'
import { bearerWish, type SCOPES, scopes, services } from './terms.ts'

/** The session a client gets: tokens with their ends (milliseconds since the epoch) and what it may use. */
export const grant = v.strictObject({
  access: text(MAX_JWT),
  accessEnds: count(),
  refresh: text(MAX_JWT),
  refreshEnds: count(),
  /** The cafe's name as its host gave it. */
  name,
  /** Bytes this client may pin. */
  quota: count(),
  /** Services it may use; null for all. */
  services: v.nullable(services),
})

/** The host has been asked, and has until `waiting` (milliseconds since the epoch) to answer. */
export const waiting = v.strictObject({ waiting: count(), name })

export type Grant = v.InferOutput<typeof grant>
export type Waiting = v.InferOutput<typeof waiting>

/** What a client hears on its live channel: how it stands here. Only a hint: its next call says the same. */
export const standing = v.picklist([
  'client',
  'waiting',
  'admitted',
  'refused',
  'evicted',
  'revoked',
  'alarm',
  'unknown',
])
export type Standing = v.InferOutput<typeof standing>

/** What a cafe has erased for a client that left: how many of each part, such as `pins`. */
export const receiptSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch of the cafe. */
  epoch: count(),
  account: address,
  peer: peerId,
  /** Milliseconds since the epoch, by the cafe's clock. */
  time: count(),
  erased: v.pipe(
    v.record(v.pipe(text(32), v.regex(/^[a-z]+$/)), count()),
    v.check((parts) => Object.keys(parts).length <= 32),
  ),
})
export type Receipt = v.InferOutput<typeof receiptSchema>

export const receiptRecord: RecordKind<Receipt> = {
  domain: 'textile-cafe-receipt',
  type: '/cafe/receipt/1',
  schema: receiptSchema,
  limit: MAX_RECEIPT,
}

/** What is known of a bearer: everything but its text, which nobody keeps. */
export const bearerInfo = v.strictObject({
  id: text(24),
  /** The device of the account that made it, and with whose registration it ends. */
  peer: peerId,
  label: name,
  scopes,
  created: count(),
  expires: count(),
})

export type Scope = (typeof SCOPES)[number]
export type BearerInfo = v.InferOutput<typeof bearerInfo>

/** The protocol named in the signed statement: a statement for another version means nothing here. */
export const STATEMENT_PROTOCOL = '/cafe/session/1.0.0'

export const sessionProtocol = service({
  id: '/cafe/session/1.0.0',
  name: 'session',
  limited: true,
  operations: {
    challenge: operation({
      request: v.strictObject({ address, purpose: v.picklist(['register', 'recover']) }),
      receipt: v.strictObject({ challenge: bytes(32, 32), exp: count() }),
      auth: 'none',
    }),
    register: operation({
      request: v.strictObject({
        statement: statementSchema,
        signature: bytes(64, 64),
        /** Access token text; not needed where this client's row still stands, nor for one more device of a client. */
        token: v.optional(text(61)),
        /** Where the host wants to be asked: do so, and say this. Asking again changes nothing. */
        ask: v.optional(v.strictObject({ greeting: notice })),
      }),
      receipt: v.union([grant, waiting]),
      auth: 'none',
    }),
    refresh: operation({
      request: v.strictObject({ refresh: text(MAX_JWT) }),
      receipt: grant,
      auth: 'none',
    }),
    /**
     * Ends the registration and erases what is kept for the account, once its last device has left. Carries its access
     * token in the request: it is answered again, with the same receipt, when there is no session any more.
     */
    deregister: operation({
      request: v.strictObject({ access: text(MAX_JWT) }),
      /** A {@link receiptRecord} signed by the cafe's peer key. */
      receipt: v.strictObject({ receipt: bytes(MAX_RECEIPT) }),
      auth: 'none',
    }),
    /** Takes back a request to join, of the peer that calls. */
    withdraw: operation({ request: v.strictObject({ address }), receipt: nothing, auth: 'none' }),
    /**
     * Stays open and says how the peer that calls stands here with that account: at once, and whenever it changes. Ends
     * with UNAUTHORIZED for a peer that is not known here. A peer has one; a second ends the first.
     */
    watch: operation({
      request: v.strictObject({ address }),
      item: v.union([
        /** `epoch`: the cafe's storage epoch. One that has grown has lost something of what it had signed for. */
        v.strictObject({
          you: standing,
          epoch: v.optional(count()),
          /** There while its host has paused guests: nobody new comes in, nothing new is kept. Said again when it ends. */
          paused: v.optional(v.literal(true)),
        }),
        /** The host closes the cafe now, and says this; empty for nothing. The channel ends. */
        v.strictObject({ farewell: notice }),
        v.strictObject({ pulse: v.literal(true) }),
      ]),
      receipt: nothing,
      auth: 'none',
      bulk: true,
    }),
    /**
     * Puts out another device of this account: its registration ends, and it does not come in again without a token made
     * since. False if it was not a client here; then it does not become one either.
     */
    drop: operation({
      request: v.strictObject({ peer: peerId }),
      receipt: v.strictObject({ dropped: v.boolean() }),
      auth: 'session',
    }),
    /**
     * Tells the cafe by what its relays may let further devices of the account through, and whoever has only its words
     * (`crypto/voucher.ts`). Said again it takes the place of what was said before; it goes with the account.
     */
    putVoucher: operation({
      request: v.strictObject({ secret: bytes(32, 32) }),
      receipt: nothing,
      auth: 'session',
    }),
    /** A token for HTTP, in this client's name and for these services only, until `expires` or a year at most. */
    grantBearer: operation({
      request: bearerWish,
      /** `text` is what an HTTP client sends: it is said here and never again. */
      receipt: v.strictObject({ id: text(24), text: text(61), expires: count() }),
      auth: 'session',
    }),
    /** Bearers of all devices of the account that still work. */
    listBearers: operation({ request: nothing, item: bearerInfo, receipt: nothing, auth: 'session' }),
    /** Ends a bearer of this account at once; false if there is none of that id. */
    revokeBearer: operation({
      request: v.strictObject({ id: text(24) }),
      receipt: v.strictObject({ revoked: v.boolean() }),
      auth: 'session',
    }),
  },
})
