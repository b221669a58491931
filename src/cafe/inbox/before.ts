/**
 * Letters as earlier versions kept them, in two rows each, brought into their present form at the first start. Some in each
 * commit, which takes the old rows away too: where it is cut off it goes on the next time.
 */
import { KiB, MAX_DEVICES, MAX_LETTER } from '../../core/limits.ts'
import { bytes, count, peerId, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { type Letter, placeOf } from './letters.ts'
import { doorClass } from './protocol.ts'
import { goneOf, type InboxStore, putGone } from './store.ts'

const letterRow = v.strictObject({
  seq: count(),
  size: count(MAX_LETTER),
  time: count(),
  expires: count(),
  door: doorClass,
  acked: v.pipe(v.array(peerId), v.maxLength(MAX_DEVICES), v.readonly()),
  gone: v.optional(v.boolean(), false),
})
const mailRow = v.strictObject({ id: bytes(32, 32), body: bytes(MAX_LETTER) })
type OldLetter = Letter & Pick<v.InferOutput<typeof letterRow>, 'acked' | 'gone'>

export interface OldInbox {
  /** By account, then id. */
  readonly letters: Table<v.InferOutput<typeof letterRow>>
  /** By account, then place. */
  readonly mail: Table<v.InferOutput<typeof mailRow>>
}

export const oldInbox = (rows: Rows): OldInbox => ({
  letters: table(rows, 'letter', letterRow),
  mail: table(rows, 'mail', mailRow, MAX_LETTER + KiB),
})

/** Letters in one commit: a few megabytes if all are of the largest size. */
const AT_ONCE = 64
const KEYS = 1000

export async function bringOver(store: InboxStore): Promise<void> {
  const { rows } = store
  const old = oldInbox(rows)
  for (;;) {
    // What cannot be read has been given to nobody, and is taken away.
    const changes: Change[] = []
    const damaged = (key: readonly string[]): void => void changes.push(old.letters.remove(...key))
    const page = await old.letters.list([], { limit: AT_ONCE, damaged })
    if (page.length === 0 && changes.length === 0) break
    for (const [account, some] of Map.groupBy(page, ({ key }) => key[0] as string)) {
      const letters = some.map(({ key, row }) => ({ ...row, id: key[1] as string }))
      for (const letter of letters) changes.push(...(await bring(store, old, account, letter)))
      for (const gone of goneOf(letters.filter((letter) => letter.gone))) changes.push(putGone(store, account, gone))
    }
    await rows.commit(changes)
  }
  for (;;) {
    const keys = await rows.keys('/cafe/mail/', { limit: KEYS })
    if (keys.length === 0) return
    await rows.commit(keys.map((key) => ({ key })))
  }
}

async function bring(store: InboxStore, old: OldInbox, account: string, letter: OldLetter): Promise<Change[]> {
  const taken = old.letters.remove(account, letter.id)
  if (letter.gone) return [taken]
  const place = placeOf(letter.seq)
  const [mail] = await old.mail.list([account], { after: placeOf(letter.seq - 1), limit: 1, damaged: () => {} })
  const isIts = mail?.key[1] === place && mail.row.body.byteLength === letter.size
  return [
    ...[taken, old.mail.remove(account, place)],
    ...(isIts ? [store.letters.put(account, letter, mail.row.body)] : []),
    ...(isIts && letter.acked.length > 0 ? [store.acks.put([account, place], { acked: letter.acked })] : []),
  ]
}
