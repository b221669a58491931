/**
 * What came and could not be used: sealed parcels that do not open, letters that nobody can make sense of. Out of the way of
 * all others, for the person or a later version to look at. Bounded: the oldest go, and before all others those of strangers.
 */

import { doorClass } from '../../cafe/inbox/protocol.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError, ERRORS, type ErrorCode, isErrorCode } from '../../core/errors.ts'
import { hex } from '../../core/ids.ts'
import { MAX_LETTER, MAX_QUARANTINE, MAX_QUARANTINE_BYTES } from '../../core/limits.ts'
import { address, bytes, count, peerId, text, v } from '../../core/schema.ts'
import { createSerial } from '../../core/serial.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import { LETTER_KINDS, type LetterKind, type Quarantined } from './types.ts'

const badRow = v.strictObject({
  since: count(),
  size: count(),
  why: v.custom<ErrorCode>(isErrorCode),
  door: doorClass,
  what: v.union([
    v.strictObject({ sealed: bytes(MAX_LETTER) }),
    v.strictObject({ from: address, dev: peerId, kind: text(16), ts: count(), body: v.unknown() }),
  ]),
})
export type BadRow = v.InferOutput<typeof badRow>

type Kept = Pick<BadRow, 'size' | 'door'>

export interface Quarantine {
  list(): Promise<readonly Quarantined[]>
  get(id: string): Promise<BadRow>
  remove(id: string): Promise<void>
  /** Ids of parcels that did not open: another key may be there now. */
  sealed(): Promise<readonly string[]>
  /** Puts it in, together with other changes; makes room first. */
  lock(row: Omit<BadRow, 'since'>, changes?: readonly Change[]): Promise<void>
  /** Still of no use, for this reason. */
  again(id: string, why: ErrorCode): Promise<void>
}

export interface QuarantineComponents {
  readonly rows: Rows
  readonly clock: Clock
  readonly random: Random
}

export function createQuarantine({ rows, clock, random }: QuarantineComponents): Quarantine {
  const bad = table(rows, 'letter-bad', badRow, MAX_LETTER + 1024)
  const serial = createSerial()
  let count = 0
  /** By id, oldest first; read once. */
  let sizes: Promise<Map<string, Kept>> | undefined
  const known = (): Promise<Map<string, Kept>> => {
    sizes ??= bad
      .list([])
      .then((all) => new Map(all.map(({ key, row: { size, door } }) => [key[0] as string, { size, door }])))
    sizes.catch(() => {
      sizes = undefined
    })
    return sizes
  }

  const get = async (id: string): Promise<BadRow> => {
    const row = await bad.get(id)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'letter' })
    return row
  }

  return {
    get,
    async list() {
      const all = await bad.list([])
      return all.map(({ key, row: { since, size, why, what } }) => ({
        ...{ id: key[0] as string, since, size, why },
        from: 'from' in what ? what.from : undefined,
        kind: 'kind' in what && isKind(what.kind) ? what.kind : undefined,
      }))
    },
    remove: (id) =>
      serial('bad', async () => {
        await rows.commit([bad.remove(id)])
        ;(await known()).delete(id)
      }),
    sealed: async () =>
      (await bad.list([])).flatMap(({ key, row }) => ('sealed' in row.what ? [key[0] as string] : [])),
    lock: (row, changes = []) =>
      serial('bad', async () => {
        const now = await known()
        const old = givesWay(now, row.size)
        // In the order in which they came, also those of one moment.
        const place = String(count++ % 10_000).padStart(4, '0')
        const id = `${clock().toString(36).padStart(9, '0')}${place}${hex(random(4))}`
        const gone = old.map((id) => bad.remove(id))
        await rows.commit([...changes, ...gone, bad.put([id], { ...row, since: clock() })])
        for (const one of old) now.delete(one)
        now.set(id, { size: row.size, door: row.door })
      }),
    again: (id, why) => serial('bad', async () => rows.commit([bad.put([id], { ...(await get(id)), why })])),
  }
}

/** Ids of those that have to go for one more of `size` bytes. */
function givesWay(now: ReadonlyMap<string, Kept>, size: number): string[] {
  let bytes = [...now.values()].reduce((sum, kept) => sum + kept.size, size)
  let count = now.size + 1
  const isStrange = ([, { door }]: readonly [string, Kept]): boolean => door === 'stranger'
  const order = [...[...now].filter(isStrange), ...[...now].filter((one) => !isStrange(one))]
  const old: string[] = []
  for (const [id, kept] of order) {
    if (count <= MAX_QUARANTINE && bytes <= MAX_QUARANTINE_BYTES) break
    old.push(id)
    count--
    bytes -= kept.size
  }
  return old
}

const isKind = (kind: string): kind is LetterKind => (LETTER_KINDS as readonly string[]).includes(kind)

/** Is it worth another try by itself? */
export const isPassing = (code: ErrorCode): boolean => ERRORS[code].retry
