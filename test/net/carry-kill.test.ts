/** Killed at any step of an arrival: it is there whole after the next start, or it never came. */
import { describe, expect, it } from 'vitest'
import { carryStates } from '../../src/cafe/carry/state.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Rows } from '../../src/store/rows.ts'
import { tree } from './blocks-fixture.ts'
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
import { createClient, dumpRows, keep } from './fixture.ts'
import { pin } from './pin-fixture.ts'

/** A device that dies before, or right after, its nth commit: from then on nothing is written or read. */
function mortal(device: Device, at: number, after: boolean): Device {
  let commits = 0
  let dead = false
  const alive = (): void => {
    if (dead) throw new CafeError('INTERNAL', { what: 'killed' })
  }
  const rows: Pick<Rows, 'commit' | 'get' | 'range' | 'keys'> = {
    async commit(changes) {
      alive()
      dead = ++commits === at
      if (!dead || after) await device.rows.commit(changes)
      alive()
    },
    async get(key) {
      alive()
      return device.rows.get(key)
    },
    async range(prefix, options) {
      alive()
      return device.rows.range(prefix, options)
    },
    async keys(prefix, options) {
      alive()
      return device.rows.keys(prefix, options)
    },
  }
  return { ...device, rows: { ...device.rows, ...rows } }
}

describe('an arrival', () => {
  it('that is killed at any step is whole after the next start, or was never there', async () => {
    const source = await createDevice()
    const cafe = await hostOn(source)
    const guest = keep(await createClient(cafe))
    await pin(guest, cafe, await tree(2, 1000))
    const { address } = guest.account()
    const pinned = await cafe.keep.list(address)
    const file = await gather((await exportFrom(source, cafe)).chunks())
    await cafe.stop()
    let [whole, never] = [0, 0]
    for (let at = 1, ended = false; !ended; at++) {
      for (const after of [false, true]) {
        const device = await createDevice({ clock: source.clock })
        const dying = mortal(device, at, after)
        ended = await importTo(dying, inPieces(file))
          .then(() => settleDevice(dying))
          .then(
            () => true,
            () => false,
          )
        const arrived = (await carryStates(device.rows).arrival()) !== undefined || ended
        const came = await settleDevice(device)
        const rows = await dumpRows(device.rows)
        const names = Object.keys(rows).filter((key) => !key.startsWith('/cafe/room/'))
        if (!arrived && !came && !names.includes('/cafe/host/me')) {
          never++
          expect(names).toEqual([])
          continue
        }
        whole++
        const there = await hostOn(device)
        expect(there.node.peer).toBe(cafe.node.peer)
        expect(await there.keep.list(address)).toEqual(pinned)
        expect(device.blocks.size).toBe(source.blocks.size)
        expect((await there.cafe.clients()).map(({ peer }) => peer)).toEqual([guest.node.peer])
        expect(names.filter((key) => key.startsWith('/scope/') || key.startsWith('/cafe/carry/'))).toEqual([])
        await there.stop()
      }
    }
    expect(never).toBeGreaterThan(2)
    expect(whole).toBeGreaterThan(4)
  })
})
