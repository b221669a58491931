/**
 * What a page can ask about an account's safety as a whole: bringing it back from its words, proving that it could be
 * brought back, moving from one cafe to another, and how its owner is shown to others. Types only; `recover-handlers.ts`
 * answers.
 */
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'

type None = Record<never, never>

/** A cafe that was asked for what it keeps of the account. */
export interface RecoverCafe {
  readonly cafe: PeerIdText
  /** Empty where it is not known. */
  readonly name: string
  /**
   * `kept`: it has a backup; `none`: it knows the account and keeps nothing; `damaged`: what it keeps is broken; `newer`:
   * written by a newer version of this program; `unknown`: it does not know the account; `unreachable`: no answer.
   */
  readonly outcome: 'kept' | 'none' | 'damaged' | 'newer' | 'unknown' | 'unreachable'
  /**
   * It shows an older state than there is: `told` if it has signed for a newer one, so it is holding it back or has lost it;
   * `late` if it may just not have been given it.
   */
  readonly behind: 'told' | 'late' | null
}

/** A thread on its way back. */
export interface RecoverThread {
  readonly id: string
  /** Empty until it is known. */
  readonly name: string
  /**
   * `running`: it can be opened already, and older posts follow; `done`: all of it is here; `older`: all of an older version;
   * `damaged`: some of it is broken everywhere; `missing`: no cafe that was reached has it; `waiting`: not everything could
   * be asked for, and going on may bring it.
   */
  readonly state: 'running' | 'done' | 'older' | 'damaged' | 'missing' | 'waiting'
  /** Blocks that are here, of those known. */
  readonly blocks: number
  readonly of: number
}

export interface RecoverProgress {
  readonly step: 'cafes' | 'threads'
  /** Threads that have begun to come, and those that are done with. */
  readonly threads: readonly RecoverThread[]
  /** How many there are in all; 0 while that is not known. */
  readonly of: number
}

export interface RecoverResult {
  /** `unconfirmed`: only one cafe has shown what came back, so it could be holding something newer back. */
  readonly fresh: 'confirmed' | 'unconfirmed'
  readonly cafes: readonly RecoverCafe[]
  readonly threads: readonly RecoverThread[]
  /** Nothing waits for being asked again. */
  readonly finished: boolean
}

/** How far the last recovery on this device came. */
export interface RecoverStatus {
  /** It was begun and is not finished: starting it goes on. */
  readonly unfinished: boolean
  readonly threads: readonly RecoverThread[]
}

/** What a restore drill came to. */
export interface DrillResult {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** All that is here came back from the cafes, the same to the last bit. */
  readonly good: boolean
  readonly threads: number
  readonly files: number
  /** What did not come back as it is here: names of threads. */
  readonly missing: readonly string[]
}

export interface DrillStatus {
  /** The last drill, whatever it came to; and when the last good one was. */
  readonly last: DrillResult | null
  readonly good: number | null
}

export interface DrillProgress {
  readonly done: number
  /** 0: not known yet. */
  readonly total: number
}

/** `register`, then what is kept is copied, then all of it is confirmed and the new address told, and only then `leave`. */
export type MoveStep = 'register' | 'copy' | 'confirm' | 'tell' | 'leave' | 'done'

/** A move that goes on; one that was cut off goes on when it is asked for again. */
export interface MoveInfo {
  readonly from: PeerIdText
  readonly to: PeerIdText
  readonly step: MoveStep
  /** Of what is copied. */
  readonly done: number
  readonly total: number
}

/** How the owner of the account is shown to the members of its threads and to whoever looks it up. */
export interface Profile {
  readonly address: Address
  /** Empty for none. */
  readonly name: string
  /** CID of a picture that everybody may see. */
  readonly avatar: string | null
}

export type RecoverApi = {
  /**
   * Brings back what the cafes keep of the account in use. Its words were entered by `account.restore`. Goes on where an
   * earlier one was cut off. `cafes`: invites of cafes, where it is not known which the account was at. `salvage`: where the
   * list of threads is broken everywhere, restores what can be; threads that were left may come back.
   * @throws CafeError NOT_FOUND {what: 'backup'} if those that answered keep nothing of it; CORRUPT {what: 'backup'} if
   * what they keep cannot be opened; UNSUPPORTED {what: 'backup'} if a newer version wrote it; UNREACHABLE {what: 'backup'}
   * if none answered; BAD_REQUEST {what: 'invite'}.
   */
  'recover.start': Call<
    { cafes?: readonly string[] | undefined; salvage?: boolean | undefined },
    RecoverResult,
    RecoverProgress
  >
  'recover.status': Call<None, RecoverStatus>
  /** Restores into a place of its own, compares, and clears it again. */
  'recover.drill': Call<None, DrillResult, DrillProgress>
  'recover.drills': Call<None, DrillStatus>
  /** Nothing is left behind before all of it is confirmed at the new cafe: the invite's, or one the account is at. */
  'recover.move': Call<
    { from: PeerIdText; to?: PeerIdText | undefined; invite?: string | undefined },
    MoveInfo,
    MoveInfo
  >
  /** Moves that were cut off. */
  'recover.moves': Call<None, readonly MoveInfo[]>
  'profile.get': Call<None, Profile>
  /** What is left out stays; `avatar`: a small picture without metadata, or null for none. */
  'profile.set': Call<{ name?: string | undefined; avatar?: Blob | null | undefined }, Profile>
}

/** The same as functions, in `cafe.recover`. */
export interface RecoverConsole {
  start(options?: {
    cafes?: readonly string[]
    salvage?: boolean
    onProgress?: (progress: RecoverProgress) => void
    signal?: AbortSignal
  }): Promise<RecoverResult>
  status(): Promise<RecoverStatus>
  drill(options?: { onProgress?: (progress: DrillProgress) => void; signal?: AbortSignal }): Promise<DrillResult>
  drills(): Promise<DrillStatus>
  move(
    input: { from: string; to?: string; invite?: string },
    options?: { onProgress?: (progress: MoveInfo) => void; signal?: AbortSignal },
  ): Promise<MoveInfo>
  moves(): Promise<readonly MoveInfo[]>
}

/** In `cafe.profile`. */
export interface ProfileConsole {
  get(): Promise<Profile>
  set(input: { name?: string; avatar?: Blob | null }): Promise<Profile>
}
