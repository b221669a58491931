/** What a page can ask about sealed links: its account's own, and opening those of others. Types only. */
import type { PeerIdText } from '../core/ids.ts'
import type { LinkInfo } from '../peer/link-view.ts'
import type { LinkChange, LinkWishes } from '../peer/links.ts'
import type { Call } from '../rpc/port.ts'

export type { LinkInfo, LinkStanding } from '../peer/link-view.ts'

/** What was sealed. */
export interface OpenedLink {
  /** The key of the file, as text. */
  readonly key: string
  readonly name?: string | undefined
}

type None = Record<never, never>

export type LinkApi = {
  /**
   * `target`: the keyed address of a file. `expires`: milliseconds since the epoch; `openings`: how often; `password`: 4 to 256
   * characters, which nobody keeps.
   * @throws CafeError BAD_REQUEST {what: 'link' | 'key' | 'expires' | 'password'}; NOT_FOUND {what: 'cafe'}; QUOTA {links}.
   */
  'links.make': Call<LinkWishes, LinkInfo>
  /** Newest first, as last heard; what has changed at the cafes is asked for, and told by `watch`. */
  'links.list': Call<None, readonly LinkInfo[]>
  /** What is left out stays. @throws CafeError NOT_FOUND {what: 'link'}; CONFLICT {what: 'link'} for one that was revoked. */
  'links.change': Call<{ id: string } & LinkChange, LinkInfo>
  /** `cafes` of the result: those that could not be told yet, and will be. */
  'links.revoke': Call<{ id: string }, LinkInfo>
}

/** What the service worker asks of the node, and a page that asks for a password. */
export type LinkOpenInput = { readonly code: string; readonly from: readonly PeerIdText[] }

export type LinkOpenApi = {
  /**
   * Opens one, which counts as one opening; what was opened is remembered in memory for an hour after its last use.
   * @throws CafeError BAD_REQUEST {what: 'link'}; SEALED {what: 'password'} without one that is needed; FORBIDDEN {what: 'password'};
   * NOT_FOUND {what: 'link'}; UNREACHABLE {what: 'link'}; BUSY {after}.
   */
  'links.open': Call<LinkOpenInput & { readonly password?: string | undefined }, OpenedLink>
}

/** The same as functions, in `cafe.links`. */
export interface LinkConsole {
  make(wishes: LinkWishes): Promise<LinkInfo>
  list(): Promise<readonly LinkInfo[]>
  change(id: string, change: LinkChange): Promise<LinkInfo>
  revoke(id: string): Promise<LinkInfo>
  /** `link`: the whole address, or from its path on. */
  open(link: string, options?: { password?: string }): Promise<OpenedLink>
}
