/** The answers to {@link ThreadApi}: each checks its input by schema and asks the account's threads. */
import { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { MAX_FILES, MAX_MEMBERS, MAX_TEXT } from '../core/limits.ts'
import { address, count, name, parse, text, v } from '../core/schema.ts'
import { MAX_AFTER, MAX_FEED } from '../peer/thread-feed.ts'
import { MAX_INVITE_TEXT } from '../peer/thread-invites.ts'
import type { ThreadInvitePreview } from '../peer/thread-view.ts'
import type { PeerThreads } from '../peer/threads.ts'
import type { Handlers } from '../rpc/port.ts'
import { threadSharing, threadType } from '../thread/charter.ts'
import type { Say, ThreadIdText } from '../thread/thread.ts'
import type { AddFilesProgress, Post, ReceivedInvite, ThreadApi, ThreadNotification } from './thread-api.ts'

export interface ThreadHandlerComponents {
  /** @throws CafeError NOT_FOUND {what: 'account'} while there is none. */
  readonly threads: () => PeerThreads
  /** Encrypts and stores files, and gives what a block says of them. */
  readonly addFiles: (
    files: readonly Blob[],
    options: {
      /** The thread's id. */
      readonly thread: string
      readonly plaintext: boolean
      readonly signal: AbortSignal
      readonly onProgress: (progress: AddFilesProgress) => void
    },
  ) => Promise<Pick<Extract<Say, { type: 'files' }>, 'files'> & { readonly data?: CID | undefined }>
}

const none = v.strictObject({})
export const threadIdText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/),
  v.transform((value) => value as ThreadIdText),
)
const id = threadIdText
const target = text(128)
const inviteText = v.pipe(text(MAX_INVITE_TEXT), v.minLength(1))
const said = v.pipe(text(MAX_TEXT), v.minLength(1))
const page = { after: v.optional(text(MAX_AFTER)), limit: v.optional(count(MAX_FEED, 1)) }
const mode = v.picklist(['chronological', 'annotated', 'stacks'])
/** Notifications in a page, unless another number is asked for. */
const NOTES = 50

export function threadHandlers({ threads, addFiles }: ThreadHandlerComponents): Handlers<ThreadApi> {
  const onTarget = (type: 'like' | 'flag' | 'ignore'): Handlers<ThreadApi>['thread.like'] => ({
    input: v.strictObject({ id, target }),
    run: (input) => threads().say(parse(id, input.id), { type, body: { target: cidOf(input.target) } }),
  })

  return {
    'thread.create': {
      input: v.strictObject({
        name,
        type: v.optional(threadType),
        sharing: v.optional(threadSharing),
        members: v.optional(v.pipe(v.array(address), v.maxLength(MAX_MEMBERS))),
      }),
      run: (terms) => threads().create(terms),
    },
    'thread.list': { input: none, run: () => threads().list() },
    'thread.get': { input: v.strictObject({ id }), run: (input) => threads().get(parse(id, input.id)) },
    'thread.preview': {
      input: v.strictObject({ invite: inviteText }),
      run: ({ invite }) => preview(threads(), invite),
    },
    'thread.join': {
      input: v.strictObject({ invite: inviteText }),
      run: ({ invite }, { signal }) => threads().join(invite, { signal }),
    },
    'thread.invite': {
      input: v.strictObject({ id, to: v.optional(address) }),
      run: (input, { signal }) => threads().invite(parse(id, input.id), input.to ?? null, { signal }),
    },
    'thread.invites': { input: none, run: async () => (await threads().invites()).map(asInvite) },
    'thread.decline': {
      input: v.strictObject({ invite: text(32) }),
      run: ({ invite }) => threads().decline(invite).then(nothing),
    },
    'thread.leave': {
      input: v.strictObject({ id }),
      run: (input) => threads().leave(parse(id, input.id)).then(nothing),
    },
    'thread.rename': {
      input: v.strictObject({ id, name }),
      async run(input) {
        const thread = parse(id, input.id)
        await threads().say(thread, { type: 'rename', body: { name: input.name } })
        return threads().get(thread)
      },
    },
    'thread.remove': {
      input: v.strictObject({ id, who: address }),
      run: (input) =>
        threads()
          .say(parse(id, input.id), { type: 'remove', body: { who: input.who } })
          .then(nothing),
    },
    'thread.members': { input: v.strictObject({ id }), run: (input) => threads().members(parse(id, input.id)) },
    'thread.post': {
      input: v.strictObject({ id, text: said }),
      run: (input) => threads().say(parse(id, input.id), { type: 'text', body: { text: input.text } }),
    },
    'thread.comment': {
      input: v.strictObject({ id, target, text: said }),
      run: (input) => {
        const body = { target: cidOf(input.target), text: input.text }
        return threads().say(parse(id, input.id), { type: 'comment', body })
      },
    },
    'thread.like': onTarget('like'),
    'thread.flag': onTarget('flag'),
    'thread.ignore': onTarget('ignore'),
    'thread.addFiles': {
      input: v.strictObject({
        id,
        files: v.pipe(v.array(v.instance(Blob)), v.minLength(1), v.maxLength(MAX_FILES)),
        caption: v.optional(text(MAX_TEXT)),
        plaintext: v.optional(v.boolean()),
      }),
      async run({ files, caption = '', plaintext = false, ...input }, { signal, progress }): Promise<Post> {
        const thread = parse(id, input.id)
        // Told before anything is stored.
        if (!(await (await threads().thread(thread)).can('write'))) throw new CafeError('FORBIDDEN', { why: 'write' })
        const { files: stored, data } = await addFiles(files, { thread, plaintext, signal, onProgress: progress })
        const body = data ? { caption, data } : { caption }
        return threads().say(thread, { type: 'files', body, files: stored })
      },
    },
    'thread.feed': {
      input: v.strictObject({ id: v.optional(id), mode: v.optional(mode), ...page }),
      run: (input) => threads().feed({ ...input, id: input.id === undefined ? undefined : parse(id, input.id) }),
    },
    'thread.entry': {
      input: v.strictObject({ id, target }),
      run: (input) => threads().entry(parse(id, input.id), cidOf(input.target)),
    },
    'thread.notifications': {
      input: v.strictObject(page),
      run({ after, limit = NOTES }) {
        const { notes, next, ...unread } = threads().notifications({ after, limit })
        return { items: notes.map(asNotification), ...unread, next }
      },
    },
    'thread.read': {
      input: v.strictObject({ id: v.optional(id), notification: v.optional(text(128)) }),
      run: (input) => {
        const thread = input.id === undefined ? undefined : parse(id, input.id)
        return threads().read({ thread, note: input.notification }).then(nothing)
      },
    },
    'thread.sync': {
      input: v.strictObject({ id: v.optional(id) }),
      run: (input, { signal }) =>
        threads()
          .sync(input.id === undefined ? undefined : parse(id, input.id), { signal })
          .then(nothing),
    },
    'thread.watch': {
      input: none,
      run: (_input, { signal, progress }) => threads().watch(progress, signal).then(nothing),
    },
  }
}

const nothing = (): Record<never, never> => ({})

/** @throws CafeError BAD_REQUEST {at: 'target'}. */
function cidOf(input: string): CID {
  try {
    return CID.parse(input)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { at: 'target' }, { cause })
  }
}

/** Nobody has announced themselves to us before we are in. */
const stranger = (who: ReceivedInvite['from']['address']): ReceivedInvite['from'] => ({
  address: who,
  name: null,
  avatar: null,
})

async function preview(threads: PeerThreads, invite: string): Promise<ThreadInvitePreview> {
  const { thread, from, direct, known, invite: opened } = await threads.preview(invite)
  const { type, sharing } = opened.charter
  return { thread, name: opened.name, type, sharing, from: stranger(from), direct, expires: opened.grant.exp, known }
}

export function asInvite(received: Awaited<ReturnType<PeerThreads['invites']>>[number]): ReceivedInvite {
  const { id, thread, name, type, sharing, from, time, door } = received
  return { id, thread, name, type, sharing, from: stranger(from), time, door }
}

function asNotification(note: ReturnType<PeerThreads['notifications']>['notes'][number]): ThreadNotification {
  const { actor, actorName, name, ...rest } = note
  return { ...rest, actor: { address: actor, name: actorName, avatar: null }, threadName: name }
}
