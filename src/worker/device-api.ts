/** The part of the page's API that is about the devices of the account, and giving it to another. Types only. */
import type { PeerIdText } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'
import type { AccountStatus, KeepInput } from './account-api.ts'
import type { ProofInput } from './wallet-api.ts'

export interface DeviceInfo {
  readonly peerId: PeerIdText
  readonly name: string
  /** Milliseconds since the epoch: certified first at; its certificate ends at; put out at, if it was. */
  readonly since: number
  readonly until: number | null
  readonly revoked: number | null
  /** It is this one. */
  readonly here: boolean
}

/** How far it is with receiving an account: the link to show, then the code to compare. */
export type OfferProgress =
  | { readonly link: string; readonly expires: number }
  | { readonly code: string; readonly name: string; readonly peerId: PeerIdText }

/** What another device has given: it is kept by `devices.keep`, and forgotten if that does not come. */
export interface GivenAccount {
  readonly address: string
  readonly cafes: number
}

/** Cafes that know that a device was put out, and those that will be told as soon as they are reached. */
export interface Revoked {
  readonly told: number
  readonly waiting: number
}

type None = Record<never, never>

export type DeviceApi = {
  'devices.list': Call<None, readonly DeviceInfo[]>
  'devices.revoke': Call<ProofInput & { peerId: PeerIdText }, Revoked>
  'devices.offer': Call<None, GivenAccount, OfferProgress>
  'devices.match': Call<{ same: boolean }, None>
  'devices.keep': Call<KeepInput, AccountStatus>
  'devices.follow': Call<{ link: string }, { code: string; name: string; peerId: PeerIdText }>
  'devices.give': Call<ProofInput, None>
  'devices.cancel': Call<None, None>
}

/** The same as functions, `cafe.devices`. */
export interface DeviceConsole {
  list(): Promise<readonly DeviceInfo[]>
  /** Puts another device out: cafes refuse it from then on. */
  revoke(peerId: string, options?: ProofInput): Promise<Revoked>
  /**
   * On a device that is to be given an account: shows a link, then the code. Resolves when the account has come, which
   * takes {@link DeviceConsole.match} here and {@link DeviceConsole.give} there; then {@link DeviceConsole.keep} it.
   */
  offer(options: { onProgress: (progress: OfferProgress) => void; signal?: AbortSignal }): Promise<GivenAccount>
  /** Whether the two devices show the same code. */
  match(same: boolean): Promise<void>
  keep(input?: KeepInput): Promise<AccountStatus>
  /** On the device that has the account: follows the link of the other, and gives the code to compare. */
  follow(link: string): Promise<{ code: string; name: string; peerId: PeerIdText }>
  /** The codes are the same: gives the account. */
  give(options?: ProofInput & { signal?: AbortSignal }): Promise<void>
  /** Gives nothing. */
  cancel(): Promise<void>
}
