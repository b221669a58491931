/** Chores: done when there is reason, gathered, and again until they have worked. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createChore } from '../../src/peer/chore.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const PAUSES = { first: 1000, longest: 4000 }

it('is done once for many reasons that come together, and again for one that comes while it runs', async () => {
  const runs: Array<PromiseWithResolvers<void>> = []
  const chore = createChore(
    () => {
      const run = Promise.withResolvers<void>()
      runs.push(run)
      return run.promise
    },
    { wait: 100, pauses: PAUSES },
  )
  for (let i = 0; i < 5; i++) chore.due()
  await vi.advanceTimersByTimeAsync(100)
  expect(runs).toHaveLength(1)
  chore.due()
  chore.due()
  await vi.advanceTimersByTimeAsync(1000)
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await vi.advanceTimersByTimeAsync(100)
  expect(runs).toHaveLength(2)
  runs[1]?.resolve()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(runs).toHaveLength(2)
  chore.close()
})

it('is tried again after pauses that grow, at once if asked for, until it has worked', async () => {
  let works = false
  const task = vi.fn(async () => {
    if (!works) throw new Error('not yet')
  })
  const chore = createChore(task, { wait: 100, pauses: PAUSES })
  chore.due()
  await vi.advanceTimersByTimeAsync(100)
  expect(task).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(task).toHaveBeenCalledTimes(2)
  await chore.run()
  expect(task).toHaveBeenCalledTimes(3)
  works = true
  await vi.advanceTimersByTimeAsync(4000)
  expect(task).toHaveBeenCalledTimes(4)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(task).toHaveBeenCalledTimes(4)
})

it('is not begun any more once it is closed, and what runs is told', async () => {
  let told: AbortSignal | undefined
  const chore = createChore(
    (signal) => {
      told = signal
      return new Promise(() => {})
    },
    { wait: 100 },
  )
  chore.due()
  await vi.advanceTimersByTimeAsync(100)
  chore.close()
  expect(told?.aborted).toBe(true)
  chore.due()
  await expect(chore.run()).resolves.toBeUndefined()
})
