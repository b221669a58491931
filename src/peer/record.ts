/**
 * The account record: the little that all devices of an account agree on. A map of entries, each with the time and device
 * that wrote it, where the last writer wins; what was removed stays as a tombstone. Merging is commutative, associative and
 * idempotent: whatever reaches whom in whatever order, all who have heard the same hold the same.
 *
 * | entry            | value                     | removed means                                              |
 * |------------------|---------------------------|------------------------------------------------------------|
 * | `cafe/<peer>`    | name, addresses           | the account has left it                                    |
 * | `thread/<id>`    | –                         | left or deleted; comes back only by joining again          |
 * | `device/<peer>`  | name, certificate, revoked | forgotten                                                 |
 * | `profile/me`     | name, avatar, handle, visibility | –                                                   |
 * | `contact/<address>` | own name for them, since when, blocked | taken out of the address book                 |
 * | `prekey/<kid>`   | secret, last day named    | erased: what was sealed to it opens no more                |
 */
import { handle, visibility } from '../cafe/contact/card.ts'
import type { Clock } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import {
  MAX_ADDRESSES,
  MAX_RECORD_ADDRESSES,
  MAX_RECORD_CAFES,
  MAX_RECORD_CONTACT_BYTES,
  MAX_RECORD_CONTACTS,
  MAX_RECORD_DEVICES,
  MAX_RECORD_THREADS,
} from '../core/limits.ts'
import { address, bytes, cid, count, multiaddrText, name, parse, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { certificateSchema } from '../crypto/certificate.ts'
import { decodeAddress } from '../crypto/strkey.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

const addresses = v.pipe(
  v.array(multiaddrText),
  v.maxLength(MAX_ADDRESSES),
  v.check((all) => all.join('').length <= MAX_RECORD_ADDRESSES),
)

/** As many of the addresses as an entry takes. */
export function recordAddresses(all: readonly string[]): string[] {
  let length = 0
  return all.slice(0, MAX_ADDRESSES).filter((one) => {
    length += one.length
    return length <= MAX_RECORD_ADDRESSES
  })
}

/** What is said about each kind of thing. */
export const RECORD_VALUES = {
  cafe: v.strictObject({ name, addresses }),
  thread: v.strictObject({}),
  device: v.strictObject({
    name,
    since: v.optional(count()),
    cert: v.optional(certificateSchema),
    revoked: v.optional(v.boolean(), false),
  }),
  profile: v.strictObject({
    /** Empty for somebody who has said something about themselves, but not that. */
    name: v.union([v.literal(''), name]),
    avatar: v.nullable(cid),
    handle: v.optional(handle),
    visibility: v.optional(visibility),
  }),
  contact: v.strictObject({
    /** What this account calls them; without it, what they call themselves. */
    name: v.optional(name),
    /** When they were put into the address book; 0 for somebody who is only blocked. */
    added: count(),
    blocked: v.optional(v.boolean()),
  }),
  prekey: v.strictObject({ x25519: bytes(32, 32), notAfter: count() }),
}

export type RecordKindName = keyof typeof RECORD_VALUES
export type RecordValue<K extends RecordKindName> = v.InferOutput<(typeof RECORD_VALUES)[K]>

const threadId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const contactId = v.pipe(v.string(), v.check(isAddress), address)
const keyName = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))
const IDS = {
  ...{ cafe: peerId, thread: threadId, device: peerId, profile: v.literal('me') },
  ...{ contact: contactId, prekey: keyName },
}

/** A manifest holds keys, so a text that only looks like an address has no place in a record. */
function isAddress(text: string): boolean {
  try {
    return decodeAddress(text).byteLength > 0
  } catch {
    return false
  }
}
/** One entry; without a value it is a tombstone. */
export type RecordEntry<K extends RecordKindName = RecordKindName> = {
  [P in K]: {
    readonly kind: P
    readonly id: string
    /** Milliseconds since the epoch, by the writer's clock; always later than what it replaced. */
    readonly ts: number
    readonly dev: PeerIdText
    readonly value: RecordValue<P> | null
  }
}[K]

const kindName = v.picklist(Object.keys(RECORD_VALUES) as RecordKindName[])
const head = v.strictObject({ kind: kindName, id: text(64), ts: count(), dev: peerId, value: v.unknown() })

/** What was checked when it was written: whether an address is a key takes a thousand times as long as to read one. */
const STORED_IDS = { ...IDS, contact: address }

/** @throws CafeError BAD_REQUEST for anything that is no entry. */
export const parseEntry = (raw: unknown): RecordEntry => entryOf(raw, IDS)

function entryOf(raw: unknown, ids: typeof STORED_IDS | typeof IDS): RecordEntry {
  const entry = parse(head, raw)
  parse(ids[entry.kind] as v.GenericSchema, entry.id)
  const value = entry.value === null ? null : parse(RECORD_VALUES[entry.kind] as v.GenericSchema, entry.value)
  return { ...entry, value } as RecordEntry
}

/** Of two entries about the same thing, does `a` win? By time, then device, then content: the same for everybody. */
export function wins(a: RecordEntry, b: RecordEntry): boolean {
  if (a.ts !== b.ts) return a.ts > b.ts
  if (a.dev !== b.dev) return a.dev > b.dev
  return compareBytes(encode(a.value), encode(b.value)) > 0
}

/** Negative, zero or positive, as for sorting. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.byteLength, b.byteLength)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.byteLength - b.byteLength
}

const keyOf = ({ kind, id }: Pick<RecordEntry, 'kind' | 'id'>): string => `${kind}/${id}`

/** All that either knows, in the order of kinds and ids. */
export function mergeEntries(...records: readonly (readonly RecordEntry[])[]): RecordEntry[] {
  const merged = new Map<string, RecordEntry>()
  for (const entry of records.flat()) {
    const known = merged.get(keyOf(entry))
    if (!known || wins(entry, known)) merged.set(keyOf(entry), entry)
  }
  return [...merged.keys()].sort().map((key) => merged.get(key) as RecordEntry)
}

export interface AccountRecordComponents {
  readonly rows: Rows
  /** This device. */
  readonly device: PeerIdText
  readonly clock: Clock
  /** These entries say something new, by this device or, if `merged`, another. */
  readonly onChange?: (changed: readonly RecordEntry[], merged: boolean) => void
}

export interface AccountRecord {
  /** What is said now; undefined if nothing is, or it was removed. */
  get<K extends RecordKindName>(kind: K, id: string): Promise<RecordValue<K> | undefined>
  /** The entry itself, also a tombstone. */
  entry<K extends RecordKindName>(kind: K, id: string): Promise<RecordEntry<K> | undefined>
  /** Entries of one kind; tombstones among them. */
  entries<K extends RecordKindName>(kind: K): Promise<readonly RecordEntry<K>[]>
  all(): Promise<readonly RecordEntry[]>
  /**
   * Says it anew; nothing happens if it says so already.
   * @throws CafeError BAD_REQUEST; QUOTA `{what, limit}` if there are as many of the kind as a manifest takes.
   */
  set<K extends RecordKindName>(kind: K, id: string, value: RecordValue<K>): Promise<void>
  /** Leaves a tombstone, also where nothing was. */
  remove(kind: RecordKindName, id: string): Promise<void>
  /** Takes in what another device says, in one commit; gives the entries that changed. */
  merge(entries: readonly RecordEntry[]): Promise<readonly RecordEntry[]>
}

const LIMITS: Partial<Record<RecordKindName, number>> = {
  cafe: MAX_RECORD_CAFES,
  thread: MAX_RECORD_THREADS,
  device: MAX_RECORD_DEVICES,
  contact: MAX_RECORD_CONTACTS,
}

/** Of a contact in a manifest beside its value: key, time, place of the writer. */
const CONTACT_BYTES = 48

const entryRow = v.strictObject({ ts: count(), dev: peerId, value: v.unknown() })

export function createRecord({ rows, device, clock, onChange }: AccountRecordComponents): AccountRecord {
  const entries = table(rows, 'record', entryRow)
  const serial = createSerial()

  const entry = async <K extends RecordKindName>(kind: K, id: string): Promise<RecordEntry<K> | undefined> => {
    const row = await entries.get(kind, id)
    return row && (read({ kind, id, ...row }) as RecordEntry<K>)
  }
  const list = async <K extends RecordKindName>(kind: K): Promise<RecordEntry<K>[]> =>
    (await entries.list([kind])).map(({ key, row }) => read({ kind, id: key[1], ...row }) as RecordEntry<K>)

  const save = async (changed: readonly RecordEntry[], merged: boolean): Promise<void> => {
    if (changed.length === 0) return
    await rows.commit(changed.map(({ kind, id, ts, dev, value }) => entries.put([kind, id], { ts, dev, value })))
    onChange?.(changed, merged)
  }
  const merge = async (told: readonly RecordEntry[], merged: boolean): Promise<RecordEntry[]> => {
    const changed: RecordEntry[] = []
    for (const one of mergeEntries(told)) {
      const known = await entry(one.kind, one.id)
      if (!known || wins(one, known)) changed.push(one)
    }
    await save(changed, merged)
    return changed
  }
  const write = async (kind: RecordKindName, id: string, value: unknown): Promise<void> => {
    const known = await entry(kind, id)
    const ts = Math.max(clock(), (known?.ts ?? -1) + 1)
    const next = parseEntry({ kind, id, ts, dev: device, value })
    if (known && compareBytes(encode(known.value), encode(next.value)) === 0) return
    const limit = LIMITS[kind]
    if (limit !== undefined && next.value !== null && !known?.value) {
      const live = (await list(kind)).filter((one) => one.value !== null)
      if (live.length >= limit) throw new CafeError('QUOTA', { what: `${kind}s`, limit })
    }
    if (kind === 'contact' && next.value !== null) checkRoom(next, await list(kind))
    await save([next], false)
  }

  return {
    entry,
    entries: list,
    get: async (kind, id) => (await entry(kind, id))?.value ?? undefined,
    all: async () => (await Promise.all((Object.keys(RECORD_VALUES) as RecordKindName[]).map(list))).flat(),
    set: (kind, id, value) => serial('record', () => write(kind, id, value)),
    remove: (kind, id) => serial('record', () => write(kind, id, null)),
    merge: (told) => serial('record', () => merge(told, true)),
  }
}

/** Names may be long: all contacts together must fit into a manifest. */
function checkRoom(next: RecordEntry, contacts: readonly RecordEntry[]): void {
  const others = contacts.filter(({ id, value }) => id !== next.id && value !== null)
  const size = [...others, next].reduce((sum, { value }) => sum + CONTACT_BYTES + encode(value).byteLength, 0)
  if (size > MAX_RECORD_CONTACT_BYTES)
    throw new CafeError('QUOTA', { what: 'contacts', size, limit: MAX_RECORD_CONTACT_BYTES })
}

function read(raw: unknown): RecordEntry {
  try {
    return entryOf(raw, STORED_IDS)
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'row of record' }, { cause })
  }
}
