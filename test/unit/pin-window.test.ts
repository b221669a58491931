/** How much an upload has on its way: little at first, then what is confirmed lets it grow, up to the window. */
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { pinClient, type Uploading } from '../../src/cafe/pin/client.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { LEAF, MAX_BLOCK_FRAME, MiB, WINDOW } from '../../src/core/limits.ts'
import { frames } from '../../src/wire/frames.ts'

const CAFE = '12D3KooWTest' as PeerIdText
const TOTAL = 24 * MiB
const COUNT = TOTAL / LEAF

const cidOf = (i: number): CID =>
  CID.createV1(0x55, Digest.create(0x12, new Uint8Array(32).fill(i & 255, 0, 16).fill(i >> 8, 16)))

it('an upload begins with two leaves and grows by a byte for every 16 confirmed, up to the window', async () => {
  const [near, far] = await streamPair()
  const client = pinClient({ connector: { open: async (): Promise<Stream> => near } })
  const upload = await client.upload(CAFE, TOTAL, { read: async () => new Uint8Array(LEAF) })
  const adding = addAll(upload)
  adding.catch(() => {})
  const cafe = fakeCafe(far)
  await cafe.next() // the request

  const waves: number[] = []
  let window = 2 * LEAF
  for (let left = TOTAL; left > 0; ) {
    // No more and no less than the window holds, whole blocks only.
    const wave = Math.min(left, Math.floor(window / LEAF) * LEAF)
    await cafe.takeBlocks(wave)
    expect(await cafe.quiet()).toBe(true)
    waves.push(wave)
    left -= wave
    await cafe.say({ stored: wave })
    window = Math.min(WINDOW, window + wave / 16)
  }
  await adding
  upload.close()
  expect(waves.at(-2)).toBe(WINDOW)
})

async function addAll(upload: Uploading): Promise<void> {
  for (let i = 0; i < COUNT; i++) await upload.add([{ cid: cidOf(i), size: LEAF }])
}

interface Up {
  readonly offer?: readonly unknown[]
  readonly bytes?: Uint8Array
}

/** The other end: wants all that is offered, and confirms only what it is told to. */
function fakeCafe(stream: Stream) {
  const wire = frames(stream, MAX_BLOCK_FRAME)
  let offered = 0
  let coming: Promise<Up> | undefined
  const look = (): Promise<Up> => {
    coming ??= wire.read({ signal: AbortSignal.timeout(5000) }).then((frame) => (frame as { up: Up }).up)
    return coming
  }
  const next = async (): Promise<Up> => {
    const up = await look()
    coming = undefined
    return up
  }
  const say = (item: unknown): Promise<void> => wire.write({ item }, { signal: AbortSignal.timeout(5000) })
  const answer = async (offer: readonly unknown[]): Promise<void> => {
    await next()
    await say({ want: offer.map((_, i) => offered + i) })
    offered += offer.length
  }
  return {
    next,
    say,
    /** Takes exactly `bytes` of blocks, however they come. */
    async takeBlocks(bytes: number): Promise<void> {
      for (let left = bytes; left > 0; ) {
        const { offer } = await look()
        if (offer) await answer(offer)
        else left -= (await next()).bytes?.byteLength ?? 0
      }
    },
    /** True if no further block comes by itself. */
    async quiet(): Promise<boolean> {
      for (;;) {
        const up = await Promise.race([look(), new Promise<undefined>((resolve) => setTimeout(resolve, 10))])
        if (!up?.offer) return up === undefined
        await answer(up.offer)
      }
    },
  }
}
