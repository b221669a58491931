/** Tasks of one key, one after the other. */
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSerial } from '../../src/core/serial.ts'

describe('serial', () => {
  it('runs tasks of one key in order and never two at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { maxLength: 20 }), async (tasks) => {
        const serial = createSerial()
        const running = new Set<number>()
        const order: [number, number][] = []
        await Promise.all(
          tasks.map(([key, turns], i) =>
            serial(String(key), async () => {
              expect(running.has(key)).toBe(false)
              running.add(key)
              for (let turn = 0; turn < turns; turn++) await Promise.resolve()
              running.delete(key)
              order.push([key, i])
            }),
          ),
        )
        for (const key of [0, 1, 2]) {
          const mine = order.filter(([k]) => k === key).map(([, i]) => i)
          expect(mine).toEqual(mine.toSorted((a, b) => a - b))
        }
        expect(order.length).toBe(tasks.length)
      }),
    )
  })

  it('runs tasks of other keys meanwhile', async () => {
    const serial = createSerial()
    const first = Promise.withResolvers<string>()
    const slow = serial('a', () => first.promise)
    expect(await serial('b', async () => 'done')).toBe('done')
    first.resolve('late')
    expect(await slow).toBe('late')
  })

  it('gives a failure to its caller only, also one thrown at once', async () => {
    const serial = createSerial()
    const failed = serial('a', () => Promise.reject(new Error('mine')))
    const thrown = serial('a', () => {
      throw new Error('also mine')
    })
    const after = serial('a', async () => 'well')
    await expect(failed).rejects.toThrow('mine')
    await expect(thrown).rejects.toThrow('also mine')
    expect(await after).toBe('well')
  })

  it('can begin again when all is done', async () => {
    const serial = createSerial()
    await serial('a', async () => 1)
    await setTimeout(0)
    expect(await serial('a', async () => 2)).toBe(2)
  })
})
