/** The life of a session between real nodes: begun, rotated, renewed, ended, and what is kept of it. */
import { setTimeout } from 'node:timers/promises'
import { base58 } from '@scure/base'
import { beforeAll, describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { REFRESH_GRACE } from '../../src/core/limits.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { call } from '../../src/wire/call.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  DAY,
  failure,
  type GuestNode,
  HOUR,
  keep,
  MINUTE,
} from './fixture.ts'

let cafe: CafeNode
let guest: GuestNode

beforeAll(async () => {
  cafe = keep(await createCafeNode())
  guest = keep(await createGuestNode({ clock: cafe.clock }))
  guest.know(cafe)
})

const list = (by: GuestNode, auth: string | undefined, at = cafe) =>
  call(by.node.connector, at.at.cafe, pinProtocol, 'list', { limit: 1 }, { auth })

describe('the life of a session', () => {
  it('begins with a token and gives what the cafe promised for it', async () => {
    const token = await cafe.token({ quota: 12345 })
    const client = keep(await createClient(cafe, token))
    const [joined] = await client.peer.cafes.list()
    expect(joined).toMatchObject({ cafe: cafe.at.cafe, name: 'Test cafe', quota: 12345 })
    expect(await list(client, await client.access(cafe))).toEqual({ more: false, used: 0, quota: 12345 })
    expect(await cafe.cafe.clients()).toContainEqual(
      expect.objectContaining({ peer: client.at.cafe, account: client.account().address, quota: 12345 }),
    )
  })

  it('rotates both tokens at a refresh, and the access token before still works once', async () => {
    const client = keep(await createClient(cafe))
    const first = await client.session.register(cafe.at.cafe, client.account(), undefined)
    cafe.clock.advance(MINUTE)
    const second = await client.session.refresh(cafe.at.cafe, first.refresh)
    expect(new Set([first.access, first.refresh, second.access, second.refresh]).size).toBe(4)
    await list(client, second.access)
    await list(client, first.access)
    cafe.clock.advance(MINUTE)
    await client.session.refresh(cafe.at.cafe, second.refresh)
    expect(await failure(list(client, first.access))).toEqual({ code: 'UNAUTHORIZED' })
  })

  it('gives the same grant again when a reply was lost, for a minute', async () => {
    const client = keep(await createClient(cafe))
    const first = await client.session.register(cafe.at.cafe, client.account(), undefined)
    const second = await client.session.refresh(cafe.at.cafe, first.refresh)
    cafe.clock.advance(REFRESH_GRACE)
    expect(await client.session.refresh(cafe.at.cafe, first.refresh)).toEqual(second)
    await list(client, second.access)
  })

  it('ends for everybody when a used refresh token comes back later', async () => {
    const client = keep(await createClient(cafe))
    const first = await client.session.register(cafe.at.cafe, client.account(), undefined)
    const second = await client.session.refresh(cafe.at.cafe, first.refresh)
    cafe.clock.advance(REFRESH_GRACE + 1)
    const reused = await failure(client.session.refresh(cafe.at.cafe, first.refresh))
    expect(reused).toEqual({ code: 'UNAUTHORIZED', reused: true })
    expect(await failure(list(client, second.access))).toEqual(reused)
    expect(await failure(client.session.refresh(cafe.at.cafe, second.refresh))).toEqual(reused)
  })

  it('never has two live generations, however many refreshes run at once', async () => {
    const client = keep(await createClient(cafe))
    const first = await client.session.register(cafe.at.cafe, client.account(), undefined)
    const all = await Promise.all(Array.from({ length: 8 }, () => client.session.refresh(cafe.at.cafe, first.refresh)))
    expect(new Set(all.map(({ refresh }) => refresh)).size).toBe(1)
    expect(all[0]?.refresh).not.toBe(first.refresh)
  })

  it('is renewed silently by the peer when the access token is over', async () => {
    const client = keep(await createClient(cafe))
    const before = await client.access(cafe)
    cafe.clock.advance(2 * HOUR)
    expect(await failure(list(client, before))).toEqual({ code: 'UNAUTHORIZED', expired: true })
    const after = await client.access(cafe)
    expect(after).not.toBe(before)
    await list(client, after)
  })

  it('is begun anew by the peer when the refresh token is over too, without any access token', async () => {
    const client = keep(await createClient(cafe, await cafe.token({ uses: 1 })))
    cafe.clock.advance(31 * DAY)
    await list(client, await client.access(cafe))
    expect((await client.peer.cafes.list()).length).toBe(1)
  })

  it('is not outlived by what was refreshed: after half a year it is a new one', async () => {
    const client = keep(await createClient(cafe))
    let { refresh } = await client.session.register(cafe.at.cafe, client.account(), undefined)
    for (let day = 0; day < 175; day += 25) {
      cafe.clock.advance(25 * DAY)
      refresh = (await client.session.refresh(cafe.at.cafe, refresh)).refresh
    }
    cafe.clock.advance(10 * DAY)
    const over = { code: 'UNAUTHORIZED', expired: true }
    expect(await failure(client.session.refresh(cafe.at.cafe, refresh))).toEqual(over)
    await list(client, await client.access(cafe))
  })

  it('is one a device: a new registration ends the old session', async () => {
    const client = keep(await createClient(cafe))
    const first = await client.session.register(cafe.at.cafe, client.account(), undefined)
    await client.session.register(cafe.at.cafe, client.account(), undefined)
    expect(await failure(list(client, first.access))).toEqual({ code: 'UNAUTHORIZED' })
    expect(await failure(client.session.refresh(cafe.at.cafe, first.refresh))).toEqual({ code: 'UNAUTHORIZED' })
  })

  it('ends with deregistering: rows are erased, tokens mean nothing, and coming back takes a token', async () => {
    const empty = await cafe.dump()
    const token = await cafe.token()
    const withToken = await cafe.dump()
    const client = keep(await createClient(cafe, token))
    const access = await client.access(cafe)
    const { receipt } = await client.peer.cafes.deregister(cafe.at.cafe, {})
    const nothing = { bearers: 0, pins: 0, slots: 0, drops: 0, cards: 0, mail: 0, doors: 0, links: 0 }
    expect(receipt?.erased).toEqual({ clients: 1, sessions: 1, ...nothing })
    // What is left: the nonce until its challenge is over, the receipt for a day, and the time.
    const lasting = (rows: Record<string, string>) =>
      Object.fromEntries(Object.entries(rows).filter(([key]) => !/^\/cafe\/(nonce|departed|time)\//.test(key)))
    expect(lasting(await cafe.dump())).toEqual(lasting(withToken))
    expect(Object.keys(withToken).length).toBe(Object.keys(empty).length + 1)
    expect(await failure(list(client, access))).toEqual({ code: 'UNAUTHORIZED' })
    expect(await failure(client.access(cafe))).toEqual({ code: 'NOT_FOUND', what: 'cafe' })
    expect(await failure(client.session.register(cafe.at.cafe, client.account(), undefined))).toEqual({
      code: 'FORBIDDEN',
      why: 'token',
    })
  })

  it('says UNAUTHORIZED from the peer when the cafe has forgotten this client', async () => {
    const client = keep(await createClient(cafe))
    await cafe.rows.commit([
      { key: `/cafe/client/${client.account().address}/${client.at.cafe}` },
      ...Object.keys(await cafe.dump())
        .filter((key) => key.startsWith(`/cafe/session/${client.at.cafe}/`))
        .map((key) => ({ key })),
    ])
    cafe.clock.advance(HOUR)
    expect(await failure(client.access(cafe))).toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('is kept alive by a peer whose clock is hours off', async () => {
    for (const off of [-3 * HOUR, 3 * HOUR]) {
      const client = keep(await createGuestNode())
      client.know(cafe)
      client.clock.advance(cafe.clock() - client.clock() + off)
      await client.peer.cafes.register(cafe.at, await cafe.token(), {})
      for (let minutes = 0; minutes < 180; minutes += 30) {
        await list(client, await client.access(cafe))
        cafe.clock.advance(30 * MINUTE)
        client.clock.advance(30 * MINUTE)
      }
    }
  })

  it('leaves nothing of a client that refreshes while it deregisters', async () => {
    const rows = memoryRows()
    const slow = keep(await createCafeNode({ rows: { ...rows, commit: (changes) => commit(changes) } }))
    let commit = rows.commit
    const client = keep(await createClient(slow))
    const { access, refresh } = await client.session.register(slow.at.cafe, client.account(), undefined)
    const reached = Promise.withResolvers<void>()
    const overtaken = Promise.withResolvers<void>()
    // The refresh has decided and is about to write; the end of the registration comes in between, if it can.
    commit = async (changes) => {
      commit = (later) => rows.commit(later).finally(overtaken.resolve)
      reached.resolve()
      await Promise.race([overtaken.promise, setTimeout(200)])
      await rows.commit(changes)
    }
    const refreshed = client.session.refresh(slow.at.cafe, refresh)
    await reached.promise
    await Promise.allSettled([client.session.deregister(slow.at.cafe, client.account().address, access), refreshed])
    const left = Object.keys(await slow.dump()).filter((key) => /\/(client|session)\//.test(key))
    expect(left).toEqual([])
  })
})

describe('an access token', () => {
  it('is worth nothing to another peer', async () => {
    const client = keep(await createClient(cafe))
    const { access, refresh } = await client.session.register(cafe.at.cafe, client.account(), undefined)
    expect(await failure(list(guest, access))).toEqual({ code: 'FORBIDDEN', why: 'peer' })
    expect(await failure(guest.session.refresh(cafe.at.cafe, refresh))).toEqual({ code: 'FORBIDDEN', why: 'peer' })
    expect(await failure(guest.session.deregister(cafe.at.cafe, guest.account().address, access))).toEqual({
      code: 'FORBIDDEN',
      why: 'peer',
    })
    await list(client, access)
  })

  it('is needed, of this cafe, and of the right kind', async () => {
    const client = keep(await createClient(cafe))
    const { access, refresh } = await client.session.register(cafe.at.cafe, client.account(), undefined)
    const other = keep(await createCafeNode({ clock: cafe.clock }))
    client.know(cafe, other)
    await client.session.register(other.at.cafe, client.account(), await other.token())
    const jwt = { code: 'FORBIDDEN', what: 'jwt' }
    expect(await failure(list(client, undefined))).toEqual({ code: 'UNAUTHORIZED' })
    expect(await failure(list(client, refresh))).toEqual(jwt)
    expect(await failure(list(client, access, other))).toEqual(jwt)
    expect(await failure(list(client, 'x'))).toEqual(jwt)
    expect(await failure(client.session.refresh(cafe.at.cafe, access))).toEqual(jwt)
  })
})

describe('what the cafe keeps', () => {
  it('holds no token and no JWT', async () => {
    const token = await cafe.token()
    const client = keep(await createClient(cafe, token))
    const { access, refresh } = await client.session.register(cafe.at.cafe, client.account(), undefined)
    const secret = Buffer.from(base58.decode(token).subarray(12)).toString('hex')
    const all = Object.entries(await cafe.dump())
      .flat()
      .join(' ')
    const text = (value: string): string => Buffer.from(value).toString('hex')
    expect(all).not.toContain(secret)
    expect(all).not.toContain(text(token))
    for (const jwt of [access, refresh]) for (const part of jwt.split('.')) expect(all).not.toContain(text(part))
  })
})
