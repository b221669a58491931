/** Blocks between real nodes: whole, verified, within the window, from whoever has them. */
import { setTimeout } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTried } from '../../src/core/about.ts'
import { KiB, LEAF, MAX_BLOCK, MiB, WINDOW } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { createRate } from '../../src/core/rate.ts'
import { blockService } from '../../src/net/blocks.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { blockProtocol, MAX_HAVE, MAX_PROVIDERS, MAX_WANTS } from '../../src/wire/block.ts'
import { call, type Exchange, start } from '../../src/wire/call.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../src/wire/protocol.ts'
import { serve } from '../../src/wire/serve.ts'
import { type Block, inline, leaf } from './blocks-fixture.ts'
import { createTestNode, failure, type TestNode } from './fixture.ts'

type Get = (typeof blockProtocol)['operations']['get']

const open: TestNode[] = []
afterAll(() => Promise.all(open.map(({ node }) => node.stop())))

async function newNode(blocks: Blocks = memoryBlocks()): Promise<TestNode> {
  const made = await createTestNode({ blocks })
  open.push(made)
  return made
}

/** A node that was told of `providers` by a link, in that order. */
async function newReader(...providers: TestNode[]): Promise<TestNode> {
  const reader = await newNode()
  for (const { at } of providers) reader.node.connector.know(at.cafe, at.addresses)
  reader.node.fetcher.hint(providers.map(({ at }) => at.cafe))
  return reader
}

async function fill({ blocks }: TestNode, count: number, size: number): Promise<Block[]> {
  const all = await Promise.all(Array.from({ length: count }, () => leaf(size)))
  for (const { cid, bytes } of all) await blocks.put(cid, bytes)
  return all
}

const soon = () => ({ signal: AbortSignal.timeout(30_000) })
const fetch = (reader: TestNode, cid: CID, options = soon()) => reader.node.fetcher.fetch(cid, options)
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => Buffer.compare(a ?? new Uint8Array(0), b) === 0

/** A store that counts what is asked of it, and may answer with something else. */
function spied(answer: (cid: CID, bytes: Uint8Array<ArrayBuffer> | undefined) => ReturnType<Blocks['get']>) {
  const blocks = memoryBlocks()
  const asked: string[] = []
  const get: Blocks['get'] = async (cid) => {
    asked.push(cid.toString())
    return answer(cid, await blocks.get(cid))
  }
  return { blocks: Object.create(blocks, { get: { value: get } }) as Blocks, asked }
}

describe('fetching a block', () => {
  it('is remembered with who gave it, for those who asked before it came', async () => {
    const [empty, cafe] = await Promise.all([newNode(), newNode()])
    const [block] = (await fill(cafe, 1, 1000)) as [Block]
    const reader = await newReader(empty, cafe)
    const { fetcher } = reader.node
    const since = performance.now()
    expect(fetcher.giverOf(block.cid, since)).toBeUndefined()
    await fetch(reader, block.cid)
    expect(fetcher.giverOf(block.cid, since)).toBe(cafe.at.cafe)
    expect(fetcher.giverOf(block.cid, performance.now() + 1)).toBeUndefined()
  })

  it.each([0, 1, LEAF, MAX_BLOCK])('of %i bytes gives it whole', async (size) => {
    const cafe = await newNode()
    const [block] = (await fill(cafe, 1, size)) as [Block]
    const reader = await newReader(cafe)
    expect(same(await fetch(reader, block.cid), block.bytes)).toBe(true)
    expect(same(await reader.node.get(block.cid, soon()), block.bytes)).toBe(true)
    expect(await reader.blocks.has(block.cid)).toBe(true)
  })

  it('works for many at once from one peer, over one stream', async () => {
    const { blocks, asked } = spied(async (_, bytes) => bytes)
    const cafe = await newNode(blocks)
    const all = await fill(cafe, 600, 20 * KiB)
    const reader = await newReader(cafe)
    const opened: string[] = []
    const { connector } = reader.node
    const plain = connector.open
    connector.open = (peer, protocol, options) => {
      opened.push(protocol)
      return plain(peer, protocol, options)
    }
    const got = await Promise.all(all.map(({ cid }) => fetch(reader, cid)))
    for (const [i, { bytes }] of all.entries()) expect(same(got[i], bytes)).toBe(true)
    expect(asked.length).toBe(600)
    expect(opened).toEqual([blockProtocol.id])
  })

  it('says NOT_FOUND where all who could be asked lack it, and who they are', async () => {
    const cafes = [await newNode(), await newNode()]
    const reader = await newReader(...cafes)
    const { cid } = await leaf(10)
    for (const read of [() => fetch(reader, cid), () => reader.node.get(cid, soon())]) {
      const { code, tried } = (await failure(read())) as Record<string, unknown>
      expect(code).toBe('NOT_FOUND')
      const asked = readTried(tried)
      expect(asked.map(({ how }) => how)).toEqual(['NOT_FOUND', 'NOT_FOUND'])
      expect(asked.map(({ who }) => who).sort()).toEqual(cafes.map(({ node }) => node.peer).sort())
    }
  })

  it('says UNREACHABLE where nobody could be asked', async () => {
    const reader = await newReader()
    expect(await failure(fetch(reader, (await leaf(10)).cid))).toEqual({ code: 'UNREACHABLE' })
    const gone = await newNode()
    await gone.node.stop()
    const other = await newReader(gone)
    expect(await failure(fetch(other, (await leaf(10)).cid))).toMatchObject({ code: 'UNREACHABLE' })
  })

  it('drops a peer whose blocks are not what they should be, and asks the next', async () => {
    const { blocks, asked } = spied(async () => new Uint8Array(10))
    const [bad, good] = [await newNode(blocks), await newNode()]
    const [one, two] = (await fill(good, 2, 1000)) as [Block, Block]
    const reader = await newReader(bad, good)
    expect(same(await reader.node.get(one.cid, soon()), one.bytes)).toBe(true)
    expect(same(await reader.node.get(two.cid, soon()), two.bytes)).toBe(true)
    expect(asked).toEqual([one.cid.toString()])
  })

  it('says CORRUPT, and stores nothing, if nobody has a right one', async () => {
    const { blocks } = spied(async () => new Uint8Array(10))
    const reader = await newReader(await newNode(blocks))
    const { cid } = await leaf(1000)
    expect(await failure(reader.node.get(cid, soon()))).toMatchObject({
      code: 'CORRUPT',
      what: 'block',
      tried: expect.stringMatching(/^\w+ CORRUPT$/),
    })
    expect(await reader.blocks.has(cid)).toBe(false)
  })

  it('asks the next peer when one fails inside, goes away, or lacks it', async () => {
    const broken = await newNode(spied(() => Promise.reject(new Error('disk'))).blocks)
    const gone = await newNode()
    const empty = await newNode()
    const good = await newNode()
    const [block] = (await fill(good, 1, 1000)) as [Block]
    const reader = await newReader(broken, gone, empty, good)
    await gone.node.stop()
    expect(same(await fetch(reader, block.cid), block.bytes)).toBe(true)
  })

  it('asks the next peer when one never answers', async () => {
    const silent = await newNode(spied(() => new Promise(() => {})).blocks)
    const good = await newNode()
    const [block] = (await fill(good, 1, 1000)) as [Block]
    const reader = await newReader(silent, good)
    expect(same(await fetch(reader, block.cid), block.bytes)).toBe(true)
  })

  it('is one fetch for all who want the block at the same time', async () => {
    const { blocks, asked } = spied(async (_, bytes) => bytes)
    const cafe = await newNode(blocks)
    const [block] = (await fill(cafe, 1, LEAF)) as [Block]
    const reader = await newReader(cafe)
    const all = await Promise.all(Array.from({ length: 5 }, () => fetch(reader, block.cid)))
    for (const bytes of all) expect(same(bytes, block.bytes)).toBe(true)
    expect(asked.length).toBe(1)
  })

  it('stops for the one who aborts, and goes on for the others', async () => {
    const ready = Promise.withResolvers<void>()
    const { blocks } = spied((_, bytes) => ready.promise.then(() => bytes))
    const cafe = await newNode(blocks)
    const [block] = (await fill(cafe, 1, 100)) as [Block]
    const reader = await newReader(cafe)
    const stop = new AbortController()
    const impatient = failure(fetch(reader, block.cid, { signal: stop.signal }))
    const patient = fetch(reader, block.cid)
    stop.abort()
    expect(await impatient).toEqual({ code: 'ABORTED' })
    ready.resolve()
    expect(same(await patient, block.bytes)).toBe(true)
    expect(await failure(fetch(reader, block.cid, { signal: AbortSignal.abort() }))).toEqual({ code: 'ABORTED' })
  })

  it('goes on over a new stream when the old one has rested', async () => {
    const cafe = await newNode()
    const [one, two] = (await fill(cafe, 2, 100)) as [Block, Block]
    const reader = await newReader(cafe)
    await fetch(reader, one.cid)
    await setTimeout(6000)
    expect(same(await fetch(reader, two.cid), two.bytes)).toBe(true)
  })

  it('remembers no more peers than it would ask', async () => {
    const reader = await newReader()
    const cafe = await newNode()
    const [block] = (await fill(cafe, 1, 100)) as [Block]
    reader.node.connector.know(cafe.at.cafe, cafe.at.addresses)
    const strangers = Array.from({ length: 3 * MAX_PROVIDERS }, (_, i) => `nobody-${i}` as typeof cafe.at.cafe)
    reader.node.fetcher.hint(strangers)
    reader.node.fetcher.hint([cafe.at.cafe])
    expect(same(await fetch(reader, block.cid), block.bytes)).toBe(true)
  })
})

describe('answering wants', () => {
  let cafe: TestNode
  let reader: TestNode
  beforeAll(async () => {
    cafe = await newNode()
    reader = await newReader(cafe)
  })
  const ask = (idle = 1000): Promise<Exchange<UploadOf<Get>, ItemOf<Get>, ReceiptOf<Get>>> =>
    start(reader.node.connector, cafe.at.cafe, blockProtocol, 'get', {}, { idle })

  it.each([LEAF, 300 * KiB, 1 * MiB, MAX_BLOCK])('stays within the window and one block of %i bytes', async (size) => {
    const all = await fill(cafe, 10, size)
    const answers = await ask()
    for (const { cid } of all) await answers.send({ want: cid })
    const most = Math.ceil(WINDOW / size)
    for (let i = 0; i < most; i++) expect((await answers.next())?.block?.byteLength).toBe(size)
    expect(await failure(answers.next())).toEqual({ code: 'TIMEOUT' })
  })

  it('goes on as credit comes back, to the last block', async () => {
    const all = await fill(cafe, 12, LEAF)
    const answers = await ask()
    for (const { cid } of all) await answers.send({ want: cid })
    for (const { bytes } of all) {
      const item = await answers.next()
      expect(same(item?.block ?? undefined, bytes)).toBe(true)
      await answers.send({ credit: bytes.byteLength })
    }
    await answers.send({ done: true })
    expect(await answers.receipt()).toEqual({})
  })

  it('says null for what is not here, in its place, at no cost', async () => {
    const [block] = (await fill(cafe, 1, 10)) as [Block]
    const answers = await ask()
    for (let i = 0; i < 5; i++) {
      await answers.send({ want: (await leaf(10)).cid })
      expect(await answers.next()).toEqual({ block: null })
    }
    await answers.send({ want: block.cid })
    expect(same((await answers.next())?.block ?? undefined, block.bytes)).toBe(true)
  })

  it('ends a stream with more wants than may wait', async () => {
    const [block] = (await fill(cafe, 1, MAX_BLOCK)) as [Block]
    const answers = await ask(10_000)
    for (let i = 0; i < MAX_WANTS + 3; i++) await answers.send({ want: block.cid })
    expect(await failure(answers.receipt())).toEqual({ code: 'BAD_REQUEST', at: 'want' })
  })

  it('refuses credit that is none, and fields it does not know', async () => {
    for (const up of [
      { credit: 0 },
      { credit: -1 },
      { credit: MAX_BLOCK * 4 + 1 },
      { done: false },
      { want: 'x' },
      {},
    ]) {
      const answers = await ask()
      await answers.send(up as never)
      expect(await failure(answers.receipt())).toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  it('tells which blocks are here', async () => {
    const [block] = (await fill(cafe, 1, 10)) as [Block]
    const cids = [block.cid, (await leaf(10)).cid, inline(1)]
    const have = (all: CID[]) =>
      call(reader.node.connector, cafe.at.cafe, blockProtocol, 'have', { cids: all }, { idle: 5000 })
    expect(await have(cids)).toEqual({ have: [true, false, false] })
    expect(await failure(have(Array.from({ length: MAX_HAVE + 1 }, () => block.cid)))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  it('needs no session, and gives no more than the block itself', async () => {
    const { cid, bytes } = (await fill(cafe, 1, 10))[0] as Block
    const answers = await ask()
    await answers.send({ want: cid.toV1() })
    const item = await answers.next()
    expect(Object.keys(item ?? {})).toEqual(['block'])
    expect(same(item?.block ?? undefined, bytes)).toBe(true)
  })
})

describe('the pace of one peer', () => {
  it('is the same over however many streams, and that of nobody else', async () => {
    const [server, greedy, modest] = [await newNode(), await newNode(), await newNode()]
    const blocks = await fill(server, 12, 100 * KiB)
    const drawn = new Map<string, number>()
    // A bucket of a second's worth, so that what is over must wait to be seen.
    const rate = createRate({ burst: 400 * KiB, every: 1000 / (400 * KiB), clock: () => performance.now() })
    const counted: Pick<typeof rate, 'draw'> = {
      draw(party, units) {
        const wait = rate.draw(party, units)
        if (wait === 0) drawn.set(party, (drawn.get(party) ?? 0) + units)
        return wait
      },
    }
    await server.node.unhandle(blockProtocol.id)
    const answer = serve(blockProtocol, blockService(server.blocks, counted), {
      guard: async () => undefined,
      log: silentLog,
    })
    await server.node.handle(blockProtocol.id, answer, { limited: true, maxStreams: 16 })
    const wants = async (by: TestNode, some: readonly Block[]): Promise<void> => {
      by.node.connector.know(server.at.cafe, server.at.addresses)
      const stream = await start(by.node.connector, server.at.cafe, blockProtocol, 'get', {})
      for (const { cid } of some) await stream.send({ want: cid })
      for (const _ of some) expect((await stream.next())?.block).toBeInstanceOf(Uint8Array)
      await stream.send({ done: true })
      await stream.receipt()
    }
    const since = performance.now()
    await Promise.all([
      wants(greedy, blocks.slice(0, 6)),
      wants(greedy, blocks.slice(6)),
      wants(modest, blocks.slice(0, 3)),
    ])
    const bytes = 12 * 101 * KiB
    expect(drawn.get(greedy.at.cafe)).toBe(bytes)
    // What is beyond the burst cannot have come sooner, however slow the machine.
    expect(performance.now() - since).toBeGreaterThan(((bytes - 400 * KiB) / (400 * KiB)) * 1000 - 50)
    expect(drawn.get(modest.at.cafe)).toBe(3 * 101 * KiB)
  })
})

describe('a connection', () => {
  it('survives when one protocol has all the streams it may have', async () => {
    const silent = await newNode(spied(() => new Promise(() => {})).blocks)
    const reader = await newReader(silent)
    const { cid } = await leaf(10)
    const ask = () => start(reader.node.connector, silent.at.cafe, blockProtocol, 'get', {}, { idle: 3000 })
    const first = await ask()
    await first.send({ want: cid })
    const [connection] = reader.node.connections()
    const more = await Promise.allSettled(Array.from({ length: 40 }, ask))
    for (const one of more) if (one.status === 'fulfilled') one.value.close()
    expect(reader.node.connections()).toEqual([connection])
    expect(await failure(first.next())).toEqual({ code: 'TIMEOUT' })
  })
})
