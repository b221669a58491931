/**
 * What clients of the IPFS Pinning Service API count on, as cases over real HTTP: those of the public compliance suite in
 * our own words, and those of people who try what they should not.
 */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import * as v from 'valibot'
import { expect } from 'vitest'
import { api, newCid, type PsaPin, pinStatus } from './psa-api.ts'

export interface PsaHost {
  readonly origin: string
  /** Bearers of two accounts. */
  readonly token: string
  readonly otherToken: string
  /** Lets a moment pass at the cafe, so that what comes next is newer. */
  tick(): void
}

export interface PsaCase {
  readonly name: string
  run(host: PsaHost): Promise<void>
}

const ALL = '?status=queued,pinning,pinned,failed'

export const PSA_CASES: readonly PsaCase[] = [
  {
    name: 'refuses a request without a token, with one that is none, and with one that nobody made',
    async run(host) {
      const { refused, send } = api(host)
      const wrong = `${host.token.slice(0, -3)}${host.token.endsWith('111') ? '222' : '111'}`
      for (const token of [
        undefined,
        'x',
        '',
        wrong,
        `${host.token} ${host.token}`,
        'eyJhbGciOiJFZDI1NTE5In0.e30.AA',
      ]) {
        for (const path of ['/pins', `/pins/${await newCid()}`])
          expect(await refused(path, { token })).toEqual([401, 'UNAUTHORIZED'])
        const post = { method: 'POST', token, body: { cid: await newCid() } }
        expect(await refused('/pins', post)).toEqual([401, 'UNAUTHORIZED'])
      }
      expect((await send('/pins', { token: undefined })).headers.get('www-authenticate')).toBe('Bearer')
    },
  },
  {
    name: 'takes a pin and says how it stands, with all that was given',
    async run(host) {
      const { add, get } = api(host)
      const cid = await newCid()
      const peer = `12D3KooW${'B'.repeat(44)}`
      const meta = { app_id: 'a-1', ünicode: '☕' }
      const origins = [`/ip4/127.0.0.1/tcp/9/ws/p2p/${peer}`]
      const pin = await add({ cid, name: 'Précieux.pdf', meta, origins })
      expect(pin.pin).toEqual({ cid, name: 'Précieux.pdf', meta, origins })
      expect(['queued', 'pinning']).toContain(pin.status)
      expect((await get(pin.requestid)).pin).toEqual(pin.pin)
      expect((await get(pin.requestid)).created).toBe(pin.created)
    },
  },
  {
    name: 'takes a pin with a cid only, of version 0 too, and gives the cid as it was given',
    async run(host) {
      const { add, get } = api(host)
      const cid = CID.createV0(await sha256.digest(crypto.getRandomValues(new Uint8Array(32)))).toString()
      const { requestid, pin } = await add({ cid })
      expect(pin.cid).toBe(cid)
      expect((await get(requestid)).pin.cid).toBe(cid)
    },
  },
  {
    name: 'removes a pin, once',
    async run(host) {
      const { add, send, refused, list } = api(host)
      const { requestid, pin } = await add({ cid: await newCid() })
      const removed = await send(`/pins/${requestid}`, { method: 'DELETE' })
      expect([removed.status, removed.body]).toEqual([202, undefined])
      expect(await refused(`/pins/${requestid}`)).toEqual([404, 'NOT_FOUND'])
      expect(await refused(`/pins/${requestid}`, { method: 'DELETE' })).toEqual([404, 'NOT_FOUND'])
      expect((await list(`?cid=${pin.cid}`)).count).toBe(0)
    },
  },
  {
    name: 'replaces a pin: another id, and the old one is gone',
    async run(host) {
      const { add, get, send, refused } = api(host)
      const { requestid: old } = await add({ cid: await newCid(), name: 'old' })
      const cid = await newCid()
      const { status, body } = await send(`/pins/${old}`, { method: 'POST', body: { cid, name: 'new' } })
      const fresh = v.parse(pinStatus, body)
      expect([status, fresh.pin.cid, fresh.pin.name]).toEqual([202, cid, 'new'])
      expect(fresh.requestid).not.toBe(old)
      expect(await refused(`/pins/${old}`)).toEqual([404, 'NOT_FOUND'])
      expect((await get(fresh.requestid)).pin.cid).toBe(cid)
      const again = { method: 'POST', body: { cid } }
      expect(await refused(`/pins/${old}`, again)).toEqual([404, 'NOT_FOUND'])
    },
  },
  {
    name: 'describes anew a pin that is replaced by one of the same root',
    async run(host) {
      const { add, get, send, list } = api(host)
      const cid = await newCid()
      const { requestid } = await add({ cid, name: 'first', meta: { a: '1' } })
      const body = { cid, name: 'second', meta: { b: '2' } }
      expect((await send(`/pins/${requestid}`, { method: 'POST', body })).status).toBe(202)
      const { results } = await list(`?cid=${cid}`)
      expect(results.map(({ pin }) => [pin.name, pin.meta])).toEqual([['second', { b: '2' }]])
      expect((await get(results[0]?.requestid ?? '')).pin.name).toBe('second')
    },
  },
  {
    name: 'lists pins in every state, and without any wish those that are pinned',
    async run(host) {
      const { add, list } = api(host)
      const { pin } = await add({ cid: await newCid() })
      const cids = ({ results }: { results: PsaPin[] }) => results.map((one) => one.pin.cid)
      expect(cids(await list(ALL))).toContain(pin.cid)
      expect(cids(await list('?status=queued&status=pinning&status=failed'))).toContain(pin.cid)
      expect(cids(await list())).not.toContain(pin.cid)
      expect(cids(await list('?status=pinned'))).not.toContain(pin.cid)
      expect(cids(await list(`?cid=${pin.cid}`))).toEqual([pin.cid])
    },
  },
  {
    name: 'finds pins by name, in the four ways there are',
    async run(host) {
      const { add, list } = api(host)
      const name = `Name-${await newCid()}-end`
      const { requestid } = await add({ cid: await newCid(), name })
      const part = name.slice(3, -2)
      const found = async (wanted: string, match?: string): Promise<boolean> => {
        const params = new URLSearchParams({ name: wanted, ...(match === undefined ? {} : { match }) })
        return (await list(`?${params}`)).results.some((one) => one.requestid === requestid)
      }
      const upper = (wanted: string): string => wanted.toUpperCase()
      const ways = [undefined, 'exact', 'iexact', 'partial', 'ipartial']
      const tried = async (wanted: string) => Promise.all(ways.map((match) => found(wanted, match)))
      expect(await tried(name)).toEqual([true, true, true, true, true])
      expect(await tried(upper(name))).toEqual([false, false, true, false, true])
      expect(await tried(part)).toEqual([false, false, false, true, true])
      expect(await tried(upper(part))).toEqual([false, false, false, false, true])
      expect(await tried(`${name}x`)).toEqual([false, false, false, false, false])
    },
  },
  {
    name: 'pages by the time before, newest first, without repeating or losing one',
    async run(host) {
      const { add, list } = api(host)
      const meta = { page: await newCid() }
      const added: string[] = []
      for (let i = 0; i < 15; i++) {
        host.tick()
        added.unshift((await add({ cid: await newCid(), meta })).requestid)
      }
      const mine = `&meta=${encodeURIComponent(JSON.stringify(meta))}`
      const first = await list(`${ALL}${mine}`)
      expect([first.count, first.results.length]).toEqual([15, 10])
      const second = await list(`${ALL}${mine}&before=${first.results.at(-1)?.created}`)
      expect([second.count, second.results.length]).toEqual([5, 5])
      expect([...first.results, ...second.results].map(({ requestid }) => requestid)).toEqual(added)
      const few = await list(`${ALL}${mine}&limit=3`)
      expect([few.count, few.results.length]).toEqual([15, 3])
      const newer = await list(`${ALL}${mine}&limit=1000&after=${first.results[4]?.created}`)
      expect(newer.results.map(({ requestid }) => requestid)).toEqual(added.slice(0, 4))
    },
  },
  {
    name: 'pages without losing one also of pins that were asked for at once',
    async run(host) {
      const { add, list } = api(host)
      const meta = { page: await newCid() }
      const cids = await Promise.all(Array.from({ length: 12 }, newCid))
      await Promise.all(cids.map((cid) => add({ cid, meta })))
      const mine = `${ALL}&limit=5&meta=${encodeURIComponent(JSON.stringify(meta))}`
      const seen: string[] = []
      for (let page = await list(mine); page.results.length > 0; ) {
        seen.push(...page.results.map(({ pin }) => pin.cid))
        page = await list(`${mine}&before=${page.results.at(-1)?.created}`)
      }
      expect(seen.length).toBe(12)
      expect(new Set(seen)).toEqual(new Set(cids))
    },
  },
  {
    name: 'filters by several cids, by meta, and by everything at once',
    async run(host) {
      const { add, list } = api(host)
      const [one, two, three] = [await newCid(), await newCid(), await newCid()]
      await add({ cid: one, name: 'x', meta: { a: '1', b: '1' } })
      await add({ cid: two, meta: { a: '1', b: '2' } })
      const cids = async (query: string) => (await list(query)).results.map(({ pin }) => pin.cid).sort()
      const both = [one, two].sort()
      expect(await cids(`?cid=${one}&cid=${two}&cid=${three}`)).toEqual(both)
      expect(await cids(`?cid=${one},${two},${three}`)).toEqual(both)
      const meta = (value: unknown): string => `&meta=${encodeURIComponent(JSON.stringify(value))}`
      const at = `?cid=${one},${two}`
      expect(await cids(`${at}${meta({ a: '1' })}`)).toEqual(both)
      expect(await cids(`${at}${meta({ a: '1', b: '2' })}`)).toEqual([two])
      expect(await cids(`${at}${meta({ a: '1', c: '2' })}`)).toEqual([])
      expect(await cids(`${at}${meta({ toString: '1' })}`)).toEqual([])
      expect(await cids(`${at}${meta({ b: '1' })}&name=x&status=queued,pinning`)).toEqual([one])
      expect(await cids(`${at}&before=2001-01-01T00:00:00Z`)).toEqual([])
      expect(await cids(`${at}&after=2001-01-01T00:00:00.5%2B02:00`)).toEqual(both)
    },
  },
  {
    name: 'says what is wrong with a list that cannot be given',
    async run(host) {
      const { refused } = api(host)
      const cids = await Promise.all(Array.from({ length: 11 }, newCid))
      for (const query of [
        ...['limit=0', 'limit=1001', 'limit=-1', 'limit=x', 'limit=', 'limit=1e2'],
        ...['status=lost', 'status=', 'status=pinned,', 'match=fuzzy&name=x', `name=${'n'.repeat(256)}`],
        ...[
          'cid=Qm',
          'cid=',
          `cid=${cids.join(',')}`,
          'before=yesterday',
          'after=2001-01-01',
          'after=2001-13-01T00:00:00Z',
        ],
        ...['meta=x', 'meta=[]', 'meta={"a":1}', 'meta={"a":{"b":"c"}}', 'meta=null', `meta={"${'k'.repeat(65)}":""}`],
      ])
        expect([query, ...(await refused(`/pins?${query}`))]).toEqual([query, 400, 'BAD_REQUEST'])
    },
  },
  {
    name: 'says what is wrong with a pin that cannot be made',
    async run(host) {
      const { refused } = api(host)
      const cid = await newCid()
      const peer = `12D3KooW${'B'.repeat(44)}`
      for (const body of [
        ...['', '{', 'null', '[]', '"x"', '{}', `{"cid":"${cid}"} {}`, '\u0000'],
        ...[
          { cid: 1 },
          { cid: '' },
          { cid: 'Qm' },
          { cid: `${cid}x` },
          { cid: ` ${cid}` },
          { cid: 'a'.repeat(10_000) },
        ],
        ...[
          { cid, name: 'n'.repeat(256) },
          { cid, name: 1 },
          { cid, more: 1 },
          { cid, requestid: 'x' },
        ],
        ...[
          { cid, origins: 'x' },
          { cid, origins: ['x'] },
          { cid, origins: Array(21).fill(`/p2p/${peer}`) },
        ],
        ...[
          { cid, meta: [] },
          { cid, meta: { a: 1 } },
          { cid, meta: { a: 'x'.repeat(257) } },
        ],
        { cid, meta: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, ''])) },
        { cid, name: 'x'.repeat(70_000) },
        // sha3-256: a hash that this cafe cannot check.
        {
          cid: CID.createV1(0x55, {
            code: 0x16,
            size: 32,
            digest: new Uint8Array(32),
            bytes: Uint8Array.from([0x16, 32, ...new Uint8Array(32)]),
          }).toString(),
        },
      ]) {
        expect([body, ...(await refused('/pins', { method: 'POST', body }))]).toEqual([body, 400, 'BAD_REQUEST'])
      }
      const { list } = api(host)
      expect((await list(`?cid=${cid}`)).count).toBe(0)
    },
  },
  {
    name: 'knows no pin that is not there, or is no pin, or is another path',
    async run(host) {
      const { refused } = api(host)
      const id = await newCid()
      for (const path of [id, 'x', '', `${id}/`, `${id}/x`, '%00', '%', 'constructor', `${id.toUpperCase()}`])
        for (const method of ['GET', 'DELETE'])
          expect([path, ...(await refused(`/pins/${path}`, { method }))]).toEqual([path, 404, 'NOT_FOUND'])
    },
  },
  {
    name: 'shows nobody the pins of another account, and lets nobody change them',
    async run(host) {
      const { add, get } = api(host)
      const other = api({ origin: host.origin, token: host.otherToken })
      const { requestid, pin } = await add({ cid: await newCid(), name: 'mine' })
      for (const method of ['GET', 'DELETE']) {
        expect(await other.refused(`/pins/${requestid}`, { method })).toEqual([404, 'NOT_FOUND'])
      }
      const body = { cid: await newCid() }
      expect(await other.refused(`/pins/${requestid}`, { method: 'POST', body })).toEqual([404, 'NOT_FOUND'])
      expect((await other.list(`?cid=${pin.cid}`)).count).toBe(0)
      expect((await other.list(`?cid=${body.cid}`)).count).toBe(0)
      // The same root pinned by both is two pins.
      const theirs = await other.add({ cid: pin.cid, name: 'theirs' })
      expect((await other.send(`/pins/${theirs.requestid}`, { method: 'DELETE' })).status).toBe(202)
      expect((await get(requestid)).pin.name).toBe('mine')
    },
  },
  {
    name: 'answers other methods with those that work, and a page that asks first with what it may send',
    async run(host) {
      const { send } = api(host)
      const put = await send('/pins', { method: 'PUT' })
      expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST'])
      const { requestid } = await api(host).add({ cid: await newCid() })
      const patch = await send(`/pins/${requestid}`, { method: 'PATCH' })
      expect([patch.status, patch.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE'])
    },
  },
  {
    name: 'removes every pin it lists',
    async run(host) {
      const { add, send, list } = api(host)
      await add({ cid: await newCid() })
      const all = await list(`${ALL}&limit=1000`)
      for (const { requestid } of all.results)
        expect((await send(`/pins/${requestid}`, { method: 'DELETE' })).status).toBe(202)
      expect((await list(ALL)).count).toBe(0)
    },
  },
]
