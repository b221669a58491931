/** Challenges cost a cafe nothing to have given: a million of them leave no trace. */
import { expect, it } from 'vitest'
import { memoryRows } from '../../src/store/memory.ts'
import { from, newCafe, newPeer } from './session-help.ts'

const MILLION = 1_000_000

it('stores nothing for a million challenges', async () => {
  const rows = memoryRows()
  let commits = 0
  const counted = {
    ...rows,
    commit: (changes: Parameters<typeof rows.commit>[0]) => {
      commits++
      return rows.commit(changes)
    },
  }
  const cafe = await newCafe({ rows: counted })
  const { peer, account } = await newPeer()
  const input = { address: account.address, purpose: 'register' as const }
  const context = from(peer)
  let bytes = 0
  for (let given = 0; given < MILLION; given += 1000) {
    const challenges = await Promise.all(Array.from({ length: 1000 }, () => cafe.handlers.challenge(input, context)))
    bytes += challenges.reduce((sum, { challenge }) => sum + challenge.byteLength, 0)
  }
  expect(bytes).toBe(32 * MILLION)
  expect(commits).toBe(0)
  expect(await rows.range('')).toEqual([])
}, 300_000)
