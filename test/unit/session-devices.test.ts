/** Further devices of a client: who comes in by the account's signature alone, on what terms, how many, and what strangers learn. */
import { beforeEach, describe, expect, it } from 'vitest'
import { SESSION_RATES } from '../../src/cafe/session/rates.ts'
import { MAX_DEVICES, OPEN_CLIENTS } from '../../src/core/limits.ts'
import { failure } from './crypto-help.ts'
import {
  application,
  enter,
  from,
  knock,
  newAccount,
  newCafe,
  newPeer,
  type TestCafe,
  type TestPeer,
} from './session-help.ts'

const MINUTE = 60_000
const forbidden = (why: string) => ({ code: 'FORBIDDEN', data: { why } })

let cafe: TestCafe
let first: TestPeer
beforeEach(async () => {
  cafe = await newCafe()
  first = await newPeer()
})

const another = (): Promise<TestPeer> => newPeer(first.account)
const rowOf = (who: TestPeer) => cafe.store.clients.get(who.account.address, who.peer)
const devices = async () => (await cafe.store.clients.list([first.account.address])).map(({ row }) => row.peer)

describe('a further device of a client', () => {
  it('comes in without a token in every mode, on the terms of the account', async () => {
    await enter(cafe, first, await cafe.token({ uses: 1, quota: 12345, services: ['pin', 'snapshot'] }))
    for (const mode of ['invite', 'ask', 'open'] as const) {
      await cafe.desk.setMode(mode)
      const device = await another()
      const grant = await enter(cafe, device)
      expect(grant).toMatchObject({ quota: 12345, services: ['pin', 'snapshot'] })
      await cafe.guard(grant.access, device.peer, 'pin')
      expect(await rowOf(device)).toMatchObject({ token: (await rowOf(first))?.token, quota: 12345 })
    }
    expect((await devices()).length).toBe(4)
  })

  it('comes in where it asks too, without the host being asked', async () => {
    await cafe.desk.setMode('ask')
    await enter(cafe, first, await cafe.token())
    expect(await knock(cafe, await another(), { greeting: 'It is me' })).toHaveProperty('access')
    expect(await cafe.desk.requests()).toEqual([])
  })

  it('has the terms of the device that may keep most', async () => {
    await enter(cafe, first, await cafe.token({ quota: 100 }))
    const second = await another()
    await enter(cafe, second, await cafe.token({ quota: 1000, services: ['snapshot'] }))
    expect(await enter(cafe, await another())).toMatchObject({ quota: 1000, services: ['snapshot'] })
  })

  it('is refused without the account’s signature, whoever is a client', async () => {
    await enter(cafe, first, await cafe.token())
    const thief = await newPeer()
    const asFirst = { peer: thief.peer, account: { ...thief.account, address: first.account.address } }
    const signed = await application(cafe, asFirst)
    expect(await failure(() => cafe.handlers.register(signed, from(thief.peer)))).toEqual(forbidden('signature'))
    expect(await devices()).toEqual([first.peer])
  })

  it('is refused where the account was evicted, or has left', async () => {
    await enter(cafe, first, await cafe.token())
    const grant = await enter(cafe, await another())
    await cafe.desk.evict(first.account.address, 'No.')
    expect(await failure(async () => enter(cafe, await another()))).toMatchObject({ data: { why: 'evicted' } })
    expect(grant.quota).toBeGreaterThan(0)
    const other = await newPeer()
    const { access } = await enter(cafe, other, await cafe.token())
    await cafe.handlers.deregister({ access }, from(other.peer))
    expect(await failure(async () => enter(cafe, await newPeer(other.account)))).toEqual(forbidden('token'))
  })

  it('is locked out with all that came by a token that was revoked, and stays so', async () => {
    const token = await cafe.token()
    await enter(cafe, first, token)
    const second = await another()
    const grant = await enter(cafe, second)
    await cafe.desk.revoke((await rowOf(first))?.token ?? '')
    expect(await failure(() => cafe.guard(grant.access, second.peer, 'pin'))).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await failure(() => enter(cafe, second))).toEqual(forbidden('revoked'))
    expect(await failure(async () => enter(cafe, await another()))).toEqual(forbidden('token'))
    // One of them comes with another token: new devices come in by that one, those that were locked out do not.
    await enter(cafe, first, await cafe.token())
    await enter(cafe, await another())
    expect(await failure(() => enter(cafe, second))).toEqual(forbidden('revoked'))
  })

  it('does not take the place of a stranger at an open cafe, and counts with its account', async () => {
    await cafe.desk.setMode('open')
    await enter(cafe, first)
    for (let i = 1; i < 5; i++) await enter(cafe, await another())
    for (let i = 1; i < OPEN_CLIENTS; i++) await enter(cafe, await newPeer())
    expect(await failure(async () => enter(cafe, await newPeer()))).toMatchObject({ code: 'QUOTA' })
    await enter(cafe, await another())
  })
})

describe('devices of an account', () => {
  it('are so many; one more takes the place of the one that was silent longest, whose session and bearers end', async () => {
    const all: TestPeer[] = []
    const grants: Awaited<ReturnType<typeof enter>>[] = []
    for (let i = 0; i < MAX_DEVICES; i++) {
      all.push(i === 0 ? first : await another())
      grants.push(await enter(cafe, all[i] as TestPeer, i === 0 ? await cafe.token() : undefined))
      cafe.clock.now += MINUTE
    }
    // All but the fourth go on.
    for (const [i, grant] of grants.entries())
      if (i !== 3) await cafe.handlers.refresh({ refresh: grant.refresh }, from((all[i] as TestPeer).peer))
    const silent = all[3] as TestPeer
    const running = cafe.live.until({ account: first.account.address, peer: silent.peer })
    const late = await another()
    await enter(cafe, late)
    const left = await devices()
    expect(left.length).toBe(MAX_DEVICES)
    expect(left).toContain(late.peer)
    expect(left).not.toContain(silent.peer)
    expect(running.aborted).toBe(true)
    expect(await failure(() => cafe.guard(grants[3]?.access, silent.peer, 'pin'))).toMatchObject({
      code: 'UNAUTHORIZED',
    })
    expect(await cafe.store.sessions.list([silent.peer])).toEqual([])
    // It is still the account's device, and comes in again as a further one.
    await enter(cafe, silent)
    expect((await devices()).length).toBe(MAX_DEVICES)
  })

  it('that are on the list already come again without anybody leaving', async () => {
    for (let i = 0; i < MAX_DEVICES; i++)
      await enter(cafe, i === 0 ? first : await another(), i === 0 ? await cafe.token() : undefined)
    const before = await devices()
    await enter(cafe, first)
    expect(await devices()).toEqual(before)
  })

  it('give their place to one with a token too', async () => {
    for (let i = 0; i <= MAX_DEVICES; i++) await enter(cafe, i === 0 ? first : await another(), await cafe.token())
    expect((await devices()).length).toBe(MAX_DEVICES)
  })

  it('that also belong to another account keep the session of that one', async () => {
    const shared = await another()
    await enter(cafe, first, await cafe.token())
    await enter(cafe, shared)
    const theirs = { peer: shared.peer, account: await newAccount() }
    const grant = await enter(cafe, theirs, await cafe.token())
    for (let i = 0; i < MAX_DEVICES; i++) {
      cafe.clock.now += MINUTE
      await enter(cafe, await another())
    }
    expect(await devices()).not.toContain(shared.peer)
    await cafe.guard(grant.access, shared.peer, 'pin')
  })
})

describe('who has not proved an account', () => {
  /** Everything a stranger hears about an address, without its key. */
  const heard = async (at: TestCafe, address: TestPeer['account']['address']) => {
    const spy = await newPeer()
    const said: unknown[] = []
    for (let i = 0; i < 15; i++) {
      const asked = at.handlers.challenge({ address, purpose: 'register' }, from(spy.peer))
      said.push(await asked.then(({ challenge, exp }) => ({ size: challenge.byteLength, exp }), told))
    }
    const as = { peer: spy.peer, account: { ...spy.account, address } }
    at.clock.now += 10 * MINUTE
    for (let i = 0; i < 8; i++) {
      const wish = await application(at, as).catch(told)
      said.push('statement' in wish ? await at.handlers.register(wish, from(spy.peer)).catch(told) : wish)
    }
    said.push(await at.handlers.withdraw({ address }, from(spy.peer)))
    said.push(await at.handlers.watch({ address }, from(spy.peer) as never).catch(told))
    return said
  }
  const told = (error: unknown) => {
    const { code, data } = error as { code: string; data: Record<string, unknown> }
    return { code, ...data }
  }

  it('hears the same of a client, of somebody evicted and of nobody, also when the cafe is busy with strangers', async () => {
    for (const mode of ['invite', 'ask', 'open'] as const) {
      const answers: unknown[] = []
      for (const kind of ['client', 'evicted', 'nobody'] as const) {
        const at = await newCafe({ rates: { ...SESSION_RATES, strangers: { burst: 20, every: MINUTE } } })
        await at.desk.setMode(mode)
        const who = await newPeer()
        if (kind !== 'nobody') await enter(at, who, await at.token())
        else await enter(at, await newPeer(), await at.token())
        if (kind === 'evicted') await at.desk.evict(who.account.address, 'No.')
        answers.push(await heard(at, who.account.address))
      }
      expect(answers[0]).toEqual(answers[2])
      expect(answers[1]).toEqual(answers[2])
      expect(answers[2]).toContainEqual(expect.objectContaining({ code: 'BUSY' }))
      expect(answers[2]).toContainEqual({ code: 'FORBIDDEN', why: 'signature' })
    }
  })
})
