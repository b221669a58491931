/** The calls about threads, recovery and the profile as plain functions: `cafe.thread`, `cafe.recover`, `cafe.profile`. */
import { isCafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Client } from '../rpc/port.ts'
import type { ProfileConsole, RecoverApi, RecoverConsole } from '../worker/recover-api.ts'
import type { ThreadApi, ThreadNews } from '../worker/thread-api.ts'
import type { ThreadConsole } from '../worker/thread-console-api.ts'

/** Milliseconds before a watch is taken up again at the worker that replaced the one it was at. */
const AGAIN = 300
const EVERYTHING = ['threads', 'feed', 'members', 'notifications', 'invites', 'online', 'sent'] as const

export function threadConsole(call: Client<ThreadApi>['call']): ThreadConsole {
  return {
    create: ({ members, ...input }) =>
      call('thread.create', { ...input, members: members as readonly Address[] | undefined }),
    list: () => call('thread.list', {}),
    get: (id) => call('thread.get', { id }),
    preview: (invite) => call('thread.preview', { invite }),
    join: (invite) => call('thread.join', { invite }),
    invite: (id, { to } = {}) => call('thread.invite', { id, to: to as Address | undefined }),
    invites: () => call('thread.invites', {}),
    decline: async (invite) => void (await call('thread.decline', { invite })),
    leave: async (id) => void (await call('thread.leave', { id })),
    rename: (id, name) => call('thread.rename', { id, name }),
    remove: async (id, who) => void (await call('thread.remove', { id, who: who as Address })),
    members: (id) => call('thread.members', { id }),
    post: (id, text) => call('thread.post', { id, text }),
    comment: (id, target, text) => call('thread.comment', { id, target, text }),
    like: (id, target) => call('thread.like', { id, target }),
    flag: (id, target) => call('thread.flag', { id, target }),
    ignore: (id, target) => call('thread.ignore', { id, target }),
    addFiles: (id, files, { caption, plaintext, onProgress, signal } = {}) =>
      call('thread.addFiles', { id, files, caption, plaintext }, { onProgress, signal }),
    feed: (input = {}) => call('thread.feed', input),
    entry: (id, target) => call('thread.entry', { id, target }),
    notifications: (input = {}) => call('thread.notifications', input),
    read: async (input = {}) => void (await call('thread.read', input)),
    sync: async (id) => void (await call('thread.sync', { id })),
    async watch(listener, { signal }) {
      while (!signal.aborted) {
        try {
          await call('thread.watch', {}, { signal, onProgress: listener })
        } catch (error) {
          if (!isCafeError(error) || error.code !== 'UNREACHABLE') return
          // The worker is new: everything a page shows may differ.
          await new Promise((resolve) => setTimeout(resolve, AGAIN))
          for (const what of EVERYTHING) listener({ what, thread: null } satisfies ThreadNews)
        }
      }
    },
  }
}

export function recoverConsole(call: Client<RecoverApi>['call']): RecoverConsole {
  return {
    start: ({ cafes, salvage, onProgress, signal } = {}) =>
      call('recover.start', { cafes, salvage }, { onProgress, signal }),
    status: () => call('recover.status', {}),
    drill: (options = {}) => call('recover.drill', {}, options),
    drills: () => call('recover.drills', {}),
    move: async ({ from, to, ...rest }, options = {}) =>
      void (await call(
        'recover.move',
        { ...rest, from: from as PeerIdText, to: to as PeerIdText | undefined },
        options,
      )),
    resume: async (options = {}) => void (await call('recover.resume', {}, options)),
    moving: () => call('recover.moving', {}),
    stay: async () => void (await call('recover.stay', {})),
  }
}

export function profileConsole(call: Client<RecoverApi>['call']): ProfileConsole {
  return {
    get: () => call('profile.get', {}),
    set: (input) => call('profile.set', input),
  }
}
