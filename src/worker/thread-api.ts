/** What a page can ask about threads: calls as in `api.ts`. Types only; `thread-handlers.ts` answers. */
import type { Address } from '../core/ids.ts'
import type {
  AddFilesProgress,
  AnnotatedPost,
  Feed,
  FeedInput,
  MadeInvite,
  MemberInfo,
  Notifications,
  Post,
  ReceivedInvite,
  ThreadInfo,
  ThreadInvitePreview,
  ThreadNews,
  ThreadSharing,
  ThreadType,
} from '../peer/thread-view.ts'
import type { Call } from '../rpc/port.ts'

export type * from '../peer/thread-view.ts'

type None = Record<never, never>
type OnTarget = { id: string; target: string }

export type ThreadApi = {
  /** `open` and `shared` without more. `members`: who may ever be in it; anybody who is invited, if left out. */
  'thread.create': Call<
    {
      name: string
      type?: ThreadType | undefined
      sharing?: ThreadSharing | undefined
      members?: readonly Address[] | undefined
    },
    ThreadInfo
  >
  /** Last changed first. */
  'thread.list': Call<None, readonly ThreadInfo[]>
  'thread.get': Call<{ id: string }, ThreadInfo>
  'thread.preview': Call<{ invite: string }, ThreadInvitePreview>
  /** By a link, or by the id of a received invite. @throws CONFLICT {what: 'thread'} if it is here already. */
  'thread.join': Call<{ invite: string }, ThreadInfo>
  /** For the account `to`; without it for whoever has the link. */
  'thread.invite': Call<{ id: string; to?: Address | undefined }, MadeInvite>
  /** All but those of strangers, which are in `mail.requests`. */
  'thread.invites': Call<None, readonly ReceivedInvite[]>
  /** Forgets a received invite. */
  'thread.decline': Call<{ invite: string }, None>
  /** The members are told, and all of it is removed from this account's devices and cafes. */
  'thread.leave': Call<{ id: string }, None>
  'thread.rename': Call<{ id: string; name: string }, ThreadInfo>
  /** Puts a member out: what is said from then on, they cannot read. */
  'thread.remove': Call<{ id: string; who: Address }, None>
  'thread.members': Call<{ id: string }, readonly MemberInfo[]>
  'thread.post': Call<{ id: string; text: string }, Post>
  'thread.comment': Call<OnTarget & { text: string }, Post>
  'thread.like': Call<OnTarget, Post>
  'thread.flag': Call<OnTarget, Post>
  /** Hides a post, or an annotation, for everybody. */
  'thread.ignore': Call<OnTarget, Post>
  'thread.addFiles': Call<
    { id: string; files: readonly Blob[]; caption?: string | undefined; plaintext?: boolean | undefined },
    Post,
    AddFilesProgress
  >
  'thread.feed': Call<FeedInput, Feed>
  /** One post with its annotations. */
  'thread.entry': Call<OnTarget, AnnotatedPost>
  'thread.notifications': Call<{ after?: string | undefined; limit?: number | undefined }, Notifications>
  /** A notification, everything of a thread, or all of it was read. */
  'thread.read': Call<{ id?: string | undefined; notification?: string | undefined }, None>
  /** Asks members and cafes for what is new, now; resolves when all that could be reached were asked. */
  'thread.sync': Call<{ id?: string | undefined }, None>
  /** Reports whenever something about threads has changed; ends only by abort. */
  'thread.watch': Call<None, None, ThreadNews>
}
