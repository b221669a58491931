/** Proofs of retention between real nodes: what was lost is found, repaired and proved again; who lies is left. */

import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { beforeAll, describe, expect, it } from 'vitest'
import { proofOf } from '../../src/cafe/pin/audit.ts'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { type PinRow, pinStore, rootKey } from '../../src/cafe/pin/store.ts'
import { AUDIT_BURST, LEAF, MAX_AUDIT, MEND_BURST, MEND_RATE, MiB } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Backup } from '../../src/peer/backup-row.ts'
import { keyHash } from '../../src/store/blocks.ts'
import { call } from '../../src/wire/call.ts'
import { type ServiceHandlers, serve } from '../../src/wire/serve.ts'
import { leaf, randomBytes, tree } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, DAY, failure, type GuestNode, HOUR, keep, type TestNode } from './fixture.ts'
import { backUp, newCafe, newClient, pin, usage } from './pin-fixture.ts'

const signal = () => ({ signal: AbortSignal.timeout(60_000) })
const at = (row: Backup | undefined, cafe: TestNode) => row?.cafes.find((one) => one.cafe === cafe.at.cafe)

/** CIDs of all blocks of a store. */
const cids = async ({ blocks }: TestNode): Promise<CID[]> =>
  (await Array.fromAsync(blocks.keys())).map((key) => CID.createV1(raw.code, Digest.decode(keyHash(key))))

const drop = async (node: TestNode): Promise<void> => {
  for (const cid of await cids(node)) await node.blocks.delete(cid)
}
/** Changes a byte of every block, as a failing disk does. */
const damage = async (node: TestNode): Promise<void> => {
  for (const cid of await cids(node)) {
    const bytes = (await node.blocks.get(cid)) as Uint8Array<ArrayBuffer>
    bytes[0] = (bytes[0] as number) ^ 1
    await node.blocks.put(cid, bytes)
  }
}

/** A cafe whose answers to some operations are its own. */
async function lying(cafe: CafeNode, lies: Partial<ServiceHandlers<typeof pinProtocol, undefined>>): Promise<void> {
  await cafe.node.unhandle(pinProtocol.id)
  const silent = async () => {
    throw new Error('not asked for here')
  }
  const honest = Object.fromEntries(Object.keys(pinProtocol.operations).map((op) => [op, silent]))
  const handlers = { ...honest, ...lies } as ServiceHandlers<typeof pinProtocol, undefined>
  const answer = serve(pinProtocol, handlers, { guard: async () => undefined, log: silentLog })
  await cafe.node.handle(pinProtocol.id, answer, { limited: true, maxStreams: 16 })
}

describe('an audit', () => {
  let cafe: CafeNode
  let guest: GuestNode
  beforeAll(async () => {
    cafe = await newCafe()
    guest = await newClient(cafe)
  })

  it('of a cafe that has everything is noted as proved', async () => {
    const { root } = await backUp(guest, randomBytes(5 * LEAF))
    expect(at(await guest.peer.backups.audit(root, signal()), cafe)).toMatchObject({
      state: 'pinned',
      proved: guest.clock(),
      strikes: 0,
    })
  })

  it.each([
    ['lost', drop],
    ['altered', damage],
  ] as const)('finds blocks that were %s, has them repaired at no charge, and proved again', async (_what, harm) => {
    const own = await newCafe()
    const client = await newClient(own, 3 * MiB)
    const { root } = await backUp(client, randomBytes(2 * MiB))
    await client.peer.backups.audit(root, signal())
    const before = await usage(client, own)
    await harm(own)
    client.clock.advance(HOUR)
    const row = await client.peer.backups.audit(root, signal())
    expect(at(row, own)).toMatchObject({ state: 'pinned', proved: client.clock(), strikes: 0 })
    for (const cid of await cids(client)) expect(await own.blocks.get(cid)).toEqual(await client.blocks.get(cid))
    // Near its quota, it could not have uploaded it again.
    expect(await usage(client, own)).toEqual(before)
  })

  it('marks what is damaged, at the cafe and here, while it cannot be repaired', async () => {
    const own = await newCafe()
    const client = await newClient(own)
    const { root } = await backUp(client, randomBytes(3 * LEAF))
    await drop(own)
    await drop(client)
    const row = await client.peer.backups.audit(root, signal())
    expect(at(row, own)).toMatchObject({ state: 'failed' })
    const auth = await client.access(own)
    expect(await client.pins.status(own.at.cafe, root, { auth })).toMatchObject({
      state: 'degraded',
      reason: 'NOT_FOUND',
    })
    const pins = await Array.fromAsync(client.pins.list(own.at.cafe, { auth }))
    expect(pins).toMatchObject([{ state: 'degraded' }])
  })

  it('repairs from another cafe what this device has lost too', async () => {
    const [one, two] = [await newCafe(), await newCafe()]
    const client = await newClient(one)
    client.know(one, two)
    await client.peer.cafes.register(two.at, await two.token(), {})
    const { root } = await backUp(client, randomBytes(3 * LEAF))
    const all = await cids(client)
    await drop(one)
    await drop(client)
    expect(at(await client.peer.backups.audit(root, signal()), one)).toMatchObject({ state: 'pinned', strikes: 0 })
    for (const cid of all) expect(await one.blocks.has(cid)).toBe(true)
  })

  it('asks for the block itself where the local copy is gone, and keeps nothing of it', async () => {
    const own = await newCafe()
    const client = await newClient(own)
    const { root } = await backUp(client, randomBytes(4 * LEAF))
    await drop(client)
    expect(at(await client.peer.backups.audit(root, signal()), own)).toMatchObject({ state: 'pinned', strikes: 0 })
    expect(await cids(client)).toEqual([])
  })

  it('gives a cafe that lies no third chance, and the file to every other cafe', async () => {
    const [liar, good] = [await newCafe(), await newCafe()]
    const client = await newClient(liar)
    client.know(liar, good)
    const { root } = await backUp(client, randomBytes(4 * LEAF))
    await client.peer.cafes.register(good.at, await good.token(), {})
    const lies = {
      audit: async ({ blocks }, { send }) => {
        for (const _ of blocks) await send({ proof: randomBytes(32) })
        return {}
      },
      mend: async () => ({ mended: 0, missing: 0 }),
    } satisfies Partial<ServiceHandlers<typeof pinProtocol, undefined>>
    await lying(liar, lies)
    const first = await client.peer.backups.audit(root, signal())
    expect(at(first, liar)).toMatchObject({ state: 'degraded', reason: 'CORRUPT', strikes: 2 })
    expect(at(first, liar)?.proved).toBeUndefined()
    expect(at(first, good)).toMatchObject({ state: 'pinned' })
    for (const cid of await cids(client)) expect(await good.blocks.has(cid)).toBe(true)
    expect(at(await client.peer.backups.audit(root, signal()), liar)).toMatchObject({
      state: 'failed',
      reason: 'CORRUPT',
    })
  })

  it('changes nothing where the cafe is not reached', async () => {
    const own = await newCafe()
    const client = await newClient(own)
    const { root } = await backUp(client, randomBytes(LEAF))
    const before = at(await client.peer.backups.audit(root, signal()), own)
    await own.stop()
    client.clock.advance(HOUR)
    expect(at(await client.peer.backups.audit(root, signal()), own)).toEqual(before)
  })

  it('comes by itself, once a day', async () => {
    const own = await newCafe()
    const client = await newClient(own)
    const { root } = await backUp(client, randomBytes(LEAF))
    const proved = async () =>
      at(
        (await client.peer.backups.list()).find((row) => row.root === root),
        own,
      )?.proved
    await client.peer.backups.auditDue()
    const first = client.clock()
    expect(await proved()).toBe(first)
    client.clock.advance(DAY - HOUR)
    await client.peer.backups.auditDue()
    expect(await proved()).toBe(first)
    client.clock.advance(HOUR)
    await client.peer.backups.auditDue()
    expect(await proved()).toBe(first + DAY)
  })
})

describe('the cafe', () => {
  let cafe: CafeNode
  let guest: GuestNode
  beforeAll(async () => {
    cafe = await newCafe()
    guest = await newClient(cafe)
  })
  const ask = async (by: GuestNode, root: CID, blocks: readonly CID[], nonce = randomBytes(32)) =>
    by.pins.audit(cafe.at.cafe, { root, nonce, blocks }, { auth: await by.access(cafe) })

  it('proves with the nonce of the question', async () => {
    const blocks = await tree(3, 1000)
    const root = (blocks[3] as (typeof blocks)[number]).cid
    await pin(guest, cafe, blocks)
    const nonce = randomBytes(32)
    const proofs = await ask(
      guest,
      root,
      blocks.map(({ cid }) => cid),
      nonce,
    )
    expect(proofs).toEqual(await Promise.all(blocks.map(({ bytes }) => proofOf(nonce, bytes))))
  })

  it('says nothing about roots of others, and about blocks of none of theirs', async () => {
    const [mine, other] = [await tree(1, 100), await tree(1, 200)]
    const roots = [mine, other].map((blocks) => (blocks[1] as (typeof mine)[number]).cid) as [CID, CID]
    const stranger = await newClient(cafe)
    await pin(guest, cafe, mine)
    await pin(stranger, cafe, other)
    expect(await failure(ask(guest, roots[1], [roots[1]]))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await ask(guest, roots[0], [roots[1]])).toEqual([null])
  })

  it('answers within bounds: blocks of one call, and calls of one account', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(1, 100)
    const root = (blocks[1] as (typeof blocks)[number]).cid
    await pin(client, cafe, blocks)
    const many = Array.from({ length: MAX_AUDIT }, () => root)
    const auth = await client.access(cafe)
    const tooMany = { root, nonce: randomBytes(32), blocks: [...many, root] }
    expect(
      await failure(call(client.node.connector, cafe.at.cafe, pinProtocol, 'audit', tooMany, { auth })),
    ).toMatchObject({
      code: 'BAD_REQUEST',
    })
    for (let i = 0; i < AUDIT_BURST / MAX_AUDIT; i++) await ask(client, root, many)
    expect(await failure(ask(client, root, many))).toMatchObject({ code: 'BUSY', after: 4000 })
  })

  it('reads no more for repairs than an account may have read', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(1, 100)
    const root = (blocks[1] as (typeof blocks)[number]).cid
    await pin(client, cafe, blocks)
    const { pins, rows } = pinStore(cafe.rows)
    const row = (await pins.get(client.account().address, rootKey(root))) as PinRow
    await rows.commit([pins.put([client.account().address, rootKey(root)], { ...row, blocks: MEND_BURST })])
    const auth = await client.access(cafe)
    const mend = () => client.pins.mend(cafe.at.cafe, root, { auth, read: async () => undefined })
    expect(await mend()).toEqual({ mended: 0, missing: 0 })
    expect(await failure(mend())).toMatchObject({ code: 'BUSY', after: (MEND_BURST / MEND_RATE) * 1000 })
  })

  it('takes no block in a repair but those the reference lists', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(2, 1000)
    const root = (blocks[2] as (typeof blocks)[number]).cid
    await pin(client, cafe, blocks)
    await cafe.blocks.delete((blocks[0] as (typeof blocks)[number]).cid)
    const auth = await client.access(cafe)
    const wrong = client.pins.mend(cafe.at.cafe, root, { auth, read: async () => randomBytes(1000) })
    expect(await failure(wrong)).toMatchObject({ code: 'CORRUPT' })
    const long = client.pins.mend(cafe.at.cafe, root, { auth, read: async () => randomBytes(2000) })
    expect(await failure(long)).toMatchObject({ code: 'BAD_REQUEST' })
    const none = client.pins.mend(cafe.at.cafe, (await leaf(5)).cid, { auth, read: async () => undefined })
    expect(await failure(none)).toMatchObject({ code: 'NOT_FOUND' })
    const right = client.pins.mend(cafe.at.cafe, root, { auth, read: async () => blocks[0]?.bytes })
    expect(await right).toEqual({ mended: 1, missing: 0 })
  })
})

describe('names and keys', () => {
  it('are nowhere in the rows of a cafe, and open on another device with the same words', async () => {
    const cafe = await newCafe()
    const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
    const device = async () => {
      const made = keep(await createGuestNode({ clock: cafe.clock, words }))
      made.know(cafe)
      await made.peer.cafes.register(cafe.at, await cafe.token(), {})
      return made
    }
    const [one, two] = [await device(), await device()]
    const content = randomBytes(3 * LEAF)
    const name = 'Testament of Ada.pdf'
    const added = await one.peer.backups.add(new Blob([content]), name, { ...signal(), onProgress: () => {} })
    const kept = Buffer.concat(
      (await cafe.rows.range('')).map(([key, value]) => Buffer.concat([Buffer.from(key), value])),
    )
    expect(kept.includes('Testament')).toBe(false)
    expect(kept.includes(Buffer.from(added.key as Uint8Array))).toBe(false)
    const auth = await one.access(cafe)
    const [listed] = await Array.fromAsync(one.pins.list(cafe.at.cafe, { auth }))
    expect(listed?.sealed?.byteLength).toBe(256)

    await two.peer.backups.adopt(signal())
    const [found] = await two.peer.backups.list()
    expect(found).toMatchObject({ root: added.root, name, size: content.byteLength, key: added.key, adopted: true })
    expect(at(await two.peer.backups.audit(added.root, signal()), cafe)).toMatchObject({ state: 'pinned', strikes: 0 })

    await one.peer.backups.remove(added.root, signal())
    await two.peer.backups.adopt(signal())
    expect(await two.peer.backups.list()).toEqual([])
  })

  it('of a file that only cafes have: another cafe fetches it from them', async () => {
    const [first, second] = [await newCafe(), await newCafe()]
    const words = 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'
    const device = async (...at: CafeNode[]) => {
      const made = keep(await createGuestNode({ clock: first.clock, words }))
      made.know(...at)
      for (const one of at) await made.peer.cafes.register(one.at, await one.token(), {})
      return made
    }
    const one = await device(first)
    const { root } = await backUp(one, randomBytes(4 * LEAF))
    const two = await device(first, second)
    await two.peer.backups.adopt(signal())
    await lying(first, {
      audit: async ({ blocks }, { send }) => {
        for (const _ of blocks) await send({ proof: null })
        return {}
      },
      mend: async () => ({ mended: 0, missing: 0 }),
    })
    const row = await two.peer.backups.audit(root, signal())
    expect(at(row, second)).toMatchObject({ state: 'pinned' })
    for (const cid of await cids(one)) expect(await second.blocks.has(cid)).toBe(true)
    expect(await cids(two)).toEqual([])
  })
})
