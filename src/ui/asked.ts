/**
 * What other programs ask of the installed app: to open a `web+cafe:` link, or files. Both only lead to the view that shows
 * what is asked for; the person decides there.
 */
import { keepShared } from '../rpc/shared-files.ts'
import { readContactCode, readJoin, readLink, readThreadCode } from './link.ts'
import { contactHash, openHash, threadHash } from './route.ts'

/** In the fragment of the app's address, so that no server sees what follows. See `protocol_handlers` of the manifest. */
const GO = '#go='
const SCHEME = /^web\+cafe:(?:\/\/)?/i

/**
 * The fragment that `hash` asks for, if it is a link that another program gave: an invite, a thread, somebody, or content
 * with its key. `#` for one that is none of these; undefined for any other fragment.
 *
 * @example
 * ```ts
 * askedHash('#go=web%2Bcafe%3Ajoin%3Dabcdefghijklmnopqrstu') // '#join=abcdefghijklmnopqrstu'
 * ```
 */
export function askedHash(hash: string): string | undefined {
  if (!hash.startsWith(GO)) return undefined
  const text = decoded(hash.slice(GO.length)).replace(SCHEME, '')
  const link = readLink(text.replace(/^(?=ip[fn]s\/)/, '/'))
  if (link !== undefined) return openHash(link) + fragmentOf(link)
  const named = /^\/?#?(join|thread|contact)=/.exec(text) ? `#${text.replace(/^\/?#?/, '')}` : text
  const join = named.includes('#join=') ? readJoin(named) : undefined
  if (join !== undefined) return `#join=${join}`
  const thread = named.includes('#thread=') ? readThreadCode(named) : undefined
  if (thread !== undefined) return threadHash(thread)
  const contact = readContactCode(named)
  return contact === undefined ? '#' : contactHash(contact)
}

const fragmentOf = (link: string): string => (link.includes('#') ? link.slice(link.indexOf('#')) : '')

/** What is badly encoded is no link, and is read as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What we use of the browser's `launchQueue`; TypeScript's own library does not know it yet. */
interface LaunchQueue {
  setConsumer(take: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void): void
}

/** Takes the files with which the system opens the installed app: they wait beside shared ones, and `come` shows them. */
export function takeLaunches(come: () => void): void {
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files = [] }) => {
    if (files.length > 0) void keepLaunched(files).then(come, () => {}) // a file that cannot be read cannot be kept
  })
}

async function keepLaunched(handles: readonly FileSystemFileHandle[]): Promise<void> {
  await keepShared(caches, await Promise.all(handles.map((handle) => handle.getFile())), location.href)
}
