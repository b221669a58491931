/** Work of strangers: what it is for, that it cannot be used for anything else, and that finding it can be given up. */
import { describe, expect, it } from 'vitest'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { hex } from '../../src/core/ids.ts'
import { hourOf, isWork, solveWork } from '../../src/crypto/work.ts'

const CAFE = '12D3KooWL7rH9oNsxyuYBy8xpbMnwyXbeBEYkC7cjGZyHLgD7eRx' as PeerIdText
const ADA = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
const BOB = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address
const subject = { cafe: CAFE, to: ADA, id: new Uint8Array(32).fill(7), hour: hourOf(Date.UTC(2030, 0, 1)) }

describe('work', () => {
  it('is found, and is good for its subject only', async () => {
    const nonce = await solveWork(subject, 16)
    expect(isWork(subject, nonce, 16)).toBe(true)
    expect(isWork({ ...subject, to: BOB }, nonce, 16)).toBe(false)
    expect(isWork({ ...subject, hour: subject.hour + 1 }, nonce, 16)).toBe(false)
    expect(isWork({ ...subject, id: new Uint8Array(32) }, nonce, 16)).toBe(false)
    expect(isWork({ ...subject, cafe: CAFE.replace('7', '8') as PeerIdText }, nonce, 16)).toBe(false)
    expect(isWork(subject, new Uint8Array(8), 16)).toBe(false)
    expect(isWork(subject, nonce.subarray(1), 0)).toBe(false)
  })

  it('is the same everywhere', async () => {
    expect(hex(await solveWork(subject, 12))).toBe('000000000000189f')
  })

  it('counts zero bits across bytes', async () => {
    for (const bits of [0, 1, 7, 8, 9, 10]) {
      const nonce = await solveWork(subject, bits)
      expect(isWork(subject, nonce, bits)).toBe(true)
    }
    expect(isWork(subject, new Uint8Array(8), 0)).toBe(true)
    expect(isWork(subject, await solveWork(subject, 10), 64)).toBe(false)
  })

  it('is given up when nobody wants it any more', async () => {
    const stop = new AbortController()
    const working = solveWork(subject, 64, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(working).rejects.toThrow('enough')
  })
})
