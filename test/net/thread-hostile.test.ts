/** Peers that lie, flood, or never end: they are refused, learn nothing, and cost next to nothing. */
import { encode } from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import { type PeerIdText, unhex } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { blockCid } from '../../src/thread/block.ts'
import { createProver } from '../../src/thread/sync-proof.ts'
import { MAX_SHARED, threadProtocol } from '../../src/thread/sync-protocol.ts'
import { SYNC_PACES } from '../../src/thread/sync-rates.ts'
import { call, start } from '../../src/wire/call.ts'
import { type ServiceHandlers, serve } from '../../src/wire/serve.ts'
import { createTestNode, dumpRows, failure, keep, type TestNode } from './fixture.ts'
import { asId, createLoner, createSharedThread, introduce, level, type Person, until } from './thread-fixture.ts'

const LONG = 60_000
type Handlers = ServiceHandlers<typeof threadProtocol, undefined>

describe('hostile peers', () => {
  it('learn nothing from hello without the id of a thread, whatever they send', async () => {
    const [ann, eve] = [await createLoner(), await stranger()]
    const { id } = await ann.threads.create({ name: 'Holidays' })
    eve.node.connector.know(ann.at.cafe, ann.at.addresses)
    const before = await dumpRows(ann.rows)
    const wrongId = await hello(eve, ann, systemRandom(32), 1)
    const random = await hello(eve, ann, systemRandom(32), MAX_SHARED)
    expect(wrongId).toEqual([{ addresses: [] }])
    expect(random).toEqual(wrongId)
    // A tag that was seen between two others is worth nothing.
    const replayed = await hello(eve, ann, unhex(id), 1, 'somebody else')
    expect(replayed).toEqual(wrongId)
    const tag = systemRandom(16)
    const { connector } = eve.node
    const sync = call(connector, ann.at.cafe, threadProtocol, 'sync', { tag, heads: [] })
    const push = call(connector, ann.at.cafe, threadProtocol, 'push', { tag, heads: [], blocks: [] })
    expect(await failure(sync)).toEqual({ code: 'UNAUTHORIZED' })
    expect(await failure(push)).toEqual({ code: 'UNAUTHORIZED' })
    expect(await dumpRows(ann.rows)).toEqual(before)
  })

  it('are shut out when they push what is none of the thread, and leave no rows of blocks', async () => {
    const ann = await createLoner()
    const eve = await stranger()
    const { id } = await ann.threads.create({ name: 'Holidays' })
    const other = await ann.threads.create({ name: 'Work' })
    await ann.post(other.id, 'secret')
    eve.node.connector.know(ann.at.cafe, ann.at.addresses)
    const tag = await link(eve, ann, id)
    const heads = await ann.heads(id)
    const [foreign] = await (await ann.threads.thread(asId(other.id))).heads()
    const bytes = foreign && (await ann.blocks.get(foreign))
    const junk = Array.from({ length: 20 }, (_, n) => encode({ v: 1, junk: n }))
    const push = (blocks: Uint8Array[]): Promise<unknown> =>
      call(eve.node.connector, ann.at.cafe, threadProtocol, 'push', {
        tag,
        heads: [],
        blocks: blocks.map((block) => new Uint8Array(block)),
      })
    await push([bytes as Uint8Array])
    await push(junk)
    expect((await failure(push(junk))).code).toBe('UNAUTHORIZED')
    expect((await failure(hello(eve, ann, unhex(id), 1))).code).toBe('BUSY')
    expect(await ann.heads(id)).toBe(heads)
    expect((await (await ann.threads.thread(asId(id))).info()).blocks).toBeLessThan(5)
  })

  it(
    'are paced when they flood, and others are not kept waiting',
    async () => {
      const ann = await createLoner({ paces: SYNC_PACES })
      const ben = await createLoner()
      const eve = await stranger()
      introduce(ann, ben)
      eve.node.connector.know(ann.at.cafe, ann.at.addresses)
      const outcomes: unknown[] = []
      for (let n = 0; n < 40; n++) {
        outcomes.push(
          await hello(eve, ann, systemRandom(32), 1).then(
            () => 'ok',
            ({ code }) => code,
          ),
        )
      }
      expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeLessThanOrEqual(SYNC_PACES.hello.burst + 1)
      expect(outcomes).toContain('BUSY')
      const id = await createSharedThread(ann, ben)
      await level(id, ann, ben)
    },
    LONG,
  )

  it('cannot send frames or invites that are too long, or invites for somebody else', async () => {
    const [ann, eve] = [await createLoner(), await stranger()]
    eve.node.connector.know(ann.at.cafe, ann.at.addresses)
    const { connector } = eve.node
    const long = { tag: systemRandom(16), heads: [], blocks: [new Uint8Array(200 * 1024)] }
    const frame = await failure(call(connector, ann.at.cafe, threadProtocol, 'push', long))
    expect(['BAD_REQUEST', 'UNREACHABLE']).toContain(frame.code)
    const sealed = systemRandom(4096)
    expect(await failure(call(connector, ann.at.cafe, threadProtocol, 'invite', { sealed }))).toMatchObject({
      code: 'BAD_REQUEST',
      what: 'invite',
    })
    expect(await ann.threads.invites()).toEqual([])
  })

  it(
    'that claim a thread with a wrong proof, or send without end, are left',
    async () => {
      const siblings: PeerIdText[] = []
      const ann = await createLoner({ siblings: async () => siblings })
      const { id } = await ann.threads.create({ name: 'Holidays' })
      await ann.post(id, 'hello')
      const before = await ann.heads(id)
      const liar = await host(id, { proof: 'wrong' })
      const eve = await host(id, { endless: true })
      for (const { at } of [liar, eve]) {
        ann.node.connector.know(at.cafe, at.addresses)
        siblings.push(at.cafe)
      }
      await ann.threads.sync(asId(id), {})
      await until('the one without end was left', async () => eve.ended() > 0)
      expect(liar.asked()).toBe(0)
      expect(eve.asked()).toBe(1)
      expect(await ann.heads(id)).toBe(before)
      expect((await ann.threads.get(asId(id))).online).toBe(0)
      // Nor are they asked again soon.
      ann.threads.connected()
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(eve.asked()).toBe(1)
    },
    LONG,
  )
})

const stranger = async (): Promise<TestNode & { stop(): Promise<void> }> => {
  const base = await createTestNode()
  return keep({ ...base, stop: () => base.node.stop() })
}

/** A hello with `count` tags, the first of them for `thread`. @returns what the host says after its nonce. */
async function hello(
  from: TestNode,
  to: TestNode,
  thread: Uint8Array<ArrayBuffer>,
  count: number,
  caller: string = from.node.peer,
): Promise<unknown[]> {
  const callerNonce = systemRandom(16)
  const exchange = await start(from.node.connector, to.at.cafe, threadProtocol, 'hello', { nonce: callerNonce })
  const first = await exchange.next()
  if (!first || !('nonce' in first)) throw new CafeError('BAD_REQUEST')
  const prove = await createProver(thread)
  const tag = await prove('caller', {
    ...{ caller: caller as typeof from.node.peer, host: to.at.cafe },
    ...{ callerNonce, hostNonce: first.nonce },
  })
  await exchange.send({ tags: [tag, ...Array.from({ length: count - 1 }, () => systemRandom(16))] })
  const said: unknown[] = []
  for (let item = await exchange.next(); item; item = await exchange.next()) {
    said.push(item)
    if ('addresses' in item) break
  }
  await exchange.send({ addresses: [] })
  await exchange.receipt()
  return said
}

/** Links by a thread's id, as one who was a member could. @returns the tag. */
async function link(from: TestNode, to: Person, id: string): Promise<Uint8Array<ArrayBuffer>> {
  const callerNonce = systemRandom(16)
  const exchange = await start(from.node.connector, to.at.cafe, threadProtocol, 'hello', { nonce: callerNonce })
  const first = await exchange.next()
  if (!first || !('nonce' in first)) throw new CafeError('BAD_REQUEST')
  const meeting = { caller: from.node.peer, host: to.at.cafe, callerNonce, hostNonce: first.nonce }
  const tag = await (await createProver(unhex(id)))('caller', meeting)
  await exchange.send({ tags: [tag] })
  const proof = await exchange.next()
  expect(proof).toHaveProperty('proof')
  await exchange.next()
  await exchange.send({ addresses: [] })
  await exchange.receipt()
  return tag
}

/** A host that knows the thread's id, and uses it badly. */
async function host(
  id: string,
  how: { proof?: 'wrong'; endless?: boolean },
): Promise<TestNode & { asked(): number; ended(): number }> {
  const evil = await stranger()
  let asked = 0
  let ended = 0
  const prove = await createProver(unhex(id))
  const junk = encode({ v: 1, junk: true })
  const handlers: Handlers = {
    async hello({ nonce: callerNonce }, { peer, upload, send }) {
      const hostNonce = systemRandom(16)
      await send({ nonce: hostNonce })
      const first = await upload()
      if (!('tags' in first)) throw new CafeError('BAD_REQUEST')
      const proof = await prove('host', { caller: peer, host: evil.node.peer, callerNonce, hostNonce })
      const wanted = how.proof === 'wrong' ? systemRandom(16) : proof
      await send({ at: 0, proof: wanted, heads: [await blockCid(new Uint8Array(junk))] })
      await send({ addresses: [] })
      for (let up = await upload(); !('addresses' in up); up = await upload()) {
        // its heads
      }
      return {}
    },
    async sync(_input, { send, upload, signal }) {
      asked++
      signal.addEventListener('abort', () => {
        ended++
      })
      for (;;) {
        await send({ blocks: Array.from({ length: 10 }, () => new Uint8Array(junk)) })
        await upload()
      }
    },
    push: async () => ({ heads: [] }),
    keys: async () => ({ sealed: null }),
    invite: async () => ({}),
  }
  const answer = serve(threadProtocol, handlers, { guard: async () => undefined, log: silentLog })
  await evil.node.handle(threadProtocol.id, answer, { limited: true, maxStreams: 16 })
  return { ...evil, asked: () => asked, ended: () => ended }
}
