/**
 * Hostile content: blocks that somebody made to hurt whoever reads them, asked for in every form the gateway has, and
 * archives that lie about what they are. Each is answered by what it is or by a typed failure, within the limits.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { readCar } from '../../src/cafe/pin/car.ts'
import { verifyBlock } from '../../src/core/block.ts'
import { CafeError, ERRORS, isCafeError } from '../../src/core/errors.ts'
import { MAX_BLOCK, MAX_CAR_HEADER, MiB, WALK_BLOCKS } from '../../src/core/limits.ts'
import type { BlockSource } from '../../src/gateway/blocks.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { type Block, leaf, node } from '../net/blocks-fixture.ts'
import { carOf, header, join, length, pieces, section } from '../net/car-fixture.ts'
import { HOSTILE } from './pin-hostile.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const MAX_HEAP = 64 * MiB
/** Reads between two looks at the heap: a look takes longer than a read. */
const LOOK = 2_000

/** Blocks in memory that counts reads and looks at the heap between them. */
function watchedSource(blocks: readonly Block[]) {
  const held = new Map(blocks.map(({ cid, bytes }) => [`${cid}`, new Uint8Array(bytes)]))
  collectGarbage()
  const idle = process.memoryUsage().heapUsed
  const seen = { reads: 0, heap: 0 }
  const look = (): void => {
    collectGarbage()
    seen.heap = Math.max(seen.heap, process.memoryUsage().heapUsed - idle)
  }
  const source: BlockSource = {
    async get(cid, { signal }) {
      signal.throwIfAborted()
      if (++seen.reads % LOOK === 0) look()
      const bytes = held.get(`${cid}`)
      if (!bytes) throw new CafeError('NOT_FOUND')
      await verifyBlock(cid, bytes)
      return bytes
    },
  }
  return { source, seen, look }
}

/** Forms of one root: how it is asked for, and what for. */
const FORMS: ReadonlyArray<readonly [form: string, path: string, headers: Record<string, string>]> = [
  ['as it is shown', '', {}],
  ['as a folder', '/', {}],
  ['by a path through it', '/a/b/c', {}],
  ['by a part', '', { range: 'bytes=1-2,5-,-3' }],
  ['as a block', '?format=raw', {}],
  ['as an archive', '?format=car', {}],
  ['as an archive of bytes', '?format=car&dag-scope=entity&entity-bytes=3:-2', {}],
  ['as a TAR', '?format=tar', {}],
  ['as DAG-JSON', '?format=dag-json', {}],
  ['as DAG-CBOR', '?format=dag-cbor', {}],
  ['as a page', '/', { accept: 'text/html' }],
]
/** Every status of a typed failure but that of a failure nobody has thought of; HTTP's own for forms and parts. */
const TYPED = new Set<number>([406, 416])
for (const [code, { status }] of Object.entries(ERRORS)) if (code !== 'INTERNAL') TYPED.add(status)

/** What came of a request: the status of a failure, how a body ended, and how long it was. */
async function outcome(response: Response): Promise<{ status: number; bytes: number; end: string }> {
  const { status } = response
  let bytes = 0
  try {
    for await (const chunk of response.body ?? []) bytes += chunk.byteLength
    return { status, bytes, end: 'whole' }
  } catch (error) {
    return { status, bytes, end: isCafeError(error) ? error.code : `${error}` }
  }
}

describe('a gateway is asked for', () => {
  it('forty kinds of hostile content', () => expect(HOSTILE.length).toBeGreaterThanOrEqual(40))

  it.each(HOSTILE)(
    '$name',
    async ({ make }) => {
      const blocks = await make()
      const { source, seen, look } = watchedSource(blocks)
      const root = (blocks.at(-1) as Block).cid
      for (const [form, path, headers] of FORMS) {
        seen.reads = 0
        const gateway = createGateway({ blocks: source })
        // A whole tree of shared children never ends by itself: an archive of it is cut off as by a client who has enough.
        const enough = AbortSignal.timeout(30_000)
        const response = await gateway(new Request(`http://cafe.localhost/ipfs/${root}${path}`, { headers }), {
          signal: enough,
        })
        const { status, end } = await outcome(response)
        look()
        expect(enough.aborted, `${form}: took too long`).toBe(false)
        if (status >= 400) expect(TYPED.has(status), `${form}: ${status}`).toBe(true)
        expect(['whole', ...Object.keys(ERRORS).filter((code) => code !== 'INTERNAL')], form).toContain(end)
        expect(seen.reads, form).toBeLessThanOrEqual(WALK_BLOCKS + 1)
      }
      expect(seen.heap).toBeLessThan(MAX_HEAP)
    },
    240_000,
  )
})

/** Takes an archive in as an upload does: read, then prove each block; the failure, or the CIDs that were taken. */
async function take(car: Uint8Array<ArrayBuffer>, size?: number): Promise<{ code: string } | string[]> {
  const taken: string[] = []
  try {
    for await (const { cid, bytes } of (await readCar(pieces(car, size))).blocks) {
      await verifyBlock(cid, bytes)
      taken.push(`${cid}`)
    }
    return taken
  } catch (error) {
    return isCafeError(error) ? { code: error.code } : { code: `not typed: ${error}` }
  }
}

const REFUSED = { code: 'BAD_REQUEST' }
const LIE = { code: 'CORRUPT' }
const plain = async (): Promise<{ blocks: Block[]; root: CID }> => {
  const below = await leaf(100)
  const root = await node([below.cid])
  return { blocks: [below, root], root: root.cid }
}
const zeros = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size)
const anyHeader = async (): Promise<Uint8Array<ArrayBuffer>> => header({ version: 1, roots: [(await plain()).root] })

type Archive = readonly [name: string, make: () => Promise<Uint8Array<ArrayBuffer>>, answer: { code: string }]
const ARCHIVES: readonly Archive[] = [
  ['nothing at all', async () => zeros(0), REFUSED],
  ['a header of 2^27 bytes', async () => join([length(2 ** 27), zeros(1024)]), REFUSED],
  ['a header one byte too long', async () => join([length(MAX_CAR_HEADER + 1), zeros(MAX_CAR_HEADER + 1)]), REFUSED],
  ['a header whose length never ends', async () => zeros(64).fill(0xff), REFUSED],
  ['a header of no bytes', async () => zeros(1), REFUSED],
  ['a header that is no CBOR', async () => join([length(4), zeros(4).fill(0xfe)]), REFUSED],
  ['a header without roots', async () => header({ version: 1 }), REFUSED],
  ['no root', async () => header({ version: 1, roots: [] }), REFUSED],
  ['a thousand roots', async () => header({ version: 1, roots: Array(1000).fill((await plain()).root) }), REFUSED],
  ['a root that is no link', async () => header({ version: 1, roots: ['bafy'] }), REFUSED],
  [
    'version 2, whose index may say anything',
    async () => join([header({ version: 2 }), zeros(40), await anyHeader()]),
    REFUSED,
  ],
  ['version 99', async () => header({ version: 99, roots: [(await plain()).root] }), REFUSED],
  ['a header with more in it', async () => header({ version: 1, roots: [(await plain()).root], more: 1 }), REFUSED],
  ['a block before the header', async () => section(await leaf(10)), REFUSED],
  ['a section of no bytes', async () => join([await anyHeader(), zeros(1)]), REFUSED],
  ['a section of 2^27 bytes', async () => join([await anyHeader(), length(2 ** 27), zeros(1024)]), REFUSED],
  ['a section whose length never ends', async () => join([await anyHeader(), zeros(64).fill(0xff)]), REFUSED],
  [
    'a section that is shorter than its CID',
    async () => join([await anyHeader(), length(3), zeros(3).fill(1)]),
    REFUSED,
  ],
  [
    'a section that breaks off',
    async () => join([await anyHeader(), section(await leaf(100)).subarray(0, 60)]),
    REFUSED,
  ],
  [
    'a block too big by one byte',
    async () => join([await anyHeader(), length(36 + MAX_BLOCK + 1000), zeros(1024)]),
    REFUSED,
  ],
  [
    'a block of another hash than its CID says',
    async () => join([await anyHeader(), section({ ...(await leaf(100)), bytes: zeros(100) })]),
    LIE,
  ],
  [
    'a digest cut to 19 bytes',
    async () => {
      const { cid, bytes } = await leaf(100)
      const cut = { ...cid.multihash, size: 19, digest: cid.multihash.digest.subarray(0, 19) }
      const head = Uint8Array.of(1, cid.code, 0x12, 19)
      return join([await anyHeader(), length(head.length + 19 + bytes.length), head, cut.digest, bytes])
    },
    REFUSED,
  ],
  [
    'a CID of version 7',
    async () => join([await anyHeader(), length(40), Uint8Array.of(7, 0x55, 0x12, 32), zeros(36)]),
    REFUSED,
  ],
]

describe('an archive with', () => {
  it.each(ARCHIVES)('%s is refused, in one piece or in many', async (_name, make, answer) => {
    const car = await make()
    collectGarbage()
    const idle = process.memoryUsage().heapUsed
    for (const size of [undefined, 1, 7]) expect(await take(car, size)).toEqual(answer)
    collectGarbage()
    expect(process.memoryUsage().heapUsed - idle).toBeLessThan(MAX_HEAP)
  })

  it('nothing wrong is taken, so that the refusals above mean something', async () => {
    const { blocks, root } = await plain()
    expect(await take(await carOf(root, blocks), 7)).toEqual(blocks.map(({ cid }) => `${cid}`))
    expect(CID.asCID(root)).not.toBeNull()
  })
})
