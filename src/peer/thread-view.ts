/** What people are shown of threads: the types that the page's `thread.…` calls give back. Plain data, CIDs as text. */
import type { DoorClass } from '../cafe/inbox/protocol.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { ThreadSharing, ThreadType } from '../thread/charter.ts'
import type { MailState } from './mail/types.ts'

export type { ThreadSharing, ThreadType } from '../thread/charter.ts'

/** Somebody, as the members of a thread know them. `name` is null until they have announced one: show the address. */
export interface Person {
  readonly address: Address
  readonly name: string | null
  /** CID of a picture. */
  readonly avatar: string | null
}

/** What this account may do in a thread now. The rules are checked by every member, whatever a page shows. */
export interface ThreadRights {
  readonly write: boolean
  /** Comment, like, flag, and ignore. */
  readonly annotate: boolean
  readonly invite: boolean
  readonly rename: boolean
  readonly remove: boolean
}

/**
 * Something in a thread's history that should not be. `gap`: a block was withheld; `fork`: a device told two stories;
 * `late`: it wrote as if it had not known of its own earlier blocks, so it is back-dated, or the device lost its memory.
 */
export interface ThreadAlarm {
  readonly kind: 'gap' | 'fork' | 'late'
  readonly author: Address
  readonly peer: PeerIdText
  /** Number of the block, among those of this device, that is missing or there twice. */
  readonly seq: number
}

/** What was said last in a thread: as much as fits a line; empty for files without words. */
export interface LastWords {
  readonly author: Person
  readonly self: boolean
  readonly kind: 'text' | 'files' | 'comment'
  readonly text: string
  readonly time: number
}

export interface ThreadInfo {
  /** 64 hex characters. Whoever knows it can tell which blocks are the thread's: for people's own devices only. */
  readonly id: string
  readonly name: string
  readonly type: ThreadType
  readonly sharing: ThreadSharing
  readonly initiator: Person
  /** The initiator is this account. */
  readonly mine: boolean
  /**
   * Of a conversation, the other: nobody but the two can ever be in it, and neither has given it a name of its own. Show
   * them instead of the name.
   */
  readonly with: Person | null
  readonly last: LastWords | null
  /** `joining`: no member was reached yet, so nothing of it is here; `removed`: this account was put out. */
  readonly standing: 'in' | 'joining' | 'removed'
  /** Who is in it now, this account included. */
  readonly members: number
  /** Other devices in it that are connected to this one now. */
  readonly online: number
  readonly blocks: number
  /** Posts of others that were not read. */
  readonly unread: number
  /** Time of the newest post; when it came here, if there is none. Milliseconds since the epoch. */
  readonly updated: number
  /** When it was last level with some other member or a cafe. */
  readonly synced: number | null
  readonly can: ThreadRights
  readonly alarms: readonly ThreadAlarm[]
}

export interface MemberInfo extends Person {
  readonly standing: 'in' | 'left' | 'removed'
  readonly since: number
  /** This account itself; the thread's initiator. */
  readonly self: boolean
  readonly initiator: boolean
  /** Connected now, with some device. */
  readonly online: boolean
}

/** A file in a post. */
export interface PostFile {
  /** Opens it, with its key: `/ipfs/<cid>/…#key=…`. */
  readonly link: string
  readonly cid: string
  readonly name: string
  readonly size: number
  readonly mime: string
  /** A small picture of it, if one was made. `link` opens it as the file's does. */
  readonly thumbnail: { readonly link: string; readonly width: number; readonly height: number } | null
}

/** One block of a thread, as a page shows it. */
export interface Post {
  readonly thread: string
  /** CID of the block: names it in the other calls. */
  readonly cid: string
  readonly author: Person
  readonly peer: PeerIdText
  readonly self: boolean
  /** By its author's clock, in milliseconds since the epoch. */
  readonly time: number
  readonly kind:
    | 'join'
    | 'leave'
    | 'remove'
    | 'rekey'
    | 'text'
    | 'files'
    | 'comment'
    | 'like'
    | 'flag'
    | 'ignore'
    | 'announce'
    | 'rename'
  /** Of a text or comment, the caption of files, the name given by a rename; else empty. */
  readonly text: string
  readonly files: readonly PostFile[]
  /** Opens all its files at once for whoever has it, with their keys: `/ipfs/<cid>/#keys=…`. Null without files. */
  readonly link: string | null
  /** The block that a comment, like, flag or ignore is about. */
  readonly target: string | null
  /** Who was removed. */
  readonly who: Person | null
  /** How far it has come, of what this device has said and not long ago; else null. `mail.states` says more. */
  readonly sent: PostSent | null
}

/** Of `of` other members: who waits for it, at whose cafes it is, who has it, who has looked at it. */
export interface PostSent {
  readonly waiting: number
  readonly stored: number
  readonly fetched: number
  readonly read: number
  readonly of: number
}

/**
 * How far a post has come for one member: as a letter does (`MailState`), `fetched` also where a device took it without one.
 * `left`: it goes by no letter, and waits at this account's cafes for that member to look: it is too long for one, or there
 * are too many members.
 */
export interface PostState extends Person {
  readonly state: MailState | 'left'
  /** Cafes of the member that have signed for it. */
  readonly cafes: readonly PeerIdText[]
  /** When it came to this state; null where that is not known. */
  readonly since: number | null
  /** What is in the way, if something is. */
  readonly why: ErrorCode | null
}

/** A post with what was said about it: oldest first, one like or flag of each person, without what was ignored. */
export interface AnnotatedPost extends Post {
  readonly comments: readonly Post[]
  readonly likes: readonly Post[]
  readonly flags: readonly Post[]
}

/**
 * One line of a feed.
 * - `chronological`: `post` alone, every block by itself.
 * - `annotated`: `post` with its annotations; annotations are no lines of their own.
 * - `stacks`: `post` with the run of annotations that followed in `stack`, newest first. `initial`: the post itself is of
 *   this run; otherwise it is older, and shown for what is said about it.
 */
export interface FeedItem {
  readonly post: Post | AnnotatedPost
  readonly stack: readonly Post[]
  readonly initial: boolean
}

export type FeedMode = 'chronological' | 'annotated' | 'stacks'

export interface FeedInput {
  /** One thread; all of them without it. */
  readonly id?: string | undefined
  /** `chronological` without it. */
  readonly mode?: FeedMode | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** 20 without it, 100 at most. */
  readonly limit?: number | undefined
}

/** Newest first. There is more while there is `next`, also where a page has no items. */
export interface Feed {
  readonly items: readonly FeedItem[]
  readonly next: string | null
}

/** An invite that came to this account by itself, and waits for the person. */
export interface ReceivedInvite {
  readonly id: string
  /** The thread it is to. */
  readonly thread: string
  readonly name: string
  readonly type: ThreadType
  readonly sharing: ThreadSharing
  readonly from: Person
  readonly time: number
  /** How it came: from device to device, or by mail through one of the account's doors. */
  readonly door: DoorClass | 'device'
}

/** What an invite says before anything is done with it. */
export interface ThreadInvitePreview {
  readonly thread: string
  readonly name: string
  readonly type: ThreadType
  readonly sharing: ThreadSharing
  readonly from: Person
  /** For this account alone, or for whoever has the link. */
  readonly direct: boolean
  /** Milliseconds since the epoch. */
  readonly expires: number
  /** This account is in it already. */
  readonly known: boolean
}

export interface MadeInvite {
  /**
   * To send by any other way: opens the app and joins. An external one carries its key in the fragment and lets in whoever
   * has it; a direct one can only be opened by the account it is for.
   */
  readonly link: string
  /**
   * `device`: a device of the account took it, and it is among its received invites; `mail`: it is on its way there;
   * false: for the person to send.
   */
  readonly delivered: 'device' | 'mail' | false
  readonly expires: number
}

export interface ThreadNotification {
  readonly id: string
  /** `comment` and `like` are about posts of this account. */
  readonly kind: 'invite' | 'join' | 'leave' | 'text' | 'files' | 'comment' | 'like'
  readonly actor: Person
  readonly thread: string
  readonly threadName: string
  /** The block it is about, and that block's target; null for an invite. */
  readonly block: string | null
  readonly target: string | null
  /** What was said, shortened. */
  readonly text: string
  readonly time: number
  readonly read: boolean
}

export interface Notifications {
  readonly items: readonly ThreadNotification[]
  /** Unread ones in all, and how many of them are posts in threads. */
  readonly unread: number
  readonly posts: number
  readonly next: string | null
}

/** Bytes of the files that were encrypted and stored here so far, of `total`. */
export interface AddFilesProgress {
  readonly done: number
  readonly total: number
}

/** What has changed: `thread` is null where it is about the list of threads or about several. `sent`: how far posts have come. */
export interface ThreadNews {
  readonly what: 'threads' | 'feed' | 'members' | 'notifications' | 'invites' | 'online' | 'sent'
  readonly thread: string | null
}
