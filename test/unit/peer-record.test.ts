/** The account record: devices that have heard the same hold the same, whatever the order; what was removed stays removed. */

import { ed25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { encodeAddress } from '../../src/crypto/strkey.ts'
import { type AccountRecord, createRecord, mergeEntries, parseEntry, type RecordEntry } from '../../src/peer/record.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { failure } from './crypto-help.ts'
import { accountOf, deviceOf, NOW } from './seal-help.ts'

const [A, B, C] = [1, 2, 3].map((n) => deviceOf(n).peer) as [ReturnType<typeof deviceOf>['peer'], never, never]
const devices = [A, B, C]
const cafes = [11, 12, 13].map((n) => deviceOf(n).peer)
/** A public key made from a number. */
const keyOf = (n: number): Uint8Array =>
  ed25519.getPublicKey(Uint8Array.of(n >> 8, n & 255, ...new Uint8Array(30).fill(5)))
const thread = (n: number): string => hex(new Uint8Array(32).fill(n))

/** Few things, few times and few devices, so that most entries are about the same and many meet at the same time. */
const entries = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('cafe'), id: fc.constantFrom(...cafes), ts: fc.nat(5), dev: fc.constantFrom(...devices) },
    value: fc.option(
      fc.record({ name: fc.constantFrom('One', 'Two'), addresses: fc.constantFrom([], ['/dns4/one'], ['/dns4/two']) }),
    ),
  }),
  fc.record({
    ...{ kind: fc.constant('thread'), id: fc.nat(3).map(thread), ts: fc.nat(5), dev: fc.constantFrom(...devices) },
    value: fc.option(fc.constant({})),
  }),
  fc.record({
    ...{ kind: fc.constant('profile'), id: fc.constant('me'), ts: fc.nat(5), dev: fc.constantFrom(...devices) },
    value: fc.record({ name: fc.constantFrom('Ada', 'Eve'), avatar: fc.constant(null) }),
  }),
)
const record = fc.array(entries.map(parseEntry), { maxLength: 20 })

const newRecord = (device = A, clock = () => NOW): AccountRecord => createRecord({ rows: memoryRows(), device, clock })

describe('merging records', () => {
  it('comes to the same in every order and grouping, and twice is once', () => {
    fc.assert(
      fc.property(record, record, record, (a, b, c) => {
        const all = mergeEntries(a, b, c)
        expect(mergeEntries(c, a, b)).toEqual(all)
        expect(mergeEntries(mergeEntries(a, b), c)).toEqual(all)
        expect(mergeEntries(a, mergeEntries(b, c))).toEqual(all)
        expect(mergeEntries(all, all, b)).toEqual(all)
      }),
      { numRuns: 500 },
    )
  })

  it('into rows comes to the same as in memory, whatever is merged when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), fc.nat(), async (told, seed) => {
        const [one, other] = [newRecord(A), newRecord(B)]
        for (const some of told) await one.merge(some)
        const shuffled = told.map((some, i) => [...some].sort(() => ((seed >> i) % 2) - 0.5)).reverse()
        for (const some of shuffled) await other.merge(some)
        const sorted = async (of: AccountRecord) => mergeEntries(await of.all())
        expect(await sorted(one)).toEqual(mergeEntries(...told))
        expect(await sorted(other)).toEqual(await sorted(one))
      }),
      { numRuns: 200 },
    )
  })
})

describe('an account record', () => {
  it('gives back what was set, says what changed, and nothing when nothing did', async () => {
    const heard: RecordEntry[] = []
    const told = createRecord({
      ...{ rows: memoryRows(), device: A, clock: () => NOW },
      onChange: (changed) => heard.push(...changed),
    })
    await told.set('profile', 'me', { name: 'Ada', avatar: null })
    await told.set('profile', 'me', { name: 'Ada', avatar: null })
    expect(await told.get('profile', 'me')).toEqual({ name: 'Ada', avatar: null })
    expect(heard.length).toBe(1)
    expect(await told.merge(heard)).toEqual([])
    expect(heard.length).toBe(1)
  })

  it('replaces what another device wrote by a clock that is ahead', async () => {
    const ahead = newRecord(B, () => NOW + 1e9)
    await ahead.set('profile', 'me', { name: 'Ada', avatar: null })
    const here = newRecord(A)
    await here.merge(await ahead.all())
    await here.set('profile', 'me', { name: 'Eve', avatar: null })
    await ahead.merge(await here.all())
    expect(await ahead.get('profile', 'me')).toEqual({ name: 'Eve', avatar: null })
  })

  it('keeps a removed thread removed, whatever a device that was away still says, until it is joined again', async () => {
    const [here, away] = [newRecord(A), newRecord(B)]
    await here.set('thread', thread(1), {})
    await away.merge(await here.all())
    await here.remove('thread', thread(1))
    const old = await away.all()
    await away.set('thread', thread(1), {}) // says so already: no news
    expect(await away.all()).toEqual(old)
    await here.merge(await away.all())
    expect(await here.get('thread', thread(1))).toBeUndefined()
    await away.merge(await here.all())
    expect(await away.get('thread', thread(1))).toBeUndefined()
    await away.set('thread', thread(1), {})
    await here.merge(await away.all())
    expect(await here.get('thread', thread(1))).toEqual({})
  })

  it('has an address book of real addresses, as many as a manifest names, whatever they are called', async () => {
    const here = newRecord()
    const address = async (n: number) => encodeAddress((await accountOf(n)).publicKey)
    const [one, other] = [await address(1), await address(2)]
    await here.set('contact', one, { name: 'Ada from work', added: NOW })
    await here.set('contact', other, { added: 0, blocked: true })
    expect(await here.get('contact', one)).toEqual({ name: 'Ada from work', added: NOW })
    await here.remove('contact', one)
    expect(await here.get('contact', one)).toBeUndefined()
    const flipped = `${one.slice(0, -1)}${one.endsWith('a') ? 'b' : 'a'}`
    for (const id of [flipped, 'P', thread(1)])
      expect(await failure(() => here.set('contact', id, { added: NOW }))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(() => here.set('contact', one, { name: 'a\u202eb', added: NOW }))).toMatchObject({
      code: 'BAD_REQUEST',
    })
    const many = Array.from({ length: 500 }, (_, n) => encodeAddress(keyOf(n)))
    await here.merge(
      many.slice(0, 499).map((id) => parseEntry({ kind: 'contact', id, ts: 1, dev: B, value: { added: 1 } })),
    )
    const full = { code: 'QUOTA', data: { what: 'contacts', limit: 500 } }
    expect(await failure(() => here.set('contact', many[499] as string, { added: NOW }))).toEqual(full)
    await here.remove('contact', other)
    await here.set('contact', many[499] as string, { added: NOW })
    // Long names are counted together.
    const long = '\u{1F600}'.repeat(64)
    const naming = async () => {
      for (const id of many) await here.set('contact', id, { name: long, added: NOW })
    }
    expect(await failure(naming)).toMatchObject({ code: 'QUOTA', data: { what: 'contacts' } })
  })

  it('refuses what is malformed and more cafes than a manifest names', async () => {
    const here = newRecord()
    const wrong = [
      () => here.set('thread', 'ab', {}),
      () => here.set('cafe', A, { name: '', addresses: [] }),
      () =>
        here.set('cafe', A, { name: 'One', addresses: Array.from({ length: 8 }, () => `/dns4/${'a'.repeat(200)}`) }),
      () => here.set('profile', 'you', { name: 'Ada', avatar: null }),
    ]
    for (const set of wrong) expect(await failure(set)).toMatchObject({ code: 'BAD_REQUEST' })
    for (let n = 1; n <= 16; n++) await here.set('cafe', deviceOf(n).peer, { name: 'One', addresses: [] })
    const more = () => here.set('cafe', deviceOf(17).peer, { name: 'One', addresses: [] })
    expect(await failure(more)).toEqual({ code: 'QUOTA', data: { what: 'cafes', limit: 16 } })
    await here.set('cafe', deviceOf(16).peer, { name: 'Two', addresses: [] })
    await here.remove('cafe', deviceOf(1).peer)
    await more()
  })
})
