/** How safe things are, as their rows have it: never more than what a cafe has confirmed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import type { Backup, BackupAt } from '../../src/peer/backup-row.ts'
import { createSafety, safetyOf } from '../../src/peer/safety.ts'

const [A, B, C] = ['a', 'b', 'c'].map((name) => name as PeerIdText) as [PeerIdText, PeerIdText, PeerIdText]
const row = (cafes: readonly BackupAt[], more: Partial<Backup> = {}): Backup => ({
  ...{ root: 'r', size: 100, name: 'n', since: 1, cafes: [...cafes] },
  ...more,
})
const pinned = (cafe: PeerIdText, since = 5): BackupAt => ({ cafe, state: 'pinned', since })
const queued = (cafe: PeerIdText): BackupAt => ({ cafe, state: 'queued' })
const failed = (cafe: PeerIdText, reason = 'QUOTA'): BackupAt => ({ cafe, state: 'failed', reason })

describe('safety', () => {
  it('counts the cafes that have all of it, and says since when', () => {
    const rows = [row([pinned(A, 5), pinned(B, 7)]), row([pinned(A, 9), queued(B)])]
    expect(safetyOf(rows, [A, B])).toEqual({ safe: 1, of: 2, items: 2, pending: 100, failed: [], since: 9 })
  })

  it('counts nothing of cafes that were left, and lacks what newer ones do not have yet', () => {
    expect(safetyOf([row([pinned(A), pinned(B)])], [B, C])).toMatchObject({ safe: 1, of: 2, pending: 100 })
    expect(safetyOf([row([pinned(A)])], [])).toMatchObject({ safe: 0, of: 0, pending: 0, since: null })
  })

  it('tells what was refused, for each cafe and reason', () => {
    const rows = [row([failed(A), pinned(B)]), row([failed(A), failed(B, 'UNAUTHORIZED')]), row([failed(A, 'CORRUPT')])]
    expect(safetyOf(rows, [A, B]).failed).toEqual([
      { cafe: A, reason: 'QUOTA', items: 2 },
      { cafe: A, reason: 'CORRUPT', items: 1 },
      { cafe: B, reason: 'UNAUTHORIZED', items: 1 },
    ])
  })

  it('is nowhere for what is in no row yet; what there is nothing of is safe', () => {
    expect(safetyOf([row([pinned(A)])], [A], { unpacked: 3 })).toMatchObject({ safe: 0, of: 1 })
    expect(safetyOf([], [A])).toMatchObject({ safe: 1, of: 1, items: 0, since: null })
  })

  it('is where the rest of it is signed for too', () => {
    const rows = [row([pinned(A), pinned(B)])]
    expect(safetyOf(rows, [A, B], { signed: [B] })).toMatchObject({ safe: 1, of: 2 })
    expect(safetyOf(rows, [A, B], { signed: [] })).toMatchObject({ safe: 0, of: 2 })
  })

  it('takes receipts from before their time was noted', () => {
    expect(safetyOf([row([{ cafe: A, state: 'pinned', proved: 8 }])], [A]).since).toBe(8)
    expect(safetyOf([row([{ cafe: A, state: 'pinned' }])], [A]).since).toBe(1)
  })

  it('of more things is never better', () => {
    const at = fc.constantFrom(A, B).chain((cafe) => fc.constantFrom(pinned(cafe), queued(cafe), failed(cafe)))
    const rows = fc.array(
      fc.array(at, { maxLength: 2 }).map((cafes) => row(cafes)),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(rows, rows, (some, others) => {
        const [less, more] = [safetyOf(some, [A, B]), safetyOf([...some, ...others], [A, B])]
        expect(more.safe).toBeLessThanOrEqual(less.safe)
        expect(more.pending).toBeGreaterThanOrEqual(less.pending)
      }),
    )
  })

  it('looks at one root, at what belongs to one thread, or at everything; who only waits to be let in is no cafe', async () => {
    const rows = [
      row([pinned(A)], { root: 'file', name: 't' }),
      row([pinned(A)], { root: 'pack', kind: 'pack', name: 't' }),
      row([queued(A)], { root: 'folder', kind: 'folder', name: 't' }),
      row([failed(A)], { root: 'other', kind: 'pack', name: 'u' }),
    ]
    const list = async () =>
      [
        { cafe: A, state: 'active' },
        { cafe: B, state: 'waiting' },
      ] as never
    const { of } = createSafety({ backups: { all: async () => rows, retryAll: async () => {} }, cafes: { list } })
    expect(await of({ root: 'pack' })).toMatchObject({ safe: 1, of: 1, items: 1 })
    expect(await of({ thread: 't' })).toMatchObject({ safe: 0, of: 1, items: 2, failed: [] })
    expect(await of({})).toMatchObject({ safe: 0, items: 4, failed: [{ items: 1 }] })
  })
})
