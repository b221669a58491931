/** A browser with the pin engine over its real stores (`pages/store-lab.ts`), and what the figures of it share. */
import { launch } from '../fixtures/chromium.ts'
import type { Context } from './context.ts'
import { compare, type Measured } from './figure.ts'
import type { Lab } from './pages/store-lab.ts'

export interface LabPage {
  call<Name extends keyof Lab>(name: Name, ...args: Parameters<Lab[Name]>): Promise<number>
  close(): Promise<void>
}

type Scope = typeof globalThis & { lab(name: string, ...args: readonly unknown[]): Promise<number> }

/** Opens the page at `url` in a browser and profile of its own. */
export async function openLab(url: string): Promise<LabPage> {
  const browser = await launch()
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await page.goto(url)
  await page.waitForFunction(() => 'lab' in globalThis)
  return {
    call: (name, ...args) =>
      page.evaluate(([command, rest]) => (globalThis as Scope).lab(command, ...rest), [name, args] as const),
    close: () => browser.close(),
  }
}

const RUNS = 5

/** Blocks a second pinned through the engine, against bare strict puts in the best of a few batch sizes. */
export async function measurePins(
  context: Context,
  size: number,
  count: number,
  batches: readonly number[],
): Promise<Measured> {
  const lab = await context.lab()
  return againstBest(
    batches,
    async () => (count * 1000) / (await lab.call('pin', size, count)),
    async (batch) => (count * 1000) / (await lab.call('putRaw', size, count, batch)),
  )
}

/** Compares with the raw way in the batch size that is fastest here. */
export async function againstBest(
  batches: readonly number[],
  subject: () => Promise<number>,
  raw: (batch: number) => Promise<number>,
): Promise<Measured> {
  let best = { batch: 0, rate: 0 }
  await raw(batches[0] as number) // a first run that does not count
  for (const batch of batches) {
    const rate = Math.max(await raw(batch), await raw(batch))
    if (rate > best.rate) best = { batch, rate }
  }
  return compare(RUNS, subject, () => raw(best.batch))
}

/** What an operation costs at a thousand and at a million stored blocks, in milliseconds. */
type Costs = readonly [small: number, large: number]

/** Of the engine, and of bare IndexedDB in the same database. */
export interface Growth {
  readonly pin: Costs
  readonly has: Costs
  readonly collect: Costs
  readonly pinRaw: Costs
  readonly hasRaw: Costs
}

const SMALL = 1_000
const LARGE = 1_000_000

/** Measures all at both sizes, in a browser of its own: filling it takes minutes. */
export async function measureGrowth(url: string): Promise<Growth> {
  const lab = await openLab(url)
  try {
    const small = await costsAt(lab, SMALL)
    const large = await costsAt(lab, LARGE)
    return {
      pin: [small.pin, large.pin],
      has: [small.has, large.has],
      collect: [small.collect, large.collect],
      pinRaw: [small.pinRaw, large.pinRaw],
      hasRaw: [small.hasRaw, large.hasRaw],
    }
  } finally {
    await lab.close()
  }
}

async function costsAt(lab: LabPage, total: number): Promise<Record<keyof Growth, number>> {
  console.error(`Filling the store to ${total} blocks took ${((await lab.call('fill', total)) / 1000).toFixed(1)} s`)
  const least = async (times: number, run: () => Promise<number>): Promise<number> => {
    let found = Number.POSITIVE_INFINITY
    for (let i = 0; i < times; i++) found = Math.min(found, await run())
    return found
  }
  const costs = {
    pin: await least(15, () => lab.call('pinSmall', 64)),
    pinRaw: await least(15, () => lab.call('pinRaw', 64)),
    has: await least(5, () => lab.call('has', 1000)),
    hasRaw: await least(5, () => lab.call('hasRaw', 1000)),
    collect: await least(total > SMALL ? 1 : 5, () => lab.call('collectWhole')),
  }
  console.error(`At ${total} blocks: ${JSON.stringify(costs)}`)
  return costs
}

/**
 * The cost at a million blocks by that at a thousand: 1 would be no growth at all, 2 is the goal. The limit is how much more
 * the same costs bare IndexedDB in the same database; 1 where there is nothing to compare with.
 */
export const growthOf = ([small, large]: Costs, raw: Costs = [1, 1]): Measured => ({
  value: large / small,
  limit: raw[1] / raw[0],
  runs: 1,
})
