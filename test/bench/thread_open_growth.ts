/**
 * What the first page of a thread of 100 000 blocks costs, by that of one of 100: 1 would be no growth at all, 2 is the goal.
 * The limit is how much more as many bare reads of the same databases cost.
 */
import type { Figure } from './figure.ts'
import type { LabPage } from './lab.ts'

const SMALL = 100
const LARGE = 100_000
const RUNS = 15

async function costsAt(lab: LabPage, total: number) {
  console.error(
    `Filling the thread to ${total} blocks took ${((await lab.call('threadFill', total)) / 1000).toFixed(1)} s`,
  )
  const least = async (run: () => Promise<number>): Promise<number> => {
    let found = Number.POSITIVE_INFINITY
    for (let i = 0; i < RUNS; i++) found = Math.min(found, await run())
    return found
  }
  const costs = { open: await least(() => lab.call('threadOpen')), raw: await least(() => lab.call('threadOpenRaw')) }
  console.error(`At ${total} blocks: ${JSON.stringify(costs)}`)
  return costs
}

export const figure: Figure = {
  name: 'thread_open_growth',
  unit: 'x',
  async run(context) {
    const lab = await context.lab()
    const [small, large] = [await costsAt(lab, SMALL), await costsAt(lab, LARGE)]
    return { value: large.open / small.open, limit: large.raw / small.raw, runs: RUNS }
  },
}
