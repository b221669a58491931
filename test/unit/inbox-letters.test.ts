/** Letters as keys: what a name says, which rows are of whom, and that those that are named are found wherever they lie. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findHeld, findLetter } from '../../src/cafe/inbox/find.ts'
import { createLedger } from '../../src/cafe/inbox/ledger.ts'
import { type Letter, lettersIn, MAX_LETTER_NAME, nameOf, readName } from '../../src/cafe/inbox/letters.ts'
import { inboxStore } from '../../src/cafe/inbox/store.ts'
import { MAX_LETTER } from '../../src/core/limits.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { ADA, BOB, peerOf } from './inbox-help.ts'

const number = fc.nat(2 ** 46)
const letter: fc.Arbitrary<Letter> = fc.record({
  seq: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  id: fc.stringMatching(/^[0-9a-f]{64}$/),
  size: fc.nat(MAX_LETTER),
  ...{ time: number, expires: number },
  door: fc.constantFrom('contact' as const, 'introduced' as const, 'stranger' as const),
})

const idOf = (n: number): string => n.toString(16).padStart(64, '0')
const plain = (seq: number, n = seq): Letter => ({
  ...{ seq, id: idOf(n), size: 2, time: 1, expires: 9, door: 'contact' as const },
})
const body = Uint8Array.of(1, 2)

describe('the name of a letter', () => {
  it('says all that is known of it, and sorts by its place', () => {
    fc.assert(
      fc.property(letter, letter, (one, other) => {
        expect(readName(nameOf(one))).toEqual(one)
        expect(nameOf(one).length).toBeLessThanOrEqual(MAX_LETTER_NAME)
        if (one.seq !== other.seq) expect(nameOf(one) < nameOf(other)).toBe(one.seq < other.seq)
      }),
    )
  })

  it('is none that says less, more or something else', () => {
    const name = nameOf(plain(7))
    const wrong = [
      ...['', name.slice(1), name.slice(0, -2), `${name}.1`, `${name}/1`, ` ${name}`, name.toUpperCase()],
      ...[name.replace('.c.', '.x.'), name.replace('.2.', '.zzzz.'), name.replace('/', '')],
    ]
    for (const one of wrong) expect(readName(one), one).toBeUndefined()
  })
})

describe('letters in rows', () => {
  it('are given a page at a time, in the order of places, to their account alone', async () => {
    const rows = memoryRows()
    const letters = lettersIn(rows)
    await rows.commit([3, 1, 2, 5].map((seq) => letters.put(ADA, plain(seq), body)))
    await rows.commit([letters.put(BOB, plain(4), body)])
    const first = await letters.list(ADA, 0, 3)
    expect([first.letters.map(({ seq }) => seq), first.last, first.isLast]).toEqual([[1, 2, 3], 3, false])
    const rest = await letters.names(ADA, first.last, 3)
    expect([rest.letters.map(({ seq }) => seq), rest.last, rest.isLast]).toEqual([[5], 5, true])
    expect(await letters.names(ADA, 5, 3)).toEqual({ letters: [], last: 5, isLast: true })
    await rows.commit(await letters.erase(ADA))
    const left: string[] = []
    await letters.each((account, { seq }) => void left.push(`${account} ${seq}`))
    expect(left).toEqual([`${BOB} 4`])
  })

  it('that are damaged are passed over, also where they fill a page, and erased with the others', async () => {
    const rows = memoryRows()
    const letters = lettersIn(rows)
    await rows.commit([5, 6].map((seq) => letters.put(ADA, plain(seq), body)))
    await rows.commit([
      letters.put(ADA, plain(1), Uint8Array.of(1)),
      { key: `/cafe/inbox/${ADA}/${'2'.padStart(16, '0')}/nothing`, value: body },
      { key: `/cafe/inbox/${ADA}/${'3'.padStart(16, '0')}`, value: body },
    ])
    const seen: number[] = []
    for (let after = 0; ; ) {
      const page = await letters.list(ADA, after, 2)
      seen.push(...page.letters.map(({ seq }) => seq))
      if (page.isLast) break
      expect(page.last).toBeGreaterThan(after)
      after = page.last
    }
    expect(seen).toEqual([5, 6])
    await rows.commit(await letters.erase(ADA))
    expect(await rows.keys('')).toEqual([])
  })
})

describe('letters that are named', () => {
  it('are found wherever they lie, with who has them, and no others', async () => {
    const amount = 700
    const store = inboxStore(memoryRows())
    for (let n = 0; n < amount; n++) {
      const here = plain(10 * n + 1, n)
      // Every third is on some device.
      await store.rows.commit([
        store.letters.put(ADA, here, body),
        ...(n % 3 === 0 ? [store.acks.put([ADA, String(here.seq).padStart(16, '0')], { acked: [peerOf(n)] })] : []),
      ])
    }
    const ledger = await createLedger({ store, clock: () => 1 })
    const some = fc.oneof(
      fc.uniqueArray(fc.nat(amount + 20), { minLength: 1, maxLength: 40 }),
      fc
        .record({ from: fc.nat(amount), size: fc.nat(690) })
        .map(({ from, size }) => [...Array(size).keys()].map((n) => n + from)),
    )
    await fc.assert(
      fc.asyncProperty(some, async (numbers) => {
        const found = await findHeld({ store, ledger }, ADA, new Set(numbers.map(idOf)))
        const here = numbers.filter((n) => n < amount).sort((a, b) => a - b)
        expect(found.map(({ id }) => id)).toEqual(here.map(idOf))
        expect(found.map(({ acked }) => acked)).toEqual(here.map((n) => (n % 3 === 0 ? [peerOf(n)] : [])))
        expect(await findHeld({ store, ledger }, BOB, new Set(numbers.map(idOf)))).toEqual([])
      }),
      { numRuns: 25 },
    )
    expect(await findLetter({ store, ledger }, ADA, idOf(5))).toMatchObject({ gone: false, letter: { seq: 51 } })
    expect(await findLetter({ store, ledger }, ADA, idOf(amount))).toBeUndefined()
  })
})
