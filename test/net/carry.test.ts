/** A whole cafe as one file: it goes on at another place as the same, or not at all. */
import { CarReader } from '@ipld/car'
import { beforeAll, describe, expect, it } from 'vitest'
import { rootKey } from '../../src/cafe/pin/store.ts'
import { sessionStore } from '../../src/cafe/session/store.ts'
import { hex } from '../../src/core/ids.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { collect } from '../../src/store/collect.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { bytesOf, tree } from './blocks-fixture.ts'
import {
  createDevice,
  type Device,
  exportFrom,
  gather,
  hostOn,
  importTo,
  inPieces,
  settleDevice,
} from './carry-world.ts'
import { type CafeNode, createClient, DAY, dumpRows, failure, type GuestNode, HOUR, keep } from './fixture.ts'
import { list, pin, usage } from './pin-fixture.ts'
import { all, auth, body, newId } from './record-fixture.ts'

type Bytes = Uint8Array<ArrayBuffer>
interface Place {
  readonly device: Device
  readonly cafe: CafeNode
}

let old: Place
let guest: GuestNode
let letter: Bytes
let pinned: readonly string[]
let file: Bytes

const letters = async (at: CafeNode) =>
  (await all(guest.inbox.check(at.at.cafe, { after: 0, live: false }, await auth(guest, at)))).flatMap((one) =>
    'mail' in one ? [hex(one.mail.body)] : [],
  )

/** A cafe with a client who has pinned three files, one of them in part the other, and has mail. */
async function busyCafe(): Promise<Place> {
  const device = await createDevice()
  const cafe = await hostOn(device)
  guest = keep(await createClient(cafe))
  const [one, other] = [await tree(4, 200_000), await tree(3, 3000)]
  for (const blocks of [one, other, one.slice(0, 1)]) await pin(guest, cafe, blocks)
  const key = newId()
  const doors = { seq: 1, contacts: [await sha256(key)], introduced: [], strangers: true, maxTtl: 30 * DAY }
  await guest.inbox.setDoors(cafe.at.cafe, doors, await auth(guest, cafe))
  const writer = keep(await createClient(cafe))
  letter = body(4096)
  await writer.inbox.deliver(cafe.at.cafe, { to: guest.account().address, body: letter, ttl: 7 * DAY, door: { key } })
  return { device, cafe }
}

beforeAll(async () => {
  old = await busyCafe()
  pinned = await list(guest, old.cafe)
  file = await gather((await exportFrom(old.device, old.cafe)).chunks())
})

/** A device of which nothing was changed. */
const isUntouched = async (device: Device): Promise<void> => {
  const keys = Object.keys(await dumpRows(device.rows)).filter((key) => !key.startsWith('/cafe/room/'))
  expect(keys).toEqual([])
  await settleDevice(device)
  expect(device.newPeers).toBe(0)
}

describe('the file', () => {
  it('is a CAR that every tool reads, with each block once and proved', async () => {
    const car = await CarReader.fromBytes(file)
    const [root] = await car.getRoots()
    const seen = new Set<string>()
    for await (const { cid, bytes } of car.blocks()) {
      expect(hex(await sha256(bytes))).toBe(hex(cid.multihash.digest))
      seen.add(rootKey(cid))
    }
    const { description, close } = await exportFrom(old.device, old.cafe)
    close()
    expect(seen.has(rootKey(root as NonNullable<typeof root>))).toBe(true)
    expect(seen.size).toBe(1 + description.pieces.length + description.blocks)
    expect(description.bytes).toBeGreaterThanOrEqual(4 * 200_000)
  })

  it('tells nobody without the passphrase who is a client, nor any token or key', async () => {
    const text = Buffer.from(file).toString('latin1')
    expect(text).not.toContain(guest.account().address)
    expect(text).not.toContain(guest.node.peer)
    expect(text).toContain(old.cafe.node.peer)
    const secret = Buffer.from(old.cafe.node.privateKey.raw).toString('latin1')
    expect(text).not.toContain(secret.slice(0, 32))
    expect(
      await failure(importTo(await createDevice(), inPieces(file), { passphrase: 'three green parrot' })),
    ).toMatchObject({
      ...{ code: 'FORBIDDEN', what: 'passphrase' },
    })
  })

  it('is of one moment, though the cafe goes on meanwhile', async () => {
    const exported = await exportFrom(old.device, old.cafe)
    const chunks = exported.chunks()
    const first = await chunks.next()
    const late = keep(await createClient(old.cafe))
    const parts = [first.value as Bytes]
    for await (const chunk of chunks) parts.push(chunk)
    const device = await createDevice()
    await importTo(device, inPieces(new Uint8Array(await new Blob(parts).arrayBuffer())))
    await settleDevice(device)
    const clients = await sessionStore(device.rows).clients.list([])
    expect(clients.map(({ row }) => row.peer)).toContain(guest.node.peer)
    expect(clients.map(({ row }) => row.peer)).not.toContain(late.node.peer)
  })

  it('needs a passphrase that is one', async () => {
    expect(await failure(exportFrom(old.device, old.cafe, { passphrase: 'short' }))).toMatchObject({
      ...{ code: 'BAD_REQUEST', what: 'passphrase' },
    })
    expect(old.device.holds.size).toBe(0)
  })

  it('stops where its reader does, and holds nothing then', async () => {
    const reader = (await exportFrom(old.device, old.cafe)).stream().getReader()
    await reader.read()
    await reader.cancel()
    expect(old.device.holds.size).toBe(0)
    const stop = new AbortController()
    const chunks = (await exportFrom(old.device, old.cafe, { signal: stop.signal })).chunks()
    await chunks.next()
    stop.abort()
    expect(await failure(gather(chunks))).toMatchObject({ code: 'ABORTED' })
    expect(old.device.holds.size).toBe(0)
  })

  it('goes without a block that the medium has lost, and says so; one that was changed is thrown away first', async () => {
    const place = await busyCafe()
    const [root] = await list(guest, place.cafe)
    const { pins } = (await import('../../src/cafe/pin/store.ts')).pinStore(place.device.rows)
    const row = await pins.get(guest.account().address, root as string)
    await place.device.blocks.put(row?.root as NonNullable<typeof row>['root'], new Uint8Array(5))
    const damaged = await exportFrom(place.device, place.cafe)
    expect(await failure(gather(damaged.chunks()))).toMatchObject({ code: 'CORRUPT' })
    const again = await exportFrom(place.device, place.cafe)
    expect(again.description.absent.length).toBe(1)
    const device = await createDevice()
    await importTo(device, again.chunks())
    await settleDevice(device)
    expect(device.blocks.size).toBe(again.description.blocks)
  })
})

describe('a cafe that was carried', () => {
  it('goes on at its new place: its clients, their pins and mail, and nobody registers', async () => {
    const place = await busyCafe()
    const device = await createDevice({ clock: place.device.clock })
    const { cafe: name } = await importTo(
      device,
      inPieces(await gather((await exportFrom(place.device, place.cafe)).chunks())),
    )
    expect(name).toBe(place.cafe.node.peer)
    const [before, used] = [await list(guest, place.cafe), await usage(guest, place.cafe)]
    await place.cafe.cafe.close()
    await place.cafe.stop()
    expect(await settleDevice(device)).toEqual({ cafe: name })
    const cafe = await hostOn(device)
    expect(cafe.node.peer).toBe(name)
    guest.know(cafe)
    // What a peer does by itself when a cafe refuses its session: the file may be old, so it has none of its sessions.
    await guest.peer.cafes.access(name, { refused: await guest.access(cafe) })
    expect(await list(guest, cafe)).toEqual(before)
    expect(await usage(guest, cafe)).toEqual(used)
    expect(await letters(cafe)).toEqual([hex(letter)])
    device.clock.advance(2 * HOUR)
    expect(await list(guest, cafe)).toEqual(before)
    const collected = await collect(
      { ...device, sources: [cafe.keep.roots] },
      { signal: AbortSignal.timeout(20_000), whole: true },
    )
    expect(collected.blocks).toBe(0)
    const [joined] = await guest.peer.cafes.list()
    expect(joined).toMatchObject({ cafe: name, state: 'active' })
    expect(await cafe.cafe.alarms.list()).toEqual([])
  })

  it('is in a newer epoch, under the name its host gave it, and to be opened', async () => {
    const device = await createDevice()
    await importTo(device, inPieces(file))
    await settleDevice(device)
    const rows = await dumpRows(device.rows)
    expect(Object.keys(rows)).toContain('/cafe/host/me')
    const { decode } = await import('../../src/core/codec.ts')
    expect(decode((await device.rows.get('/cafe/commits')) as Uint8Array, 64)).toMatchObject({ epoch: 2 })
    expect(decode((await device.rows.get('/cafe/host/me')) as Uint8Array, 512)).toMatchObject({
      name: 'Test cafe',
      open: true,
    })
    expect(Object.keys(rows).filter((key) => key.startsWith('/scope/') || key.startsWith('/cafe/carry/'))).toEqual([])
  })

  it('is not laid over another, nor over itself, nor beside itself', async () => {
    const other = await createDevice()
    await hostOn(other).then(({ token }) => token())
    const before = await dumpRows(other.rows)
    expect(await failure(importTo(other, inPieces(file)))).toMatchObject({ code: 'CONFLICT', what: 'cafe' })
    expect(await dumpRows(other.rows)).toEqual(before)
    expect(await failure(importTo(old.device, inPieces(file)))).toMatchObject({ code: 'CONFLICT', what: 'cafe' })
    const device = await createDevice()
    expect(await failure(importTo(device, inPieces(file), { isRunning: async () => true }))).toMatchObject({
      ...{ code: 'CONFLICT', what: 'running' },
    })
    await isUntouched(device)
    await importTo(device, inPieces(file))
    expect(await failure(importTo(device, inPieces(file)))).toMatchObject({ code: 'CONFLICT', what: 'arrival' })
  })
})

describe('a file that is not whole', () => {
  it('leaves nothing, wherever it ends', async () => {
    const ends = [
      0,
      1,
      40,
      500,
      file.byteLength >> 2,
      file.byteLength >> 1,
      file.byteLength - 200_100,
      file.byteLength - 1,
    ]
    for (const end of ends) {
      const device = await createDevice()
      expect((await failure(importTo(device, inPieces(file.subarray(0, end))))).code, `at ${end}`).toBe('BAD_REQUEST')
      await isUntouched(device)
      const free = { ...device, sources: [] }
      await collect(free, { signal: AbortSignal.timeout(20_000), whole: true })
      expect(device.blocks.size).toBe(0)
    }
  })

  it('leaves nothing if any byte of it was changed', async () => {
    for (let i = 0; i < 40; i++) {
      const bad = file.slice()
      const at = i < 20 ? i * 37 : Math.floor((i / 40) * file.byteLength)
      bad[at] = (bad[at] as number) ^ 1
      const device = await createDevice()
      const { code } = await failure(importTo(device, inPieces(bad)))
      expect(['BAD_REQUEST', 'CORRUPT', 'FORBIDDEN', 'SEALED']).toContain(code)
      await isUntouched(device)
    }
  })

  it('leaves nothing if a section is twice in it, or another’s', async () => {
    const car = await CarReader.fromBytes(file)
    const last = file.slice(-200_000 - 40)
    expect(car).toBeDefined()
    const device = await createDevice()
    expect((await failure(importTo(device, inPieces(new Uint8Array([...file, ...last]))))).code).toBe('BAD_REQUEST')
    await isUntouched(device)
  })

  it('leaves nothing where the disk is full, or it was stopped', async () => {
    const full = await createDevice({ blocks: memoryBlocks(300_000) })
    expect(await failure(importTo(full, inPieces(file)))).toMatchObject({ code: 'QUOTA' })
    await isUntouched(full)
    const stop = new AbortController()
    const device = await createDevice()
    const onProgress = ({ phase }: { phase: string }): void => void (phase === 'blocks' && stop.abort())
    expect(await failure(importTo(device, inPieces(file), { signal: stop.signal, onProgress }))).toMatchObject({
      code: 'ABORTED',
    })
    await isUntouched(device)
    expect(device.holds.size).toBe(0)
  })
})

it('the test cafe is what it should be', () => {
  expect(pinned.length).toBe(3)
  expect(bytesOf([])).toBe(0)
})
