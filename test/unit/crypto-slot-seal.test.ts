/** Sealing to oneself: comes back, belongs to one slot and purpose, cannot be forged, tells nothing by its size. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { BUCKETS } from '../../src/crypto/padding.ts'
import { ONLY_SLOT, openSlot, sealSlot, slotId } from '../../src/crypto/slot-seal.ts'
import { counting, failure, flipBit } from './crypto-help.ts'
import { accountOf } from './seal-help.ts'

const SEALED = { code: 'SEALED', data: {} }
const thread = counting(32)

describe('a slot', () => {
  it('is the truncated HMAC of the thread id under the slot key', async () => {
    const account = await accountOf(1)
    const key = (await account.derive('slot')).reveal()
    const mac = createHmac('sha256', key).update(thread).digest('hex')
    expect(hex(await slotId(account, thread))).toBe(mac.slice(0, 32))
  })

  it('is another for every member and thread, and the same on every device', async () => {
    const slots = new Set<string>()
    for (let n = 1; n <= 20; n++) {
      const slot = hex(await slotId(await accountOf(n), thread))
      expect(hex(await slotId(await accountOf(n), thread))).toBe(slot)
      slots.add(slot)
      slots.add(hex(await slotId(await accountOf(n), counting(32, 1))))
    }
    expect(slots.size).toBe(40)
  })
})

describe('sealing to oneself', () => {
  it('gives back what was sealed', async () => {
    const account = await accountOf(1)
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        async (bytes, slot) => {
          const sealed = await sealSlot(account, 'snapshot', slot, bytes)
          expect(await openSlot(account, 'snapshot', slot, sealed)).toEqual(new Uint8Array(bytes))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('has sizes that are buckets and nothing else', async () => {
    const account = await accountOf(1)
    const histogram = new Map<number, number>()
    for (let size = 0; size < 250_000; size = Math.ceil(size * 1.1) + 1) {
      const { byteLength } = await sealSlot(account, 'snapshot', ONLY_SLOT, new Uint8Array(size))
      histogram.set(byteLength, (histogram.get(byteLength) ?? 0) + 1)
    }
    expect([...histogram.keys()]).toEqual(BUCKETS)
  })

  it('seals the same twice to different bytes', async () => {
    const account = await accountOf(1)
    const twice = [1, 2].map(() => sealSlot(account, 'manifest', ONLY_SLOT, counting(10)))
    const [one, other] = await Promise.all(twice)
    expect(one).not.toEqual(other)
  })

  it('refuses 10 000 forgeries', { timeout: 120_000 }, async () => {
    const account = await accountOf(1)
    const slot = await slotId(account, thread)
    const genuine = await sealSlot(account, 'snapshot', slot, counting(100))
    const forge = [
      (i: number) => flipBit(genuine, i % (8 * genuine.byteLength)),
      (i: number) => crypto.getRandomValues(new Uint8Array(BUCKETS[i % 3] as number)),
      (i: number) => Uint8Array.from([...genuine.subarray(0, 40), ...counting(genuine.byteLength - 40, i)]),
      (i: number) => genuine.slice(0, i % genuine.byteLength),
    ]
    for (let i = 0; i < 10_000; i++) {
      const forged = forge[i % forge.length]?.(i) as Uint8Array<ArrayBuffer>
      expect(await failure(() => openSlot(account, 'snapshot', slot, forged))).toEqual(SEALED)
    }
    expect(await openSlot(account, 'snapshot', slot, genuine)).toEqual(counting(100))
  })

  it('opens in its own slot, for its own purpose and account only', async () => {
    const [account, other] = [await accountOf(1), await accountOf(2)]
    const [slot, another] = [await slotId(account, thread), await slotId(account, counting(32, 9))]
    const sealed = await sealSlot(account, 'snapshot', slot, counting(100))
    for (const attempt of [
      () => openSlot(account, 'snapshot', another, sealed),
      () => openSlot(account, 'snapshot', ONLY_SLOT, sealed),
      () => openSlot(account, 'backup', slot, sealed),
      () => openSlot(other, 'snapshot', slot, sealed),
    ])
      expect(await failure(attempt)).toEqual(SEALED)
  })

  it('refuses slots that are none', async () => {
    const account = await accountOf(1)
    const bad = { code: 'BAD_REQUEST', data: { what: 'slot' } }
    expect(await failure(() => sealSlot(account, 'snapshot', counting(15), counting(1)))).toEqual(bad)
    expect(await failure(() => openSlot(account, 'snapshot', counting(17), counting(256)))).toEqual(bad)
  })
})
