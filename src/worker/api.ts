/**
 * What a page can ask of the worker, and nothing else: the method table behind the UI and behind the console API
 * (`globalThis.cafe`). Types only; `host.ts` answers, `ui/connect.ts` calls.
 */
import type { ClientInfo, DoorInput, DoorStatus, HostStatus, NewToken, OpenCafe } from '../cafe/host-status.ts'
import type { ForwardStatus } from '../cafe/pin/forward.ts'
import type { Mode } from '../cafe/session/terms.ts'
import type { Quota } from '../cafe/tokens.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Giver } from '../core/watched.ts'
import type { Call } from '../rpc/port.ts'
import type { Collected, CollectProgress } from '../store/collect.ts'
import type {
  Bearer,
  BearerInput,
  Deregistered,
  InvitePreview,
  NewBearer,
  ReceiptInfo,
  Safety,
  Session,
} from './account-api.ts'
import type { AdmissionApi } from './admission-api.ts'
import type { CarryApi } from './carry-api.ts'
import type { ContactApi } from './contact-api.ts'
import type { DeviceApi } from './device-api.ts'
import type { LinkApi, LinkOpenApi, LinkOpenInput, OpenedLink } from './link-api.ts'
import type { MailApi } from './mail-api.ts'
import type { NamesApi, ResolveApi } from './names-api.ts'
import type { PairApi } from './pair-api.ts'
import type { RecoverApi } from './recover-api.ts'
import type { ThreadApi } from './thread-api.ts'
import type { TrialApi } from './trial-api.ts'
import type { WalletApi } from './wallet-api.ts'

export type { Collected, CollectProgress } from '../store/collect.ts'
export type * from './account-api.ts'
export type * from './device-api.ts'
export type * from './names-api.ts'
export type * from './pair-api.ts'
export type * from './trial-api.ts'
export type * from './wallet-api.ts'

/** How a connection runs: straight to the other side, or through a relay. */
export type Path = 'direct' | 'relayed'

/** Why a peer is reached through the relay: see `net/paths.ts`, which has the same words. */
export type WhyRelayed = 'no-address' | 'no-tab' | 'pending' | 'timeout' | 'failed'

export interface Connection {
  readonly peerId: PeerIdText
  readonly path: Path
  readonly transport: 'webrtc' | 'websocket' | 'other'
  /** The remote address, without secrets. */
  readonly address: string
  /** Milliseconds since the epoch. */
  readonly since: number
  /** For a relayed one, why it is not direct, as far as this side has tried. */
  readonly whyRelayed?: WhyRelayed | undefined
}

export interface NodeStatus {
  readonly peerId: PeerIdText
  /** `none`: no relay is configured; `waiting`: not reached, being tried again. */
  readonly relay: 'none' | 'waiting' | 'connected'
  /** Where others can dial this node now. */
  readonly addresses: readonly string[]
  readonly connections: readonly Connection[]
  /** Tabs that lend WebRTC now. 0 means: through the relay only. */
  readonly tabs: number
}

/** A relay that this node keeps to. */
export interface RelayInfo {
  readonly peerId: PeerIdText
  readonly addresses: readonly string[]
  /** From the host of the app; else from the invites of cafes of the account. */
  readonly configured: boolean
  /** Named by the person of this device, who can remove it. */
  readonly own: boolean
  readonly connected: boolean
  /** It holds a seat for this node: others can dial it through this relay. */
  readonly seat: boolean
}

/** How a peer answered just now. */
export interface Probe {
  /** Milliseconds of a round trip. */
  readonly ms: number
  readonly path: Path
}

export type {
  ClientInfo,
  DoorInput,
  DoorStatus,
  HostRoom,
  HostStatus,
  NewToken,
  OpenCafe,
} from '../cafe/host-status.ts'

export interface TokenInput {
  readonly label?: string | undefined
  /** How many clients may register with it; without it, any number. */
  readonly uses?: number | undefined
  /** Milliseconds since the epoch after which it admits nobody. */
  readonly expires?: number | undefined
  /** Bytes each client that used it may pin, or `small` (250 MB), `normal` (1 GB), `large` (10 GB). */
  readonly quota?: Quota | undefined
  /** Services such clients may use, such as `pin`; all without it. */
  readonly services?: readonly string[] | undefined
}

export interface PinProgress {
  /** Bytes of the file encrypted and stored here so far. */
  readonly encrypted: number
  /** Ciphertext bytes the cafes have confirmed so far, of `total`. */
  readonly sent: number
  readonly total: number
}

export interface PinAt {
  readonly cafe: PeerIdText
  /**
   * `queued`: not there yet, tried again by itself; `failed`: refused, or lost again and again, for `reason`; `degraded`:
   * an audit found it damaged or missing there, for `reason`, and it is repaired by itself.
   */
  readonly state: 'pinned' | 'queued' | 'failed' | 'degraded'
  /** Why it failed: an error code. */
  readonly reason?: string | undefined
  /** When it last proved that it has the file, in milliseconds since the epoch. */
  readonly proved?: number | undefined
  /** When it gave its receipt. */
  readonly since?: number | undefined
}

/** A file whose reading was cut off: given again, it goes on, and what is at the cafes is not sent twice. */
export interface Unfinished {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly since: number
  /** Bytes of it that were read. */
  readonly read: number
}

export interface Pin {
  /** Root of the encrypted file, CIDv1 text. */
  readonly cid: string
  /** The file's key, `u…`: whoever has it can read the file. Empty for a public one, which everybody can. */
  readonly key: string
  /** Bytes of the file as it was given. */
  readonly size: number
  readonly name: string
  /**
   * `/ipfs/<cid>/<name>#key=…&from=<cafe>`, for a public file `/ipfs/<cid>?filename=<name>#from=<cafe>`: opens in any browser
   * that reaches the relay.
   */
  readonly link: string
  readonly since: number
  readonly cafes: readonly PinAt[]
}

type None = Record<never, never>

/** The part of it that is about threads, devices and an account as a whole: see `account-part.ts`. */
export type AccountPartApi = ThreadApi & MailApi & RecoverApi & DeviceApi & ContactApi & LinkApi

/** Everything a page may call. Keys are `noun.verb`, one verb per idea (see the design's list of words). */
export type PageApi = AdmissionApi &
  WalletApi &
  LinkOpenApi &
  NamesApi &
  CarryApi &
  PairApi &
  TrialApi &
  AccountPartApi & {
    /** Exchanges the names of the locks by which each side notices the other's end (see rpc/alive.ts). */
    hello: Call<{ life: string }, { life: string }>
    'tab.lend': Call<{ id: string; port: MessagePort; visible: boolean }, None>
    'tab.gateway': Call<{ port: MessagePort }, None>
    /** Serves one website its own blocks at a port (`site-api.ts`). */
    'tab.site': Call<{ label: string; port: MessagePort }, None>
    'host.open': Call<{ name: string; mode?: Mode | undefined; budget?: number | undefined }, OpenCafe>
    'host.status': Call<None, HostStatus>
    'host.close': Call<{ farewell?: string | undefined }, None>
    'host.createToken': Call<TokenInput, NewToken>
    'host.clients': Call<None, readonly ClientInfo[]>
    'host.setDoor': Call<DoorInput, DoorStatus>
    'host.setBudget': Call<{ bytes: number }, None>
    /** A pinning service for clients' pins, or null for none. */
    'host.forward': Call<{ to: { endpoint: string; token: string } | null }, None>
    'host.forwarding': Call<None, ForwardStatus | null>
    'host.collect': Call<None, Collected, CollectProgress>
    'account.preview': Call<{ invite: string }, InvitePreview>
    'account.register': Call<{ invite: string; greeting?: string | undefined }, Session>
    'account.ask': Call<{ cafe: PeerIdText; greeting?: string | undefined }, Session>
    'account.cafes': Call<None, readonly Session[]>
    'account.deregister': Call<{ cafe: PeerIdText; force?: boolean | undefined }, Deregistered>
    'account.receipts': Call<None, readonly ReceiptInfo[]>
    /** Of one pin, of what belongs to one thread, or of everything. */
    'account.safety': Call<{ cid?: string | undefined; thread?: string | undefined }, Safety>
    /** Tries again what was refused, and gives newer cafes what they lack. */
    'account.retry': Call<None, Safety>
    'account.bearer': Call<BearerInput & { cafe: PeerIdText }, NewBearer>
    'account.bearers': Call<{ cafe: PeerIdText }, readonly Bearer[]>
    'account.revokeBearer': Call<{ cafe: PeerIdText; id: string }, { revoked: boolean }>
    /** The same bytes again give the pin there is. `plaintext`: not encrypted, for what everybody may read, for good. */
    'pins.add': Call<{ file: Blob; name?: string | undefined; plaintext?: boolean | undefined }, Pin, PinProgress>
    'pins.list': Call<None, readonly Pin[]>
    'pins.remove': Call<{ cid: string }, None>
    'pins.retry': Call<{ cid: string }, Pin>
    'pins.audit': Call<{ cid: string }, Pin>
    'pins.unfinished': Call<None, readonly Unfinished[]>
    'pins.forget': Call<{ id: string }, None>
    'node.status': Call<None, NodeStatus>
    'node.relays': Call<None, readonly RelayInfo[]>
    'node.addRelay': Call<{ address: string }, None>
    'node.removeRelay': Call<{ peer: PeerIdText }, None>
    'node.probe': Call<{ peer: PeerIdText }, Probe>
    /** Reports whenever something a page shows has changed; ends only by abort. */
    'node.watch': Call<None, None, 'node' | 'host' | 'account' | 'pins' | 'mail' | 'links'>
  }

/**
 * What the service worker may ask of the node: one verified block, from this device or from the network (reports are
 * signs of life while it is on its way), and what a name stands for.
 */
export type GatewayApi = ResolveApi & {
  /** Also tells who gave the block, if it came over the network. */
  'block.get': Call<{ cid: string; from: readonly PeerIdText[] }, Uint8Array<ArrayBuffer>, 'waiting' | Giver>
  /** The key of a sealed link that takes no password, or whose password was given in a page (`links.open`). */
  'link.open': Call<LinkOpenInput, OpenedLink>
}
