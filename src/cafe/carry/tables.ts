/**
 * What of a device's rows is the cafe: every table of its services is here, carried or left behind with a reason, and a test
 * reads the source for any that is not. Tables of accounts of the same device (`peer`, `thread`) are not the cafe's.
 */
import { CafeError } from '../../core/errors.ts'
import type { Rows } from '../../store/rows.ts'
import type { Table } from '../../store/table.ts'
import { indexRows } from '../contact/index-rows.ts'
import { contactStore } from '../contact/store.ts'
import { hostTable } from '../host-row.ts'
import { oldInbox } from '../inbox/before.ts'
import { MAX_LETTER_NAME, readName } from '../inbox/letters.ts'
import { inboxStore } from '../inbox/store.ts'
import { knownTable } from '../info/known.ts'
import { ownInfoTable } from '../info/own.ts'
import { linkStore } from '../link/store.ts'
import { forwardStore } from '../pin/forward-store.ts'
import { noteStore } from '../pin/notes.ts'
import { pinStore } from '../pin/store.ts'
import { bearerStore } from '../session/bearers.ts'
import { sessionStore } from '../session/store.ts'
import { timeTable } from '../session/time.ts'
import { snapshotStore } from '../snapshot/store.ts'

/** Tables of the cafe that stay, and why. They are erased where it is no more. */
export const LEFT_BEHIND: Readonly<Record<string, string>> = {
  activity: 'what happened here is for the host of this place; at the next one it begins anew',
  nonce: 'challenges end with the process that gave them',
  lease: 'an unfinished upload is begun again, and asked only for blocks that no pin has',
  'card-index': 'says that the index is made; without it, it is made anew',
  'card-word': 'made anew from the cards at the first search',
  'card-near': 'made anew from the cards at the first search',
}

/** Tables of the device that have nothing to do with the cafe: they stay where it is no more, too. */
export const OF_THE_DEVICE: Readonly<Record<string, string>> = {
  name: 'websites that people of this device follow and publish',
  fetched: 'blocks that this device has looked at',
  trial: 'files that people of this device try the gateway with',
  door: 'whether and how it answers at the door of a relay: its host decides that anew at each place',
  config: 'what the host of the app has told this device',
  'own-relays': 'relays that the person of this device has named',
  'blocks-owner': 'what this device calls itself where its blocks are',
  commits: 'the number and epoch of this store; the epoch is in the description',
  carry: 'how a move to or from this device stands',
}

/** A table as it is carried: what its rows must be to be taken. */
export interface Carried {
  readonly name: string
  /** @throws CafeError CORRUPT for a row that is none of this table. */
  check(below: string, value: Uint8Array): void
}

const LETTERS = 'inbox'

/** Every carried table, the small ones that say who is here first. */
export function carriedTables(rows: Rows): readonly Carried[] {
  const tables = [
    { host: hostTable(rows), time: timeTable(rows), own: ownInfoTable(rows), known: knownTable(rows) },
    ...[
      sessionStore(rows),
      bearerStore(rows),
      pinStore(rows),
      noteStore(rows),
      forwardStore(rows),
      snapshotStore(rows),
    ],
    { handles: indexRows(rows).handles },
    ...[contactStore(rows), inboxStore(rows), oldInbox(rows), linkStore(rows)],
  ].flatMap((store) => Object.values(store).filter(isTable))
  const typed = tables
    .filter(({ name }) => !Object.hasOwn(LEFT_BEHIND, name))
    .map(({ name, read }) => ({
      name,
      check: (_below: string, value: Uint8Array): void => void read(value),
    }))
  return [...typed, { name: LETTERS, check: checkLetter }]
}

const isTable = (value: unknown): value is Table<unknown> =>
  typeof value === 'object' && value !== null && 'name' in value && 'read' in value && 'put' in value

/** Letters are no table: all that is known of one is in its key (`inbox/letters.ts`). */
function checkLetter(below: string, value: Uint8Array): void {
  const name = below.slice(below.indexOf('/') + 1)
  const letter = name.length <= MAX_LETTER_NAME ? readName(name) : undefined
  if (letter?.size !== value.byteLength) throw new CafeError('CORRUPT', { what: 'letter' })
}

export const prefixOf = (name: string): string => `/cafe/${name}/`

/** All prefixes that are the cafe's, carried or not: what is erased where it is no more. */
export const cafePrefixes = (rows: Rows): readonly string[] =>
  [...carriedTables(rows).map(({ name }) => name), ...Object.keys(LEFT_BEHIND)].map(prefixOf)
