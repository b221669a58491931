/** The pin engine against a naive model, with a death or a full disk at every step. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { history, type Op, runHistory } from './pin-history.ts'
import { sharedDags } from './pin-world.ts'

/** More of them, or others: PIN_RUNS and PIN_SEED. */
const RUNS = Number(process.env.PIN_RUNS ?? 10_000)
const SEED = Number(process.env.PIN_SEED ?? 7)

it('keeps what 20 owners have pinned and nothing else, in 10 000 histories with a death or a full disk in them', {
  timeout: 600_000,
}, async () => {
  const dags = await sharedDags()
  await fc.assert(
    fc.asyncProperty(history, (one) => runHistory(one, dags)),
    { numRuns: RUNS, seed: SEED },
  )
})

/** Every kind of step, two owners with shared blocks. */
const STORY: readonly (readonly Op[])[] = [
  [{ kind: 'pin', owner: 0, dag: 1, name: 0, sends: 9, end: 'complete' }],
  [{ kind: 'pin', owner: 1, dag: 4, name: 0, sends: 3, end: 'interrupt' }],
  [{ kind: 'pin', owner: 1, dag: 4, name: 0, sends: 9, end: 'complete' }],
  [{ kind: 'unpin', owner: 0, dag: 1 }],
  [{ kind: 'collect', whole: false }],
  [{ kind: 'pin', owner: 2, dag: 6, name: 0, sends: 2, end: 'refuse' }],
  [{ kind: 'pin', owner: 2, dag: 7, name: 1, sends: 2, end: 'interrupt' }],
  [{ kind: 'wait', hours: 30 }],
  [{ kind: 'collect', whole: true }],
  [{ kind: 'erase', owner: 1 }],
  [{ kind: 'collect', whole: false }],
]

it.each(['kill', 'fail'] as const)('survives %s at each store call of a story', { timeout: 120_000 }, async (how) => {
  const dags = await sharedDags()
  let at = 1
  for (; at < 200; at++)
    for (const carriedOut of [false, true])
      await runHistory({ seed: at, quota: 100_000, rounds: STORY, trouble: { at, how, carriedOut } }, dags)
  expect(at).toBe(200)
})
