/** What can be taken back: nothing is done before its time, everything after it, and nothing that was taken back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { type Going, UNDO_WAIT, Undo } from '../../src/ui/controllers/undo.ts'

let done: string[]
beforeEach(() => {
  vi.useFakeTimers()
  done = []
})
afterEach(() => {
  vi.useRealTimers()
})

const going = (key: string, work?: () => Promise<void>): Going => ({
  ...{ key, text: `${key} goes`, doing: 'remove' },
  work: async () => {
    await work?.()
    done.push(key)
  },
})

test('it is shown as gone at once, and done only when its time is over', async () => {
  const undo = new Undo()
  undo.begin(going('a'))
  expect([undo.isGone('a'), undo.waiting?.text]).toEqual([true, 'a goes'])
  await vi.advanceTimersByTimeAsync(UNDO_WAIT - 1)
  expect(done).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect([done, undo.waiting, undo.isGone('a')]).toEqual([['a'], undefined, false])
})

test('what is taken back is there again, and never done', async () => {
  const undo = new Undo()
  undo.begin(going('a'))
  undo.undo()
  expect(undo.isGone('a')).toBe(false)
  await vi.advanceTimersByTimeAsync(2 * UNDO_WAIT)
  expect(done).toEqual([])
})

test('the next one has the one before it done', async () => {
  const undo = new Undo()
  undo.begin(going('a'))
  undo.begin(going('b'))
  await vi.advanceTimersByTimeAsync(0)
  expect([done, undo.waiting?.key]).toEqual([['a'], 'b'])
})

test('the same again changes nothing', async () => {
  const undo = new Undo()
  undo.begin(going('a'))
  undo.begin(going('a'))
  await vi.advanceTimersByTimeAsync(UNDO_WAIT)
  expect(done).toEqual(['a'])
})

test('while somebody is at it, its time stands still; then it begins anew', async () => {
  const undo = new Undo()
  undo.begin(going('a'))
  await vi.advanceTimersByTimeAsync(UNDO_WAIT - 1)
  undo.hold(true)
  await vi.advanceTimersByTimeAsync(10 * UNDO_WAIT)
  expect(done).toEqual([])
  undo.hold(false)
  await vi.advanceTimersByTimeAsync(UNDO_WAIT - 1)
  expect(done).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(done).toEqual(['a'])
})

test('it is shown as gone while it is being done, and is there again with a reason when that fails', async () => {
  const undo = new Undo()
  let fail = (_: Error): void => {}
  const failing = going('a', () => new Promise((_, reject) => (fail = reject)))
  undo.begin(failing)
  const ended = undo.finish()
  expect([undo.isGone('a'), undo.waiting]).toEqual([true, undefined])
  fail(new CafeError('UNREACHABLE'))
  await ended
  expect([undo.isGone('a'), undo.problem?.code]).toEqual([false, 'UNREACHABLE'])
  undo.clear()
  expect(undo.problem).toBeUndefined()
})

test('whoever listens hears of each change', async () => {
  const undo = new Undo()
  const gone: boolean[] = []
  undo.addEventListener('change', () => gone.push(undo.isGone('a')))
  undo.begin(going('a'))
  undo.undo()
  expect(gone).toEqual([true, false])
})
