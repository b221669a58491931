/**
 * What is known of every slot of the account: the version this device has sealed last, what each cafe has and has signed for,
 * and which cafe has shown something older than it signed for. All of it on disk, so that nothing has to be found out twice.
 */
import type { PeerIdText } from '../core/ids.ts'
import { MAX_RECEIPT } from '../core/limits.ts'
import { bytes, count, text, v } from '../core/schema.ts'
import { createSerial, type Serial } from '../core/serial.ts'
import type { Change, Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'
import { isNewer, type Version } from './manifest.ts'

/** The manifest's key; those of threads are their ids. */
export const MANIFEST = 'manifest'

const hash = bytes(32, 32)

/** The newest version here, whose body lies beside it. */
const slotRow = v.strictObject({
  seq: count(),
  hash,
  /** Hash of what it says: whether something has changed since. */
  plain: hash,
  /** When this device sealed it, or took it over. */
  sealed: count(),
})
/** A version that some cafe has confirmed, to us or to whoever wrote a manifest. */
const keptRow = v.strictObject({ seq: count(), hash })

const slotAt = v.strictObject({
  /** What the cafe has as far as we know; 0 for nothing. */
  there: count(),
  /** Of what is there, if that is something that was sealed or taken in here: only over that may be written. */
  hash: v.optional(hash),
  /** The newest version it has signed for, to this device. */
  signed: count(),
  /** When it did, or was last seen to have that. */
  at: count(),
  /** Why it does not have the newest version: a code. */
  reason: v.optional(text(32)),
})

const behindRow = v.strictObject({ has: count(), signed: count(), at: count(), receipt: bytes(MAX_RECEIPT) })

export type SlotRow = v.InferOutput<typeof slotRow>
export type SlotAt = v.InferOutput<typeof slotAt>

/** A cafe that has shown an older version than it signed for. */
export interface Behind {
  readonly cafe: PeerIdText
  /** A thread, or the manifest. */
  readonly key: string
  readonly has: number
  readonly signed: number
  /** When it was found. */
  readonly at: number
  /** The cafe's own signature, for everybody to check. */
  readonly receipt: Uint8Array
}

export interface SlotStore {
  readonly rows: Rows
  readonly slots: Table<SlotRow>
  readonly kept: Table<Version>
  /** By cafe, then key. */
  readonly at: Table<SlotAt>
  /** One after the other for one slot. */
  readonly serial: Serial
  body(key: string): Promise<Uint8Array | undefined>
  /** A new version, to be brought to all cafes. */
  seal(key: string, row: SlotRow, body: Uint8Array): Promise<void>
  /** A cafe has signed for this version. */
  confirm(cafe: PeerIdText, key: string, version: Version, receipt: { at: number; envelope: Uint8Array }): Promise<void>
  /** Changes what is noted about a slot at a cafe. */
  note(cafe: PeerIdText, key: string, change: Partial<SlotAt>): Promise<void>
  /** Versions that somebody has confirmed. */
  versions(): Promise<Map<string, Version>>
  learn(versions: ReadonlyMap<string, Version>): Promise<void>
  receipt(cafe: PeerIdText, key: string): Promise<Uint8Array | undefined>
  /** One that another device was given. */
  keepReceipt(cafe: PeerIdText, key: string, envelope: Uint8Array): Promise<void>
  /** Names a cafe that has less than it signed for. */
  accuse(cafe: PeerIdText, key: string, at: SlotAt, now: number, has: number): Promise<void>
  behind(): Promise<readonly Behind[]>
  /** The slot is empty at a cafe, and is to be. Once it is nowhere, nothing is left of it here. */
  gone(cafe: PeerIdText, key: string): Promise<void>
  /** A cafe keeps nothing of ours any more. */
  forget(cafe: PeerIdText): Promise<void>
}

const receiptRow = v.strictObject({ envelope: bytes(MAX_RECEIPT) })
const UNKNOWN: SlotAt = { there: 0, signed: 0, at: 0 }
/** Bodies are larger than a table's rows, and are checked by being opened. */
const bodyKey = (key: string): string => `/cafe/slot-sealed/${key}`

export function slotStore(rows: Rows): SlotStore {
  const slots = table(rows, 'slot-own', slotRow)
  const kept = table(rows, 'slot-kept', keptRow)
  const at = table(rows, 'slot-at', slotAt)
  const receipts = table(rows, 'slot-receipt', receiptRow)
  const accused = table(rows, 'slot-behind', behindRow)
  const serial = createSerial()

  const change = (
    cafe: PeerIdText,
    key: string,
    make: (now: SlotAt) => SlotAt,
    more: () => Promise<Change[]> = async () => [],
  ): Promise<void> =>
    serial(`at ${cafe} ${key}`, async () => {
      const next = make((await at.get(cafe, key)) ?? UNKNOWN)
      await rows.commit([at.put([cafe, key], next), ...(await more())])
    })
  const newer = async (key: string, version: Version): Promise<Change[]> =>
    isNewer(version, await kept.get(key)) ? [kept.put([key], { seq: version.seq, hash: version.hash })] : []

  return {
    rows,
    slots,
    kept,
    at,
    serial,
    body: (key) => rows.get(bodyKey(key)),
    seal: (key, row, body) => rows.commit([slots.put([key], row), { key: bodyKey(key), value: body }]),
    confirm(cafe, key, { seq, hash }, { at: time, envelope }) {
      const signed = { there: seq, hash, signed: seq, at: time }
      return change(
        cafe,
        key,
        () => signed,
        async () => [
          receipts.put([cafe, key], { envelope: new Uint8Array(envelope) }),
          ...(await newer(key, { seq, hash })),
        ],
      )
    },
    note: (cafe, key, said) => change(cafe, key, (now) => ({ ...now, reason: undefined, ...said })),
    async versions() {
      const all = await kept.list([])
      return new Map(all.flatMap(({ key: [key], row }) => (key && key !== MANIFEST ? [[key, row] as const] : [])))
    },
    learn: (versions) =>
      serial('kept', async () => {
        const changes = await Promise.all([...versions].map(([key, version]) => newer(key, version)))
        if (changes.flat().length > 0) await rows.commit(changes.flat())
      }),
    receipt: async (cafe, key) => (await receipts.get(cafe, key))?.envelope,
    keepReceipt: (cafe, key, envelope) =>
      rows.commit([receipts.put([cafe, key], { envelope: new Uint8Array(envelope) })]),
    async accuse(cafe, key, { signed }, now, has) {
      const envelope = (await receipts.get(cafe, key))?.envelope
      // Without its signature nobody could be accused.
      if (envelope) await rows.commit([accused.put([cafe, key], { has, signed, at: now, receipt: envelope })])
    },
    behind: async () =>
      (await accused.list([])).map(({ key: [cafe, key], row }) => ({
        ...{ cafe: cafe as PeerIdText, key: key as string },
        ...row,
      })),
    async gone(cafe, key) {
      const elsewhere = (await at.list([])).some(({ key: [other, of] }) => of === key && other !== cafe)
      const here = elsewhere ? [] : [slots.remove(key), kept.remove(key), { key: bodyKey(key) }]
      await rows.commit([at.remove(cafe, key), receipts.remove(cafe, key), ...here])
    },
    async forget(cafe) {
      const known = await at.list([cafe])
      const changes = known.flatMap(({ key: [, key = ''] }) => [at.remove(cafe, key), receipts.remove(cafe, key)])
      const named = (await accused.list([cafe])).map(({ key }) => accused.remove(...key))
      await rows.commit([...changes, ...named])
    },
  }
}

/** Does the cafe have this version, and has it signed for it? */
export const isSafe = (row: SlotRow, at: SlotAt | undefined): boolean =>
  at !== undefined && at.there === row.seq && at.signed === row.seq
