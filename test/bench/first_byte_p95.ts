/**
 * From the request for an encrypted file that was not open yet to its first byte; the limit is reading what that needs raw:
 * the root, then the first and the last leaf.
 */
import { MiB } from '../../src/core/limits.ts'
import type { Figure } from './figure.ts'
import { keyedLink, p95 } from './gateway.ts'

const FILES = 60

export const figure: Figure = {
  name: 'first_byte_p95',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const { ours } = await context.gateway()
    const times: number[] = []
    const raw: number[] = []
    for (let i = 0; i < FILES; i++) {
      const made = await ours.call('file', 2 * MiB + i)
      times.push((await ours.call('read', keyedLink(made))).first)
      const [root, first, last] = [made.nodes.at(-1), made.leaves[0], made.leaves.at(-1)] as string[]
      const steps = [
        await ours.call('raw', [root as string]),
        await ours.call('raw', [first as string, last as string]),
      ]
      raw.push(steps.reduce((sum, { ms }) => sum + ms, 0))
    }
    // The first ones start the worker and its code.
    return { value: p95(times.slice(5)), limit: p95(raw.slice(5)), runs: FILES - 5 }
  },
}
