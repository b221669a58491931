/** Parts of the mail by themselves: sets of numbers, doors, prekeys. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DoorList } from '../../src/cafe/inbox/client.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import { hex } from '../../src/core/ids.ts'
import { text, v } from '../../src/core/schema.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { openSealed, sealTo } from '../../src/crypto/seal.ts'
import { createDoors, type People } from '../../src/peer/mail/doors.ts'
import { createPrekeys } from '../../src/peer/mail/prekeys.ts'
import { addRange, holds, holesOf, type Ranges, rangesOf } from '../../src/peer/mail/ranges.ts'
import type { DoorName } from '../../src/peer/mail/types.ts'
import { createRecord } from '../../src/peer/record.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { failure } from './crypto-help.ts'
import { accountOf, DAY, deviceOf, NOW } from './seal-help.ts'

describe('sets of numbers', () => {
  const number = fc.integer({ min: 1, max: 60 })

  it('hold what was added and nothing else, in the shortest form', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, fc.nat(8))), (added) => {
        const expected = new Set<number>()
        let ranges: Ranges = []
        for (const [first, more] of added) {
          ranges = addRange(ranges, [first, first + more])
          for (let n = first; n <= first + more; n++) expected.add(n)
        }
        for (let n = 1; n <= 70; n++) expect(holds(ranges, n)).toBe(expected.has(n))
        expect(ranges).toEqual(rangesOf([...expected]))
        for (let i = 1; i < ranges.length; i++)
          expect((ranges[i]?.[0] ?? 0) - (ranges[i - 1]?.[1] ?? 0)).toBeGreaterThan(1)
        const last = Math.max(0, ...expected)
        const holes = holesOf(ranges)
        for (let n = 1; n <= last; n++) expect(holds(holes, n)).toBe(!expected.has(n))
      }),
    )
  })
})

describe('doors', () => {
  async function world(people: People) {
    const account = await accountOf(1)
    const cafe = deviceOf(100).peer
    const state = { people, told: [] as DoorList[], fail: [] as CafeError[], strangers: true }
    const doors = createDoors({
      ...{ rows: memoryRows(), account, clock: () => NOW },
      cafes: { list: async () => [{ cafe, state: 'active' } as never], access: async () => 'token' },
      client: {
        async setDoors(_, list) {
          const error = state.fail.shift()
          if (error) throw error
          state.told.push(list)
        },
      },
      people: async () => state.people,
      strangers: async () => state.strangers,
    })
    return { account, cafe, doors, state }
  }

  it('are the same on all devices, and keyed by who gets them', async () => {
    const one = await world({ contacts: [], threads: [] })
    const two = await world({ contacts: [], threads: [] })
    const secret = (await one.account.derive('door')).reveal()
    const expected = createHmac('sha256', secret).update('card').digest().subarray(0, 16)
    expect(hex(await one.doors.key('card'))).toBe(hex(expected))
    expect(await two.doors.key('card')).toEqual(await one.doors.key('card'))
    expect(await one.doors.key('thread/ab')).not.toEqual(await one.doors.key('thread/ac'))
  })

  it('are told to cafes by their hashes, once, and again when they are others', async () => {
    const { address } = await accountOf(2)
    const { doors, state, cafe } = await world({ contacts: [address], threads: ['ab'] })
    await doors.run()
    await doors.run()
    expect(state.told).toHaveLength(1)
    const hashes = (...names: DoorName[]) => Promise.all(names.map(async (name) => sha256(await doors.key(name))))
    expect(state.told[0]?.contacts).toEqual(await hashes(`contact/${address}`, 'thread/ab'))
    expect(state.told[0]?.introduced).toEqual(await hashes('card'))
    state.people = { contacts: [], threads: ['ab'] }
    await doors.run()
    expect(state.told[1]?.contacts).toEqual(await hashes('thread/ab'))
    expect(state.told[1]?.seq).toBeGreaterThan(state.told[0]?.seq ?? 0)
    await doors.forgotten(cafe)
    await doors.run()
    expect(state.told).toHaveLength(3)
    doors.close()
  })

  it('go on from the number of another device', async () => {
    const { doors, state } = await world({ contacts: [], threads: [] })
    state.fail = [new CafeError('CONFLICT', { seq: NOW + 10 })]
    await doors.run()
    expect(state.told[0]?.seq).toBe(NOW + 11)
    doors.close()
  })

  it('are told again and again until the cafe has heard', async () => {
    const { doors, state } = await world({ contacts: [], threads: [] })
    state.fail = [new CafeError('UNREACHABLE'), new CafeError('UNREACHABLE')]
    await doors.run()
    expect(state.told).toHaveLength(0)
    for (let i = 0; i < 3; i++) await doors.run()
    expect(state.told).toHaveLength(1)
    doors.close()
  })
})

describe('prekeys', () => {
  async function world() {
    const state = { now: NOW }
    const clock = () => state.now
    const record = createRecord({ rows: memoryRows(), device: deviceOf(1).peer, clock })
    const prekeys = createPrekeys({ record, clock, random: systemRandom })
    return { state, record, prekeys }
  }

  it('open what was sealed to them, on all devices that have the record', async () => {
    const { record, prekeys } = await world()
    await prekeys.tend()
    const prekey = await prekeys.current()
    const signer = accountSigner(await accountOf(2), deviceOf(2).peer)
    const { address } = await accountOf(1)
    const sealed = await sealTo(signer, 'hello', { to: address, purpose: 'mail', ts: NOW, prekey })
    const other = createRecord({ rows: memoryRows(), device: deviceOf(3).peer, clock: () => NOW })
    await other.merge(await record.all())
    const keys = await createPrekeys({ record: other, clock: () => NOW, random: systemRandom }).all()
    expect(await openSealed(await accountOf(1), 'mail', text(10), sealed, keys)).toMatchObject({ body: 'hello' })
    expect(await failure(async () => openSealed(await accountOf(1), 'mail', v.string(), sealed, []))).toMatchObject({
      code: 'SEALED',
    })
  })

  it('are fresh each month, and erased a month after they were last named', async () => {
    const { state, record, prekeys } = await world()
    await prekeys.tend()
    await prekeys.tend()
    const first = await prekeys.current()
    expect(await prekeys.all()).toHaveLength(1)
    state.now += 24 * DAY
    await prekeys.tend()
    expect(await prekeys.all()).toHaveLength(2)
    expect((await prekeys.current())?.x25519).not.toEqual(first?.x25519)
    state.now += 35 * DAY
    await prekeys.tend()
    expect((await prekeys.all()).map(({ publicKey }) => publicKey)).toContainEqual(first?.x25519)
    state.now += 2 * DAY
    await prekeys.tend()
    expect((await prekeys.all()).map(({ publicKey }) => publicKey)).not.toContainEqual(first?.x25519)
    const entries = await record.entries('prekey')
    expect(entries.filter(({ value }) => value === null)).toHaveLength(1)
  })
})
