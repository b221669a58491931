/**
 * The cafe's tables about who may come in, who is in, and who was. Tokens are kept as hashes; sessions hold no JWT. What
 * strangers can cause to be written is bounded and has an end.
 */
import { MAX_RECEIPT } from '../../core/limits.ts'
import { address, bytes, count, name, notice, peerId, text, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { mode, services } from './terms.ts'

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
  /** The services whoever came with it may use; null for all. */
  services: v.optional(v.nullable(services), null),
  created: time,
  revoked: v.optional(v.nullable(time), null),
})

export const clientRow = v.strictObject({
  account: address,
  peer: peerId,
  /** Id of the token it came with; null if the host said yes, or the cafe was open. */
  token: v.nullable(text(24)),
  quota: count(),
  services: v.optional(v.nullable(services), null),
  since: time,
  /** Its token was revoked then: what it keeps here stays, but it must bring another token. */
  revoked: v.optional(v.nullable(time), null),
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
  /** An old refresh token came back: nobody goes on with this session, and its owner is to be told. */
  reused: v.optional(v.boolean(), false),
})

/** Somebody without token who wants in. */
export const requestRow = v.strictObject({
  account: address,
  peer: peerId,
  /** What they said to the host; empty for nothing. */
  greeting: notice,
  since: time,
  /** Then the row means nothing any more. */
  expires: time,
  state: v.picklist(['waiting', 'admitted', 'refused']),
  /** What the host's yes gives. */
  quota: count(),
  services: v.nullable(services),
})

/** An account that was evicted, to be told why; and the peers it had here. */
export const evictedRow = v.strictObject({ at: time, notice, peers: v.pipe(v.array(peerId), v.maxLength(100)) })

/** A client that left by itself, whose receipt may have been lost on the way. */
export const departedRow = v.strictObject({ receipt: bytes(MAX_RECEIPT), expires: time })

/** The public half of a key that signed sessions at the place this cafe has come from: they go on, until they end. */
export const formerKeyRow = v.strictObject({ key: bytes(32, 32), until: time })

export const alarmRow = v.strictObject({
  /** `reused`: an old refresh token; `stolen`: a token shown by another peer; `clock`: this device's clock went back. */
  kind: v.picklist(['reused', 'stolen', 'clock']),
  account: v.nullable(address),
  peer: v.nullable(peerId),
  /** The last time, and how often. */
  at: time,
  times: count(),
})

/** By what relays that ask let further devices of an account through; see `crypto/voucher.ts`. */
export const voucherRow = v.strictObject({ account: address, secret: bytes(32, 32) })

export type TokenRow = v.InferOutput<typeof tokenRow>
export type ClientRow = v.InferOutput<typeof clientRow>
export type SessionRow = v.InferOutput<typeof sessionRow>
export type RequestRow = v.InferOutput<typeof requestRow>
export type EvictedRow = v.InferOutput<typeof evictedRow>
export type AlarmRow = v.InferOutput<typeof alarmRow>

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
  /** By account, then peer. */
  readonly requests: Table<RequestRow>
  /** By account. */
  readonly evicted: Table<EvictedRow>
  /** By account, then peer: devices that their account has put out. */
  readonly dropped: Table<{ at: number }>
  /** By account. */
  readonly vouchers: Table<v.InferOutput<typeof voucherRow>>
  /** By session id. */
  readonly departed: Table<v.InferOutput<typeof departedRow>>
  /** By what happened to whom, so that one that comes again is one. */
  readonly alarms: Table<AlarmRow>
  /** By key id. */
  readonly formerKeys: Table<v.InferOutput<typeof formerKeyRow>>
  /** One row, `guests`, while nobody new comes in and nothing new is kept. */
  readonly pauses: Table<{ since: number }>
  /** One row: who may come. */
  readonly policy: Table<{ mode: v.InferOutput<typeof mode> }>
}

export function sessionStore(rows: Rows): SessionStore {
  return {
    rows,
    tokens: table(rows, 'token', tokenRow),
    clients: table(rows, 'client', clientRow),
    sessions: table(rows, 'session', sessionRow),
    nonces: table(rows, 'nonce', v.strictObject({ exp: time })),
    requests: table(rows, 'request', requestRow),
    evicted: table(rows, 'evicted', evictedRow),
    dropped: table(rows, 'dropped', v.strictObject({ at: time })),
    vouchers: table(rows, 'voucher', voucherRow),
    departed: table(rows, 'departed', departedRow),
    alarms: table(rows, 'alarm', alarmRow),
    formerKeys: table(rows, 'former-key', formerKeyRow),
    pauses: table(rows, 'pause', v.strictObject({ since: time })),
    policy: table(rows, 'policy', v.strictObject({ mode })),
  }
}

/** Changes that end all sessions of a client. */
export async function endSessions(store: SessionStore, peer: string): Promise<Change[]> {
  const sessions = await store.sessions.list([peer])
  return sessions.map(({ key }) => store.sessions.remove(...key))
}
