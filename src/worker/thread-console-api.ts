/** The calls of `ThreadApi` as functions: `cafe.thread` of the console API. */
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

/** The same as functions, in `cafe.thread`. */
export interface ThreadConsole {
  create(input: {
    name: string
    type?: ThreadType
    sharing?: ThreadSharing
    members?: readonly string[]
  }): Promise<ThreadInfo>
  list(): Promise<readonly ThreadInfo[]>
  get(id: string): Promise<ThreadInfo>
  preview(invite: string): Promise<ThreadInvitePreview>
  join(invite: string): Promise<ThreadInfo>
  invite(id: string, options?: { to?: string }): Promise<MadeInvite>
  invites(): Promise<readonly ReceivedInvite[]>
  decline(invite: string): Promise<void>
  leave(id: string): Promise<void>
  rename(id: string, name: string): Promise<ThreadInfo>
  remove(id: string, who: string): Promise<void>
  members(id: string): Promise<readonly MemberInfo[]>
  post(id: string, text: string): Promise<Post>
  comment(id: string, target: string, text: string): Promise<Post>
  like(id: string, target: string): Promise<Post>
  flag(id: string, target: string): Promise<Post>
  ignore(id: string, target: string): Promise<Post>
  addFiles(
    id: string,
    files: readonly Blob[],
    options?: {
      caption?: string
      plaintext?: boolean
      onProgress?: (progress: AddFilesProgress) => void
      signal?: AbortSignal
    },
  ): Promise<Post>
  feed(input?: FeedInput): Promise<Feed>
  entry(id: string, target: string): Promise<AnnotatedPost>
  notifications(input?: { after?: string; limit?: number }): Promise<Notifications>
  read(input?: { id?: string; notification?: string }): Promise<void>
  sync(id?: string): Promise<void>
  watch(listener: (news: ThreadNews) => void, options: { signal: AbortSignal }): Promise<void>
}
