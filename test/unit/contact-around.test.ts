/** Asking other cafes: how many, how many at once, whom not, and that all of it ends with the search. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, it, vi } from 'vitest'
import { cafeInfoRecord, infoProtocol } from '../../src/cafe/info/protocol.ts'
import { createInfo, type Info } from '../../src/cafe/info/service.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import {
  ASKED_AT_ONCE,
  INFO_TTL,
  MAX_ASKED,
  MAX_TRADE,
  TRADE_PACE,
  TRADE_PACE_STRANGERS,
} from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { sealRecord } from '../../src/crypto/envelope.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Connector } from '../../src/wire/call.ts'
import { failure } from './crypto-help.ts'
import { calling, newRecords, START, sessionOf } from './snapshot-help.ts'

const idOf = (n: number) => `12D3KooW${'a'.repeat(40)}${String(n).padStart(4, '0').replaceAll('0', 'z')}` as PeerIdText

/** Opens nothing until told to, and then fails as a cafe does that is gone. */
function createDoor() {
  const waiting: Array<{ peer: PeerIdText; signal: AbortSignal; fail(): void }> = []
  const opened: PeerIdText[] = []
  const connector: Connector = {
    open(peer, _, { signal }) {
      opened.push(peer)
      return new Promise<Stream>((_, reject) => {
        const one = { peer, signal, fail: () => reject(new CafeError('UNREACHABLE')) }
        waiting.push(one)
        signal.addEventListener('abort', () => reject(new CafeError('ABORTED')), { once: true })
      })
    },
  }
  return { connector, opened, waiting }
}

describe('a search', () => {
  const setOut = async (signal: AbortSignal, wait = 30_000) => {
    const door = createDoor()
    const all = Array.from({ length: 100 }, (_, n) => idOf(n))
    const neighbours = { pick: (limit: number) => all.slice(0, limit) }
    const { contacts } = await newRecords({ connector: door.connector, neighbours })
    const told: unknown[] = []
    const searching = contacts.handlers.find(
      { query: 'marta', limit: 10, wait, exclude: [], hops: 1 },
      {
        ...{ session: sessionOf('P' as Address), peer: idOf(999), signal },
        upload: () => Promise.reject(new Error('there are no uploads')),
        send: async (item) => void told.push(item),
      },
    )
    return { ...door, told, searching }
  }

  it('asks eight cafes at once and thirty-two in all, whatever it knows', async () => {
    const { opened, waiting, told, searching } = await setOut(new AbortController().signal)
    let most = 0
    for (let done = 0; done < MAX_ASKED; done++) {
      await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0))
      await vi.waitFor(() => expect(opened.length).toBe(Math.min(MAX_ASKED, done + ASKED_AT_ONCE)))
      most = Math.max(most, waiting.length)
      waiting.shift()?.fail()
    }
    expect(await searching).toEqual({ complete: false })
    expect([opened.length, new Set(opened).size, most]).toEqual([MAX_ASKED, MAX_ASKED, ASKED_AT_ONCE])
    expect(told).toEqual(opened.map((cafe) => ({ asked: { cafe, outcome: 'unreachable' } })))
  })

  it('stops all of it when the client is gone, and asks nobody more', async () => {
    const gone = new AbortController()
    const { opened, waiting, told, searching } = await setOut(gone.signal)
    await vi.waitFor(() => expect(waiting.length).toBe(ASKED_AT_ONCE))
    gone.abort()
    await searching
    expect(waiting.every(({ signal }) => signal.aborted)).toBe(true)
    expect([opened.length, told]).toEqual([ASKED_AT_ONCE, []])
  })

  it('ends when its time is over, and says who was late', async () => {
    const { opened, told, searching } = await setOut(new AbortController().signal, 100)
    expect(await searching).toEqual({ complete: false })
    expect(opened.length).toBe(ASKED_AT_ONCE)
    expect(told).toEqual(opened.map((cafe) => ({ asked: { cafe, outcome: 'late' } })))
  })
})

interface Other {
  readonly key: PrivateKey
  readonly peer: PeerIdText
}

async function newCafe(): Promise<Other> {
  const key = await generateKeyPair('Ed25519')
  return { key, peer: peerIdFromPrivateKey(key).toString() as PeerIdText }
}

const recordOf = ({ key, peer }: Other) =>
  sealRecord(cafeInfoRecord, key, {
    ...{ v: 1 as const, cafe: peer, name: 'Other', epoch: 1, addresses: ['/dns4/cafe.example/tcp/443/wss'] },
    ...{ seq: START, ts: START, ttl: INFO_TTL },
  })

describe('a cafe that is told of others', () => {
  let now: number
  const open = async (): Promise<{ info: Info; self: Other }> => {
    now = START
    const self = await newCafe()
    const info = await createInfo({
      ...{ rows: memoryRows(), peer: self.peer, peerKey: self.key, epoch: 1, name: () => 'Corner' },
      ...{ addresses: () => ['/dns4/own.example/tcp/443/wss'], directory: async () => [], clock: () => now },
      connector: { know: () => {}, open: () => Promise.reject(new CafeError('UNREACHABLE')) },
      ...{ log: silentLog, onChange: () => {} },
    })
    return { info, self }
  }
  const trade = async (info: Info, peer: PeerIdText, records: readonly Uint8Array[]) =>
    (await calling(infoProtocol, info.handlers, 'trade', { records }, { peer })).receipt.records as Uint8Array[]

  it('answers with itself first, and passes on nobody it has not spoken with', async () => {
    const { info, self } = await open()
    const [a, b] = [await newCafe(), await newCafe()]
    const [own, ...others] = await trade(info, a.peer, [await recordOf(a), await recordOf(b)])
    expect(others).toEqual([])
    const { envelope } = (await calling(infoProtocol, info.handlers, 'get', {}, { peer: a.peer })).receipt
    expect(own).toEqual(envelope)
    expect(info.list().map(({ cafe }) => cafe)).toEqual([a.peer, b.peer])
    info.neighbours.answered(b.peer)
    await vi.waitFor(() => expect(info.neighbours.isCafe(b.peer)).toBe(true))
    expect(await trade(info, a.peer, [await recordOf(a)])).toEqual([own, await recordOf(b)])
    // Its own record is no news to anybody.
    expect(await trade(info, b.peer, [await recordOf(b)])).toEqual([own])
    expect(info.list().some(({ cafe }) => cafe === self.peer)).toBe(false)
  })

  it('believes nobody who speaks for another, or brings one forged record among good ones', async () => {
    const { info } = await open()
    const [a, b] = [await newCafe(), await newCafe()]
    const corrupt = { code: 'CORRUPT', data: { what: 'envelope' } }
    expect(await failure(() => trade(info, a.peer, []))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(async () => trade(info, a.peer, [await recordOf(b)]))).toEqual(corrupt)
    const forged = await recordOf({ key: a.key, peer: b.peer })
    expect(await failure(async () => trade(info, a.peer, [await recordOf(a), forged]))).toEqual(corrupt)
    const many = Array.from({ length: MAX_TRADE + 1 }, () => recordOf(a))
    expect(await failure(async () => trade(info, a.peer, await Promise.all(many)))).toMatchObject({
      code: 'BAD_REQUEST',
    })
    expect(info.list()).toEqual([])
    // Who was caught is not listened to.
    await trade(info, a.peer, [await recordOf(a)])
    info.neighbours.lied(a.peer)
    await vi.waitFor(() => expect(info.list()[0]?.marked).not.toBe(null))
    expect(await failure(async () => trade(info, a.peer, [await recordOf(a)]))).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('asks mostly cafes it has spoken with, those first, and leaves alone for a while who was not there', async () => {
    const { info } = await open()
    const [teller, good] = [await newCafe(), await Promise.all(Array.from({ length: 3 }, newCafe))]
    for (const cafe of good) await trade(info, cafe.peer, [await recordOf(cafe)])
    for (let n = 0; n < 2; n++) {
      const made = await Promise.all(Array.from({ length: MAX_TRADE - 1 }, newCafe))
      await trade(info, teller.peer, [await recordOf(teller), ...(await Promise.all(made.map(recordOf)))])
    }
    for (const { peer } of good) info.neighbours.answered(peer)
    const ids = good.map(({ peer }) => peer)
    await vi.waitFor(() => expect(ids.every(info.neighbours.isCafe)).toBe(true))
    const picked = info.neighbours.pick(MAX_ASKED)
    expect(picked.slice(0, 3).toSorted()).toEqual(ids.toSorted())
    expect(picked).toHaveLength(3 + MAX_ASKED / 4)
    expect(info.neighbours.pick(2)).toHaveLength(2)
    const [away] = ids as [PeerIdText]
    info.neighbours.failed(away)
    expect(info.neighbours.pick(MAX_ASKED)).not.toContain(away)
    now += 60_000
    expect(info.neighbours.pick(MAX_ASKED)).toContain(away)
  })

  it('trades with a peer only so often, and with all strangers together', async () => {
    const { info } = await open()
    const a = await newCafe()
    const record = await recordOf(a)
    for (let n = 0; n < TRADE_PACE.burst; n++) await trade(info, a.peer, [record])
    expect(await failure(() => trade(info, a.peer, [record]))).toEqual({
      ...{ code: 'BUSY', data: { after: TRADE_PACE.every } },
    })
    let passed = TRADE_PACE.burst
    for (let n = 0; n < 100; n++) {
      const other = await newCafe()
      const done = await trade(info, other.peer, [await recordOf(other)]).catch(() => undefined)
      if (done) passed += 1
    }
    expect(passed).toBe(TRADE_PACE_STRANGERS.burst)
  })
})
