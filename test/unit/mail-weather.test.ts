/** Two people write to each other in all kinds of weather: whatever happens and in which order, each letter comes, once. */
import { describe, expect, it, vi } from 'vitest'
import { acquaint, mailWorld, type Person } from './mail-world.ts'
import { accountOf } from './seal-help.ts'

/** Numbers that look random and are the same for a seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function weather(seed: number): Promise<void> {
  const chance = chanceOf(seed)
  const pick = (n: number): number => Math.floor(chance() * n)
  const world = mailWorld(2)
  try {
    const [a, b] = [(await accountOf(1)).address, (await accountOf(2)).address]
    const people: [Person, Person] = [
      await world.person(1, { contacts: [b] }),
      await world.person(2, { contacts: [a] }),
    ]
    await acquaint(...people)
    const sent: [number[], number[]] = [[], []]
    const got: [unknown[], unknown[]] = [[], []]
    const cafe = () => world.cafes[pick(2)] as (typeof world.cafes)[number]
    const restart = async (who: 0 | 1): Promise<void> => {
      const next = await people[who].restart()
      got[who].push(...people[who].said())
      people[who] = next
    }
    const steps: Array<() => Promise<void>> = [
      async () => {
        const who = pick(2) as 0 | 1
        for (let i = 1 + pick(8); i > 0; i--) {
          const body = sent[who].length
          await people[who].mail.send(people[who === 0 ? 1 : 0].address, { kind: 'post', body })
          sent[who].push(body)
        }
      },
      async () => void Object.assign(cafe(), { closed: chance() < 0.5 }),
      async () => void Object.assign(cafe(), { withholds: chance() < 0.5 ? (n: number) => n % 3 === 0 : () => false }),
      async () => cafe().lose(),
      async () => restart(pick(2) as 0 | 1),
      async () => people[pick(2) as 0 | 1].mail.wake(),
      async () => rest(pick(300)),
    ]
    for (let step = 0; step < 40; step++) {
      await steps[Math.min(pick(10), steps.length - 1)]?.()
      if (chance() < 0.5) await steps[0]?.()
    }
    // The sky clears.
    for (const one of world.cafes) Object.assign(one, { closed: false, withholds: () => false })
    for (const { mail } of people) mail.retry()
    const all = (who: 0 | 1): unknown[] => [...got[who], ...people[who].said()]
    await vi.waitFor(
      () => {
        expect(new Set(all(1)).size).toBe(sent[0].length)
        expect(new Set(all(0)).size).toBe(sent[1].length)
      },
      { timeout: 60_000, interval: 50 },
    )
    expect(all(1).length).toBe(sent[0].length)
    expect(all(0).length).toBe(sent[1].length)
    await vi.waitFor(
      async () => {
        for (const { mail } of people) expect(await mail.outgoing()).toEqual([])
      },
      { timeout: 60_000, interval: 50 },
    )
  } catch (cause) {
    throw new Error(`seed ${seed}`, { cause })
  } finally {
    await world.close()
  }
}

describe('letters in all kinds of weather', () => {
  it('come, each once', { timeout: 240_000 }, async () => {
    await Promise.all(Array.from({ length: 12 }, (_, seed) => weather(seed)))
  })
})
