/**
 * What is loaded when there is an account: its peer, and the answers about threads, devices and the account as a whole. A tab
 * that only hosts starts without them. What is asked while there is no account, or it is locked, says so.
 */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { v } from '../core/schema.ts'
import type { Backups } from '../peer/backup.ts'
import type { Handlers } from '../rpc/port.ts'
import type { ThreadIdText } from '../thread/thread.ts'
import { createAddFiles } from './add-files.ts'
import type { AccountPartApi } from './api.ts'
import type { Changes } from './changes.ts'
import { contactHandlers } from './contact-handlers.ts'
import { deviceHandlers } from './device-handlers.ts'
import { linkHandlers } from './link-handlers.ts'
import { createLinking, type LinkingComponents } from './linking.ts'
import { mailHandlers } from './mail-handlers.ts'
import { recoverHandlers } from './recover-handlers.ts'
import type { ThreadApi, ThreadNews } from './thread-api.ts'
import { threadHandlers } from './thread-handlers.ts'

export { createPeer } from '../peer/peer.ts'

export interface AccountPartComponents extends LinkingComponents {
  readonly changes: Changes
}

/** What the folder of a profile's picture is called among the backups, as those of threads are by their ids. */
const PROFILE = 'profile'

export function accountPart(components: AccountPartComponents): Handlers<AccountPartApi> {
  const { accounts } = components
  /** One that is not here has no name. */
  const threadName = async (id: string): Promise<string | undefined> => {
    const thread = accounts.peer().threads.get(id as ThreadIdText)
    return (await thread.catch(() => undefined))?.name
  }
  return {
    ...contactHandlers({ peer: accounts.peer, origin: components.origin }),
    ...deviceHandlers(accounts, createLinking(components)),
    ...threadHandlers({
      threads: () => accounts.peer().threads,
      addFiles: createAddFiles(() => accounts.peer().backups),
    }),
    ...linkHandlers({ peer: () => accounts.peer() }),
    ...mailHandlers({ peer: () => accounts.peer() }),
    'thread.watch': watchHandler(components),
    ...recoverHandlers({
      safekeeping: () => accounts.peer().safekeeping,
      address: () => accounts.peer().account.address,
      threadName,
      async fileName(root) {
        const backup = await accounts.peer().backups.get(root)
        // Packs and folders are called by the id of their thread.
        return backup && ((backup.kind ?? 'file') === 'file' ? backup.name : threadName(backup.name))
      },
      keepPicture: (picture, options) => keepPicture(accounts.peer().backups, picture, options),
    }),
  }
}

const NEWS = ['threads', 'feed', 'members', 'notifications', 'invites', 'online', 'sent'] as const

/** Goes on whatever account is in use: with another one, everything is news. */
function watchHandler({
  accounts,
  changes,
}: Pick<AccountPartComponents, 'accounts' | 'changes'>): Handlers<ThreadApi>['thread.watch'] {
  const tellAll = (progress: (news: ThreadNews) => void): void => {
    for (const what of NEWS) progress({ what, thread: null })
  }
  return {
    input: v.strictObject({}),
    async run(_input, { signal, progress }) {
      for (let first = true; !signal.aborted; first = false) {
        const peer = accounts.current()
        const other = new AbortController()
        const both = AbortSignal.any([signal, other.signal])
        const look = (): void => {
          if (accounts.current() !== peer) other.abort()
        }
        const switched = changes.watch((what) => what === 'account' && look(), both)
        look()
        if (!first) tellAll(progress)
        await Promise.all([switched, peer?.threads.watch(progress, both)])
      }
      return {}
    },
  }
}

/** Keeps it at the cafes for everybody, in the place of the one before. */
async function keepPicture(backups: Backups, picture: Blob, { signal }: { signal: AbortSignal }): Promise<CID> {
  const given = { name: 'picture', blob: picture, plaintext: true }
  const { data, files } = await backups.addMany([given], { thread: PROFILE, signal })
  const [file] = files
  if (!file) throw new CafeError('INTERNAL')
  const old = (await backups.all()).filter(({ name, root }) => name === PROFILE && root !== data.toString())
  for (const { root } of old) await backups.release(root)
  return file.cid
}
