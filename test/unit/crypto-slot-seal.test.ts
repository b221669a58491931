/** Sealing to oneself: comes back, belongs to one slot and purpose, cannot be forged, tells nothing by its size. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/core/codec.ts'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { concat, sha256, utf8 } from '../../src/crypto/bytes.ts'
import { BUCKETS } from '../../src/crypto/padding.ts'
import { sealBytes } from '../../src/crypto/sealed-bytes.ts'
import { ONLY_SLOT, openSlot, sealOwn, sealSlot, slotId } from '../../src/crypto/slot-seal.ts'
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

  it('refuses 10 000 forgeries, each made differently', { timeout: 240_000 }, async () => {
    const [account, other] = [await accountOf(1), await accountOf(2)]
    const slot = await slotId(account, thread)
    const genuine = await sealSlot(account, 'snapshot', slot, counting(100))
    const second = await sealSlot(account, 'snapshot', slot, counting(100))
    const nth = (i: number) => slotId(account, concat(thread, encode(i)))
    const HEADER = 40
    /** Ways to make a forgery; each gives another one for each `i`. */
    const ways: Record<string, (i: number) => Promise<Uint8Array<ArrayBuffer>>> = {
      'a bit flipped': async (i) => flipBit(genuine, i % (8 * genuine.byteLength)),
      'two bits flipped': async (i) => flipBit(flipBit(genuine, i), (i * 7 + 1) % (8 * genuine.byteLength)),
      'bytes of chance': async (i) => crypto.getRandomValues(new Uint8Array(BUCKETS[i % 4] as number)),
      'another body behind the header': async (i) => concat(genuine.subarray(0, HEADER), counting(216, i)),
      'the head of one on the body of another': async (i) =>
        flipBit(concat(genuine.subarray(0, HEADER), second.subarray(HEADER)), i),
      'cut off, at a length no seal has': async (i) => concat(genuine.subarray(0, i % 256), counting(i >> 8)),
      'cut off and filled up to a bucket': async (i) =>
        concat(genuine.subarray(0, i % 256), counting(256 - (i % 256), i)),
      'with something behind it': async (i) => concat(genuine, counting(1024 - 256, i)),
      'of another slot, replayed in this one': async (i) =>
        sealSlot(account, 'snapshot', await nth(i), counting(100, i)),
      'of another account': async (i) => sealSlot(other, 'snapshot', slot, counting(100, i)),
      'of another purpose': async (i) =>
        sealSlot(account, (['manifest', 'backup', 'dedupe'] as const)[i % 3] as 'manifest', slot, counting(100, i)),
      'of a pin’s label': async (i) => sealOwn(account, 'pin', slot, counting(100, i)),
      'by whoever knows the address': async (i) => {
        const guess = new Secret(await sha256(concat(account.publicKey, encode(i))))
        return sealBytes(guess, concat(utf8('textile-cafe/snapshot/1\0'), account.publicKey, slot), counting(100))
      },
    }
    const seen = new Set<string>()
    const makers = Object.values(ways)
    for (let i = 0; seen.size < 10_000; i++) {
      const forged = (await makers[i % makers.length]?.(Math.floor(i / makers.length))) as Uint8Array<ArrayBuffer>
      if (hex(forged) === hex(genuine)) continue // what was filled up has met the very bytes that were cut off
      seen.add(hex(forged))
      expect(await failure(() => openSlot(account, 'snapshot', slot, forged))).toEqual(SEALED)
    }
    expect(await openSlot(account, 'snapshot', slot, genuine)).toEqual(counting(100))
  })

  it('refuses a genuine one in every slot but its own: swapped, they all fail', async () => {
    const account = await accountOf(1)
    const slots = await Promise.all(Array.from({ length: 30 }, (_, i) => slotId(account, counting(32, i))))
    const sealed = await Promise.all(slots.map((slot, i) => sealSlot(account, 'snapshot', slot, counting(100, i))))
    for (const [i, slot] of slots.entries()) {
      for (const [j, bytes] of sealed.entries()) {
        const opening = openSlot(account, 'snapshot', slot, bytes)
        if (i === j) expect(await opening).toEqual(counting(100, i))
        else expect(await failure(() => opening)).toEqual(SEALED)
      }
    }
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
