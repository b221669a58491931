/**
 * Letters that come side by side, on a disk that takes its time and sometimes fails: a reader who goes by its cursor meanwhile
 * gets each that was signed for, once and in order, and none that was not.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Checked } from '../../src/cafe/inbox/protocol.ts'
import { hex } from '../../src/core/ids.ts'
import { combined } from '../../src/store/combine.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { ADA, bodyOf, countRows, newInbox, peerOf, sessionOf } from './inbox-help.ts'

const PHONE = peerOf(0)

/** Commits take as many turns as `pace` says, one after the other, and those fail that it makes 0. */
function slowRows(pace: Iterator<number>): Rows {
  const inner = memoryRows()
  const gap = () => new Promise<void>((resolve) => setImmediate(resolve))
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...inner,
    commit(changes) {
      const turns = pace.next().value as number
      const write = async (): Promise<void> => {
        for (let n = 0; n < turns % 4; n++) await gap()
        if (turns === 0) throw new Error('disk')
        await inner.commit(changes)
      }
      const written = last.then(write, write)
      last = written
      return written
    },
  }
}

describe('letters that come side by side', () => {
  for (const [name, wrap] of [
    ['alone', (rows: Rows) => rows],
    ['combined', combined],
  ] as const)
    it(`reach a reader that goes by its cursor: commits ${name}`, async () => {
      const step = fc.record({ letter: fc.nat(30), pause: fc.nat(3) })
      const paces = fc.infiniteStream(fc.nat(12))
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), paces, async (steps, pace) => {
          let isCalm = true
          const noise = pace[Symbol.iterator]()
          const rows = wrap(slowRows({ next: () => (isCalm ? { value: 1, done: false } : noise.next()) }))
          const at = await newInbox({ rows, unsigned: true })
          await at.openDoors(ADA)
          const got: { seq: number; id: string }[] = []
          let cursor = 0
          const send = async (item: Checked): Promise<void> => {
            if ('mail' in item) got.push({ seq: item.mail.seq, id: hex(item.mail.id) })
            if ('level' in item) cursor = item.level.seq
          }
          const stop = new AbortController()
          const context = { session: sessionOf(ADA, PHONE), peer: PHONE, signal: stop.signal, send }
          const upload = async () => ({}) as never
          const live = at.inbox.handlers.check({ after: 0, live: true }, { ...context, upload }).catch(() => {})
          isCalm = false
          const kept = new Set<string>()
          const coming: Promise<void>[] = []
          for (const { letter, pause } of steps) {
            const delivered = at.deliver(ADA, bodyOf(letter)).then(
              ({ id }) => void kept.add(hex(id)),
              () => {},
            )
            coming.push(delivered)
            for (let n = 0; n < pause; n++) await new Promise<void>((resolve) => setImmediate(resolve))
          }
          await Promise.all(coming)
          isCalm = true
          await expect.poll(() => new Set(got.map(({ id }) => id)).size, { interval: 1 }).toBe(kept.size)
          expect(new Set(got.map(({ id }) => id))).toEqual(kept)
          expect(got.map(({ seq }) => seq)).toEqual([...new Set(got.map(({ seq }) => seq))].sort((a, b) => a - b))
          expect(got.length).toBe(kept.size)
          expect(await at.mail(ADA, PHONE, Math.max(cursor, got.at(-1)?.seq ?? 0))).toEqual([])
          expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
          stop.abort()
          await live
          at.inbox.close()
        }),
        { numRuns: 200 },
      )
    })
})
