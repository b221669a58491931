/** The cafe's tables about who may come in and who is in. Tokens are kept as hashes; sessions hold no JWT. */
import { address, bytes, count, name, peerId, text, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

/** One queue for all that changes who is in: token uses, nonces, clients, sessions and bearers are decided together. */
export const SESSION_QUEUE = 'sessions'

const time = count()

export const tokenRow = v.strictObject({
  hash: bytes(32, 32),
  label: v.nullable(name),
  /** Registrations left; null for any number. */
  uses: v.nullable(count()),
  expires: v.nullable(time),
  quota: count(),
  created: time,
})

export const clientRow = v.strictObject({
  account: address,
  peer: peerId,
  /** Id of the token it came with. */
  token: v.nullable(text(24)),
  quota: count(),
  since: time,
})

export const sessionRow = v.strictObject({
  account: address,
  created: time,
  /** Generation: one more with every refresh. */
  gen: count(),
  /** When the current generation was issued. */
  issued: time,
  access: text(32),
  refresh: text(32),
  /** The refresh token before this one: honoured for a minute, since a reply can be lost. */
  previous: v.nullable(text(32)),
})

export type TokenRow = v.InferOutput<typeof tokenRow>
export type ClientRow = v.InferOutput<typeof clientRow>
export type SessionRow = v.InferOutput<typeof sessionRow>

export interface SessionStore {
  readonly rows: Rows
  /** By token id. */
  readonly tokens: Table<TokenRow>
  /** By account, then peer. */
  readonly clients: Table<ClientRow>
  /** By peer, then session id. */
  readonly sessions: Table<SessionRow>
  /** Consumed challenge nonces by their hex, with their end. */
  readonly nonces: Table<{ exp: number }>
}

export function sessionStore(rows: Rows): SessionStore {
  return {
    rows,
    tokens: table(rows, 'token', tokenRow),
    clients: table(rows, 'client', clientRow),
    sessions: table(rows, 'session', sessionRow),
    nonces: table(rows, 'nonce', v.strictObject({ exp: time })),
  }
}
