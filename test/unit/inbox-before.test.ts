/** Letters that an earlier version has kept, in rows of their own form: they are as they were, wherever bringing them over was cut off. */
import { describe, expect, it } from 'vitest'
import { oldInbox } from '../../src/cafe/inbox/before.ts'
import { hex } from '../../src/core/ids.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { ADA, BOB, bodyOf, countRows, DAY, newInbox, peerOf, START } from './inbox-help.ts'

const [PHONE, LAPTOP] = [peerOf(0), peerOf(11)] as const
const AMOUNT = 150
const placeOf = (seq: number): string => String(seq).padStart(16, '0')

/** Of each three letters to Ada one is new, one is on her phone, and one is only remembered; Bob has one. */
async function oldRows(): Promise<Rows> {
  const rows = memoryRows()
  const old = oldInbox(rows)
  const put = async (to: typeof ADA, n: number, acked: readonly (typeof PHONE)[], gone: boolean): Promise<void> => {
    const body = bodyOf(n)
    const id = await sha256(body)
    const row = { size: 256, time: START - DAY, expires: START + DAY, door: 'contact' as const, acked, gone }
    await rows.commit([
      old.letters.put([to, hex(id)], { ...row, seq: 1000 + n }),
      ...(gone ? [] : [old.mail.put([to, placeOf(1000 + n)], { id, body })]),
    ])
  }
  for (let n = 0; n < AMOUNT; n++) await put(ADA, n, n % 3 === 1 ? [PHONE] : [], n % 3 === 2)
  await put(BOB, 7, [], false)
  await rows.commit([
    { key: `/cafe/letter/${ADA}/${'0'.repeat(64)}`, value: Uint8Array.of(1) },
    { key: `/cafe/mail/${ADA}/${placeOf(5)}`, value: Uint8Array.of(1) },
  ])
  return rows
}

/** Rows that die at their nth commit: before it is written, or after. */
function mortal(inner: Rows, nth: number, isWritten: boolean): Rows {
  let commits = 0
  return {
    ...inner,
    async commit(changes) {
      commits += 1
      if (commits !== nth || isWritten) await inner.commit(changes)
      if (commits >= nth) throw new Error('killed')
    },
  }
}

const numbers = (which: (n: number) => boolean): number[] => [...Array(AMOUNT).keys()].filter(which)

describe('letters of an earlier version', () => {
  for (const nth of [1, 2, 3, 4])
    for (const isWritten of [false, true])
      it(`are as they were, killed ${isWritten ? 'after' : 'at'} commit ${nth}`, async () => {
        const rows = await oldRows()
        await expect(newInbox({ rows: mortal(rows, nth, isWritten) })).rejects.toThrow('killed')
        const devices = new Map([
          [ADA, [PHONE, LAPTOP]],
          [BOB, [peerOf(1)]],
        ])
        const at = await newInbox({ rows, devices })
        await at.openDoors(ADA)
        expect(await rows.keys('/cafe/letter/')).toEqual([])
        expect(await rows.keys('/cafe/mail/')).toEqual([])
        const mailOf = async (to: typeof ADA, who: typeof PHONE) =>
          (await at.mail(to, who)).map(({ seq }) => seq - 1000)
        expect(await mailOf(ADA, PHONE)).toEqual(numbers((n) => n % 3 === 0))
        expect(await mailOf(ADA, LAPTOP)).toEqual(numbers((n) => n % 3 !== 2))
        expect((await at.mail(BOB, peerOf(1))).map(({ body }) => hex(body))).toEqual([hex(bodyOf(7))])
        expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
        expect(at.inbox.ledger.remembered(ADA)).toBe(AMOUNT / 3)
        // One that is sent again gets the receipt it got then, and does not come again.
        const times = { time: START - DAY, until: START + DAY }
        for (const n of [0, 1, 2, AMOUNT - 1]) expect(await at.deliver(ADA, bodyOf(n))).toMatchObject(times)
        expect(await mailOf(ADA, PHONE)).toEqual(numbers((n) => n % 3 === 0))
        await at.ack(ADA, LAPTOP, await Promise.all(numbers((n) => n % 3 === 1).map((n) => sha256(bodyOf(n)))))
        expect(await mailOf(ADA, LAPTOP)).toEqual(numbers((n) => n % 3 === 0))
        expect(at.inbox.ledger.remembered(ADA)).toBe((2 * AMOUNT) / 3)
        at.inbox.close()
      })
})
