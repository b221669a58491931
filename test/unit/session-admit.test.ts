/** Who comes in and who does not: tokens, the three modes, the host's decisions, replays, relays, rates and clocks. */

import { beforeEach, describe, expect, it } from 'vitest'
import type { Part } from '../../src/cafe/erase.ts'
import { SESSION_RATES } from '../../src/cafe/session/rates.ts'
import { forgetTime } from '../../src/cafe/session/time.ts'
import { CafeError } from '../../src/core/errors.ts'
import {
  CLOCK_BACK,
  DECISION_TTL,
  EVICTION_TTL,
  MAX_EVICTIONS,
  MAX_REQUESTS,
  OPEN_CLIENTS,
  OPEN_QUOTA,
  REQUEST_TTL,
} from '../../src/core/limits.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Change } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { application, enter, from, knock, newAccount, newCafe, newPeer, START, type TestCafe } from './session-help.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const forbidden = (why: string, more = {}) => ({ code: 'FORBIDDEN', data: { why, ...more } })
const clientsOf = (cafe: TestCafe) => cafe.store.clients.list([])

let cafe: TestCafe
beforeEach(async () => {
  cafe = await newCafe()
})

describe('a token', () => {
  it('for ten admits exactly ten of two hundred that come at once, also when every third commit fails', async () => {
    const rows = memoryRows()
    let commits = 0
    let failing = false
    const commit = async (changes: readonly Change[]): Promise<void> => {
      if (failing && commits++ % 3 === 0) throw new CafeError('INTERNAL')
      await rows.commit(changes)
    }
    const at = await newCafe({ rows: { ...rows, commit } })
    const token = await at.token({ uses: 10 })
    const people = await Promise.all(Array.from({ length: 200 }, () => newPeer()))
    const inputs = await Promise.all(people.map((who) => application(at, who, { token })))
    failing = true
    const answers = await Promise.allSettled(
      inputs.map((input, i) => at.handlers.register(input, from(people[i]?.peer as never))),
    )
    const granted = answers.filter(({ status }) => status === 'fulfilled').length
    expect((await clientsOf(at)).length).toBe(granted)
    expect(granted).toBe(10)
    const [row] = await at.store.tokens.list([])
    expect(row?.row.uses).toBe(0)
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(['INTERNAL', 'FORBIDDEN']).toContain((answer.reason as CafeError).code)
    }
  })

  it('whose commit was lost with the process is as if never used, and its use counts once afterwards', async () => {
    const rows = memoryRows()
    const first = await newCafe({ rows: { ...rows, commit: rows.commit } })
    const token = await first.token({ uses: 1 })
    const dead = await newCafe({ rows: { ...rows, commit: () => Promise.reject(new CafeError('INTERNAL')) } })
    const who = await newPeer()
    expect(await failure(() => enter(dead, who, token))).toMatchObject({ code: 'INTERNAL' })
    const again = await newCafe({ rows })
    await enter(again, who, token)
    expect(await failure(async () => enter(again, await newPeer(), token))).toEqual(forbidden('token-used'))
  })

  it('that was revoked admits nobody, and locks out who came with it, but nobody else', async () => {
    const [token, other] = [await cafe.token(), await cafe.token()]
    const [ada, bob] = [await newPeer(), await newPeer()]
    const [hers, his] = [await enter(cafe, ada, token), await enter(cafe, bob, other)]
    const tokenId = (await cafe.store.clients.get(ada.account.address, ada.peer))?.token ?? ''
    await cafe.desk.revoke(tokenId)
    expect(await failure(() => cafe.guard(hers.access, ada.peer, 'pin'))).toEqual({
      code: 'UNAUTHORIZED',
      data: { why: 'revoked' },
    })
    await cafe.guard(his.access, bob.peer, 'pin')
    expect(await failure(() => enter(cafe, ada))).toEqual(forbidden('revoked'))
    expect(await failure(async () => enter(cafe, await newPeer(), token))).toEqual(forbidden('token-revoked'))
    await enter(cafe, ada, other)
    expect(await failure(() => cafe.desk.revoke('00'.repeat(12)))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('gives its quota by name or number, and only the services it names', async () => {
    const who = await newPeer()
    const grant = await enter(cafe, who, await cafe.token({ quota: 'small', services: ['inbox'] }))
    expect(grant).toMatchObject({ quota: 250_000_000, services: ['inbox'] })
    await cafe.guard(grant.access, who.peer, 'inbox')
    expect(await failure(() => cafe.guard(grant.access, who.peer, 'pin'))).toEqual(
      forbidden('service', { service: 'pin' }),
    )
    expect(await enter(cafe, await newPeer(), await cafe.token({ quota: 12345 }))).toMatchObject({ quota: 12345 })
  })
})

describe('a cafe', () => {
  it('admits by token until told otherwise, remembers its mode, and admits tokens at once in every mode', async () => {
    expect(await cafe.desk.mode()).toBe('invite')
    expect(await failure(async () => knock(cafe, await newPeer(), { greeting: 'Hi' }))).toEqual(forbidden('token'))
    for (const mode of ['open', 'ask', 'invite'] as const) {
      await cafe.desk.setMode(mode)
      expect(await (await newCafe({ rows: cafe.rows })).desk.mode()).toBe(mode)
      await enter(cafe, await newPeer(), await cafe.token())
    }
  })

  it('that is open admits strangers with a little room, as many as it has places for and no faster', async () => {
    await cafe.desk.setMode('open')
    const who = await newPeer()
    expect(await enter(cafe, who)).toMatchObject({ quota: OPEN_QUOTA })
    await enter(cafe, who)
    expect((await clientsOf(cafe)).length).toBe(1)
    for (let i = 1; i < OPEN_CLIENTS; i++) await enter(cafe, await newPeer())
    expect(await failure(async () => enter(cafe, await newPeer()))).toMatchObject({ code: 'QUOTA' })
    await enter(cafe, await newPeer(), await cafe.token())

    const slow = await newCafe({ rates: { ...SESSION_RATES, admissions: { burst: 2, every: MINUTE } } })
    await slow.desk.setMode('open')
    for (let i = 0; i < 2; i++) await enter(slow, await newPeer())
    expect(await failure(async () => enter(slow, await newPeer()))).toEqual({ code: 'BUSY', data: { after: MINUTE } })
  })

  it('that asks its host lets people wait, admits on yes, also after restarts of both, and refuses on no', async () => {
    await cafe.desk.setMode('ask')
    const [ada, mallory] = [await newPeer(), await newPeer()]
    expect(await failure(() => enter(cafe, ada))).toEqual(forbidden('ask'))
    const until = START + REQUEST_TTL
    expect(await knock(cafe, ada, { greeting: 'Ada' })).toEqual({ waiting: until, name: 'Test cafe' })
    expect(await knock(cafe, ada, { greeting: 'Ada again' })).toEqual({ waiting: until, name: 'Test cafe' })
    expect(await failure(() => enter(cafe, ada))).toEqual(forbidden('waiting'))
    await knock(cafe, mallory, { greeting: '' })
    const later = await newCafe({ rows: cafe.rows })
    const requests = await later.desk.requests()
    expect(requests.map(({ greeting }) => greeting).sort()).toEqual(['', 'Ada'])
    const named = ({ peer, account }: typeof ada) => ({ peer, account: account.address })
    await later.desk.decide(named(ada), { admit: true, quota: 'large' })
    await later.desk.decide(named(mallory), { admit: false })
    expect(await failure(() => later.desk.decide(named(ada), { admit: false }))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await later.desk.requests()).toEqual([])
    expect(await enter(later, ada)).toMatchObject({ quota: 10_000_000_000 })
    expect(await failure(() => knock(later, mallory, { greeting: 'Please' }))).toEqual(forbidden('refused'))
    later.clock.now += DECISION_TTL
    await knock(later, mallory, { greeting: 'Please' })
    await later.handlers.withdraw({ address: mallory.account.address }, from(mallory.peer))
    expect(await later.desk.requests()).toEqual([])
  })

  it('keeps no more requests than a person can look through, and none longer than it said', async () => {
    await cafe.desk.setMode('ask')
    for (let i = 0; i < MAX_REQUESTS; i++) await knock(cafe, await newPeer(), { greeting: `${i}` })
    expect(await failure(async () => knock(cafe, await newPeer(), { greeting: 'x' }))).toMatchObject({ code: 'BUSY' })
    await enter(cafe, await newPeer(), await cafe.token())
    cafe.clock.now += REQUEST_TTL
    await knock(cafe, await newPeer(), { greeting: 'x' })
    expect((await cafe.store.requests.list([])).length).toBe(1)
  })

  it('that opens to all admits who was waiting', async () => {
    await cafe.desk.setMode('ask')
    const who = await newPeer()
    await knock(cafe, who, { greeting: '' })
    await cafe.desk.setMode('open')
    expect(await cafe.desk.requests()).toEqual([])
    expect(await enter(cafe, who)).toMatchObject({ quota: OPEN_QUOTA })
  })
})

describe('an account that was evicted', () => {
  const notice = 'We close for the winter.'

  it('is out with all its devices, is told why, and comes back only with a token made since', async () => {
    const erased: string[] = []
    const part: Part = {
      name: 'letters',
      erase(account, commit) {
        erased.push(account)
        return commit([{ key: '/letters' }], 3)
      },
    }
    const at = await newCafe({ erasable: [part] })
    const account = await newAccount()
    const [phone, laptop] = [await newPeer(account), await newPeer(account)]
    const old = await at.token()
    const grants = [await enter(at, phone, old), await enter(at, laptop, old)]
    at.clock.now += MINUTE
    await at.rows.commit([{ key: '/letters', value: Uint8Array.of(1) }])
    await at.desk.evict(account.address, notice)
    expect(erased).toEqual([account.address])
    expect(await at.rows.get('/letters')).toBe(undefined)
    expect((await at.keys()).filter((key) => /\/(client|session)\//.test(key))).toEqual([])
    for (const [i, { peer }] of [phone, laptop].entries()) {
      expect(await failure(() => at.guard(grants[i]?.access, peer, 'pin'))).toEqual({
        code: 'UNAUTHORIZED',
        data: { why: 'evicted', notice },
      })
    }
    const told = forbidden('evicted', { notice })
    for (const mode of ['invite', 'ask', 'open'] as const) {
      await at.desk.setMode(mode)
      expect(await failure(() => enter(at, phone))).toEqual(told)
      expect(await failure(() => knock(at, phone, { greeting: 'Please' }))).toEqual(told)
      expect(await failure(() => enter(at, phone, old))).toEqual(told)
    }
    await enter(at, phone, await at.token())
    expect(await at.store.evicted.list([])).toEqual([])
    const stranger = (await newAccount()).address
    expect(await failure(() => at.desk.evict(stranger, ''))).toEqual({ code: 'NOT_FOUND', data: { what: 'client' } })
  })

  it('is remembered for a time, among a bounded number', async () => {
    const at = await newCafe()
    const rows = Array.from({ length: MAX_EVICTIONS }, (_, i) =>
      at.store.evicted.put([`P${i}`], { at: START - i, notice: '', peers: [] }),
    )
    await at.rows.commit(rows)
    const who = await newPeer()
    await enter(at, who, await at.token())
    await at.desk.evict(who.account.address, notice)
    expect((await at.store.evicted.list([])).length).toBe(MAX_EVICTIONS)
    await at.desk.setMode('open')
    at.clock.now += EVICTION_TTL
    await enter(at, who)
  })
})

describe('a challenge', () => {
  it('admits once, however often and however much at once it is sent, also after a failure', async () => {
    let broken = true
    const rows = memoryRows()
    const commit = (changes: readonly Change[]) =>
      broken ? Promise.reject(new CafeError('INTERNAL')) : rows.commit(changes)
    const at = await newCafe({ rows: { ...rows, commit } })
    broken = false
    const who = await newPeer()
    const input = await application(at, who, { token: await at.token() })
    broken = true
    expect(await failure(() => at.handlers.register(input, from(who.peer)))).toMatchObject({ code: 'INTERNAL' })
    broken = false
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, () => at.handlers.register(input, from(who.peer))),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    expect(await failure(() => at.handlers.register(input, from(who.peer)))).toEqual(forbidden('replay'))
    expect((await at.store.sessions.list([])).length).toBe(1)
  })

  it('of an honest cafe is worth nothing to an evil one that relays it, in a thousand tries', async () => {
    const [honest, evil] = [cafe, await newPeer()]
    await honest.desk.setMode('open')
    const victim = await newPeer()
    const token = await honest.token()
    const outcomes = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      // What the victim signs names the cafe it dialled and itself; the evil one may put it to the honest cafe as it
      // likes: from its own peer, or with other names in it.
      const asked = i % 2 ? evil : victim
      const input = await application(
        honest,
        { peer: asked.peer, account: victim.account },
        { token, edit: (statement) => ({ ...statement, cafe: evil.peer, client: victim.peer }) },
      )
      const { statement } = input
      const renamed = [
        statement,
        { ...statement, cafe: honest.peer },
        { ...statement, cafe: honest.peer, client: evil.peer },
      ][i % 3] as typeof statement
      const { data } = (await failure(() =>
        honest.handlers.register({ ...input, statement: renamed }, from(i % 5 ? evil.peer : victim.peer)),
      )) as { data: { why: string } }
      outcomes.add(data.why)
    }
    expect([...outcomes].sort()).toEqual(['challenge', 'signature', 'statement'])
    expect(await clientsOf(honest)).toEqual([])
  })

  it('is given a peer, and strangers together, as often as a person needs; clients do not wait for strangers', async () => {
    const at = await newCafe({ rates: SESSION_RATES })
    const client = await newPeer()
    await enter(at, client, await at.token())
    const ask = ({ peer, account: { address } }: typeof client) =>
      failure(() => at.handlers.challenge({ address, purpose: 'register' }, from(peer)))
    const one = await newPeer()
    for (let i = 0; i < 10; i++) expect(await ask(one)).toHaveProperty('value')
    expect(await ask(one)).toEqual({ code: 'BUSY', data: { after: 6000 } })
    let given = 0
    for (let i = 0; i < 100; i++) if ('value' in ((await ask(await newPeer(one.account))) as object)) given++
    expect(given).toBe(60 - 11)
    expect(await ask(client)).toHaveProperty('value')
  })

  it('is no way to try tokens: five registrations an hour for a stranger', async () => {
    const at = await newCafe({ rates: SESSION_RATES })
    const who = await newPeer()
    for (let i = 0; i < 5; i++) expect(await failure(() => enter(at, who))).toEqual(forbidden('token'))
    expect(await failure(() => enter(at, who))).toEqual({ code: 'BUSY', data: { after: HOUR / 5 } })
    at.clock.now += HOUR / 5
    await enter(at, who, await at.token())
  })
})

describe('a clock that jumps', () => {
  it('forward by an hour and back: nothing is issued until time has caught up, and what was issued holds', async () => {
    const who = await newPeer()
    const token = await cafe.token()
    cafe.clock.now += HOUR
    const grant = await enter(cafe, who, token)
    cafe.clock.now -= HOUR
    for (const at of [cafe, await newCafe({ rows: cafe.rows, clock: cafe.clock })]) {
      const busy = { code: 'BUSY', data: { why: 'clock', after: HOUR } }
      expect(await failure(() => at.token())).toEqual(busy)
      expect(await failure(async () => enter(at, await newPeer(), token))).toEqual(busy)
    }
    const refreshed = () => cafe.handlers.refresh({ refresh: grant.refresh }, from(who.peer))
    expect(await failure(refreshed)).toMatchObject({ code: 'BUSY' })
    await cafe.guard(grant.access, who.peer, 'pin')
    cafe.clock.now += HOUR - CLOCK_BACK
    await refreshed()
  })

  it('back by less than five minutes: time stands still and nothing ends later than it should', async () => {
    const who = await newPeer()
    const grant = await enter(cafe, who, await cafe.token())
    cafe.clock.now -= CLOCK_BACK
    expect(cafe.time.now()).toBe(START)
    await cafe.handlers.refresh({ refresh: grant.refresh }, from(who.peer))
    expect((await enter(cafe, await newPeer(), await cafe.token())).accessEnds).toBe(START + HOUR)
  })

  it('far forward and back: the cafe goes on once its host has said that the clock is right', async () => {
    const token = await cafe.token()
    cafe.clock.now += 1000 * HOUR
    await enter(cafe, await newPeer(), token)
    cafe.clock.now -= 1000 * HOUR
    const who = await newPeer()
    const before = await newCafe({ rows: cafe.rows, clock: cafe.clock })
    expect(await failure(() => enter(before, who, token))).toMatchObject({ code: 'BUSY' })
    await cafe.rows.commit([forgetTime(cafe.rows)])
    const after = await newCafe({ rows: cafe.rows, clock: cafe.clock })
    expect((await enter(after, who, token)).accessEnds).toBe(START + HOUR)
  })

  it('forward ends sessions early, and an old one does not live again when it comes back', async () => {
    const who = await newPeer()
    const grant = await enter(cafe, who, await cafe.token())
    cafe.clock.now += 2 * HOUR
    const ended = { code: 'UNAUTHORIZED', data: { expired: true } }
    expect(await failure(() => cafe.guard(grant.access, who.peer, 'pin'))).toEqual(ended)
    await enter(cafe, await newPeer(), await cafe.token()) // writes the time down
    cafe.clock.now -= 2 * HOUR
    expect(await failure(() => cafe.guard(grant.access, who.peer, 'pin'))).toEqual(ended)
  })
})
