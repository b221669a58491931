/** What a host decides, between real nodes: it holds at once, reaches who is connected at once, and who is not, later. */
import { beforeEach, describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { receiptRecord, type Standing, sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { sealRecord } from '../../src/crypto/envelope.ts'
import type { Joined } from '../../src/peer/cafe-row.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { call } from '../../src/wire/call.ts'
import { serve } from '../../src/wire/serve.ts'
import { randomBytes, tree } from './blocks-fixture.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  failure,
  type GuestNode,
  HOUR,
  keep,
} from './fixture.ts'
import { begin, offer, pin, sendBlock, stored } from './pin-fixture.ts'

const notice = 'We close for the winter.'
const SOON = { timeout: 30_000 }

let cafe: CafeNode
beforeEach(async () => {
  cafe = keep(await createCafeNode())
})

/** A guest that looks after its session from now on; given when its channel is open. */
async function attending(guest: GuestNode): Promise<GuestNode> {
  keep({ stop: async () => guest.peer.close() })
  keep(guest)
  const { connector } = guest.node
  const open = connector.open
  const opened = Promise.withResolvers<void>()
  Object.assign(connector, {
    open: (...args: Parameters<typeof open>) => open(...args).finally(opened.resolve),
  })
  await guest.peer.attend()
  await opened.promise
  // The cafe has read the channel's request by the time it answers this.
  const about = { address: guest.account().address, purpose: 'register' as const }
  await call(connector, cafe.at.cafe, sessionProtocol, 'challenge', about)
  return guest
}

const rowOf = async (guest: GuestNode): Promise<Joined | undefined> => (await guest.peer.cafes.list())[0]
const state = async (guest: GuestNode) => {
  const row = await rowOf(guest)
  return row && { state: row.state, why: row.why, notice: row.notice }
}
const list = (by: GuestNode, auth: string, at = cafe) =>
  call(by.node.connector, at.at.cafe, pinProtocol, 'list', { limit: 1 }, { auth })

describe('a token that is revoked', () => {
  it('ends an upload under way, and the client hears why on its channel', async () => {
    const token = await cafe.token()
    const guest = await attending(await createClient(cafe, token))
    const blocks = await tree(4, 1000)
    const upload = await begin(guest, cafe, 100_000)
    const [first = 0] = await offer(upload, blocks)
    await sendBlock(upload, first, blocks[first] as never)
    await stored(upload)
    const [{ id } = { id: '' }] = await cafe.cafe.tokens()
    await cafe.cafe.revoke(id)
    expect(await failure(upload.receipt())).toEqual({ code: 'UNAUTHORIZED', why: 'revoked' })
    await expect.poll(() => state(guest), SOON).toEqual({ state: 'ended', why: 'revoked', notice: '' })
    expect(await failure(guest.access(cafe))).toEqual({ code: 'UNAUTHORIZED', why: 'revoked' })
    expect((await cafe.cafe.clients()).map(({ revoked }) => revoked !== null)).toEqual([true])
    expect(await cafe.cafe.tokens()).toMatchObject([{ id, revoked: cafe.clock(), clients: 1 }])
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    await list(guest, await guest.access(cafe))
  })

  it('ends also a call that waits in silence, and says so in its end', async () => {
    const guest = keep(await createClient(cafe))
    const upload = await begin(guest, cafe, 1000)
    // The cafe waits for an offer that does not come.
    await offer(upload, await tree(1, 10))
    const [{ id } = { id: '' }] = await cafe.cafe.tokens()
    await cafe.cafe.revoke(id)
    expect(await failure(upload.receipt())).toEqual({ code: 'UNAUTHORIZED', why: 'revoked' })
  })
})

describe('a client that is evicted', () => {
  it('loses its rows and pins, hears the notice, and its files follow by themselves once it is back', async () => {
    const guest = await attending(await createClient(cafe))
    const old = await guest.access(cafe)
    const file = await guest.peer.backups.add(new Blob([randomBytes(300_000)]), 'letter', {
      signal: AbortSignal.timeout(30_000),
      onProgress: () => {},
    })
    expect(file.cafes).toMatchObject([{ state: 'pinned' }])
    cafe.clock.advance(1000)
    await cafe.cafe.evict(guest.account().address, notice)
    const left = Object.keys(await cafe.dump()).filter((key) => key.includes(guest.account().address))
    expect(left).toEqual([`/cafe/evicted/${guest.account().address}`])
    expect(await failure(list(guest, old))).toEqual({ code: 'UNAUTHORIZED', why: 'evicted', notice })
    await expect.poll(() => state(guest), SOON).toEqual({ state: 'ended', why: 'evicted', notice })
    await expect
      .poll(async () => (await guest.peer.backups.list())[0]?.cafes, SOON)
      .toEqual([{ cafe: cafe.at.cafe, state: 'failed', reason: 'UNAUTHORIZED' }])
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    await expect
      .poll(async () => (await guest.peer.backups.list())[0]?.cafes, SOON)
      .toEqual([{ cafe: cafe.at.cafe, state: 'pinned', since: cafe.clock() }])
  })

  it('that was away learns it when it comes back', async () => {
    const guest = await createClient(cafe)
    await cafe.cafe.evict(guest.account().address, notice)
    expect(await state(guest)).toMatchObject({ state: 'active' })
    await attending(guest)
    await expect.poll(() => state(guest), SOON).toEqual({ state: 'ended', why: 'evicted', notice })
  })
})

describe('a guest who asks', () => {
  const asking = async (greeting: string): Promise<GuestNode> => {
    const guest = await createGuestNode({ clock: cafe.clock })
    guest.know(cafe)
    expect(await guest.peer.cafes.register(cafe.at, undefined, { greeting })).toMatchObject({ state: 'waiting' })
    return guest
  }
  const decide = async (admit: boolean) => {
    const [request] = await cafe.cafe.requests()
    if (!request) throw new Error('nobody asks')
    await cafe.cafe.decide(request, { admit, quota: 5_000_000 })
    return request
  }
  beforeEach(() => cafe.cafe.setMode('ask'))

  it('is in as soon as the host says yes, and out as soon as it says no', async () => {
    const ada = await attending(await asking('Ada'))
    expect(await failure(ada.access(cafe))).toEqual({ code: 'UNAUTHORIZED', why: 'waiting' })
    expect(await decide(true)).toMatchObject({ greeting: 'Ada', peer: ada.at.cafe })
    await expect.poll(() => state(ada), SOON).toMatchObject({ state: 'active' })
    expect(await list(ada, await ada.access(cafe))).toMatchObject({ quota: 5_000_000 })
    const bob = await attending(await asking('Bob'))
    await decide(false)
    await expect.poll(() => state(bob), SOON).toEqual({ state: 'ended', why: 'refused', notice: '' })
  })

  it('and is away when the host answers, learns it later', async () => {
    const [ada] = [await asking('')]
    await decide(true)
    await attending(ada)
    await expect.poll(() => state(ada), SOON).toMatchObject({ state: 'active' })
  })

  it('may take it back', async () => {
    const guest = keep(await asking('Ada'))
    expect(await guest.peer.cafes.deregister(cafe.at.cafe, {})).toEqual({ receipt: null })
    expect(await cafe.cafe.requests()).toEqual([])
    expect(await rowOf(guest)).toBe(undefined)
  })
})

describe('a live channel', () => {
  it('is for those who are known here, and one for each peer', async () => {
    const guest = keep(await createClient(cafe))
    const stranger = keep(await createGuestNode({ clock: cafe.clock }))
    stranger.know(cafe)
    const { address } = guest.account()
    const signal = AbortSignal.timeout(30_000)
    const nobody = stranger.session.watch(cafe.at.cafe, address, () => {}, { signal })
    expect(await failure(nobody)).toEqual({ code: 'UNAUTHORIZED' })
    const heard: Standing[] = []
    const first = guest.session.watch(cafe.at.cafe, address, (you) => heard.push(you), { signal })
    await expect.poll(() => heard, SOON).toEqual(['client'])
    const second = guest.session.watch(cafe.at.cafe, address, (you) => heard.push(you), { signal })
    expect(await failure(first)).toEqual({ code: 'ABORTED' })
    await guest.session.deregister(cafe.at.cafe, address, await guest.access(cafe))
    expect(await failure(second)).toEqual({ code: 'UNAUTHORIZED' })
  })
})

describe('an alarm', () => {
  it('reaches host and client when an old refresh token comes back, and the client goes on by itself', async () => {
    const guest = await attending(await createClient(cafe))
    const old = (await rowOf(guest))?.refresh ?? ''
    for (let i = 0; i < 2; i++) await guest.peer.cafes.check(cafe.at.cafe, {})
    expect(await failure(guest.session.refresh(cafe.at.cafe, old))).toEqual({ code: 'UNAUTHORIZED', reused: true })
    await expect.poll(async () => (await rowOf(guest))?.alarm, SOON).toBe(cafe.clock())
    expect(await cafe.cafe.alarms.list()).toMatchObject([
      { kind: 'reused', account: guest.account().address, peer: guest.at.cafe, times: 1 },
    ])
    await list(guest, await guest.access(cafe))
    await cafe.cafe.alarms.dismiss((await cafe.cafe.alarms.list())[0]?.id ?? '')
    expect(await cafe.cafe.alarms.list()).toEqual([])
  })

  it('reaches the host when another peer shows a token, once however often it does', async () => {
    const guest = keep(await createClient(cafe))
    const thief = keep(await createClient(cafe))
    const { access, refresh } = (await rowOf(guest)) as Joined
    for (let i = 0; i < 5; i++) expect(await failure(list(thief, access))).toEqual({ code: 'FORBIDDEN', why: 'peer' })
    expect(await failure(thief.session.refresh(cafe.at.cafe, refresh))).toEqual({ code: 'FORBIDDEN', why: 'peer' })
    await expect
      .poll(() => cafe.cafe.alarms.list(), SOON)
      .toMatchObject([{ kind: 'stolen', account: guest.account().address, peer: thief.at.cafe, times: 1 }])
    await list(guest, access)
  })
})

describe('a clock that went back', () => {
  it('lets nobody in, says why, and is an alarm for the host', async () => {
    const token = await cafe.token()
    cafe.clock.advance(HOUR)
    keep(await createClient(cafe, token))
    cafe.clock.advance(-HOUR)
    const guest = keep(await createGuestNode({ clock: cafe.clock }))
    guest.know(cafe)
    const enter = () => guest.peer.cafes.register(cafe.at, token, {})
    expect(await failure(enter())).toEqual({ code: 'BUSY', why: 'clock', after: HOUR })
    await expect.poll(() => cafe.cafe.alarms.list(), SOON).toMatchObject([{ kind: 'clock', account: null, peer: null }])
    cafe.clock.advance(HOUR)
    expect(await enter()).toMatchObject({ state: 'active' })
  })
})

describe('a token for some services', () => {
  it('lets nobody use the others', async () => {
    const guest = keep(await createClient(cafe, await cafe.token({ services: ['inbox'] })))
    const refused = await failure(list(guest, await guest.access(cafe)))
    expect(refused).toEqual({ code: 'FORBIDDEN', why: 'service', service: 'pin' })
    expect((await guest.peer.cafes.deregister(cafe.at.cafe, {})).receipt).toMatchObject({ erased: { clients: 1 } })
  })
})

describe('a receipt', () => {
  it('is signed by the cafe, lists what was erased, is given again when it was lost, and is kept', async () => {
    const guest = keep(await createClient(cafe))
    await pin(guest, cafe, await tree(2, 100))
    const { address } = guest.account()
    const access = await guest.access(cafe)
    // The answer to this one is lost: whoever asked does not look at it.
    const lost = await guest.session.deregister(cafe.at.cafe, address, access)
    const { receipt } = await guest.peer.cafes.deregister(cafe.at.cafe, {})
    expect(receipt).toEqual(lost.receipt)
    expect(receipt).toMatchObject({
      ...{ cafe: cafe.at.cafe, account: address, peer: guest.at.cafe, time: cafe.clock() },
      erased: { clients: 1, sessions: 1, pins: 1 },
    })
    expect(await guest.peer.cafes.receipts()).toMatchObject([{ cafe: cafe.at.cafe, receipt, envelope: lost.envelope }])
    expect(await guest.peer.cafes.list()).toEqual([])
  })

  it('of another signer, or about somebody else, is none: the cafe is not forgotten unless the person wants it', async () => {
    const guest = keep(await createClient(cafe))
    const other = keep(await createCafeNode({ clock: cafe.clock }))
    const { address } = guest.account()
    const about = {
      ...{ v: 1 as const, cafe: cafe.at.cafe, epoch: 1, account: address, peer: guest.at.cafe, time: 1 },
      erased: { pins: 1 },
    }
    const forged = [
      await sealRecord(receiptRecord, other.node.privateKey, about),
      await sealRecord(receiptRecord, cafe.node.privateKey, { ...about, peer: other.at.cafe }),
      await sealRecord(receiptRecord, cafe.node.privateKey, { ...about, cafe: other.at.cafe }),
      systemRandom(100),
    ]
    let next = 0
    const never = () => Promise.reject(new Error('not part of it'))
    const lying = serve(
      sessionProtocol,
      {
        ...{ challenge: never, register: never, refresh: never, withdraw: never, watch: never },
        ...{ grantBearer: never, listBearers: never, revokeBearer: never, drop: never, putVoucher: never },
        deregister: async () => ({ receipt: forged[next++ % forged.length] as Uint8Array<ArrayBuffer> }),
      },
      { guard: async () => undefined, log: silentLog },
    )
    await cafe.node.unhandle(sessionProtocol.id)
    await cafe.node.handle(sessionProtocol.id, lying, { limited: true, maxStreams: 4 })
    for (const _ of forged) {
      const left = guest.peer.cafes.deregister(cafe.at.cafe, {})
      expect(await failure(left)).toMatchObject({ code: 'CORRUPT' })
      expect((await guest.peer.cafes.list()).length).toBe(1)
    }
    expect(await guest.peer.cafes.deregister(cafe.at.cafe, { force: true })).toEqual({ receipt: null })
    expect(await guest.peer.cafes.list()).toEqual([])
    expect(await guest.peer.cafes.receipts()).toEqual([])
  })
})

describe('a cafe that is started again', () => {
  it('ends the calls and channels of before, so that what it decides now reaches everybody', async () => {
    const guest = await attending(await createClient(cafe))
    const upload = await begin(guest, cafe, 1000)
    await offer(upload, await tree(1, 10))
    const again = await cafe.reopen()
    expect(await failure(upload.receipt())).toEqual({ code: 'UNREACHABLE' })
    await again.evict(guest.account().address, notice)
    await expect.poll(() => state(guest), SOON).toEqual({ state: 'ended', why: 'evicted', notice })
  })

  it('knows its mode, its requests, its evictions and its clients', async () => {
    const rows = memoryRows()
    const first = keep(await createCafeNode({ rows, clock: cafe.clock }))
    await first.cafe.setMode('ask')
    const [stays, goes] = [keep(await createClient(first)), keep(await createClient(first))]
    await first.cafe.evict(goes.account().address, notice)
    const guest = keep(await createGuestNode({ clock: cafe.clock }))
    guest.know(first)
    await guest.peer.cafes.register(first.at, undefined, { greeting: 'Ada' })
    const again = keep(await createCafeNode({ rows, clock: cafe.clock }))
    expect(await again.cafe.mode()).toBe('ask')
    expect(await again.cafe.requests()).toMatchObject([{ greeting: 'Ada', peer: guest.at.cafe }])
    expect((await again.cafe.clients()).map(({ peer }) => peer)).toEqual([stays.at.cafe])
    goes.know(again)
    const knock = goes.session.register(again.at.cafe, goes.account(), undefined)
    expect(await failure(knock)).toEqual({ code: 'FORBIDDEN', why: 'evicted', notice })
  })
})
