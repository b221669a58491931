/** Names (IPNS): whose record counts, which of two stays, where names lead; with records other implementations made. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { generateKeyPair } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { beforeEach, describe, expect, it } from 'vitest'
import { isCafeError } from '../../src/core/errors.ts'
import { keyNameText, parseKeyName, readKeyName } from '../../src/core/key-name.ts'
import { nameOfKey, openNameRecord, readNameRecord, signNameRecord } from '../../src/net/ipns.ts'
import { createNames, type Names } from '../../src/net/names.ts'
import { memoryRows } from '../../src/store/memory.ts'

const CONTENT = '/ipfs/bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const DAY = 86_400_000
let now = 0
let names: Names
beforeEach(() => {
  now = Date.UTC(2026, 0, 1)
  names = createNames({ rows: memoryRows(), clock: () => now })
})

async function keyed(value = CONTENT, sequence = 1n, expires = now + DAY, ttl = 60_000) {
  const key = await generateKeyPair('Ed25519')
  const name = nameOfKey(key.publicKey)
  const sign = (next: { value?: string; sequence?: bigint; expires?: number }) =>
    signNameRecord(key, { value, sequence, expires, ttl, ...next })
  return { key, cid: name, name: keyNameText(name), record: await sign({}), sign }
}

describe('the text of a name', () => {
  it('is the same key in every form', async () => {
    const { cid, name } = await keyed()
    expect(name).toMatch(/^k51/)
    expect(name.length).toBeLessThanOrEqual(63)
    for (const form of [
      name,
      cid.toString(base32),
      cid.toString(base58btc),
      base58btc.baseEncode(cid.multihash.bytes),
    ]) {
      expect(keyNameText(parseKeyName(form))).toBe(name)
    }
  })

  it('is not whatever looks like one', () => {
    const not = ['', 'example.org', 'k51', 'QmInvalidCID', '12D3KooW', CONTENT.slice(6), 'x'.repeat(10_000)]
    for (const text of not) expect(readKeyName(text)).toBeUndefined()
  })
})

describe('a record', () => {
  it('says what its key has signed, and is refused with any bit changed', async () => {
    const { cid, record } = await keyed()
    expect(await openNameRecord(cid, record)).toEqual({ value: CONTENT, sequence: 1n, expires: now + DAY, ttl: 60_000 })
    await fc.assert(
      fc.asyncProperty(fc.nat(record.byteLength * 8 - 1), async (bit) => {
        const bad = record.slice()
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const failure = await openNameRecord(cid, bad).catch((error: unknown) => error)
        expect(isCafeError(failure)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('is refused under another name', async () => {
    const [one, other] = [await keyed(), await keyed()]
    await expect(openNameRecord(other.cid, one.record)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('is refused if it leads nowhere', async () => {
    for (const value of ['/http/x', 'ipfs', '/ipfs/', `${CONTENT.slice(1)}`]) {
      const { cid, record } = await keyed(value)
      await expect(openNameRecord(cid, record)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })

  it('is never read as something else, whatever the bytes', async () => {
    const { cid } = await keyed()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(isCafeError(await openNameRecord(cid, bytes).catch((error: unknown) => error))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the names of a node', () => {
  it('keep a record, say what it says, and lead to content', async () => {
    const { name, record } = await keyed()
    expect(await names.add(name, record)).toMatchObject({
      name,
      path: CONTENT,
      sequence: 1n,
      own: false,
      expired: false,
    })
    expect(await names.resolve(name)).toEqual({ path: CONTENT, record, ttl: 60, sequence: 1n })
    expect(await names.list()).toHaveLength(1)
    await names.remove(name)
    expect(await names.get(name)).toBeUndefined()
    await expect(names.resolve(name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('never go back: by sequence, then by the longer life', async () => {
    const { name, sign } = await keyed()
    await names.add(name, await sign({ sequence: 5n }))
    await expect(names.add(name, await sign({ sequence: 4n }))).rejects.toMatchObject({ data: { what: 'sequence' } })
    await expect(names.add(name, await sign({ sequence: 5n, value: `${CONTENT}/x` }))).rejects.toMatchObject({
      data: { what: 'sequence' },
    })
    await names.add(name, await sign({ sequence: 5n }))
    await names.add(name, await sign({ sequence: 5n, expires: now + 2 * DAY, value: `${CONTENT}/longer` }))
    await names.add(name, await sign({ sequence: 6n, value: `${CONTENT}/newer` }))
    expect((await names.resolve(name)).path).toBe(`${CONTENT}/newer`)
  })

  it('refuse what has expired, and stop following it when it does', async () => {
    const { name, record, sign } = await keyed()
    await expect(names.add(name, await sign({ expires: now }))).rejects.toMatchObject({ data: { what: 'expired' } })
    await names.add(name, record)
    now += DAY - 10_000
    expect((await names.resolve(name)).ttl).toBe(10)
    now += 10_000
    await expect(names.resolve(name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await names.get(name)).toMatchObject({ expired: true })
  })

  it('follow names to names, with what comes after them, and not for ever', async () => {
    const last = await keyed(`${CONTENT}/docs`)
    const first = await keyed(`/ipns/${last.name}/a`, 9n)
    await names.add(last.name, last.record)
    await names.add(first.name, first.record)
    expect(await names.resolve(first.name)).toMatchObject({
      path: `${CONTENT}/docs/a`,
      sequence: 9n,
      record: first.record,
    })
    await names.add(last.name, await last.sign({ sequence: 2n, value: `/ipns/${first.name}` }))
    await expect(names.resolve(first.name)).rejects.toMatchObject({ code: 'CORRUPT', data: { what: 'name' } })
    await names.add(first.name, await first.sign({ sequence: 10n, value: '/ipns/example.org' }))
    await expect(names.resolve(first.name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('are published upwards, also where the clock was set back', async () => {
    const key = await generateKeyPair('Ed25519')
    const one = await names.publish(key, CONTENT)
    now -= DAY
    const two = await names.publish(key, `${CONTENT}/next`)
    expect(two.sequence).toBe(one.sequence + 1n)
    expect(two).toMatchObject({ name: one.name, own: true, path: `${CONTENT}/next` })
    const elsewhere = createNames({ rows: memoryRows(), clock: () => now })
    expect(await elsewhere.add(two.name, two.record)).toMatchObject({ own: false, path: `${CONTENT}/next` })
  })
})

const given = process.env['CAFE_FIXTURES']
const folder = given ? pathToFileURL(`${given}/`) : new URL('../../../shared/fixtures/', import.meta.url)
const suite = new URL('gateway-conformance/', folder)
const missing = !existsSync(suite)
if (missing) console.log('skipped: no gateway-conformance archives; set CAFE_FIXTURES to the folder that has them')

describe.skipIf(missing)('records of the conformance suite', () => {
  const at = (place: string) =>
    readdirSync(new URL(place, suite))
      .filter((file) => file.endsWith('.ipns-record'))
      .map((file) => [file, new Uint8Array(readFileSync(new URL(`${place}${file}`, suite)))] as const)

  it('count if their V2 signature is good and nothing says otherwise', async () => {
    const good = ['_v2', '_v1-v2', '_v1-v2-broken-signature-v1']
    const records = at('ipns_records/')
    expect(records).toHaveLength(6)
    for (const [file, record] of records) {
      const name = file.slice(0, 62)
      const added = names.add(name, record)
      if (good.some((ending) => file === `${name}${ending}.ipns-record`)) {
        expect((await added).path, file).toMatch(/^\/ipfs\/baf/)
        expect(readNameRecord(record).expires).toBeGreaterThan(Date.UTC(2100, 0, 1))
      } else await expect(added, file).rejects.toMatchObject({ data: { what: 'record' } })
    }
  })

  it('are read with keys of both kinds', async () => {
    const records = at('subdomain_gateway/')
    expect(records).toHaveLength(2)
    for (const [file, record] of records) {
      const name = file.replace('.ipns-record', '')
      expect((await names.add(name, record)).path, file).toMatch(/^\/ipfs\//)
    }
  })
})
