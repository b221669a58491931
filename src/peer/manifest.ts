/**
 * The manifest: what an account has and which version of everything is the newest, signed by the account, sealed for itself
 * alone and kept at every cafe (security.md §1.5 E2). Its `seq` only rises, so a cafe that shows an old one can be told by any
 * other that does not; and it carries what the cafes have signed for the one before, so that it can be proved.
 *
 * ```
 * { v: 1, address, seq, ts, dev, devs: [peer], cafes: [[peer, ts, d, value]], devices: […], profile: […],
 *   threads: [[id[32], ts, d, seq, hash[32]]], gone: [[id[32], ts, d]], receipts: [[peer, envelope]],
 *   prekeys?: […], contacts?: [[key[32], ts, d, value]] }                                                   d: place in devs
 * ```
 */
import { encode } from '../core/codec.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import { type Address, hex, type PeerIdText, unhex } from '../core/ids.ts'
import { KiB, MAX_MANIFEST_THREADS, MAX_RECORD_CAFES, MAX_RECORD_CONTACTS, MAX_RECORD_GONE } from '../core/limits.ts'
import { address, bytes, count, parse, peerId, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import { sha256 } from '../crypto/bytes.ts'
import { accountKey, accountSignerId, openRecord, type RecordKind, sealRecord } from '../crypto/envelope.ts'
import { LARGEST_BUCKET } from '../crypto/padding.ts'
import { ONLY_SLOT, openSlot, sealSlot } from '../crypto/slot-seal.ts'
import { decodeAddress, encodeAddress } from '../crypto/strkey.ts'
import { compareBytes, mergeEntries, parseEntry, type RecordEntry } from './record.ts'

/** A version of a snapshot: whoever has it can tell any other from it. */
export interface Version {
  readonly seq: number
  /** SHA-256 of the sealed body. */
  readonly hash: Uint8Array<ArrayBuffer>
}

/** What there is to say, whoever says it. */
export interface ManifestContent {
  readonly entries: readonly RecordEntry[]
  /** By thread id in hex: the newest version that a cafe has confirmed. */
  readonly versions: ReadonlyMap<string, Version>
}

export interface Manifest extends ManifestContent {
  readonly address: Address
  readonly seq: number
  readonly ts: number
  readonly dev: PeerIdText
  /** What each cafe last signed for an earlier manifest. */
  readonly receipts: ReadonlyMap<PeerIdText, Uint8Array>
}

/** Devices that ever wrote something that still stands. */
const MAX_WRITERS = 256
/** Entries of a kind of which there are few, and tombstones of such that are kept: by then everybody has heard. */
const MAX_FEW = 256
const MAX_FEW_GONE = 64
/** Two devices that were apart may each have had as many as there may be. */
const MAX_CONTACTS = 2 * MAX_RECORD_CONTACTS
const place = count(MAX_WRITERS - 1)
const entry = v.strictTuple([v.string(), count(), place, v.unknown()])
const id = bytes(32, 32)
const alive = v.union([
  v.strictTuple([id, count(), place]),
  v.strictTuple([id, count(), place, count(), bytes(32, 32)]),
])
const gone = v.strictTuple([id, count(), place])
/** By their keys, which are shorter than addresses. */
const contact = v.strictTuple([id, count(), place, v.unknown()])
const list = <S extends v.GenericSchema>(item: S, max: number) => v.pipe(v.array(item), v.maxLength(max))
const receipt = bytes(KiB)

const manifestSchema = v.strictObject({
  v: v.literal(1),
  address,
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  ts: count(),
  dev: peerId,
  devs: list(peerId, MAX_WRITERS),
  cafes: list(entry, MAX_FEW),
  devices: list(entry, MAX_FEW),
  profile: list(entry, 1),
  threads: list(alive, MAX_MANIFEST_THREADS),
  /** Manifests from before there were any have none. */
  prekeys: v.optional(list(entry, MAX_FEW)),
  gone: list(gone, MAX_RECORD_GONE),
  receipts: list(v.strictTuple([peerId, receipt]), MAX_RECORD_CAFES),
  /** Left out where there are none, as by programs that know none. */
  contacts: v.optional(list(contact, MAX_CONTACTS + MAX_FEW_GONE)),
})
type Wire = v.InferOutput<typeof manifestSchema>
type Contact = v.InferOutput<typeof contact>

const manifestRecord: RecordKind<unknown> = {
  domain: 'textile-cafe-manifest',
  type: '/cafe/manifest/1',
  schema: v.unknown(),
  limit: LARGEST_BUCKET,
}

/**
 * The manifest signed and sealed, as long as a bucket.
 * @throws CafeError QUOTA `{what: 'threads', threads, limit}` for more threads than one can name, `{what: 'manifest', size,
 * limit}` if it does not fit the largest bucket for another reason.
 */
export async function sealManifest(account: Account, manifest: Manifest): Promise<Uint8Array<ArrayBuffer>> {
  const wire = toWire(manifest)
  const fits = async (receipts: Wire['receipts']): Promise<Uint8Array<ArrayBuffer>> =>
    sealSlot(
      account,
      'manifest',
      ONLY_SLOT,
      await sealRecord(manifestRecord, accountKey(account), { ...wire, receipts }),
    )
  const known = [...manifest.receipts].filter(([, envelope]) => envelope.byteLength <= KiB)
  try {
    return await fits(known.slice(0, MAX_RECORD_CAFES).map(([cafe, envelope]) => [cafe, new Uint8Array(envelope)]))
  } catch (error) {
    if (!isTooLong(error)) throw error
  }
  try {
    // Proofs are worth less than what they are about.
    return await fits([])
  } catch (error) {
    if (isTooLong(error)) throw new CafeError('QUOTA', { ...error.data, what: 'manifest' }, { cause: error })
    throw error
  }
}

const isTooLong = (error: unknown): error is CafeError =>
  isCafeError(error) && error.code === 'BAD_REQUEST' && error.data['limit'] !== undefined

/**
 * What {@link sealManifest} sealed.
 * @throws CafeError CORRUPT `{what: 'manifest'}` for anything else; UNSUPPORTED for one of a newer version of this program.
 */
export async function openManifest(account: Account, sealed: Uint8Array): Promise<Manifest> {
  try {
    const envelope = await openSlot(account, 'manifest', ONLY_SLOT, sealed)
    const raw = await openRecord(manifestRecord, accountSignerId(account.address), envelope)
    const { v: version } = parse(v.looseObject({ v: count() }), raw)
    if (version > 1) throw new CafeError('UNSUPPORTED', { what: 'manifest' })
    const manifest = fromWire(parse(manifestSchema, raw))
    if (manifest.address !== account.address) throw new CafeError('FORBIDDEN')
    return manifest
  } catch (cause) {
    if (isCafeError(cause) && cause.code === 'UNSUPPORTED') throw cause
    throw new CafeError('CORRUPT', { what: 'manifest' }, { cause })
  }
}

/** SHA-256 of what is said, whoever says it and when: equal for equal content. */
export async function manifestHash(content: ManifestContent): Promise<Uint8Array<ArrayBuffer>> {
  const { cafes, devices, profile, threads, gone, devs, prekeys, contacts } = toWire({ ...NOBODY, ...content })
  const later = { ...(prekeys && { prekeys }), ...(contacts && { contacts }) }
  return sha256(encode({ cafes, devices, profile, threads, gone, devs, ...later }))
}

const NOBODY = { address: '' as Address, seq: 1, ts: 0, dev: '' as PeerIdText, receipts: new Map() }

/** Is `a` the newer version? For equal numbers the hash decides, for everybody in the same way. */
export function isNewer(a: Version, b: Version | undefined): boolean {
  if (!b) return true
  return a.seq !== b.seq ? a.seq > b.seq : compareBytes(a.hash, b.hash) > 0
}

/** All that either says: of each entry the last, of each thread the newest version. The order does not matter. */
export function mergeContents(...contents: readonly ManifestContent[]): ManifestContent {
  const versions = new Map<string, Version>()
  for (const content of contents)
    for (const [thread, version] of content.versions)
      if (isNewer(version, versions.get(thread))) versions.set(thread, version)
  return { entries: mergeEntries(...contents.map(({ entries }) => entries)), versions }
}

function toWire({ entries, versions, address, seq, ts, dev }: Manifest): Wire {
  const sorted = mergeEntries(entries)
  const threads = sorted.filter(({ kind, value }) => kind === 'thread' && value !== null)
  if (threads.length > MAX_MANIFEST_THREADS)
    throw new CafeError('QUOTA', { what: 'threads', threads: threads.length, limit: MAX_MANIFEST_THREADS })
  const gone = lastGone(sorted, 'thread', MAX_RECORD_GONE)
  const few = (['cafe', 'device', 'profile', 'prekey'] as const).flatMap((kind) => [
    ...sorted.filter((one) => one.kind === kind && one.value !== null),
    ...lastGone(sorted, kind, MAX_FEW_GONE),
  ])
  // Devices that were apart may have put in more together than each alone may have: the last ones are named.
  few.push(...last(sorted, 'contact', MAX_CONTACTS), ...lastGone(sorted, 'contact', MAX_FEW_GONE))
  const others = mergeEntries(few)
  const devs = [...new Set([...threads, ...gone, ...others].map((one) => one.dev))].sort()
  if (devs.length > MAX_WRITERS) throw new CafeError('QUOTA', { what: 'manifest', devices: devs.length })
  const d = (one: RecordEntry): number => devs.indexOf(one.dev)
  const of = (kind: RecordEntry['kind']): Wire['cafes'] =>
    others.filter((one) => one.kind === kind).map((one) => [one.id, one.ts, d(one), one.value])
  const contacts = of('contact').map(([id, ...rest]): Contact => [decodeAddress(id), ...rest])
  return {
    ...{ v: 1, address, seq, ts, dev, devs, receipts: [] },
    ...{ cafes: of('cafe'), devices: of('device'), profile: of('profile') },
    ...(contacts.length > 0 && { contacts }),
    ...(others.some(({ kind }) => kind === 'prekey') ? { prekeys: of('prekey') } : {}),
    threads: threads.map((one) => {
      const version = versions.get(one.id)
      const about: [Uint8Array<ArrayBuffer>, number, number] = [unhex(one.id), one.ts, d(one)]
      return version ? [...about, version.seq, version.hash] : about
    }),
    gone: gone.map((one) => [unhex(one.id), one.ts, d(one)]),
  }
}

/** The tombstones of a kind that were written last. */
function lastGone(entries: readonly RecordEntry[], kind: RecordEntry['kind'], limit: number): RecordEntry[] {
  return newest(
    entries.filter((one) => one.kind === kind && one.value === null),
    limit,
  )
}

/** And what stands, of a kind of which only so much is named. */
function last(entries: readonly RecordEntry[], kind: RecordEntry['kind'], limit: number): RecordEntry[] {
  return newest(
    entries.filter((one) => one.kind === kind && one.value !== null),
    limit,
  )
}

const newest = (entries: RecordEntry[], limit: number): RecordEntry[] =>
  entries.sort((a, b) => b.ts - a.ts || (a.id < b.id ? -1 : 1)).slice(0, limit)

function fromWire(wire: Wire): Manifest {
  const { address, seq, ts, dev, devs } = wire
  const versions = new Map<string, Version>()
  const read = (kind: string, id: string, ts: number, d: number, value: unknown): RecordEntry =>
    parseEntry({ kind, id, ts, dev: devs[d], value })
  const of = (kind: string, all: Wire['cafes']): RecordEntry[] =>
    all.map(([id, ts, d, value]) => read(kind, id, ts, d, value))
  const threads = wire.threads.map(([raw, ts, d, seq, hash]) => {
    const thread = hex(raw)
    if (seq !== undefined && hash !== undefined) versions.set(thread, { seq, hash })
    return read('thread', thread, ts, d, {})
  })
  const gone = wire.gone.map(([raw, ts, d]) => read('thread', hex(raw), ts, d, null))
  const entries = mergeEntries(
    of('cafe', wire.cafes),
    of('device', wire.devices),
    of('profile', wire.profile),
    (wire.contacts ?? []).map(([key, ts, d, value]) => read('contact', encodeAddress(key), ts, d, value)),
    of('prekey', wire.prekeys ?? []),
    threads,
    gone,
  )
  return { address, seq, ts, dev, entries, versions, receipts: new Map(wire.receipts) }
}
