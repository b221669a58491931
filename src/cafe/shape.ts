/** What a cafe is to whoever composes one: what it takes, and what its host can do with it. Types only. */
import type { Connection, PrivateKey, Stream } from '@libp2p/interface'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Pauses } from '../core/pause.ts'
import type { JwtKey } from '../crypto/jwt.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { ActivityLog } from './activity.ts'
import type { Client } from './clients.ts'
import type { CafeFetch } from './face.ts'
import type { CafeGuests } from './guests.ts'
import type { MailRates } from './inbox/rates.ts'
import type { Dialler, Place } from './info/gossip.ts'
import type { KnownCafe } from './info/known.ts'
import type { Leaving } from './leaving.ts'
import type { Pause } from './pause.ts'
import type { BlockSource } from './pin/fetch.ts'
import type { Forwarding } from './pin/forward.ts'
import type { Keep } from './pin/keep.ts'
import type { PinJobs } from './pin/pin-status.ts'
import type { Alarms } from './session/alarms.ts'
import type { Desk } from './session/desk.ts'
import type { SessionRates } from './session/rates.ts'
import type { Token, TokenOptions } from './tokens.ts'

/** Where protocols are answered: given by `net`. */
export interface Registrar {
  handle(
    protocol: string,
    handler: (stream: Stream, connection: Connection) => Promise<void>,
    options: { limited: boolean; maxStreams: number },
  ): Promise<void>
  unhandle(protocol: string): Promise<void>
}

export interface CafeComponents {
  readonly peer: PeerIdText
  /** Signs what the cafe vouches for. */
  readonly peerKey: PrivateKey
  readonly registrar: Registrar
  readonly rows: Rows
  /** What this device keeps for clients: it is there whether or not the cafe is open. */
  readonly keep: Keep
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of the peers that clients name. */
  readonly source: BlockSource
  readonly jwtKey: JwtKey
  /** Storage epoch: grows when the cafe has lost data. */
  readonly epoch: number
  /** Where it can be dialled now. */
  readonly addresses: () => readonly string[]
  /** Reaches other cafes. */
  readonly connector: Dialler
  /** Cafes that the relay names. */
  readonly directory: (options: { signal: AbortSignal }) => Promise<readonly Place[]>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Called after a client came or went or its pins changed, and after the host decided something. */
  readonly onChange: () => void
  /** How often who may knock; `SESSION_RATES` without it. */
  readonly rates?: SessionRates
  /** How often letters may come; `MAIL_RATES` without it. */
  readonly mailRates?: MailRates | undefined
  /** Between attempts to forward a pin; as `pin/forward.ts` has them without it. */
  readonly forwardPauses?: Pauses | undefined
  /** Bits of work for a stranger's letter; `WORK_BITS` without it. */
  readonly mailWork?: number | undefined
  /** What all inboxes may hold; `CAFE_LETTERS` and `CAFE_MAIL` without it. */
  readonly mailMost?: { readonly letters: number; readonly bytes: number } | undefined
}

export type { Client } from './clients.ts'

export interface Cafe extends Omit<Desk, 'revoke'> {
  /** A pinning service that the cafe forwards its clients' pins to. */
  readonly forwarding: Pick<Forwarding, 'set' | 'status'>
  /** What clients asked to be pinned, for other carriers. */
  readonly jobs: PinJobs
  /** Stops answering, also calls that run; everything kept stays. Guests who listen are told `farewell` first. */
  close(options?: { readonly farewell?: string | undefined }): Promise<void>
  /** What has happened, for the host; `closed` and `opened` are the host's to note. */
  readonly activity: Pick<ActivityLog, 'list' | 'note'>
  /** See `pause.ts`. */
  readonly paused: () => Pause['since']
  setPaused(paused: boolean): Promise<void>
  /** What guests would miss while it is closed. */
  leaving(): Promise<Leaving>
  /** Its HTTP face: the same services, for bearer tokens (`face.ts`). */
  readonly fetch: CafeFetch
  createToken(options: TokenOptions): Promise<{ id: string; token: string }>
  /** All tokens that admit somebody or that somebody came with, newest first; never their text. */
  tokens(): Promise<readonly Token[]>
  /** @throws CafeError NOT_FOUND {what: 'token'}. See {@link Desk.revoke}. */
  revoke: Desk['revoke']
  clients(): Promise<readonly Client[]>
  readonly alarms: Pick<Alarms, 'list' | 'dismiss'>
  /** Is that peer a client's device, or was it one lately? */
  readonly knows: (peer: PeerIdText) => Promise<boolean>
  /** Whom relays may let through to it. */
  guests(): Promise<CafeGuests>
  /** The cafes it knows, and which of them lied. */
  neighbours(): readonly KnownCafe[]
  /** Meets other cafes now; it does so by itself too. */
  meet(options: { signal: AbortSignal }): Promise<void>
}
