/** An account puts out one of its devices: at once, for good, and nobody else's. */
import { beforeEach, describe, expect, it } from 'vitest'
import { MAX_DROPPED } from '../../src/core/limits.ts'
import { failure } from './crypto-help.ts'
import {
  enter,
  from,
  knock,
  newAccount,
  newCafe,
  newPeer,
  newPeerId,
  type TestCafe,
  type TestPeer,
} from './session-help.ts'

const DROPPED = { code: 'FORBIDDEN', data: { why: 'dropped' } }

let cafe: TestCafe
let phone: TestPeer
let laptop: TestPeer

beforeEach(async () => {
  cafe = await newCafe()
  const account = await newAccount()
  ;[phone, laptop] = [await newPeer(account), await newPeer(account)]
})

const drop = async (by: TestPeer, access: string, peer: TestPeer['peer']) => {
  const session = await cafe.guard(access, by.peer, 'session')
  return cafe.handlers.drop({ peer }, { ...from(by.peer), session })
}
const both = async () =>
  [await enter(cafe, phone, await cafe.token()), await enter(cafe, laptop, await cafe.token())] as const

describe('a device that another of its account drops', () => {
  it('has no session any more, and its running calls end and say why', async () => {
    const [{ access }, old] = await both()
    const { ended } = await cafe.guard(old.access, laptop.peer, 'pin')
    expect(await drop(phone, access, laptop.peer)).toEqual({ dropped: true })
    expect(ended.reason).toMatchObject({ code: 'UNAUTHORIZED', data: { why: 'dropped' } })
    expect(await failure(() => cafe.guard(old.access, laptop.peer, 'pin'))).toMatchObject({ code: 'UNAUTHORIZED' })
    const refresh = () => cafe.handlers.refresh({ refresh: old.refresh }, from(laptop.peer))
    expect(await failure(refresh)).toMatchObject({ code: 'UNAUTHORIZED' })
    await cafe.guard(access, phone.peer, 'pin')
  })

  it('does not come in again by its signature, by asking, or by an older token; a newer one lets it in', async () => {
    const older = await cafe.token()
    const [{ access }] = await both()
    await drop(phone, access, laptop.peer)
    expect(await failure(() => knock(cafe, laptop))).toEqual(DROPPED)
    for (const mode of ['ask', 'open'] as const) {
      await cafe.desk.setMode(mode)
      expect(await failure(() => knock(cafe, laptop, { greeting: 'It is me' }))).toEqual(DROPPED)
    }
    cafe.clock.now += 1000
    expect(await failure(() => enter(cafe, laptop, older))).toEqual(DROPPED)
    await enter(cafe, laptop, await cafe.token())
    // It is a client like any other then.
    expect(await failure(() => knock(cafe, laptop))).toHaveProperty('value')
  })

  it('need not have been here: it does not come in later either', async () => {
    const { access } = await enter(cafe, phone, await cafe.token())
    expect(await drop(phone, access, laptop.peer)).toEqual({ dropped: false })
    await cafe.desk.setMode('open')
    expect(await failure(() => knock(cafe, laptop))).toEqual(DROPPED)
  })

  it('has dropped nobody that drops it at the same time', async () => {
    const [one, two] = await both()
    const sessions = await Promise.all([
      cafe.guard(one.access, phone.peer, 'session'),
      cafe.guard(two.access, laptop.peer, 'session'),
    ])
    const answers = await Promise.allSettled([
      cafe.handlers.drop({ peer: laptop.peer }, { ...from(phone.peer), session: sessions[0] }),
      cafe.handlers.drop({ peer: phone.peer }, { ...from(laptop.peer), session: sessions[1] }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await cafe.store.clients.list([])).toHaveLength(1)
  })
})

describe('an account', () => {
  it('drops no device of another, and not the one it speaks from', async () => {
    const [{ access }] = await both()
    const stranger = await newPeer()
    await enter(cafe, stranger, await cafe.token())
    expect(await drop(phone, access, stranger.peer)).toEqual({ dropped: false })
    expect(await cafe.store.clients.get(stranger.account.address, stranger.peer)).toBeDefined()
    await enter(cafe, stranger)
    expect(await failure(() => drop(phone, access, phone.peer))).toEqual({ code: 'BAD_REQUEST', data: { at: 'peer' } })
  })

  it('is remembered so many drops, and none once it has left', async () => {
    const { access } = await enter(cafe, phone, await cafe.token())
    const peers = await Promise.all(Array.from({ length: MAX_DROPPED + 3 }, newPeerId))
    for (const peer of peers) {
      cafe.clock.now += 1
      await drop(phone, access, peer)
    }
    const kept = (await cafe.store.dropped.list([phone.account.address])).map(({ key }) => key[1])
    expect(kept.sort()).toEqual(peers.slice(3).sort())
    await cafe.handlers.deregister({ access }, from(phone.peer))
    expect(await cafe.store.dropped.list([])).toEqual([])
  })
})
