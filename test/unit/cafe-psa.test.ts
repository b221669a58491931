/** The Pinning Service API by itself: its cases over real HTTP, on pins in memory whose states the test decides. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPsa } from '../../src/cafe/pin/psa.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { createLog, silentLog } from '../../src/core/log.ts'
import { createSeats } from '../../src/core/seats.ts'
import { PSA_CASES } from '../contract/psa.ts'
import { api, newCid } from '../contract/psa-api.ts'
import { PEER } from '../contract/wire.ts'
import { type HttpServer, serveOnLoopback } from '../fixtures/http-call.ts'
import { type MemoryJobs, memoryJobs } from '../fixtures/memory-jobs.ts'

const ACCOUNTS: Record<string, string> = { one: 'ann', two: 'bob' }
let now = Date.UTC(2030, 0, 1)
const seats = createSeats(100)
const tick = (): void => {
  now += 1
}
const jobs: MemoryJobs = memoryJobs(() => now)
const guard = async (bearer: string | undefined, service: string) => {
  const account = ACCOUNTS[bearer ?? '']
  if (!account) throw new CafeError('UNAUTHORIZED')
  expect(service).toBe('pin')
  return { account: account as Address, peer: PEER, sid: '', quota: 1000, ended: new AbortController().signal }
}
const delegates = () => [`/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`, `/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`]
const psa = createPsa({ jobs, guard, delegates, seats, log: silentLog })

let server: HttpServer
beforeAll(async () => {
  server = await serveOnLoopback(psa)
})
afterAll(() => server.close())

describe('the Pinning Service API', () => {
  for (const { name, run } of PSA_CASES)
    it(name, () => run({ origin: server.origin, token: 'one', otherToken: 'two', tick }))

  it.each([
    ['pinned', undefined, 'pinned', undefined],
    ['pinning', undefined, 'pinning', undefined],
    ['queued', 'UNREACHABLE', 'queued', 'UNREACHABLE'],
    ['failed', 'QUOTA', 'failed', 'QUOTA'],
    ['degraded', 'CORRUPT', 'failed', 'degraded: CORRUPT'],
  ] as const)('shows a pin that is %s (%s) as %s', async (state, reason, status, details) => {
    const { add, get, list } = api({ origin: server.origin, token: 'one' })
    const { requestid, pin } = await add({ cid: await newCid() })
    jobs.set('ann', requestid, { state, reason, blocks: 3, bytes: 4096 })
    const shown = await get(requestid)
    expect(shown.status).toBe(status)
    expect(shown.info).toEqual({ ...(details ? { status_details: details } : {}), dag_size: '4096', dag_blocks: '3' })
    expect((await list(`?cid=${pin.cid}&status=${status}`)).count).toBe(1)
    expect((await list()).results.some((one) => one.requestid === requestid)).toBe(status === 'pinned')
  })

  it('names each address to connect to once, and never a sealed name', async () => {
    const { add } = api({ origin: server.origin, token: 'one' })
    const pin = await add({ cid: await newCid() })
    expect(pin.delegates).toEqual([delegates()[0]])
    jobs.set('ann', pin.requestid, { sealed: new Uint8Array(8) })
    expect(JSON.stringify(await api({ origin: server.origin, token: 'one' }).get(pin.requestid))).not.toContain(
      'sealed',
    )
  })

  it('lists thousands of pins page by page of the store, and counts them all', async () => {
    const many = memoryJobs(() => now)
    const owner = { account: 'ann' as Address, peer: PEER, quota: 1 }
    const { CID } = await import('multiformats/cid')
    for (let i = 0; i < 1201; i++) await many.add(owner, { root: CID.parse(await newCid()), origins: [] })
    const response = await createPsa({ jobs: many, guard, delegates, seats, log: silentLog })(
      new Request('http://cafe.test/pins?status=queued&limit=1000', { headers: { authorization: 'Bearer one' } }),
    )
    const { count, results } = (await response.json()) as { count: number; results: Array<{ created: string }> }
    expect([count, results.length]).toEqual([1201, 1000])
    const times = results.map(({ created }) => created)
    expect(times).toEqual([...times].sort().reverse())
  })

  it.each([
    ['QUOTA', { needed: 2, free: 1 }, 409, 'INSUFFICIENT_FUNDS'],
    ['BUSY', {}, 429, 'BUSY'],
    ['FORBIDDEN', { why: 'scope' }, 403, 'FORBIDDEN'],
    ['INTERNAL', {}, 500, 'INTERNAL_SERVER_ERROR'],
  ] as const)('tells a failure with %s as %s %s', async (code, data, status, reason) => {
    const lines: string[] = []
    const log = createLog((_level, line) => lines.push(line), 'debug')
    const add = async () => {
      throw code === 'INTERNAL' ? new Error('a secret') : new CafeError(code, data)
    }
    const failing = createPsa({ jobs: { ...jobs, add }, guard, delegates, seats, log })
    const body = JSON.stringify({ cid: await newCid() })
    const headers = { authorization: 'Bearer one' }
    const response = await failing(new Request('http://cafe.test/pins', { method: 'POST', headers, body }))
    const answer = (await response.json()) as { error: { reason: string; details: string } }
    expect([response.status, answer.error.reason]).toEqual([status, reason])
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(lines.length).toBe(code === 'INTERNAL' ? 1 : 0)
    expect(response.headers.has('retry-after')).toBe(code === 'BUSY')
  })
})
