/** A cafe that moves from one device to another: whoever dies when, one of them is the cafe in the end, and it is whole. */
import { describe, expect, it } from 'vitest'
import { arrivingRoots } from '../../src/cafe/carry/arriving-roots.ts'
import { createReceiving, type Receiving } from '../../src/cafe/carry/receive.ts'
import { type Destination, sayWord, sendCafe } from '../../src/cafe/carry/send.ts'
import { carryStates } from '../../src/cafe/carry/state.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import { formatMoveCode, parseMoveCode } from '../../src/net/move-code.ts'
import { collect } from '../../src/store/collect.ts'
import { tree } from './blocks-fixture.ts'
import { createDevice, type Device, hostOn, settleDevice } from './carry-world.ts'
import {
  type CafeNode,
  createClient,
  createTestNode,
  failure,
  type GuestNode,
  HOUR,
  keep,
  type TestNode,
} from './fixture.ts'
import { list, pin } from './pin-fixture.ts'

interface Receiver extends TestNode {
  readonly device: Device
  readonly receiving: Receiving
  readonly begun: Promise<PeerIdText>
  code(): Promise<string>
}

async function receiverOn(device: Device): Promise<Receiver> {
  const base = await createTestNode(device)
  keep(base.node)
  const begun = Promise.withResolvers<PeerIdText>()
  const receiving = await createReceiving({
    ...device,
    ...{
      peer: base.node.peer,
      peerKey: base.node.privateKey,
      registrar: base.node,
      random: systemRandom,
      log: silentLog,
    },
    onBegin: ({ cafe }) => begun.resolve(cafe),
  })
  const code = async (): Promise<string> =>
    formatMoveCode({ peer: base.node.peer, addresses: base.node.addresses(), secret: await receiving.offer() })
  return { ...base, device, receiving, begun: begun.promise, code }
}

const soon = () => ({ signal: AbortSignal.timeout(30_000) })

async function send(cafe: CafeNode, device: Device, code: string, signal = soon().signal) {
  const to: Destination = parseMoveCode(code)
  cafe.node.connector.know(to.peer, to.addresses)
  const { node } = cafe
  const what = { cafe: node.peer, identity: node.privateKey, epoch: 1, name: 'Test cafe', random: systemRandom }
  return sendCafe({ ...device, ...what, connector: node.connector }, to, { signal })
}

async function busyCafe(blocks = 4): Promise<{ device: Device; cafe: CafeNode; guest: GuestNode }> {
  const device = await createDevice()
  const cafe = await hostOn(device)
  const guest = keep(await createClient(cafe))
  await pin(guest, cafe, await tree(blocks, 100_000))
  return { device, cafe, guest }
}

describe('a move', () => {
  it('takes everything along: sessions go on, and the old place is another peer without rows', async () => {
    const { device, cafe, guest } = await busyCafe()
    const pinned = await list(guest, cafe)
    const there = await receiverOn(await createDevice({ clock: device.clock }))
    await cafe.cafe.close()
    const departure = await send(cafe, device, await there.code())
    expect(departure).toMatchObject({ state: 'left', cafe: cafe.node.peer, secret: null })
    expect(await there.begun).toBe(cafe.node.peer)
    await Promise.all([cafe.stop(), there.node.stop()])
    await Promise.all([settleDevice(device), settleDevice(there.device)])
    const moved = await hostOn(there.device)
    expect(moved.node.peer).toBe(cafe.node.peer)
    guest.know(moved)
    // The very session of before, and its next generation.
    expect(await list(guest, moved)).toEqual(pinned)
    device.clock.advance(HOUR)
    expect(await list(guest, moved)).toEqual(pinned)
    expect(await moved.cafe.alarms.list()).toEqual([])
    const empty = await createTestNode(device)
    keep(empty.node)
    expect(empty.node.peer).not.toBe(cafe.node.peer)
    expect(device.newPeers).toBe(1)
    const left = (await device.rows.keys('/cafe/')).filter((key) => !/^\/cafe\/(carry|room)\//.test(key))
    expect(left).toEqual([])
    expect(await carryStates(device.rows).departure()).toMatchObject({ state: 'left', erased: true })
  })

  it('and back: the cafe is where it was, and says nothing of having left', async () => {
    const { device, cafe, guest } = await busyCafe()
    const pinned = await list(guest, cafe)
    let [from, at] = [device, cafe]
    let to = await createDevice({ clock: device.clock })
    for (let i = 0; i < 2; i++) {
      const there = await receiverOn(to)
      await at.cafe.close()
      await send(at, from, await there.code())
      await there.begun
      await Promise.all([at.stop(), there.node.stop()])
      await Promise.all([settleDevice(from), settleDevice(to)])
      at = await hostOn(to)
      ;[from, to] = [to, from]
    }
    expect(from).toBe(device)
    guest.know(at)
    expect(await list(guest, at)).toEqual(pinned)
    expect(await carryStates(device.rows).departure()).toBeUndefined()
  })

  it('goes nowhere with a wrong code, to itself, or onto another cafe', async () => {
    const { device, cafe } = await busyCafe()
    const there = await receiverOn(await createDevice())
    const code = parseMoveCode(await there.code())
    const wrong = formatMoveCode({ ...code, secret: new Secret(systemRandom(16)) })
    for (let i = 0; i < 19; i++)
      expect(await failure(send(cafe, device, wrong))).toMatchObject({ code: 'FORBIDDEN', what: 'code' })
    const own = formatMoveCode({ ...code, peer: cafe.node.peer })
    expect(await failure(send(cafe, device, own))).toMatchObject({ code: 'CONFLICT', what: 'own code' })
    const host = await createDevice()
    await hostOn(host).then(({ token }) => token())
    expect(await failure((await receiverOn(host)).code())).toMatchObject({ code: 'CONFLICT', what: 'cafe' })
    // The right one counts still, and after one more wrong one it does not.
    await failure(send(cafe, device, wrong))
    expect(await failure(send(cafe, device, formatMoveCode(code)))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await carryStates(device.rows).departure()).toBeUndefined()
    expect(() => parseMoveCode('cafe-move:none')).toThrow()
  })

  it('that was stopped goes on with the same code, and sends no block twice', async () => {
    const { device, cafe } = await busyCafe(40)
    const there = await receiverOn(await createDevice())
    const code = await there.code()
    const stop = new AbortController()
    const slow = setInterval(() => there.device.blocks.size > 10 && stop.abort(), 1)
    expect(await failure(send(cafe, device, code, stop.signal))).toMatchObject({ code: 'ABORTED' })
    clearInterval(slow)
    const came = there.device.blocks.size
    expect(came).toBeGreaterThan(10)
    let sent = 0
    const get: Device['blocks']['get'] = (cid) => {
      sent++
      return device.blocks.get(cid)
    }
    const counting: Device = {
      ...device,
      blocks: { ...device.blocks, size: 0, get },
    }
    expect(await send(cafe, counting, code)).toMatchObject({ state: 'left' })
    expect(sent).toBeLessThanOrEqual(41 - came + 8)
    expect(there.device.blocks.size).toBe(41)
  })
})

/** Rows that die with their nth commit, before or after it. */
function mortal(device: Device, at: number, after: boolean): Device {
  let commits = 0
  let dead = false
  const commit: Device['rows']['commit'] = async (changes) => {
    if (dead) throw new CafeError('INTERNAL', { what: 'killed' })
    dead = ++commits === at
    if (!dead || after) await device.rows.commit(changes)
    if (dead) throw new CafeError('INTERNAL', { what: 'killed' })
  }
  return { ...device, rows: { ...device.rows, commit } }
}

/** Starts both again, as often as it takes, and gives who is the cafe then. */
async function settleBoth(old: Device, next: Device): Promise<CafeNode> {
  await settleDevice(old)
  await settleDevice(next)
  const departure = await carryStates(old.rows).departure()
  if (departure?.state === 'leaving') {
    const here = await createTestNode(old)
    keep(here.node)
    const arrival = await carryStates(next.rows).arrival()
    if (arrival) {
      const free = { ...next, sources: [arrivingRoots(next.rows)] }
      await collect(free, { ...soon(), whole: true })
      const there = await receiverOn(next)
      here.node.connector.know(there.node.peer, there.node.addresses())
      await sayWord({ rows: old.rows, connector: here.node.connector }, departure, soon())
      await there.begun
      await there.node.stop()
    } else {
      await sayWord({ rows: old.rows, connector: here.node.connector, isRunning: async () => true }, departure, soon())
    }
    await here.node.stop()
    await settleDevice(old)
    await settleDevice(next)
  }
  const gone = await carryStates(old.rows).departure()
  return hostOn(gone ? next : old)
}

describe('a move in which one side is killed', () => {
  for (const side of ['old', 'new'] as const)
    it(`the ${side} place, before or after anything it writes down`, async () => {
      const stayed: boolean[] = []
      for (let at = 1, ended = false; !ended; at++)
        for (const after of [false, true]) {
          const { device, cafe, guest } = await busyCafe(2)
          const { address } = guest.account()
          const pinned = await cafe.keep.list(address)
          const next = await createDevice({ clock: device.clock })
          const there = await receiverOn(side === 'new' ? mortal(next, at, after) : next)
          await cafe.cafe.close()
          const from = side === 'old' ? mortal(device, at, after) : device
          const departure = await there
            .code()
            .then((code) => send(cafe, from, code))
            .catch(() => undefined)
          ended = departure?.state === 'left' && at > 1
          await Promise.all([cafe.stop(), there.node.stop()])
          const one = await settleBoth(device, next)
          expect(one.node.peer, `commit ${at}`).toBe(cafe.node.peer)
          expect(await one.keep.list(address)).toEqual(pinned)
          for (const { root } of pinned) expect(await one.blocks.has(root)).toBe(true)
          const isOld = one.blocks === device.blocks
          stayed.push(isOld)
          // The other is some other peer, or none yet.
          const other = await createTestNode(isOld ? next : device)
          expect(other.node.peer).not.toBe(cafe.node.peer)
          await Promise.all([one.stop(), other.node.stop(), guest.stop()])
        }
      expect(stayed).toContain(true)
      expect(stayed).toContain(false)
    })
})
