/**
 * What a client and a cafe say about sessions: challenge → register → access and refresh tokens → refresh → deregister
 * (security.md §2.d). A registration is a statement signed by the account key that names the cafe, the client's peer,
 * the address, the challenge and the token, so none of it can be used anywhere else.
 */
import { MAX_JWT } from '../../core/limits.ts'
import { address, bytes, count, name, peerId, text, v } from '../../core/schema.ts'
import { statementSchema } from '../../crypto/challenge.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

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
})

export type Grant = v.InferOutput<typeof grant>

/** What a bearer may be for: names of services that are worth calling from outside. */
export const SCOPES = ['pin'] as const

const scopes = v.pipe(
  v.array(v.picklist(SCOPES)),
  v.minLength(1),
  v.maxLength(SCOPES.length),
  v.check((all) => new Set(all).size === all.length),
  v.readonly(),
)

/** What somebody wants a bearer to be. */
export const bearerWish = v.strictObject({ label: name, scopes, expires: v.optional(count()) })

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
        /** Access token text; not needed where this client's row still stands. */
        token: v.optional(text(61)),
      }),
      receipt: grant,
      auth: 'none',
    }),
    refresh: operation({
      request: v.strictObject({ refresh: text(MAX_JWT) }),
      receipt: grant,
      auth: 'none',
    }),
    deregister: operation({
      request: nothing,
      /** Roots of this account released; 0 while another of its devices is still registered. */
      receipt: v.strictObject({ roots: count() }),
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
