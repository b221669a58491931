/** What the host of a cafe is shown of it: in a page and at a terminal. Types only. */
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Collected } from '../store/collect.ts'
import type { Mode } from './session/terms.ts'

export interface OpenCafe {
  readonly name: string
  readonly peerId: PeerIdText
  readonly addresses: readonly string[]
  /** Whom it admits: anybody, who has an invite with a token, or whom the host says yes to. */
  readonly mode: Mode
  /**
   * A link to send or show as QR: opens the app and joins. Where the cafe admits by invite it carries an access token in
   * its fragment.
   */
  readonly invite: string
}

export type HostStatus =
  | { readonly open: false }
  | (OpenCafe & {
      readonly open: true
      /** When its host opened it. */
      readonly since: number
      /** Since when it is open without a break: browsers end it with its last tab, and the next start goes on. */
      readonly up: number
      /** Since when guests are paused: nobody new comes in, nothing new is kept; null while they are not. */
      readonly paused: number | null
      readonly clients: number
      /** People who wait for the host's answer. */
      readonly requests: number
      /** Roots and ciphertext bytes kept for clients. */
      readonly roots: number
      readonly bytes: number
      readonly room: HostRoom
      /** Not there where no relay's door can lead here. */
      readonly door?: DoorStatus | undefined
    })

/** A cafe that may be opened again. */
export interface ClosedCafe {
  readonly name: string
  /** Bytes to keep for clients in all. */
  readonly budget: number
}

/** How anybody on the web reaches the cafe through the relay, by HTTP. */
export interface DoorStatus {
  /** Whether it is; closed unless the host opens it. */
  readonly open: boolean
  /** Trusted decryption: keys in queries are taken, and relay and cafe see what is decrypted by them. */
  readonly decrypt: boolean
  /** Bytes it gives in a day at most. */
  readonly daily: number
  /** What the cafe's paths are below: `<url>ipfs/<cid>`. */
  readonly url: string
}

/** What is not given stays. */
export interface DoorInput {
  readonly open?: boolean | undefined
  readonly decrypt?: boolean | undefined
  readonly daily?: number | undefined
}

/** What the cafe may keep in all, what it keeps, and what could go. All in bytes. */
export interface HostRoom {
  /** Set by the host; 8 GiB without. */
  readonly budget: number
  /** Charged to accounts for what they pinned, a block once for every root that has it. */
  readonly pinned: number
  /** Of unfinished uploads: kept for a day, so that they can go on. */
  readonly leased: number
  /** About what the next collection frees. */
  readonly collectable: number
  /** When the disk itself last refused a write, though the budget allowed it (milliseconds since the epoch). */
  readonly diskFull?: number | undefined
  /** The last collection since the start of the worker. */
  readonly collected?: (Collected & { readonly at: number; readonly failed?: string | undefined }) | undefined
}

export interface NewToken {
  readonly id: string
  /** 59 to 61 base58 characters, shown once: only a hash is kept. */
  readonly token: string
  readonly invite: string
}

export interface ClientInfo {
  readonly peerId: PeerIdText
  readonly address: Address
  readonly since: number
  /** It listens now; else when it was last heard of, to the hour. */
  readonly online: boolean
  readonly seen: number
  readonly roots: number
  readonly bytes: number
  readonly quota: number
  /** Services it may use; null for all. */
  readonly services: readonly string[] | null
  /** Id of the token it came with, if it came with one. */
  readonly token: string | null
  /** Its token was revoked: it cannot do anything until it brings another. */
  readonly revoked: boolean
}
