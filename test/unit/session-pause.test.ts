/** Guests paused, seen from the session service: who may still come, in which order reasons are told, and what is noted. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createLive } from '../../src/cafe/live.ts'
import { FAREWELL_TIME, PAUSED_AFTER } from '../../src/core/limits.ts'
import { failure } from '../net/fixture.ts'
import { enter, knock, newAccount, newCafe, newPeer, type TestCafe } from './session-help.ts'

const PAUSED = { code: 'BUSY', why: 'paused', after: PAUSED_AFTER }
const happened = (cafe: TestCafe): string[] => cafe.activity().map(({ what }) => what)

let cafe: TestCafe
beforeEach(async () => {
  cafe = await newCafe()
})

describe('while guests are paused', () => {
  it('nobody new is let in, however often it is tried, and nothing is written or used up', async () => {
    const token = await cafe.token({ uses: 1 })
    await cafe.pause.set(true)
    const before = await cafe.keys()
    const ada = await newPeer()
    for (let i = 0; i < 3; i++) expect(await failure(knock(cafe, ada, { token }))).toEqual(PAUSED)
    expect(await cafe.keys()).toEqual(before)
    expect(await cafe.pause.set(true)).toBe(false)
    await cafe.pause.set(false)
    await enter(cafe, ada, token)
    expect(happened(cafe)).toEqual(['joined'])
  })

  it('whoever the host said yes to waits too; a no, an eviction and a bad invite are told', async () => {
    await cafe.desk.setMode('ask')
    const [yes, no, gone] = [await newPeer(), await newPeer(), await newPeer()]
    const who = ({ account, peer }: typeof yes) => ({ account: account.address, peer })
    await knock(cafe, yes, { greeting: 'Ada' })
    await knock(cafe, no, { greeting: 'Eve' })
    await enter(cafe, gone, await cafe.token())
    await cafe.desk.decide(who(yes), { admit: true })
    await cafe.desk.decide(who(no), { admit: false })
    await cafe.desk.evict(gone.account.address, 'Bye.')
    await cafe.pause.set(true)
    expect(await failure(knock(cafe, yes))).toEqual(PAUSED)
    expect(await failure(knock(cafe, no))).toMatchObject({ why: 'refused' })
    expect(await failure(knock(cafe, gone))).toMatchObject({ why: 'evicted', notice: 'Bye.' })
    expect(await failure(knock(cafe, await newPeer(), { greeting: 'Ben' }))).toEqual(PAUSED)
    await cafe.pause.set(false)
    expect(await enter(cafe, yes)).toMatchObject({ quota: 1e9 })
    expect(happened(cafe)).toEqual(['joined', 'evicted', 'refused', 'admitted', 'joined', 'asked', 'asked'])
  })

  it('clients and their further devices come and go on, also with a token of their own', async () => {
    const account = await newAccount()
    const [laptop, phone, tablet] = [await newPeer(account), await newPeer(account), await newPeer(account)]
    await enter(cafe, laptop, await cafe.token())
    const second = await cafe.token()
    await cafe.pause.set(true)
    expect(await enter(cafe, laptop)).toMatchObject({ quota: 1e9 })
    expect(await enter(cafe, phone)).toMatchObject({ quota: 1e9 })
    expect(await enter(cafe, tablet, second)).toMatchObject({ quota: 1e9 })
    expect(cafe.activity()).toMatchObject([
      { what: 'device', times: 2 },
      { what: 'joined', times: 1 },
    ])
  })
})

describe('live channels', () => {
  it('hear a farewell before they close, and it waits for those who read', async () => {
    const live = createLive()
    const who = { account: (await newAccount()).address, peer: (await newPeer()).peer }
    const channel = live.open(who, new AbortController().signal)
    let over = false
    const told = live.farewell('Bye.').then(() => {
      over = true
    })
    expect(await channel.next(1000)).toEqual({ farewell: 'Bye.' })
    expect(over).toBe(false)
    const rest = channel.next(60_000)
    await told
    expect(over).toBe(true)
    live.close()
    expect(await failure(rest.then(() => channel.next(1)))).toEqual({ code: 'ABORTED' })
  })

  it('that nobody reads hold up a closing for a moment only', async () => {
    const live = createLive()
    const who = { account: (await newAccount()).address, peer: (await newPeer()).peer }
    live.open(who, new AbortController().signal)
    vi.useFakeTimers()
    let over = false
    const told = live.farewell('Bye.').then(() => {
      over = true
    })
    await vi.advanceTimersByTimeAsync(FAREWELL_TIME - 1)
    expect(over).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await told
    vi.useRealTimers()
    expect(live.hears(who)).toBe(true)
    live.close()
    expect(live.hears(who)).toBe(false)
    await live.farewell('Nobody is left to hear this.')
  })
})
