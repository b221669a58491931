/** The part of the page's API that is about names (IPNS), and what the service worker may ask of it. Types only. */

import type { KnownName, ResolvedName } from '../net/names.ts'
import type { Call } from '../rpc/port.ts'

export type { KnownName, ResolvedName } from '../net/names.ts'

type None = Record<never, never>

export type NamesApi = {
  /** Takes a record somebody else has signed, if it is good and newer than the one we have. */
  'names.add': Call<{ name: string; record: Uint8Array }, KnownName>
  /** Signs a new record with the account's key: its name then stands for `path`. */
  'names.publish': Call<{ path: string }, KnownName>
  'names.get': Call<{ name: string }, KnownName | null>
  'names.list': Call<None, readonly KnownName[]>
  'names.remove': Call<{ name: string }, None>
}

/** What the service worker may ask. */
export type ResolveApi = {
  'name.resolve': Call<{ name: string }, ResolvedName>
}

/** The same as functions, `cafe.names`. */
export interface NamesConsole {
  /** Takes a record somebody else has signed, for `/ipns/<name>` to work here. A name never goes back to an older one. */
  add(name: string, record: Uint8Array): Promise<KnownName>
  /** Makes the account's own name stand for `/ipfs/<cid>[/…]` or `/ipns/<name>`; hand its `record` to whoever is to resolve it. */
  publish(path: string): Promise<KnownName>
  get(name: string): Promise<KnownName | null>
  list(): Promise<readonly KnownName[]>
  remove(name: string): Promise<void>
}
