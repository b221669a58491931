/** The account record: devices that have heard the same hold the same, whatever the order; what was removed stays removed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { type AccountRecord, createRecord, mergeEntries, parseEntry, type RecordEntry } from '../../src/peer/record.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { failure } from './crypto-help.ts'
import { deviceOf, NOW } from './seal-help.ts'

const [A, B, C] = [1, 2, 3].map((n) => deviceOf(n).peer) as [ReturnType<typeof deviceOf>['peer'], never, never]
const devices = [A, B, C]
const cafes = [11, 12, 13].map((n) => deviceOf(n).peer)
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
