/**
 * Threads as the rest of the account peer sees them: what can be said in one, what comes back, what an invite or a
 * snapshot needs. Implemented by `threads.ts`; knows nothing of the network, which hands it blocks and takes blocks.
 */
import type { CID } from 'multiformats/cid'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import type { RootSource } from '../store/collect.ts'
import type { SealedBlock } from './block.ts'
import type { Charter, ThreadSharing, ThreadType } from './charter.ts'
import type { Grant } from './grant.ts'
import type { Announce, Content, Kind, ThreadCafes, ThreadFile } from './kinds.ts'

/** A thread's id as 64 lower-case hex digits. A secret among members: never a name in a log or on a wire in the clear. */
export type ThreadIdText = string & { readonly __id: 'ThreadIdText' }

/** Where a page ended. Opaque; good for this device and thread, also after a restart. */
export type Cursor = string & { readonly __id: 'Cursor' }

type Body<K extends Kind> = Extract<Content, { readonly type: K }>['body']

/** What a person says. Who is out gets no new key: keys, cuts and who stays are worked out by the thread. */
export type Say =
  | { readonly type: 'text'; readonly body: Body<'text'> }
  | { readonly type: 'files'; readonly body: Body<'files'>; readonly files: readonly ThreadFile[] }
  | { readonly type: 'comment'; readonly body: Body<'comment'> }
  | { readonly type: 'like' | 'flag' | 'ignore'; readonly body: { readonly target: CID } }
  | { readonly type: 'announce'; readonly body: Announce }
  | { readonly type: 'rename'; readonly body: Body<'rename'> }
  | { readonly type: 'leave'; readonly body: Record<string, never> }
  | { readonly type: 'remove'; readonly body: { readonly who: Address } }

/** One block of the thread, opened. */
export interface Entry {
  readonly cid: CID
  readonly parents: readonly CID[]
  /** Longest way to a beginning of the thread: whatever knew of a block is deeper than it. */
  readonly depth: number
  readonly epoch: number
  readonly content: Content
  /**
   * Not to be shown: its author, or the initiator, took it back; or its author had been removed and nobody knew of it then.
   */
  readonly hidden: 'ignored' | 'removed' | null
}

export interface Page {
  readonly entries: readonly Entry[]
  /** Blocks that belong here and whose bytes this device has lost; `receive` takes them again. */
  readonly lost: readonly CID[]
  readonly next?: Cursor
}

/** Why a block can never be part of the thread. */
export interface Refused {
  readonly cid: CID
  /** `{why}` of the rules, or what was malformed: for logs and tests. */
  readonly why: string
}

export interface Received {
  /** New in the thread now, parents before children; also blocks that had waited for those given. */
  readonly applied: readonly CID[]
  /** All that is kept until its parents, or the key of its epoch, are here; those given now and before. */
  readonly waiting: readonly CID[]
  /** To be asked for: parents of what waits, a few hundred at most. */
  readonly missing: readonly CID[]
  readonly refused: readonly Refused[]
}

export type Standing = 'in' | 'left' | 'removed'

export interface Member {
  readonly address: Address
  /** As last announced. */
  readonly name: string | null
  readonly avatar: CID | null
  readonly cafes: ThreadCafes
  /** With this key members may write to it by mail. */
  readonly door: Uint8Array | undefined
  readonly standing: Standing
  /** Milliseconds: when it last came, by its own clock. */
  readonly since: number
  /** Devices it has written from, newest first. */
  readonly devices: readonly PeerIdText[]
}

/** A device's blocks are numbered and each names the one before: what does not fit is told, never dropped. */
export interface Alarm {
  /**
   * `gap`: a block before this one was never seen. `fork`: two blocks have one number. `late`: it was written as if its
   * author had not known of its own block before: back-dated, or from a device that lost its memory.
   */
  readonly kind: 'gap' | 'fork' | 'late'
  readonly author: Address
  readonly dev: PeerIdText
  readonly seq: number
}

export interface ThreadInfo {
  readonly id: ThreadIdText
  readonly name: string
  readonly type: ThreadType
  readonly sharing: ThreadSharing
  readonly initiator: Address
  readonly heads: readonly CID[]
  readonly blocks: number
  /** Time of the newest block; never later than when it came here. */
  readonly updated: number
  /** This account's own; null before it has joined. */
  readonly standing: Standing | null
  /** Keys of epochs that others have and this device has not: somebody must send an invite again (`Thread.learn`). */
  readonly lacks: number
}

/** The key of an epoch; there are two of one epoch where two were made at once. */
export interface HeldKey {
  readonly epoch: number
  readonly key: Secret<Uint8Array<ArrayBuffer>>
}

/** All that a snapshot needs beside the blocks themselves. */
export interface ThreadState {
  readonly charter: Charter
  readonly keys: readonly HeldKey[]
  readonly heads: readonly CID[]
  readonly name: string
}

/** What a guest needs: the same and the word of a member. */
export interface ThreadInvite extends ThreadState {
  readonly grant: Grant
  /** Where the blocks are to be had. */
  readonly cafes: ThreadCafes
}

/** What members may do; everybody who is in may read, announce and leave. */
export type Right = 'write' | 'annotate' | 'invite' | 'rename' | 'remove'

export interface InviteOptions {
  /** Milliseconds from now. */
  readonly ttl?: number
  readonly cafes?: ThreadCafes
}

export interface PageOptions {
  readonly after?: Cursor | undefined
  readonly limit: number
}

/** One thread on this device. Calls that change it run one after the other. */
export interface Thread {
  readonly id: ThreadIdText
  readonly charter: Charter
  info(): Promise<ThreadInfo>
  heads(): Promise<readonly CID[]>
  /**
   * Says it; resolves when it is on the medium. A second like of one's own gives the first. If somebody is out since the
   * current key was made, a new one is made first.
   * @throws CafeError FORBIDDEN `{why}` by the rules; NOT_FOUND `{what: 'sealing key'}` if this device must be given the
   * words again before it can read the newest key, `{what: 'epoch key'}` if nobody gave it to us; BAD_REQUEST.
   */
  append(say: Say): Promise<Entry>
  /**
   * Joins, with the grant of the invite this thread was opened with, once some blocks are here.
   * @returns undefined if the account is in already.
   * @throws CafeError FORBIDDEN `{why}`; NOT_FOUND `{what: 'blocks'}` while there are none, `{what: 'grant'}`.
   */
  join(): Promise<Entry | undefined>
  /** Makes the key that is due after somebody has gone. @returns undefined if none is, or it is not for us to make. */
  tend(): Promise<Entry | undefined>
  /** Takes blocks in any order, as often as one likes; never throws because of what is in them. */
  receive(blocks: readonly SealedBlock[]): Promise<Received>
  /** Takes the keys (and the grant) of another invite or snapshot of this thread; what had waited for them is applied. */
  learn(known: ThreadInvite | ThreadState): Promise<Received>
  has(cids: readonly CID[]): Promise<boolean[]>
  /**
   * Heads, and some blocks before them at growing distances: whoever gets these for `since` finds something it knows, even
   * if it does not know the heads.
   */
  landmarks(): Promise<readonly CID[]>
  /** All blocks that are not reachable from those, parents before children. Blocks we do not know say nothing. */
  since(heads: readonly CID[]): AsyncIterable<SealedBlock>
  /** Newest first. Costs the same however long the thread is. */
  page(options: PageOptions): Promise<Page>
  entry(cid: CID): Promise<Entry | undefined>
  /** Number of the last block this device has made in it; 0 for none. */
  spoken(): Promise<number>
  /** Blocks that this device has made, by their numbers: of those `limit` numbers that follow `after`, in order. */
  own(options: { readonly after: number; readonly limit: number }): Promise<readonly Entry[]>
  /** Comments, likes, flags and ignores on a block, oldest first; one of each kind but comments from each author. */
  about(target: CID): Promise<readonly Entry[]>
  members(): Promise<readonly Member[]>
  can(what: Right): Promise<boolean>
  /**
   * An invite for one address, or (null) for whoever gets it.
   * @throws CafeError FORBIDDEN `{why}`.
   */
  invite(to: Address | null, options?: InviteOptions): Promise<ThreadInvite>
  state(): Promise<ThreadState>
  alarms(): Promise<readonly Alarm[]>
}

export interface CreateTerms {
  readonly name: string
  readonly type: ThreadType
  readonly sharing: ThreadSharing
  /** Who may ever be a member; nobody named is everybody. */
  readonly members?: readonly Address[]
  /** Said at once, if given. */
  readonly announce?: Announce
}

/** All threads of one account on this device. */
export interface Threads {
  /** Charter, the own join, the name. */
  create(terms: CreateTerms): Promise<Thread>
  /** From an invite or a snapshot; no blocks yet. One that is here already learns from it. */
  open(known: ThreadInvite | ThreadState): Promise<Thread>
  get(id: ThreadIdText): Promise<Thread | undefined>
  list(): Promise<readonly ThreadInfo[]>
  /** This device has it no more. Says nothing to the others (append a `leave` first). */
  forget(id: ThreadIdText): Promise<void>
  /** Blocks of all threads, for the collector. */
  readonly roots: RootSource
}
