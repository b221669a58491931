/** The console API of the page: the calls of `PageApi` as functions, for people and for the UI. See the README. */
import type { ForwardStatus } from '../cafe/pin/forward.ts'
import type { Mode } from '../cafe/session/terms.ts'
import type { AdmissionConsole } from './admission-api.ts'
import type {
  Bearer,
  BearerInput,
  ClientInfo,
  Collected,
  CollectProgress,
  Deregistered,
  DeviceConsole,
  DoorInput,
  DoorStatus,
  HostStatus,
  NamesConsole,
  NewBearer,
  NewToken,
  NodeStatus,
  OpenCafe,
  PairConsole,
  Pin,
  PinProgress,
  Probe,
  ReceiptInfo,
  RelayInfo,
  Safety,
  Session,
  TokenInput,
  TrialConsole,
  Unfinished,
  WalletConsole,
} from './api.ts'
import type { CarryConsole } from './carry-api.ts'
import type { ContactConsole } from './contact-api.ts'
import type { LinkConsole } from './link-api.ts'
import type { MailConsole } from './mail-api.ts'
import type { ProfileConsole, RecoverConsole } from './recover-api.ts'
import type { ThreadConsole } from './thread-console-api.ts'

/** The console API, `globalThis.cafe`: the same calls as functions. See the README. */
export interface CafeConsole {
  readonly host: AdmissionConsole &
    CarryConsole & {
      /** `budget`: bytes to keep for clients in all. */
      open(input: { name: string; mode?: Mode; budget?: number }): Promise<OpenCafe>
      status(): Promise<HostStatus>
      /** Clients who are connected are told `farewell` first; without it only that the host has closed it. */
      close(input?: { farewell?: string }): Promise<void>
      createToken(input?: TokenInput): Promise<NewToken>
      clients(): Promise<readonly ClientInfo[]>
      /**
       * Forwards clients' pins to a service that speaks the IPFS Pinning Service API; null ends it. It is told root CIDs and this
       * cafe's addresses, and no names. `pin.meta.forward: 'no'` keeps a pin here.
       * @throws CafeError BAD_REQUEST {what: 'endpoint'} for one that is neither https nor of the own network.
       */
      forward(to: { endpoint: string; token: string } | null): Promise<void>
      /** How that stands; null if nothing is forwarded. The token is never shown. */
      forwarding(): Promise<ForwardStatus | null>
      /** Changes the budget; less than is kept already refuses new uploads and removes nothing. */
      setBudget(bytes: number): Promise<void>
      /**
       * Lets anybody on the web reach the cafe by HTTP through the relay, at `url`; or no longer. `decrypt`: trusted decryption,
       * by which keys in queries are taken, and relay and cafe see the content. `daily`: bytes it gives in a day at most.
       */
      setDoor(input: DoorInput): Promise<DoorStatus>
      /** Removes from this device what nobody needs any more, also of its own removed files. It happens by itself too. */
      collect(options?: { onProgress?: (progress: CollectProgress) => void; signal?: AbortSignal }): Promise<Collected>
    }
  readonly account: WalletConsole & {
    /** Where the invite has no token, the host may be asked first, and told `greeting`: `state` is `waiting` then. */
    register(invite: string, options?: { greeting?: string }): Promise<Session>
    /** Asks the host of a cafe whose session has ended. */
    ask(cafe: string, options?: { greeting?: string }): Promise<Session>
    cafes(): Promise<readonly Session[]>
    /** With `force`, forgets the cafe here even if it cannot be told: for one that is gone for good. */
    deregister(cafe: string, options?: { force?: boolean }): Promise<Deregistered>
    /** What the cafes that were left last have signed, newest first. */
    receipts(): Promise<readonly ReceiptInfo[]>
    /** At how many cafes everything is safe; or one pin (`cid`), or what belongs to one thread. */
    safety(of?: { cid?: string; thread?: string }): Promise<Safety>
    /** Tries again what cafes have refused, and gives newer cafes what they lack; resolves when each was tried. */
    retry(): Promise<Safety>
    /** A token for programs that reach the cafe over HTTP: its text is given once. */
    bearer(cafe: string, input: BearerInput): Promise<NewBearer>
    bearers(cafe: string): Promise<readonly Bearer[]>
    /** Ends it at once; false if the account has none of that id there. */
    revokeBearer(cafe: string, id: string): Promise<boolean>
  }
  readonly devices: DeviceConsole
  readonly pair: PairConsole
  readonly pins: {
    add(
      file: Blob,
      options?: {
        name?: string
        /** Not encrypted: whoever has its address can read it, for good, and cafes see what it is. */
        plaintext?: boolean
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
  readonly trials: TrialConsole
  readonly names: NamesConsole
  readonly thread: ThreadConsole
  readonly mail: MailConsole
  readonly recover: RecoverConsole
  readonly profile: ProfileConsole
  readonly contact: ContactConsole
  readonly links: LinkConsole
  readonly node: {
    status(): Promise<NodeStatus>
    /** The relays it keeps to, those of the app's host first. */
    relays(): Promise<readonly RelayInfo[]>
    /** Keeps to this one too, on this device, by its multiaddr. @throws CafeError BAD_REQUEST, CONFLICT or QUOTA. */
    addRelay(address: string): Promise<void>
    /** One that was added so; others are left alone. */
    removeRelay(peer: string): Promise<void>
    /** Connects to a peer and waits for one answer. @throws CafeError UNREACHABLE or TIMEOUT. */
    probe(peer: string, options?: { signal?: AbortSignal }): Promise<Probe>
  }
  /** Calls `listener` whenever something a page shows has changed, until the signal fires. */
  watch(
    listener: (what: 'node' | 'host' | 'account' | 'pins' | 'mail' | 'links') => void,
    options: { signal: AbortSignal },
  ): Promise<void>
}
