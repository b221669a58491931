/**
 * What a cafe in Node has acknowledged is there whenever its process is killed: clients register, pin, put snapshots and
 * get letters over real sockets, without a pause; the process gets SIGKILL at some moment, is started again on its folder,
 * and is asked for everything that it had given a receipt for. `CAFE_KILLS` times (10 without it).
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { blockSource } from '../../src/net/origins.ts'
import { type NodeCafeProcess, startNodeCafe } from '../fixtures/node-cafe.ts'
import { type Block, bytesOf, tree } from './blocks-fixture.ts'
import { createGuestNode, DAY, type GuestNode, keep, type TestClock } from './fixture.ts'
import { all, body, newId } from './record-fixture.ts'

const KILLS = Number(process.env['CAFE_KILLS'] ?? 10)
/**
 * When it ends: every other time in the very moment of a receipt, which must not be earlier than what it says; else after some
 * milliseconds, wherever that is.
 */
const MOST_RECEIPTS = 12
const LONGEST = 1500
/** Milliseconds for one step, on the busiest machine. */
const PATIENCE = 20_000
const MINUTE = 60_000

const clock: TestClock = Object.assign(() => Date.now(), { advance: () => {} })
let cafe: NodeCafeProcess
let client: GuestNode
let writer: GuestNode
const door = newId()

const auth = async (guest = client): Promise<{ auth: string; signal: AbortSignal }> => ({
  auth: await guest.peer.cafes.access(cafe.at.cafe, {}),
  signal: AbortSignal.timeout(PATIENCE),
})

async function newGuest(): Promise<GuestNode> {
  const guest = await createGuestNode({ clock })
  guest.node.connector.know(cafe.at.cafe, cafe.at.addresses)
  return guest
}

/** Everything that the cafe has given a receipt for. */
const acknowledged = {
  pins: new Map<string, readonly Block[]>(),
  letters: new Set<string>(),
  /** By slot: what was acknowledged last, and what may have come after it. */
  slots: new Map<string, { slot: Uint8Array; seq: number; body: string; tried: number }>(),
  guests: [] as GuestNode[],
}
const counts = { pins: 0, letters: 0, snapshots: 0, registrations: 0 }
type Counted = keyof typeof counts
/** Called at each receipt. */
let onReceipt = (): void => {}

function receipt(of: Counted): void {
  counts[of]++
  onReceipt()
}

/** Resolves when the process is to be killed. */
function moment(kill: number): Promise<void> {
  return new Promise((resolve) => {
    if (kill % 2 > 0) return void setTimeout(resolve, Math.random() * LONGEST)
    let left = 1 + Math.floor(Math.random() * MOST_RECEIPTS)
    onReceipt = () => {
      left -= 1
      // The first time there has been one of each kind, however busy the machine is.
      if (left > 0 || (kill === 0 && Object.values(counts).includes(0))) return
      void cafe.kill()
      resolve()
    }
  })
}

beforeAll(async () => {
  cafe = await startNodeCafe()
  ;[client, writer] = [keep(await newGuest()), keep(await newGuest())]
  await client.peer.cafes.register(cafe.at, cafe.token, {})
  const contacts = [await sha256(door)]
  const doors = { seq: 1, contacts, introduced: [], strangers: true, maxTtl: 30 * DAY }
  await client.inbox.setDoors(cafe.at.cafe, doors, await auth())
}, MINUTE)
afterAll(() => cafe?.close())

const steps: ReadonlyArray<(turn: number, signal: AbortSignal) => Promise<void>> = [
  async function pin(_turn, signal) {
    const blocks = await tree(3, 20_000)
    const root = (blocks.at(-1) as Block).cid
    const byCid = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))
    const read = async (cid: Block['cid']) => byCid.get(cid.toString()) as Block['bytes']
    const upload = await client.pins.upload(cafe.at.cafe, bytesOf(blocks), { ...(await auth()), signal, read })
    try {
      await upload.add(blocks.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })))
      await upload.finish(root)
    } finally {
      upload.close()
    }
    acknowledged.pins.set(root.toString(), blocks)
    receipt('pins')
  },
  async function deliver(_turn, signal) {
    const bytes = body(1024)
    const letter = { to: client.account().address, body: bytes, ttl: 7 * DAY, door: { key: door } }
    await writer.inbox.deliver(cafe.at.cafe, letter, { signal })
    acknowledged.letters.add(hex(bytes))
    receipt('letters')
  },
  async function put(turn, signal) {
    const slots = [...acknowledged.slots.values()]
    const known = turn % 3 > 0 ? slots.at(-1) : undefined
    const slot = known?.slot ?? newId()
    const options = { ...(await auth()), signal }
    // A version whose receipt was lost with the process may be there all the same.
    const expect = known ? ((await client.snapshots.get(cafe.at.cafe, slot, options))?.seq ?? 0) : 0
    const [seq, bytes] = [Math.max(expect, known?.tried ?? 0) + 1, body(1024)]
    if (known) known.tried = seq
    await client.snapshots.put(cafe.at.cafe, { slot, expect, seq, body: bytes }, options)
    acknowledged.slots.set(hex(slot), { slot, seq, body: hex(bytes), tried: seq })
    receipt('snapshots')
  },
  async function register(_turn, signal) {
    const guest = await newGuest()
    try {
      await guest.peer.cafes.register(cafe.at, cafe.token, { signal })
      acknowledged.guests.push(guest)
      receipt('registrations')
    } catch (error) {
      await guest.stop()
      throw error
    }
  },
]

/** Does it over and over until the cafe is gone. @throws what it fails with before that. */
async function repeat(step: (typeof steps)[number], gone: AbortSignal): Promise<void> {
  for (let turn = 0; !gone.aborted; turn++) {
    try {
      await step(turn, AbortSignal.any([gone, AbortSignal.timeout(PATIENCE)]))
    } catch (error) {
      if (!gone.aborted) throw error
    }
  }
}

async function checkAll(): Promise<void> {
  const roots = new Set<string>()
  for await (const { root } of client.pins.list(cafe.at.cafe, await auth())) roots.add(root.toString())
  expect([...acknowledged.pins.keys()].filter((root) => !roots.has(root))).toEqual([])
  const source = blockSource(client.node.connector).open([cafe.at.cafe])
  try {
    for (const { cid } of [...acknowledged.pins.values()].flat())
      await source.get(cid, { signal: AbortSignal.timeout(PATIENCE) })
  } finally {
    source.close()
  }
  const mail = await all(client.inbox.check(cafe.at.cafe, { after: 0, live: false }, await auth()))
  const here = mail.flatMap((one) => ('mail' in one ? [one.mail] : []))
  const bodies = new Set(here.map((letter) => hex(letter.body)))
  expect([...acknowledged.letters].filter((letter) => !bodies.has(letter))).toEqual([])
  for (const { slot, seq, body } of acknowledged.slots.values()) {
    const found = await client.snapshots.get(cafe.at.cafe, slot, await auth())
    expect(found?.seq).toBeGreaterThanOrEqual(seq)
    if (found?.seq === seq) expect(hex(found.body)).toBe(body)
  }
  for (const guest of acknowledged.guests)
    expect(await all(guest.pins.list(cafe.at.cafe, await auth(guest)))).toEqual([])
}

/** Makes room for the next turn: what was found is not kept for all of them. */
async function forget(): Promise<void> {
  const mail = await all(client.inbox.check(cafe.at.cafe, { after: 0, live: false }, await auth()))
  const ids = await Promise.all(mail.flatMap((one) => ('mail' in one ? [sha256(one.mail.body)] : [])))
  await client.inbox.ack(cafe.at.cafe, ids, await auth())
  acknowledged.letters.clear()
  for (const [name, { slot }] of [...acknowledged.slots].slice(0, -1)) {
    const found = await client.snapshots.get(cafe.at.cafe, slot, await auth())
    if (found) await client.snapshots.remove(cafe.at.cafe, { slot, expect: found.seq }, await auth())
    acknowledged.slots.delete(name)
  }
  for (const guest of acknowledged.guests.splice(0)) await guest.stop()
  for (const root of [...acknowledged.pins.keys()].slice(0, -5)) acknowledged.pins.delete(root)
}

it(
  `keeps what it acknowledged through ${KILLS} kills`,
  async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const gone = new AbortController()
      const load = Promise.all(steps.map((step) => repeat(step, gone.signal)))
      await Promise.race([moment(kill), load])
      onReceipt = () => {}
      // First the process, then those who wait for it: it must not see that they are leaving.
      const killed = cafe.kill()
      gone.abort()
      await Promise.all([killed, load])
      await cafe.start()
      await checkAll()
      await forget()
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0)
    process.stderr.write(`${KILLS} kills; acknowledged and found again: ${JSON.stringify(counts)}\n`)
  },
  Math.max(5, KILLS / 2) * MINUTE,
)
