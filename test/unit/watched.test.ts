/** Requests that a page watches: told to whoever has the port and to nobody else, bounded, and without the link's key. */
import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ABOUT_TYPE } from '../../src/core/about.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { WATCHED_BLOCKS, WATCHED_REQUESTS } from '../../src/core/limits.ts'
import { parse } from '../../src/core/schema.ts'
import { type Watched, watchedSchema, watchNameIn, withWatch } from '../../src/core/watched.ts'
import type { BlockSource } from '../../src/gateway/blocks.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { createTrace, type SeenBlock } from '../../src/gateway/trace.ts'
import { isWatch } from '../../src/rpc/sw-messages.ts'
import { createHandler, isAppPage } from '../../sw/handler.ts'
import { createWatches } from '../../sw/watches.ts'
import { importFile, importSealed, importTree, MemorySource, noise, ORIGIN, utf8 } from './gateway-help.ts'

const GIVER = { peer: '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d' as PeerIdText, path: 'relayed' } as const
const newName = (): string => hex(crypto.getRandomValues(new Uint8Array(16)))
const nameOf = (i: number): string => String(i).padStart(32, '0')
const cidOf = (i: number): CID => {
  const digest = createHash('sha256').update(String(i)).digest()
  return CID.decode(Uint8Array.of(1, 0x55, 0x12, 32, ...digest))
}

const open: MessagePort[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const port of open.splice(0)) port.close()
})

/** A page's port, and what it has been told last. */
function listener(): { port: MessagePort; heard: Watched[]; closed: Promise<void> } {
  const { port1, port2 } = new MessageChannel()
  const heard: Watched[] = []
  port1.onmessage = ({ data }) => heard.push(parse(watchedSchema, data))
  const closed = new Promise<void>((resolve) => port1.addEventListener('close', () => resolve()))
  open.push(port1 as MessagePort)
  return { port: port2 as MessagePort, heard, closed }
}

/** Blocks of `memory` as if some came over the network. */
const giving = (memory: MemorySource): BlockSource => ({
  async get(cid, options) {
    const bytes = await memory.get(cid, options)
    if (cid.code === 0x55) options.onSource?.('network', GIVER)
    else options.onSource?.('local')
    return bytes
  },
})

function worker(memory: MemorySource) {
  const watches = createWatches({ clock: Date.now })
  const handle = createHandler({
    gateway: createGateway({ blocks: giving(memory) }),
    urlOfClient: async () => undefined,
    shell: async () => undefined,
    watches,
  })
  const ask = (link: string, init?: RequestInit): Promise<Response> =>
    handle({ request: new Request(ORIGIN + link, init), clientId: '' })
  return { watches, ask }
}

describe('the trace of a request', () => {
  it('tells of each block what it was, from whom, and how long it took', () => {
    let now = 1000
    const seen: SeenBlock[] = []
    const trace = createTrace(
      () => now,
      (block) => seen.push(block),
    )
    const first = trace.reading(cidOf(1))
    now += 30
    const second = trace.reading(cidOf(2))
    now += 5
    second(10, { from: 'local' })
    first(20, { from: 'network', giver: GIVER })
    expect(seen).toEqual([
      { cid: cidOf(2), size: 10, from: 'local', giver: undefined, ms: 5 },
      { cid: cidOf(1), size: 20, from: 'network', giver: GIVER, ms: 35 },
    ])
    expect(trace.header({ detail: true })).toContain('n=2 local=1 network=1')
    expect(trace.header({ detail: false })).not.toContain('blocks')
  })

  it('is never negative where the clock was set back', () => {
    let now = 1000
    const seen: SeenBlock[] = []
    const trace = createTrace(
      () => now,
      (block) => seen.push(block),
    )
    const done = trace.reading(cidOf(1))
    now = 0
    done(1, { from: undefined })
    expect(seen[0]?.ms).toBe(0)
  })
})

describe('a watched link', () => {
  it('is told how it was answered, and of its blocks', async () => {
    const memory = new MemorySource()
    const cid = await importFile(memory, noise(600_000))
    const { watches, ask } = worker(memory)
    const { port, heard } = listener()
    const name = newName()
    watches.accept(name, port)
    // Its name says what it is: then no block is read only to see that.
    const response = await ask(withWatch(`/ipfs/${cid}?filename=a.txt`, name))
    await response.arrayBuffer()
    await expect.poll(() => heard.at(-1)?.requests[0]?.whole).toBeDefined()
    const last = heard.at(-1) as Watched
    expect(last.requests).toHaveLength(1)
    expect(last.requests[0]).toMatchObject({ method: 'GET', asked: 'content', status: 200 })
    expect(last.requests[0]?.headers).toEqual([...response.headers])
    expect(last.local).toMatchObject({ blocks: 1 })
    expect(last.network).toEqual({ blocks: 3, bytes: 600_000 })
    // Some are read at the same time.
    const giverOf = new Map(last.blocks.map(({ cid, giver }) => [cid, giver]))
    expect(giverOf).toEqual(new Map([[`${cid}`, undefined], ...memory.leaves().map((leaf) => [leaf, GIVER] as const)]))
  })

  it('may be asked before the port is there, and says what was asked', async () => {
    const memory = new MemorySource()
    const cid = await importFile(memory, utf8('a short letter'))
    const { watches, ask } = worker(memory)
    const name = newName()
    await ask(withWatch(`/ipfs/${cid}/a.txt`, name), { headers: { Accept: ABOUT_TYPE } })
    await ask(withWatch(`/ipfs/${cid}`, name), { headers: { Range: 'bytes=0-3' } })
    await ask(withWatch(`/ipfs/${cid}`, name), { method: 'HEAD' })
    const { port, heard } = listener()
    watches.accept(name, port)
    await expect.poll(() => heard.length).toBeGreaterThan(0)
    expect(heard.at(-1)?.requests.map(({ method, asked, status }) => [method, asked, status])).toEqual([
      ['GET', 'about', 404],
      ['GET', 'part', 206],
      ['HEAD', 'content', 200],
    ])
  })

  it('is told in detail of so many requests and blocks, and the rest is counted', async () => {
    const memory = new MemorySource()
    const cid = await importFile(memory, noise(100_000), { leaf: 500 })
    const { watches, ask } = worker(memory)
    const { port, heard } = listener()
    const name = newName()
    watches.accept(name, port)
    for (let i = 0; i < WATCHED_REQUESTS + 3; i++)
      await (await ask(withWatch(`/ipfs/${cid}?filename=a.txt`, name))).arrayBuffer()
    // What is remembered from one request to the next is not read again.
    const all = memory.asked.length
    expect(all).toBeGreaterThan(1000)
    await expect.poll(() => (heard.at(-1)?.local.blocks ?? 0) + (heard.at(-1)?.network.blocks ?? 0)).toBe(all)
    const last = heard.at(-1) as Watched
    expect(last.requests).toHaveLength(WATCHED_REQUESTS)
    expect(last.moreRequests).toBe(3)
    expect(last.blocks).toHaveLength(WATCHED_BLOCKS)
    expect(last.moreBlocks.blocks).toBe(all - WATCHED_BLOCKS)
    // Told in steps, not once a block.
    expect(heard.length).toBeLessThan(all / 4)
  })

  it('is not told of the key, whatever is asked and however it ends', async () => {
    const memory = new MemorySource()
    const { cid, key } = await importSealed(memory, noise(5000))
    const folder = await importTree(memory, { 'sub/index.html': utf8('<!doctype html>') })
    const { watches, ask } = worker(memory)
    const { port, heard } = listener()
    const name = newName()
    watches.accept(name, port)
    const links = [
      `/ipfs/${cid}/a.bin#key=${key}`,
      `/ipfs/${cid}/a.bin?key=${key}`,
      `/ipfs/${cid}/a.bin?download=true&key=${key}`,
      `/ipfs/${cid}/no/such#key=${key}`,
      `/ipfs/${folder}/sub?key=${key}`,
      `/ipfs/${folder}#key=${key.slice(1)}`,
      // A name in another form of itself is answered by its address, with all of its query.
      `/ipns/k2k4r8jl0yz8qjgqbmc2cdu5hkqek5rj6flgnlkyywynci20j0iuyfuj?key=${key}`,
      `/ipns/12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d?key=${key}`,
    ]
    const responses = await Promise.all(links.map((link) => ask(withWatch(link, name))))
    await Promise.all(responses.map((response) => response.arrayBuffer()))
    expect(responses.map(({ status }) => status)).toContain(302)
    await expect.poll(() => heard.at(-1)?.requests.filter(({ whole }) => whole !== undefined).length).toBe(links.length)
    expect(JSON.stringify(heard)).not.toContain(key.slice(1))
    // And of what is told here nothing is in the answers, where other documents might read it.
    const told = responses.map(({ headers }) => JSON.stringify([...headers])).join()
    expect(told).not.toContain(name)
    expect(responses[0]?.headers.get('Server-Timing')).not.toContain('blocks')
  })

  it('has one port: who comes later hears nothing', async () => {
    const memory = new MemorySource()
    const cid = await importFile(memory, utf8('a short letter'))
    const { watches, ask } = worker(memory)
    const name = newName()
    const [first, second] = [listener(), listener()]
    watches.accept(name, first.port)
    watches.accept(name, second.port)
    await second.closed
    await (await ask(withWatch(`/ipfs/${cid}`, name))).arrayBuffer()
    await expect.poll(() => first.heard.at(-1)?.requests[0]?.whole).toBeDefined()
    expect(second.heard).toEqual([])
  })

  it('is forgotten: without a port after seconds, with one when nothing is asked any more, the oldest of many', async () => {
    vi.useFakeTimers()
    const memory = new MemorySource()
    const { watches } = worker(memory)
    const begin = (name: string) => watches.begin(new Request(`${ORIGIN}${withWatch('/ipfs/x', name)}`))
    begin(nameOf(1))
    watches.accept(nameOf(2), listener().port)
    expect(watches.size).toBe(2)
    vi.advanceTimersByTime(11_000)
    expect(watches.size).toBe(1)
    vi.advanceTimersByTime(300_000)
    expect(watches.size).toBe(0)
    for (let i = 0; i < 100; i++) begin(nameOf(i))
    expect(watches.size).toBe(16)
  })
})

describe('who may watch', () => {
  it('names a link by 128 bits in its fragment and nowhere else', () => {
    const name = newName()
    const at = (link: string) => watchNameIn(`${ORIGIN}${link}`)
    expect(at(withWatch('/ipfs/x', name))).toBe(name)
    expect(at(withWatch('/ipfs/x?y=1#key=u', name))).toBe(name)
    for (const link of [`/ipfs/x?watch=${name}`, '/ipfs/x#watch=1', `/ipfs/x#watch=${name.toUpperCase()}g`, '/ipfs/x'])
      expect(at(link)).toBeUndefined()
    expect(isWatch({ type: 'cafe:watch', name })).toBe(true)
    for (const other of [{ type: 'cafe:watch' }, { type: 'cafe:watch', name: 'x' }, { name }, null, 'cafe:watch'])
      expect(isWatch(other)).toBe(false)
  })

  it('is a page of the app: no content, no stand-in for it, nothing behind the door', () => {
    for (const page of ['/', '/#open=/ipfs/x', '/index.html', '/?lang=de']) expect(isAppPage(ORIGIN + page)).toBe(true)
    for (const other of ['/ipfs/x', '/ipfs/x/index.html', '/ipns/x', '/c/12D3/ipfs/x', '/site-bridge.html', '/ipfs/'])
      expect(isAppPage(ORIGIN + other)).toBe(false)
  })
})
