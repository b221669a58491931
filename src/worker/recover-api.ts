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

/** Something a drill found not to be as it should. */
export interface DrillProblem {
  readonly what: 'cafe' | 'manifest' | 'record' | 'snapshot' | 'blocks' | 'file'
  /** Name of the cafe, thread or file it is about; empty where it has none. */
  readonly name: string
  /** An error code. */
  readonly code: string
}

/** What a restore drill came to. */
export interface DrillResult {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** All that is here came back from the cafes, the same to the last bit. */
  readonly good: boolean
  readonly cafes: number
  readonly threads: number
  readonly files: number
  readonly problems: readonly DrillProblem[]
}

export interface DrillStatus {
  /** The last drill, whatever it came to; and when the last good one was. */
  readonly last: DrillResult | null
  readonly good: number | null
}

export interface DrillProgress {
  readonly done: number
  /** 0: not known yet. */
  readonly of: number
}

/** What is kept is copied and confirmed, then the new cafe is told to others, and only then the old one is left. */
export type MoveStep = 'register' | 'copy' | 'publish' | 'leave'

/** A move that is not over: what was cut off goes on by itself at the next start, or when it is asked for. */
export interface MoveInfo {
  readonly from: PeerIdText
  readonly to: PeerIdText
  /** Empty where they are not known. */
  readonly fromName: string
  readonly toName: string
  readonly step: MoveStep
  /** Things the new cafe has not signed for, as far as counted. */
  readonly left: number
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
  /**
   * Moves from one cafe to another: the invite's, or one the account is at. With `force` the old cafe is left also if it
   * cannot be told. Waits for cafes that are not reached. Aborted, it stops where it is.
   * @throws CafeError CONFLICT {what: 'move'} if another is under way; FORBIDDEN {why}; QUOTA; BAD_REQUEST.
   */
  'recover.move': Call<
    { from: PeerIdText; to?: PeerIdText | undefined; invite?: string | undefined; force?: boolean | undefined },
    None,
    MoveInfo
  >
  /** Goes on with the move there is. */
  'recover.resume': Call<None, None, MoveInfo>
  'recover.moving': Call<None, MoveInfo | null>
  /** Gives the move up: the account stays at both. @throws CafeError CONFLICT {what: 'move'} at its last step. */
  'recover.stay': Call<None, None>
  'profile.get': Call<None, Profile>
  /**
   * What is left out stays; an empty name takes all of it back. `avatar`: a small picture without metadata, or null for none.
   * @throws CafeError BAD_REQUEST {what: 'name'} for a picture of somebody without a name.
   */
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
    input: { from: string; to?: string; invite?: string; force?: boolean },
    options?: { onProgress?: (progress: MoveInfo) => void; signal?: AbortSignal },
  ): Promise<void>
  resume(options?: { onProgress?: (progress: MoveInfo) => void; signal?: AbortSignal }): Promise<void>
  moving(): Promise<MoveInfo | null>
  stay(): Promise<void>
}

/** In `cafe.profile`. */
export interface ProfileConsole {
  get(): Promise<Profile>
  set(input: { name?: string; avatar?: Blob | null }): Promise<Profile>
}
