/**
 * Most that the service worker holds more than when idle while a long encrypted file is read through it, garbage included.
 * The limit is the goal: 64 MiB.
 */
import { MiB } from '../../src/core/limits.ts'
import type { Figure } from './figure.ts'
import { keyedLink, rateOf } from './gateway.ts'

const SIZE = 1024 * MiB
/** Milliseconds between two looks. */
const STEP = 50

export const figure: Figure = {
  name: 'gateway_heap',
  unit: 'B',
  async run(context) {
    const { ours, file, heap } = await context.gateway()
    const made = await file(SIZE)
    const idle = await heap()
    let peak = 0
    let reading = true
    const look = async (): Promise<void> => {
      while (reading) {
        peak = Math.max(peak, await heap())
        await new Promise((resolve) => setTimeout(resolve, STEP))
      }
    }
    const looking = look()
    rateOf(await ours.call('read', keyedLink(made)), SIZE)
    reading = false
    await looking
    return { value: peak - idle, limit: 64 * MiB, runs: 1 }
  },
}
