/** The life of a bearer token: made, used over HTTP, listed, ended in every way there is, and what the cafe keeps of it. */
import { base58 } from '@scure/base'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Hosting } from '../../src/cafe/hosting.ts'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { BEARER_TTL, CLOCK_SKEW, MAX_BEARERS, STREAMS_PER_PEER } from '../../src/core/limits.ts'
import { parse } from '../../src/core/schema.ts'
import type { Names } from '../../src/net/names.ts'
import type { Accounts } from '../../src/peer/accounts.ts'
import type { LinkOpener } from '../../src/peer/link-open.ts'
import { createConsole } from '../../src/ui/console.ts'
import { jsonFormat } from '../../src/wire/http-frames.ts'
import { createChanges } from '../../src/worker/changes.ts'
import { createHandlers } from '../../src/worker/handlers.ts'
import type { OwnRelays } from '../../src/worker/own-relays.ts'
import { startHttp } from '../fixtures/http-call.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  DAY,
  failure,
  type GuestNode,
  keep,
} from './fixture.ts'

const soon = { signal: AbortSignal.timeout(60_000) }
const wish = { label: 'a program', scopes: ['pin'] } as const

let cafe: CafeNode
beforeAll(async () => {
  cafe = keep(await createCafeNode())
})

const newClient = async (): Promise<GuestNode> => keep(await createClient(cafe))
const grant = (by: GuestNode, more: { expires?: number; label?: string } = {}) =>
  by.peer.bearers.grant(cafe.at.cafe, { ...wish, ...more }, soon)
const list = (by: GuestNode) => by.peer.bearers.list(cafe.at.cafe, soon)
const revoke = (by: GuestNode, id: string) => by.peer.bearers.revoke(cafe.at.cafe, id, soon)

/** What the bearer can do: `{ used, quota, more }` of its account's list. */
const use = (auth: string | undefined, at = cafe): Promise<unknown> =>
  startHttp(
    (request) => at.cafe.fetch(request),
    pinProtocol,
    'list',
    { limit: 1 },
    { auth, format: jsonFormat },
  ).receipt()

const over = { code: 'UNAUTHORIZED' }

describe('a bearer', () => {
  it('acts for its client over HTTP, with its quota', async () => {
    const client = keep(await createClient(cafe, await cafe.token({ quota: 4321 })))
    const { text, expires } = await grant(client)
    expect(await use(text)).toEqual({ more: false, used: 0, quota: 4321 })
    expect(expires).toBe(cafe.clock() + BEARER_TTL)
  })

  it('is listed without its text, for all devices of the account and nobody else', async () => {
    const client = await newClient()
    const one = await grant(client, { label: 'one' })
    cafe.clock.advance(1)
    const two = await grant(client, { label: 'two', expires: cafe.clock() + DAY })
    const listed = await list(client)
    const peer = client.at.cafe
    const scopes = ['pin']
    expect(listed.toSorted((a, b) => a.created - b.created)).toEqual([
      { id: one.id, peer, label: 'one', scopes, created: cafe.clock() - 1, expires: one.expires },
      { id: two.id, peer, label: 'two', scopes, created: cafe.clock(), expires: cafe.clock() + DAY },
    ])
    expect(await list(await newClient())).toEqual([])
  })

  it('ends when it is revoked, at once and it alone', async () => {
    const client = await newClient()
    const [one, two] = [await grant(client), await grant(client)]
    const other = await newClient()
    expect(await revoke(other, one.id)).toBe(false)
    await use(one.text)
    expect(await revoke(client, one.id)).toBe(true)
    expect(await failure(use(one.text))).toEqual(over)
    expect(await revoke(client, one.id)).toBe(false)
    await use(two.text)
    expect((await list(client)).map(({ id }) => id)).toEqual([two.id])
  })

  it('takes its running calls with it when it is revoked', async () => {
    const client = await newClient()
    const { id, text } = await grant(client)
    const fetch = (request: Request) => cafe.cafe.fetch(request)
    const upload = startHttp(fetch, pinProtocol, 'pin', { bytes: 1000 }, { auth: text, format: jsonFormat })
    await upload.send({ offer: [] })
    expect(await upload.next()).toEqual({ want: [] })
    await revoke(client, id)
    expect(await failure(upload.receipt())).toEqual(over)
  })

  it('ends with the day it was made for, and a year after at the latest', async () => {
    const client = await newClient()
    const short = await grant(client, { expires: cafe.clock() + DAY })
    const wrong = [cafe.clock(), cafe.clock() - DAY, cafe.clock() + BEARER_TTL + CLOCK_SKEW + 1]
    for (const expires of wrong)
      expect(await failure(grant(client, { expires }))).toEqual({ code: 'BAD_REQUEST', at: 'expires' })
    const long = await grant(client, { expires: cafe.clock() + BEARER_TTL + CLOCK_SKEW })
    expect(long.expires).toBe(cafe.clock() + BEARER_TTL)
    cafe.clock.advance(DAY - 1)
    await use(short.text)
    cafe.clock.advance(1)
    expect(await failure(use(short.text))).toEqual({ ...over, expired: true })
    expect((await list(client)).map(({ id }) => id)).toEqual([long.id])
  })

  it('ends with its client, and stays over when that client comes again', async () => {
    const client = await newClient()
    const { id, text } = await grant(client)
    await client.peer.cafes.deregister(cafe.at.cafe, soon)
    expect(await failure(use(text))).toEqual(over)
    const rows = Object.keys(await cafe.dump())
    expect(rows).not.toContain(`/cafe/bearer-key/${id}`)
    expect(rows.filter((key) => key.includes(client.account().address))).toEqual([])
    await client.peer.cafes.register(cafe.at, await cafe.token(), soon)
    expect(await failure(use(text))).toEqual(over)
    expect(await list(client)).toEqual([])
  })

  it('ends with its client however that was ended', async () => {
    const client = await newClient()
    const { text } = await grant(client)
    const key = `/cafe/client/${client.account().address}/${client.at.cafe}`
    const row = await cafe.rows.get(key)
    await cafe.rows.commit([{ key }])
    expect(await failure(use(text))).toEqual(over)
    cafe.clock.advance(1)
    await client.session.register(cafe.at.cafe, client.account(), await cafe.token())
    expect(row).toBeDefined()
    expect(await failure(use(text))).toEqual(over)
  })

  it('is one of a bounded number, of which those that are over do not count', async () => {
    const client = await newClient()
    const first = await grant(client, { expires: cafe.clock() + DAY })
    for (let i = 1; i < MAX_BEARERS; i++) await grant(client)
    expect(await failure(grant(client))).toEqual({ code: 'QUOTA', bearers: MAX_BEARERS })
    cafe.clock.advance(DAY)
    await grant(client)
    expect(await failure(grant(client))).toEqual({ code: 'QUOTA', bearers: MAX_BEARERS })
    const keys = Object.keys(await cafe.dump()).filter((key) => key.startsWith('/cafe/bearer-key/'))
    expect(keys).not.toContain(`/cafe/bearer-key/${first.id}`)
  })

  it('is made at most so often also by many at once', async () => {
    const client = await newClient()
    for (let i = 8; i < MAX_BEARERS; i++) await grant(client)
    const results = await Promise.allSettled(Array.from({ length: STREAMS_PER_PEER - 2 }, () => grant(client)))
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(8)
    expect((await list(client)).length).toBe(MAX_BEARERS)
  })

  it('is for services that are worth it, and cannot make another one', async () => {
    const client = await newClient()
    for (const scopes of [[], ['session'], ['pin', 'pin'], ['nothing']]) {
      const refused = client.peer.bearers.grant(cafe.at.cafe, { label: 'x', scopes: scopes as ['pin'] }, soon)
      expect(await failure(refused)).toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  it('is worth nothing where a session is asked for, nor a session where a bearer is', async () => {
    const client = await newClient()
    const { text } = await grant(client)
    const access = await client.access(cafe)
    expect(await failure(use(access))).toEqual(over)
    expect(await failure(use(await cafe.token()))).toEqual(over)
    expect(await failure(use(undefined))).toEqual(over)
    expect(await failure(client.session.listBearers(cafe.at.cafe, { auth: text }))).toMatchObject({ code: 'FORBIDDEN' })
    const other = keep(await createCafeNode({ clock: cafe.clock }))
    expect(await failure(use(text, other))).toEqual(over)
  })

  it('with any octet changed is none', async () => {
    const client = await newClient()
    const { text } = await grant(client)
    const octets = base58.decode(text)
    for (let at = 0; at < octets.byteLength; at++) {
      const changed = octets.slice()
      changed[at] = (changed[at] as number) ^ (1 << (at % 8))
      expect(await failure(use(base58.encode(changed)))).toEqual(over)
    }
    await use(text)
  })
})

describe('by the console', () => {
  /** The console API over the worker's own handlers, without the port between them. */
  const consoleOf = (guest: GuestNode) => {
    const never = new Proxy({}, { get: () => () => Promise.reject(new Error('not part of this test')) })
    const accounts: Pick<Accounts, 'peer' | 'any'> = { peer: () => guest.peer, any: () => true }
    const handlers = createHandlers({
      ...{
        node: guest.node,
        ownRelays: never as OwnRelays,
        hosting: never as Hosting,
        names: never as Names,
        part: () => Promise.reject(new Error('not part of this test')),
        carry: () => Promise.reject(new Error('not part of this test')),
        pair: () => Promise.reject(new Error('not part of this test')),
        trial: () => Promise.reject(new Error('not part of this test')),
        changes: createChanges(),
        opener: never as LinkOpener,
        tabs: () => 0,
      },
      accounts: accounts as Accounts,
    })
    const call = async (name: keyof typeof handlers, input: unknown) => {
      const { input: schema, run } = handlers[name]
      return run(parse(schema, input) as never, { ...soon, progress: () => {} } as never)
    }
    return createConsole(call as never)
  }

  it('a bearer is made, listed and revoked', async () => {
    const client = await newClient()
    const { account } = consoleOf(client)
    const expires = cafe.clock() + DAY
    const { id, text, ...rest } = await account.bearer(cafe.at.cafe, { label: 'ipfs CLI', scopes: ['pin'], expires })
    expect(rest).toEqual({ expires })
    await use(text)
    expect(await account.bearers(cafe.at.cafe)).toMatchObject([{ id, label: 'ipfs CLI', scopes: ['pin'], expires }])
    expect(await account.revokeBearer(cafe.at.cafe, id)).toBe(true)
    expect(await failure(use(text))).toEqual(over)
    expect(await account.bearers(cafe.at.cafe)).toEqual([])
    const wrong = account.bearer(cafe.at.cafe, { label: '', scopes: ['pin'] })
    expect(await failure(wrong)).toEqual({ code: 'BAD_REQUEST', at: 'label' })
    const nobody = account.bearer('x', { label: 'x', scopes: ['pin'] })
    expect(await failure(nobody)).toEqual({ code: 'BAD_REQUEST', at: 'cafe' })
  })
})

describe('of a bearer the cafe', () => {
  it('keeps no secret', async () => {
    const client = await newClient()
    const { text } = await grant(client)
    const all = Object.entries(await cafe.dump())
      .flat()
      .join(' ')
    expect(all).not.toContain(Buffer.from(base58.decode(text).subarray(12)).toString('hex'))
    expect(all).not.toContain(Buffer.from(text).toString('hex'))
  })
})

it('is asked for by a registered client only', async () => {
  const stranger = keep(await createGuestNode({ clock: cafe.clock }))
  stranger.know(cafe)
  expect(await failure(grant(stranger))).toEqual({ code: 'NOT_FOUND', what: 'cafe' })
  const refused = stranger.session.grantBearer(cafe.at.cafe, { label: 'x', scopes: ['pin'] }, {})
  expect(await failure(refused)).toEqual(over)
})
