/** Moving to another cafe: whatever interrupts it wherever, one of the two has everything, and it goes on to its end. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import type { Account } from '../../src/crypto/account.ts'
import { ONLY_SLOT } from '../../src/crypto/slot-seal.ts'
import { openManifest } from '../../src/peer/manifest.ts'
import { createMove, type MoveStep } from '../../src/peer/move.ts'
import { createRecord } from '../../src/peer/record.ts'
import { createSlots } from '../../src/peer/slots.ts'
import { openSnapshot, threadSlot } from '../../src/peer/snapshot.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { accountOf, deviceOf, NOW } from './seal-help.ts'
import {
  clientOf,
  createTestCafe,
  createTestCafes,
  createTestKeepers,
  mortal,
  threadOf,
  type WorldCafe,
} from './slot-world.ts'

const never = new AbortController().signal
const THREADS = [threadOf(1), threadOf(2)]
const FILES = ['a', 'b', 'c']

let account: Account
let cafes: [WorldCafe, WorldCafe]
/** Files that each cafe has, and the card that each shows. */
let files: Map<PeerIdText, Set<string>>
let cards: Map<PeerIdText, readonly string[]>
let joined: Parameters<typeof createTestCafes>[2]

beforeAll(async () => {
  account = await accountOf(1)
})
beforeEach(async () => {
  cafes = [await createTestCafe(), await createTestCafe()]
  cafes[1].open = true
  files = new Map(cafes.map(({ cafe }) => [cafe, new Set()]))
  cards = new Map()
  joined = []
})

/** The device, as it is started over these rows. */
function start(rows: Rows, onStep: (step: MoveStep) => void = () => {}) {
  const device = deviceOf(1).peer
  const at = createTestCafes(cafes, account, joined)
  const parts = {
    ...{ rows, account: () => account, device, clock: () => NOW, snapshots: clientOf(cafes) },
    ...{ keepers: createTestKeepers(rows), record: createRecord({ rows, device, clock: () => NOW }) },
  }
  const erasing = {
    ...at,
    async deregister(cafe: PeerIdText) {
      onStep('leave')
      const left = await at.deregister(cafe)
      const erased = cafes.find((one) => one.cafe === cafe)
      if (erased?.dead) throw new Error('unreachable')
      erased?.slots.clear()
      files.get(cafe)?.clear()
      return left
    },
    register: (to: Parameters<typeof at.register>[0]) => {
      onStep('register')
      return at.register(to)
    },
  }
  const slots = createSlots({ ...parts, cafes: erasing })
  const move = createMove({
    ...parts,
    ...{ cafes: erasing, slots, pauses: { first: 5, longest: 20 } },
    cargo: [
      {
        name: 'files',
        // One with each look, so that there is something to interrupt.
        async bring(to) {
          onStep('copy')
          const there = files.get(to)
          const next = FILES.find((file) => !there?.has(file))
          if (next) there?.add(next)
          return FILES.filter((file) => !there?.has(file)).length
        },
      },
    ],
    async publish() {
      onStep('publish')
      const named = (await parts.record.entries('cafe')).flatMap(({ id, value }) => (value ? [id] : []))
      for (const { cafe } of await at.list()) cards.set(cafe, named)
    },
  })
  return { ...parts, cafes: at, slots, move }
}
type Device = ReturnType<typeof start>

/** At the first cafe with threads and files, and that cafe is what its card names. */
async function settled(rows: Rows): Promise<Device> {
  joined = []
  const [{ cafe }] = cafes
  cafes[0].open = true
  const device = start(rows)
  await device.cafes.register({ cafe, addresses: [] })
  await device.record.set('cafe', cafe, { name: 'A cafe', addresses: [] })
  for (const [i, thread] of THREADS.entries()) await device.keepers.add(thread, i)
  await device.slots.run()
  files.set(cafe, new Set(FILES))
  cards.set(cafe, [cafe])
  return device
}

async function hasAll({ cafe, slots }: WorldCafe): Promise<boolean> {
  for (const thread of THREADS) {
    const slot = await threadSlot(account, thread)
    const body = slots.get(hex(slot))?.body
    if (!body || (await openSnapshot(account, slot, body)).thread !== thread) return false
  }
  return slots.has(hex(ONLY_SLOT)) && FILES.every((file) => files.get(cafe)?.has(file))
}

/** Where everything can be found by whoever asks where the account is: one of the cafes it is at has all, and is named. */
async function isFindable(device: Device): Promise<boolean> {
  const at = (await device.cafes.list()).map(({ cafe }) => cafe)
  for (const one of cafes) {
    const named = at.some((cafe) => cards.get(cafe)?.includes(one.cafe))
    if (at.includes(one.cafe) && named && (await hasAll(one))) return true
  }
  return false
}

const what = () => ({ from: cafes[0].cafe, to: { cafe: cafes[1].cafe, addresses: [] } })

async function expectMoved(device: Device): Promise<void> {
  const [old, now] = cafes
  expect(await device.move.state()).toBeUndefined()
  expect((await device.cafes.list()).map(({ cafe }) => cafe)).toEqual([now.cafe])
  expect(await hasAll(now)).toBe(true)
  expect(old.slots.size).toBe(0)
  expect(cards.get(now.cafe)).toEqual([now.cafe])
  const manifest = await openManifest(account, now.slots.get(hex(ONLY_SLOT))?.body ?? new Uint8Array())
  const named = manifest.entries.filter(({ kind, value }) => kind === 'cafe' && value !== null)
  expect(named.map(({ id }) => id)).toEqual([now.cafe])
  device.slots.close()
}

describe('a move', () => {
  it('brings everything to the new cafe, says where it is, and leaves the old one last', async () => {
    const rows = memoryRows()
    ;(await settled(rows)).slots.close()
    const steps: MoveStep[] = []
    const device = start(rows, (step) => steps.at(-1) !== step && steps.push(step))
    await device.move.begin(what(), { signal: never })
    // After it has left, it copies nothing more and says where it is now.
    expect(steps).toEqual(['register', 'copy', 'publish', 'copy', 'leave', 'publish'])
    await expectMoved(device)
  })

  it('stopped in any step goes on, and meanwhile everything can be found', { timeout: 60_000 }, async () => {
    for (let stopAt = 1; ; stopAt++) {
      const rows = memoryRows()
      ;(await settled(rows)).slots.close()
      const stop = new AbortController()
      let calls = 0
      const first = start(rows, () => {
        if (++calls === stopAt) stop.abort()
      })
      const end = await first.move.begin(what(), { signal: stop.signal }).catch(() => 'stopped')
      first.slots.close()
      expect(await isFindable(first)).toBe(true)
      const second = start(rows)
      await second.move.resume({ signal: never })
      await expectMoved(second)
      if (end !== 'stopped') {
        expect(stopAt).toBeGreaterThan(5)
        return
      }
      cafes = [await createTestCafe(), await createTestCafe()]
      cafes[1].open = true
      files = new Map(cafes.map(({ cafe }) => [cafe, new Set()]))
    }
  })

  it('killed at any commit goes on, and meanwhile everything can be found', { timeout: 120_000 }, async () => {
    for (let k = 1; ; k++) {
      const rows = memoryRows()
      ;(await settled(rows)).slots.close()
      const dying = mortal(rows, k, k % 2 === 0)
      const first = start(dying)
      const end = await Promise.race([first.move.begin(what(), { signal: never }), dying.died])
      first.slots.close()
      const second = start(rows)
      expect(await isFindable(second)).toBe(true)
      if (
        end === 'died' &&
        !(await second.move.state()) &&
        (await second.cafes.list()).some(({ cafe }) => cafe === cafes[0].cafe)
      )
        await second.move.begin(what(), { signal: never })
      await second.move.resume({ signal: never })
      await expectMoved(second)
      if (end !== 'died') {
        expect(k).toBeGreaterThan(10)
        return
      }
      cafes = [await createTestCafe(), await createTestCafe()]
      cafes[1].open = true
      files = new Map(cafes.map(({ cafe }) => [cafe, new Set()]))
    }
  })

  it('can be given up before the last step, and the account is then at both; another can begin', async () => {
    const rows = memoryRows()
    ;(await settled(rows)).slots.close()
    cafes[1].dead = true
    const stop = new AbortController()
    const device = start(rows)
    expect(await failure(() => device.move.begin(what(), { signal: stop.signal }))).toMatchObject({
      code: 'UNREACHABLE',
    })
    expect(await device.move.state()).toMatchObject({ step: 'register', to: cafes[1].cafe })
    expect(await failure(() => device.move.begin(what(), { signal: never }))).toMatchObject({ code: 'CONFLICT' })
    cafes[1].dead = false
    let looks = 0
    let aborted: Promise<void> | undefined
    const copying = start(rows, (step) => {
      if (step === 'copy' && ++looks === 2) aborted = copying.move.abort()
    })
    expect(await failure(() => copying.move.resume({ signal: never }))).toMatchObject({ code: 'ABORTED' })
    await aborted
    expect(await copying.move.state()).toBeUndefined()
    expect((await copying.cafes.list()).map(({ cafe }) => cafe)).toEqual(cafes.map(({ cafe }) => cafe))
    expect(await hasAll(cafes[0])).toBe(true)
    const again = start(rows)
    await again.move.begin(what(), { signal: never })
    await expectMoved(again)
  })

  it('does not leave a cafe for one that stops admitting us, nor take the last step back', async () => {
    const rows = memoryRows()
    ;(await settled(rows)).slots.close()
    const device = start(rows, (step) => {
      if (step !== 'publish') return
      // Put out, just before the old one would be left.
      joined?.splice(
        joined.findIndex(({ cafe }) => cafe === cafes[1].cafe),
        1,
      )
    })
    expect(await failure(() => device.move.begin(what(), { signal: never }))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await hasAll(cafes[0])).toBe(true)
    expect((await device.move.state())?.step).toBe('leave')
    expect(await failure(() => device.move.abort())).toMatchObject({ code: 'CONFLICT' })
  })
})
