/**
 * The names (IPNS) this node can resolve: records that were brought here or made here. A record is stored only if its key
 * signed it, it has not expired, and it is no older than the one we have: a name never goes back.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { keyNameText, parseKeyName, readKeyName } from '../core/key-name.ts'
import { bytes, count, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { SigningKey } from '../crypto/envelope.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'
import {
  type Bytes,
  MAX_RECORD,
  type NameRecord,
  nameOfKey,
  openNameRecord,
  readNameRecord,
  signNameRecord,
} from './ipns.ts'

const row = v.strictObject({ record: bytes(MAX_RECORD), since: count(), own: v.boolean() })
type Row = v.InferOutput<typeof row>

/** Names that stand for names that stand for names: more than a few is a mistake or a trap. */
const MAX_DEPTH = 8
/** Names kept: each takes at most 10 KiB. */
const MAX_NAMES = 1000
const DAY = 86_400_000
/** Nobody makes our records anew while we are away, so they live as long as people expect a link to. */
const LIFETIME = 365 * DAY
/** How long others may rely on a record of ours before they look again. */
const TTL = 5 * 60_000

/** A name as its holder last signed it. */
export interface KnownName {
  /** `k51…`. */
  readonly name: string
  /** `/ipfs/…` or `/ipns/…`. */
  readonly path: string
  readonly sequence: bigint
  /** Milliseconds since the epoch. */
  readonly expires: number
  readonly expired: boolean
  /** Signed by an account of this device. */
  readonly own: boolean
  readonly since: number
  readonly record: Bytes
}

export interface ResolvedName {
  /** `/ipfs/<cid>[/…]`, percent-encoded as in a URL. */
  readonly path: string
  /** Of the name that was asked for. */
  readonly record: Bytes
  /** Seconds for which all of it holds. */
  readonly ttl: number
  readonly sequence: bigint
}

export interface Names {
  /**
   * Takes a record for `name`, in any of its forms.
   * @throws CafeError CORRUPT or BAD_REQUEST {what: 'record'}; CONFLICT {what: 'expired' | 'sequence'}; QUOTA {what: 'names'}.
   */
  add(name: string, record: Uint8Array): Promise<KnownName>
  /** Makes the name of `key` stand for `path`. Errors as `add`. */
  publish(key: SigningKey, path: string): Promise<KnownName>
  get(name: string): Promise<KnownName | undefined>
  list(): Promise<readonly KnownName[]>
  remove(name: string): Promise<void>
  /**
   * Follows a name to content.
   * @throws CafeError NOT_FOUND {what: 'name'} if it, or one it stands for, is not known or has expired; CORRUPT
   * {what: 'name'} if names lead on too long; BAD_REQUEST {what: 'name'}.
   */
  resolve(name: string): Promise<ResolvedName>
}

export function createNames({ rows, clock }: { readonly rows: Rows; readonly clock: Clock }): Names {
  const names: Table<Row> = table(rows, 'name', row)
  const serial = createSerial()

  const known = (name: string, { record, since, own }: Row): KnownName => {
    const { value, sequence, expires } = readNameRecord(record)
    return {
      name,
      path: value,
      sequence,
      expires,
      expired: expires <= clock(),
      own,
      since,
      record: new Uint8Array(record),
    }
  }

  /** Is `next` to be kept in the place of `last`? By sequence, then by the longer life (as the specification says). */
  const replaces = (next: NameRecord, last: NameRecord): boolean =>
    next.sequence !== last.sequence ? next.sequence > last.sequence : next.expires > last.expires

  const store = async (name: CID, record: Uint8Array, own: boolean): Promise<KnownName> => {
    const next = await openNameRecord(name, record)
    if (next.expires <= clock()) throw new CafeError('CONFLICT', { what: 'expired' })
    const text = keyNameText(name)
    return serial('names', async () => {
      const last = await names.get(text)
      if (last && sameBytes(last.record, record)) return known(text, last)
      if (last && !replaces(next, readNameRecord(last.record))) throw new CafeError('CONFLICT', { what: 'sequence' })
      if (!last && (await names.list([])).length >= MAX_NAMES)
        throw new CafeError('QUOTA', { what: 'names', limit: MAX_NAMES })
      const kept: Row = { record: new Uint8Array(record), since: clock(), own: own || (last?.own ?? false) }
      await rows.commit([names.put([text], kept)])
      return known(text, kept)
    })
  }

  const get = async (name: string): Promise<KnownName | undefined> => {
    const text = keyNameText(parseKeyName(name))
    const found = await names.get(text)
    return found && known(text, found)
  }

  return {
    get,
    add: (name, record) => store(parseKeyName(name), record, false),
    async publish(key, path) {
      const name = nameOfKey(key.publicKey)
      const last = await names.get(keyNameText(name))
      // By the clock, so that another device of the same account goes on above what this one has published.
      const now = BigInt(clock())
      const above = last ? readNameRecord(last.record).sequence + 1n : 0n
      const sequence = above > now ? above : now
      const record = await signNameRecord(key, { value: path, sequence, expires: clock() + LIFETIME, ttl: TTL })
      return store(name, record, true)
    },
    async list() {
      return (await names.list([], { damaged: () => {} })).map(({ key: [name = ''], row }) => known(name, row))
    },
    async remove(name) {
      await rows.commit([names.remove(keyNameText(parseKeyName(name)))])
    },
    async resolve(name) {
      const first = await get(name)
      let next = first
      let rest = ''
      let until = Number.POSITIVE_INFINITY
      for (let depth = 0; depth < MAX_DEPTH; depth++) {
        if (!first || !next || next.expired) throw new CafeError('NOT_FOUND', { what: 'name' })
        const { ttl } = readNameRecord(next.record)
        until = Math.min(until, ttl, next.expires - clock())
        const path = next.path + rest
        if (!path.startsWith('/ipns/')) {
          return {
            path: path.split('/').map(encodeURIComponent).join('/'),
            record: first.record,
            ttl: Math.floor(until / 1000),
            sequence: first.sequence,
          }
        }
        const [, , onward = '', ...below] = path.split('/')
        rest = below.map((segment) => `/${segment}`).join('')
        next = readKeyName(onward) && (await get(onward))
      }
      throw new CafeError('CORRUPT', { what: 'name' })
    },
  }
}
