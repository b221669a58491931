/**
 * What a page can ask of the worker, and nothing else: the method table behind the UI and behind the console API
 * (`globalThis.cafe`). Types only; `host.ts` answers, `ui/connect.ts` calls.
 */
import type { Mode, Receipt } from '../cafe/session/protocol.ts'
import type { Quota } from '../cafe/tokens.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { WhyEnded } from '../peer/cafe-row.ts'
import type { Call } from '../rpc/port.ts'
import type { AdmissionApi, AdmissionConsole } from './admission-api.ts'

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
      readonly since: number
      readonly clients: number
      /** People who wait for the host's answer. */
      readonly requests: number
      /** Roots and ciphertext bytes kept for clients. */
      readonly roots: number
      readonly bytes: number
      readonly room: HostRoom
    })

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

export interface Collected {
  readonly blocks: number
  readonly bytes: number
}

export interface CollectProgress extends Collected {
  /** First all that must stay is counted, then the rest is removed. */
  readonly phase: 'mark' | 'sweep'
  /** Blocks looked at in this phase. */
  readonly seen: number
}

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

export interface AccountStatus {
  readonly address: Address
}

export interface NewAccount extends AccountStatus {
  /** The twelve to twenty-four words, shown once and kept nowhere. */
  readonly words: string
}

/** What an invite says before anything is sent: shown to the person who is about to join. */
export interface InvitePreview {
  readonly cafe: PeerIdText
  readonly name: string
  /** It carries a token. Without one, the host may have to be asked. */
  readonly token: boolean
}

/** A cafe of this account, and how it stands with it: everything but the tokens. */
export interface Session {
  readonly cafe: PeerIdText
  readonly name: string
  readonly address: Address
  /** `waiting`: its host has been asked; `ended`: it does not admit us any more, see `why`. */
  readonly state: 'active' | 'waiting' | 'ended'
  readonly why: WhyEnded | null
  /** What the host says about an eviction; empty for nothing. */
  readonly notice: string
  /** Up to when the host may answer, if waiting. */
  readonly until: number | null
  /** When somebody else last used an old session of ours there; it was ended then. */
  readonly alarm: number | null
  /** Milliseconds since the epoch: registered at; the session must be refreshed before. */
  readonly since: number
  readonly expires: number
  /** Bytes this client may pin there. */
  readonly quota: number
}

export interface Deregistered {
  readonly cafe: PeerIdText
  /** What the cafe has signed to have erased; null where there was nothing to erase or nobody to ask. */
  readonly receipt: Receipt | null
}

/** A receipt that is kept: signed by the cafe, verified here. */
export interface ReceiptInfo {
  readonly cafe: PeerIdText
  readonly name: string
  /** When we left, by our clock. */
  readonly at: number
  readonly receipt: Receipt
  /** The libp2p signed envelope itself (domain `textile-cafe-receipt`), for others to check. */
  readonly envelope: Uint8Array
}

/** A token for programs that reach the cafe over HTTP, without its text. */
export interface Bearer {
  readonly id: string
  /** The device of this account that made it. */
  readonly peer: PeerIdText
  readonly label: string
  /** Services it is for. */
  readonly scopes: readonly 'pin'[]
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly expires: number
}

export interface BearerInput {
  readonly label: string
  readonly scopes: readonly 'pin'[]
  /** Milliseconds since the epoch, a year ahead at most; a year without it. */
  readonly expires?: number | undefined
}

export interface NewBearer {
  readonly id: string
  /** Shown once: the cafe keeps only a hash. */
  readonly text: string
  readonly expires: number
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
  /** The file's key, `u…`: whoever has it can read the file. */
  readonly key: string
  /** Bytes of the file as it was given. */
  readonly size: number
  readonly name: string
  /** `/ipfs/<cid>/<name>#key=…&from=<cafe>`: opens in any browser that reaches the relay. */
  readonly link: string
  readonly since: number
  readonly cafes: readonly PinAt[]
}

type None = Record<never, never>

/** Everything a page may call. Keys are `noun.verb`, one verb per idea (see the design's list of words). */
export type PageApi = AdmissionApi & {
  /** Exchanges the names of the locks by which each side notices the other's end (see rpc/alive.ts). */
  hello: Call<{ life: string }, { life: string }>
  'tab.lend': Call<{ id: string; port: MessagePort; visible: boolean }, None>
  'tab.gateway': Call<{ port: MessagePort }, None>
  'host.open': Call<{ name: string; mode?: Mode | undefined; budget?: number | undefined }, OpenCafe>
  'host.status': Call<None, HostStatus>
  'host.close': Call<None, None>
  'host.createToken': Call<TokenInput, NewToken>
  'host.clients': Call<None, readonly ClientInfo[]>
  'host.setBudget': Call<{ bytes: number }, None>
  'host.collect': Call<None, Collected, CollectProgress>
  'account.create': Call<{ words?: 12 | 15 | 18 | 21 | 24 | undefined }, NewAccount>
  'account.restore': Call<{ words: string; passphrase?: string | undefined }, AccountStatus>
  'account.status': Call<None, AccountStatus | null>
  'account.preview': Call<{ invite: string }, InvitePreview>
  'account.register': Call<{ invite: string; greeting?: string | undefined }, Session>
  'account.ask': Call<{ cafe: PeerIdText; greeting?: string | undefined }, Session>
  'account.cafes': Call<None, readonly Session[]>
  'account.deregister': Call<{ cafe: PeerIdText; force?: boolean | undefined }, Deregistered>
  'account.receipts': Call<None, readonly ReceiptInfo[]>
  'account.bearer': Call<BearerInput & { cafe: PeerIdText }, NewBearer>
  'account.bearers': Call<{ cafe: PeerIdText }, readonly Bearer[]>
  'account.revokeBearer': Call<{ cafe: PeerIdText; id: string }, { revoked: boolean }>
  'pins.add': Call<{ file: Blob; name?: string | undefined }, Pin, PinProgress>
  'pins.list': Call<None, readonly Pin[]>
  'pins.remove': Call<{ cid: string }, None>
  'pins.retry': Call<{ cid: string }, Pin>
  'pins.audit': Call<{ cid: string }, Pin>
  'pins.unfinished': Call<None, readonly Unfinished[]>
  'pins.forget': Call<{ id: string }, None>
  'node.status': Call<None, NodeStatus>
  /** Reports whenever something a page shows has changed; ends only by abort. */
  'node.watch': Call<None, None, 'node' | 'host' | 'account' | 'pins'>
}

/**
 * What the service worker may ask of the node: one verified block, from this device or from the network. Reports are
 * signs of life while it is on its way.
 */
export type GatewayApi = {
  'block.get': Call<{ cid: string; from: readonly PeerIdText[] }, Uint8Array<ArrayBuffer>, 'waiting'>
}

/** The console API, `globalThis.cafe`: the same calls as functions. See the README. */
export interface CafeConsole {
  readonly host: AdmissionConsole & {
    /** `budget`: bytes to keep for clients in all. */
    open(input: { name: string; mode?: Mode; budget?: number }): Promise<OpenCafe>
    status(): Promise<HostStatus>
    close(): Promise<void>
    createToken(input?: TokenInput): Promise<NewToken>
    clients(): Promise<readonly ClientInfo[]>
    /** Changes the budget; less than is kept already refuses new uploads and removes nothing. */
    setBudget(bytes: number): Promise<void>
    /** Removes from this device what nobody needs any more, also of its own removed files. It happens by itself too. */
    collect(options?: { onProgress?: (progress: CollectProgress) => void; signal?: AbortSignal }): Promise<Collected>
  }
  readonly account: {
    create(input?: { words?: 12 | 15 | 18 | 21 | 24 }): Promise<NewAccount>
    restore(words: string, options?: { passphrase?: string }): Promise<AccountStatus>
    status(): Promise<AccountStatus | null>
    /** Where the invite has no token, the host may be asked first, and told `greeting`: `state` is `waiting` then. */
    register(invite: string, options?: { greeting?: string }): Promise<Session>
    /** Asks the host of a cafe whose session has ended. */
    ask(cafe: string, options?: { greeting?: string }): Promise<Session>
    cafes(): Promise<readonly Session[]>
    /** With `force`, forgets the cafe here even if it cannot be told: for one that is gone for good. */
    deregister(cafe: string, options?: { force?: boolean }): Promise<Deregistered>
    /** What the cafes that were left last have signed, newest first. */
    receipts(): Promise<readonly ReceiptInfo[]>
    /** A token for programs that reach the cafe over HTTP: its text is given once. */
    bearer(cafe: string, input: BearerInput): Promise<NewBearer>
    bearers(cafe: string): Promise<readonly Bearer[]>
    /** Ends it at once; false if the account has none of that id there. */
    revokeBearer(cafe: string, id: string): Promise<boolean>
  }
  readonly pins: {
    add(
      file: Blob,
      options?: {
        name?: string
        onProgress?: (progress: PinProgress) => void
        signal?: AbortSignal
      },
    ): Promise<Pin>
    list(): Promise<readonly Pin[]>
    remove(cid: string): Promise<void>
    /** Tries a file again at the cafes that do not keep it; those not reached stay `queued` and are tried later. */
    retry(cid: string): Promise<Pin>
    /** Has every cafe prove that it still has the file, and repairs what fails. It happens by itself about once a day. */
    audit(cid: string): Promise<Pin>
    /** Files that were cut off while they were read: add the same file again to go on. */
    unfinished(): Promise<readonly Unfinished[]>
    forget(id: string): Promise<void>
  }
  readonly node: { status(): Promise<NodeStatus> }
  /** Calls `listener` whenever something a page shows has changed, until the signal fires. */
  watch(listener: (what: 'node' | 'host' | 'account' | 'pins') => void, options: { signal: AbortSignal }): Promise<void>
}
