/** The part of the page's API that is about who may come to the hosted cafe, and who must go. Types only. */
import type { Activity } from '../cafe/activity.ts'
import type { ClosedCafe } from '../cafe/host-status.ts'
import type { Leaving } from '../cafe/leaving.ts'
import type { Mode } from '../cafe/session/terms.ts'
import type { Quota, Token } from '../cafe/tokens.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'

/** A token as its host may see it again: everything but its text. */
export type TokenInfo = Token

/** Somebody who asks to join. */
export interface RequestInfo {
  readonly peerId: PeerIdText
  readonly address: Address
  /** What they say; empty for nothing. */
  readonly greeting: string
  readonly since: number
  /** Then it is too late to answer. */
  readonly expires: number
}

export interface DecisionInput {
  readonly address: Address
  readonly peerId: PeerIdText
  readonly admit: boolean
  readonly quota?: Quota | undefined
  readonly services?: readonly string[] | undefined
}

/** Something the host should know of. */
export interface AlarmInfo {
  readonly id: string
  /** `reused`: an old refresh token came back; `stolen`: another peer showed a token; `clock`: this clock went back. */
  readonly kind: 'reused' | 'stolen' | 'clock'
  readonly address: Address | null
  readonly peerId: PeerIdText | null
  /** The last time, and how often. */
  readonly at: number
  readonly times: number
}

/** Another cafe, which searches here may be passed on to. */
export interface NeighbourInfo {
  readonly peerId: PeerIdText
  /** As it calls itself. */
  readonly name: string
  readonly addresses: readonly string[]
  /** When it last answered, in milliseconds since the epoch; null if it never has. */
  readonly answered: number | null
  /** Until when it is asked nothing, because it gave something forged; null if it did not. */
  readonly marked: number | null
}

/** A line of the host's log, see `cafe/activity.ts`. */
export type ActivityInfo = Activity

export type { ClosedCafe } from '../cafe/host-status.ts'
export type { Leaving } from '../cafe/leaving.ts'

type None = Record<never, never>

export type AdmissionApi = {
  'host.tokens': Call<None, readonly TokenInfo[]>
  'host.revoke': Call<{ id: string }, None>
  'host.setMode': Call<{ mode: Mode }, None>
  'host.requests': Call<None, readonly RequestInfo[]>
  'host.decide': Call<DecisionInput, None>
  'host.evict': Call<{ address: Address; notice?: string | undefined }, None>
  'host.alarms': Call<None, readonly AlarmInfo[]>
  'host.dismiss': Call<{ id: string }, None>
  'host.trustClock': Call<None, None>
  'host.neighbours': Call<None, readonly NeighbourInfo[]>
  'host.setPaused': Call<{ paused: boolean }, None>
  'host.activity': Call<None, readonly ActivityInfo[]>
  'host.leaving': Call<None, Leaving>
  'host.before': Call<None, ClosedCafe | null>
}

/** The same as functions, in `cafe.host`. */
export interface AdmissionConsole {
  tokens(): Promise<readonly TokenInfo[]>
  /** Ends the sessions of all who came with this token, at once; what they keep stays. */
  revoke(id: string): Promise<void>
  setMode(mode: Mode): Promise<void>
  /** Who waits for an answer, oldest first. */
  requests(): Promise<readonly RequestInfo[]>
  decide(decision: {
    address: string
    peerId: string
    admit: boolean
    quota?: Quota
    services?: string[]
  }): Promise<void>
  /** Ends an account's registrations and erases what it keeps here. It is told `notice`. */
  evict(input: { address: string; notice?: string }): Promise<void>
  alarms(): Promise<readonly AlarmInfo[]>
  dismiss(id: string): Promise<void>
  /** After a `clock` alarm: the clock of this device is right now, and was wrong before. */
  trustClock(): Promise<void>
  /** The cafes that this one knows, and which of them lied. */
  neighbours(): Promise<readonly NeighbourInfo[]>
  /** Nobody new comes in and nothing new is kept, until it is false again; clients read on. Over restarts, too. */
  setPaused(paused: boolean): Promise<void>
  /** What has happened, newest first: the last 200 lines of 30 days. */
  activity(): Promise<readonly ActivityInfo[]>
  /** What guests would miss while the cafe is closed, as far as it can know. */
  leaving(): Promise<Leaving>
  /** The cafe that was open here last, to be opened again; null if none was. */
  before(): Promise<ClosedCafe | null>
}
