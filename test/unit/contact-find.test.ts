/** Searching the cards of one cafe: who is found by what, who is not, how often one may, and what is left in the rows. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type CardTerms, createCard, openAnyCard, type Visibility } from '../../src/cafe/contact/card.ts'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { encode } from '../../src/core/codec.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { ANSWER_PACE, FIND_PACE, FOUND_PACE, MAX_FIND } from '../../src/core/limits.ts'
import { isTooShort, MIN_TYPO, wordsOf } from '../../src/core/words.ts'
import type { Account } from '../../src/crypto/account.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { accountOf } from './seal-help.ts'
import { calling, newRecords, type Records, START, sessionOf } from './snapshot-help.ts'

const DAY = 86_400_000
let rows: Rows
let at: Records
let seqs: number
beforeEach(async () => {
  rows = memoryRows()
  at = await newRecords({ rows })
  seqs = 0
})

type Says = Partial<CardTerms> & { visibility?: Visibility; handle?: string; name?: string }

async function publish(account: Account, says: Says, to = at): Promise<Uint8Array<ArrayBuffer>> {
  seqs += 1
  const card = {
    ...{ name: 'Ada', avatar: null, devices: [], inboxes: [], visibility: 'listed' as const },
    ...{ seq: seqs, ts: at.clock.now, ttl: 300 * DAY, ...says },
  }
  const envelope = await createCard(account, card as CardTerms)
  await calling(contactProtocol, to.contacts.handlers, 'publish', { envelope }, { session: sessionOf(account.address) })
  return envelope
}

const takeBack = async (account: Account) => {
  const envelope = await createCard(account, { seq: 10_000, ts: at.clock.now, tomb: true })
  await calling(contactProtocol, at.contacts.handlers, 'publish', { envelope }, { session: sessionOf(account.address) })
}

type Item = { card: { envelope: Uint8Array; time: number; via: PeerIdText | null } }

async function search(query: string, more: Record<string, unknown> = {}, by = 'P' as Account['address']) {
  // A person pauses between searches.
  if (!('hurry' in more)) at.clock.now += FIND_PACE.every
  const { hurry: _, ...wish } = more
  const { items, receipt } = await calling(
    contactProtocol,
    at.contacts.handlers,
    'find',
    { query, ...wish },
    { session: sessionOf(by) },
  )
  const cards = await Promise.all((items as Item[]).map(({ card }) => openAnyCard(card.envelope, at.clock.now)))
  return { names: cards.map((card) => ('tomb' in card ? null : card.name)), cards, items, complete: receipt.complete }
}
const found = async (query: string, more: Record<string, unknown> = {}) => (await search(query, more)).names

const dump = async (prefix = '/cafe/card') =>
  Object.fromEntries((await rows.range(prefix)).map(([key, value]) => [key, hex(value)]))

const NAMES = [
  ...['Ada Lovelace', 'Adam Smith', 'Grace Hopper', "Conan O'Brien", 'Jürgen Müller-Lüdenscheidt', 'Łukasz Żółć'],
  ...['Андрей Тарковский', 'Αριστοτέλης', 'محمد بن موسى', 'שָׁלוֹם עליכם', 'हिन्दी नाम', 'สมชาย ใจดี'],
  ...['王小明', '山田 太郎 Taro', 'カタカナ・テスト', '김민수', 'Ａｌｉｃｅ　Ｗｏｎｄｅｒ', '𝓑𝓸𝓫𝓫𝔂 Tables'],
  ...["'; DROP TABLE contacts; --", '100% Marta_', 'a\\b\\c delta', '😀 Smiley 😀', 'ﷺ', '<script>alert'],
]

describe('a card is found', () => {
  it('by each beginning of its name that is long enough, whatever the script', { timeout: 60_000 }, async () => {
    for (const [n, name] of NAMES.entries()) await publish(await accountOf(n + 1), { name })
    for (const name of NAMES) {
      const letters = [...name]
      for (let end = 1; end <= letters.length; end++) {
        const query = letters.slice(0, end).join('')
        if (isTooShort(wordsOf(query))) continue
        expect(await found(query, { limit: MAX_FIND }), query).toContain(name.normalize('NFC').trim())
      }
    }
  })

  it('by its words in any order, without case and marks, and with beginnings for words', async () => {
    await publish(await accountOf(1), { name: 'Jürgen Müller' })
    await publish(await accountOf(2), { name: 'Ada Müller' })
    for (const query of ['müller jürgen', 'MULLER JUR', 'jur mul', 'jürgen'])
      expect(await found(query), query).toEqual(['Jürgen Müller'])
    expect((await found('muller')).sort()).toEqual(['Ada Müller', 'Jürgen Müller'])
    expect(await found('muller peter')).toEqual([])
  })

  it('with one slip of the pen in any word of five letters or more', { timeout: 60_000 }, async () => {
    const names = ['Ada Lovelace', 'Андрей Тарковский', 'Jürgen Müller', 'Grace Hopper', 'Konstantinos']
    for (const [n, name] of names.entries()) await publish(await accountOf(n + 1), { name })
    const slips = fc.record({
      name: fc.constantFrom(...names),
      word: fc.nat(),
      place: fc.nat(),
      letter: fc.constantFrom(...'abzяж'),
      kind: fc.constantFrom('drop', 'add', 'change', 'swap'),
    })
    await fc.assert(
      fc.asyncProperty(slips, async ({ name, word, place, letter, kind }) => {
        const long = wordsOf(name).filter((one) => [...one].length >= MIN_TYPO)
        const letters = [...(long[word % long.length] as string)]
        const i = place % letters.length
        if (kind === 'drop') letters.splice(i, 1)
        if (kind === 'add') letters.splice(i, 0, letter)
        if (kind === 'change') letters.splice(i, 1, letter)
        if (kind === 'swap') letters.splice(i, 2, ...letters.slice(i, i + 2).reverse())
        expect(await found(letters.join(''))).toContain(name)
      }),
      { numRuns: 300 },
    )
  })

  it('whole words first, then beginnings, then slips, then what only looks like it', async () => {
    const names = ['Marta Long Name', 'Marta', 'Martas', 'Mаrtа', 'Martha']
    for (const [n, name] of names.entries()) await publish(await accountOf(n + 1), { name })
    expect(await found('marta')).toEqual(['Marta', 'Marta Long Name', 'Martas', 'Martha', 'Mаrtа'])
  })

  it('by its address and its handle, and by nothing less of them', async () => {
    const ada = await accountOf(1)
    await publish(ada, { name: 'Ada', visibility: 'exact', handle: 'ada.l' })
    expect(await found(ada.address)).toEqual(['Ada'])
    expect(await found('ada.l')).toEqual(['Ada'])
    expect(await found(' @Ada.L ')).toEqual(['Ada'])
    for (const query of [ada.address.slice(0, 47), ada.address.toLowerCase(), 'ada', 'ada.', '@ada', 'lov'])
      expect(await found(query), query).toEqual([])
  })

  it('with the time it came here, and without those one has already', async () => {
    const [ada, bob] = [await accountOf(1), await accountOf(2)]
    await publish(ada, { name: 'Ada One' })
    const came = at.clock.now
    await publish(bob, { name: 'Ada Two' })
    const { items } = await search('ada one')
    expect(items).toMatchObject([{ card: { time: came, via: null } }])
    expect(await found('ada', { exclude: [ada.address] })).toEqual(['Ada Two'])
  })
})

describe('a card is not found', () => {
  it('where its account does not want it: hidden by nothing, exact not by name', async () => {
    const [ada, bob] = [await accountOf(1), await accountOf(2)]
    await publish(ada, { name: 'Ada Hidden', visibility: 'hidden', handle: 'adahid' })
    await publish(bob, { name: 'Bob Exact', visibility: 'exact' })
    for (const query of ['ada hidden', 'adahid', ada.address, 'bob exact'])
      expect(await found(query), query).toEqual([])
    expect(await found(bob.address)).toEqual(['Bob Exact'])
  })

  it('after it was renamed, hidden, taken back, erased or has ended', async () => {
    const ada = await accountOf(1)
    await publish(ada, { name: 'Ada Lovelace' })
    await publish(ada, { name: 'Ada King' })
    expect([await found('lovelace'), await found('ada king')]).toEqual([[], ['Ada King']])
    await publish(ada, { name: 'Ada King', visibility: 'hidden' })
    expect(await found('ada king')).toEqual([])
    await publish(ada, { name: 'Ada King', ttl: DAY })
    expect(await found('ada king')).toEqual(['Ada King'])
    at.clock.now += DAY
    expect(await found('ada king')).toEqual([])
    expect(await found(ada.address)).toEqual([])
    await publish(ada, { name: 'Ada King' })
    await takeBack(ada)
    expect([await found('ada king'), await found(ada.address)]).toEqual([[], []])
    const bob = await accountOf(2)
    await publish(bob, { name: 'Bob Marley' })
    await at.erase(bob.address)
    expect(await found('bob marley')).toEqual([])
  })

  it('by so little that it would be a list', async () => {
    await publish(await accountOf(1), { name: 'Al 王小明' })
    const refused = { code: 'BAD_REQUEST', data: { what: 'query' } }
    for (const query of [
      '',
      'a',
      'al',
      '%',
      '%%%',
      '_',
      '*',
      '王',
      "'",
      '\\',
      '@',
      '@a',
      '😀😀😀',
      '\u202e\u202e\u202e',
    ])
      expect(await failure(() => search(query)), query).toEqual(refused)
    expect(await found('王小')).toEqual(['Al 王小明'])
  })
})

describe('of hidden cards', () => {
  it('only the account’s own devices get one, and others what they get where there is none', async () => {
    at = await newRecords({ rows, isDevice: (peer) => peer === 'own' })
    const ada = await accountOf(1)
    const get = async (peer: string) =>
      (
        await calling(
          contactProtocol,
          at.contacts.handlers,
          'get',
          { address: ada.address },
          { peer: peer as PeerIdText },
        )
      ).receipt
    const nothing = await get('other')
    at = await newRecords({ rows })
    const envelope = await publish(ada, { visibility: 'hidden' })
    at = await newRecords({ rows, isDevice: (peer) => peer === 'own' })
    expect(await get('own')).toEqual({ envelope })
    expect(await get('other')).toEqual(nothing)
  })
})

describe('a handle', () => {
  it('belongs to who came first at this cafe, until it is given up or its card ends', async () => {
    const [ada, bob] = [await accountOf(1), await accountOf(2)]
    const taken = { code: 'CONFLICT', data: { what: 'handle' } }
    await publish(ada, { handle: 'ada', ttl: 10 * DAY })
    const before = await dump()
    expect(await failure(() => publish(bob, { handle: 'ada' }))).toEqual(taken)
    expect(await dump()).toEqual(before)
    await publish(ada, { handle: 'lovelace', ttl: 10 * DAY })
    await publish(bob, { name: 'Bob', handle: 'ada' })
    expect(await found('@ada')).toEqual(['Bob'])
    expect(await failure(() => publish(bob, { handle: 'lovelace' }))).toEqual(taken)
    at.clock.now += 11 * DAY
    await publish(bob, { name: 'Bob', handle: 'lovelace' })
    // What Ada gives up now is not hers any more.
    await publish(ada, { name: 'Ada' })
    expect([await found('@lovelace'), await found('@ada')]).toEqual([['Bob'], []])
    await takeBack(bob)
    await publish(ada, { name: 'Ada', handle: 'lovelace' })
    await at.erase(ada.address)
    expect(await rows.range('/cafe/card-handle/')).toEqual([])
  })

  it('is kept for a hidden card too, and must look like one', async () => {
    const [ada, bob] = [await accountOf(1), await accountOf(2)]
    await publish(ada, { handle: 'ada', visibility: 'hidden' })
    expect(await failure(() => publish(bob, { handle: 'ada' }))).toMatchObject({ data: { what: 'handle' } })
    for (const handle of ['ab', 'Ada', 'ada l', 'ädä', 'a/b', 'a'.repeat(33), 'аda'])
      expect(await failure(() => publish(bob, { handle })), handle).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('the rows of the index', () => {
  it('of cards that have ended do not stay in the way of others', { timeout: 60_000 }, async () => {
    for (let n = 1; n <= 70; n++) await publish(await accountOf(n), { name: 'Marta', ttl: DAY })
    at.clock.now += 2 * DAY
    await publish(await accountOf(100), { name: 'Martamaria' })
    await vi.waitFor(async () => expect(await found('marta')).toEqual(['Martamaria']), 20_000)
    await vi.waitFor(async () => expect(await rows.range('/cafe/card-word/marta/')).toEqual([]), 20_000)
    expect(await rows.range('/cafe/card/')).toHaveLength(71)
    // One that is renewed is found again.
    await publish(await accountOf(1), { name: 'Marta' })
    expect((await found('marta')).toSorted()).toEqual(['Marta', 'Martamaria'])
  })

  it('are gone when the cards are', async () => {
    const accounts = await Promise.all(NAMES.map((_, n) => accountOf(n + 1)))
    for (const [n, name] of NAMES.entries()) await publish(accounts[n] as Account, { name, handle: `handle${n}` })
    for (const [n, name] of NAMES.toReversed().entries()) await publish(accounts[n] as Account, { name })
    for (const [n, account] of accounts.entries()) {
      if (n % 2) await at.erase(account.address)
      else await takeBack(account)
    }
    for (const prefix of ['/cafe/card-word/', '/cafe/card-near/', '/cafe/card-handle/'])
      expect(await rows.range(prefix), prefix).toEqual([])
  })

  it('made anew are those that were made one by one, and made once', async () => {
    for (const [n, name] of NAMES.entries()) await publish(await accountOf(n + 1), { name, handle: `handle${n}` })
    for (const [n, name] of NAMES.toReversed().entries()) if (n % 3) await publish(await accountOf(n + 1), { name })
    const before = await dump()
    // As if a version before had left it, with rows that nobody would make now.
    await rows.commit([
      { key: '/cafe/card-index/me', value: encode({ version: '0' }) },
      { key: '/cafe/card-word/stale/P1', value: Uint8Array.of(1) },
      ...(await rows.range('/cafe/card-near/')).slice(0, 9).map(([key]) => ({ key })),
    ])
    at = await newRecords({ rows })
    await at.contacts.ready
    expect(await dump()).toEqual(before)
    const counting = { ...rows, commit: () => Promise.reject(new Error('nothing is to be written')) }
    await (await newRecords({ rows: counting })).contacts.ready
    expect(await found('lovelace')).toContain('Ada Lovelace')
  })

  it('of cards from before there were any are made at the first start, and those cards stay valid', async () => {
    const [ada, bob] = [await accountOf(1), await accountOf(2)]
    const listed = await publish(ada, { name: 'Ada Lovelace' })
    const plain = await createCard(bob, {
      ...{ name: 'Bob Plain', avatar: null, devices: [], inboxes: [], seq: 1, ts: START, ttl: 300 * DAY },
    })
    const old = { seq: 1, ends: START + 300 * DAY, receipt: Uint8Array.of(1) }
    for (const [key] of await rows.range('/cafe/card')) await rows.commit([{ key }])
    await rows.commit([
      { key: `/cafe/card/${ada.address}`, value: encode({ ...old, envelope: listed }) },
      { key: `/cafe/card/${bob.address}`, value: encode({ ...old, envelope: plain }) },
    ])
    at = await newRecords({ rows })
    await at.contacts.ready
    expect([await found('lovelace'), await found('bob plain')]).toEqual([['Ada Lovelace'], []])
    expect(await found(bob.address)).toEqual(['Bob Plain'])
  })

  it('say that they are not whole while they are made', async () => {
    await publish(await accountOf(1), { name: 'Ada Lovelace' })
    await rows.commit([{ key: '/cafe/card-index/me' }])
    const gate = Promise.withResolvers<void>()
    const slow = {
      ...rows,
      commit: (changes: Parameters<Rows['commit']>[0]) => gate.promise.then(() => rows.commit(changes)),
    }
    at = await newRecords({ rows: slow })
    expect((await search('lovelace')).complete).toBe(false)
    gate.resolve()
    await at.contacts.ready
    expect(await search('lovelace')).toMatchObject({ names: ['Ada Lovelace'], complete: true })
  })

  it('change in the one commit of the card, or not at all', async () => {
    const commits: string[][] = []
    let isFull = false
    const counting: Rows = {
      ...rows,
      async commit(changes) {
        if (isFull) throw new Error('the disk is full')
        commits.push(changes.map(({ key }) => key))
        await rows.commit(changes)
      },
    }
    at = await newRecords({ rows: counting })
    const ada = await accountOf(1)
    await publish(ada, { name: 'Ada', handle: 'ada' })
    expect(commits).toHaveLength(1)
    expect(commits[0]).toEqual(
      expect.arrayContaining([
        `/cafe/card/${ada.address}`,
        `/cafe/card-word/ada/${ada.address}`,
        '/cafe/card-handle/ada',
      ]),
    )
    const before = await dump()
    isFull = true
    await expect(publish(ada, { name: 'Adele', handle: 'adele' })).rejects.toThrow('full')
    expect(await dump()).toEqual(before)
    isFull = false
    expect(await found('@ada')).toEqual(['Ada'])
  })

  it('are few for one card, whatever it is called', async () => {
    const hostile = [
      'ﷺ'.repeat(64),
      Array.from('abcdefghijklmnopqrstuvwxyzабвгд').join(' '),
      '王'.repeat(64),
      'rn'.repeat(32),
    ]
    for (const [n, name] of [...hostile, [...'一二三四五六七八九十百千万'.repeat(5)].slice(0, 64).join('')].entries()) {
      const before = (await rows.range('/cafe/card')).length
      await publish(await accountOf(n + 1), { name })
      expect((await rows.range('/cafe/card')).length - before, name).toBeLessThan(400)
    }
  })
})

describe('searching', () => {
  const everybody = async (many: number) => {
    for (let n = 1; n <= many; n++)
      await publish(await accountOf(n), { name: `Marta Number ${String(n).padStart(3, '0')}` })
  }

  it('gives ten unless more are wanted, fifty at most, and says that there are more', { timeout: 60_000 }, async () => {
    await everybody(60)
    expect(await search('marta')).toMatchObject({ names: { length: 10 }, complete: false })
    const all = await search('marta', { limit: MAX_FIND })
    expect([new Set(all.names).size, all.complete]).toEqual([MAX_FIND, false])
    expect(await failure(() => search('marta', { limit: MAX_FIND + 1 }))).toMatchObject({ code: 'BAD_REQUEST' })
    const one = await search('number 042 mar')
    expect(one).toMatchObject({ names: ['Marta Number 042'], complete: true })
    // Pages, by leaving out what is known.
    const exclude = all.cards.map(({ address }) => address)
    expect(await search('marta', { limit: MAX_FIND, exclude })).toMatchObject({ names: { length: 10 }, complete: true })
  })

  it('may be done thirty times at once and once in two seconds, by each account', async () => {
    await publish(await accountOf(1), { name: 'Ada' })
    const hurry = { hurry: true }
    for (let n = 0; n < FIND_PACE.burst; n++) await search('nobody', hurry)
    expect(await failure(() => search('nobody', hurry))).toEqual({ code: 'BUSY', data: { after: FIND_PACE.every } })
    const bob = (await accountOf(2)).address
    expect((await search('ada', hurry, bob)).names).toEqual(['Ada'])
    at.clock.now += FIND_PACE.every
    expect((await search('ada', hurry)).names).toEqual(['Ada'])
  })

  it('brings an account no more than so many cards an hour, however it asks', { timeout: 60_000 }, async () => {
    await everybody(60)
    let cards = 0
    const scrape = async (ms: number): Promise<void> => {
      const end = at.clock.now + ms
      while (at.clock.now < end) {
        try {
          cards += (await search('marta', { limit: MAX_FIND })).names.length
        } catch {
          // busy: it goes on trying
        }
      }
    }
    await scrape(60_000)
    expect(cards).toBeGreaterThanOrEqual(FOUND_PACE.burst)
    expect(cards).toBeLessThanOrEqual(FOUND_PACE.burst + 60_000 / FOUND_PACE.every)
    await scrape(10 * 60_000)
    expect(cards).toBeLessThanOrEqual(FOUND_PACE.burst + (11 * 60_000) / FOUND_PACE.every + 1)
    const after = await failure(() => search('marta'))
    expect(after).toMatchObject({ code: 'BUSY', data: { after: expect.any(Number) } })
  })

  it('for other cafes tells of listed and exact cards as for clients, and is counted for each and for strangers', async () => {
    const isCafe = (peer: PeerIdText) => peer === 'cafe'
    at = await newRecords({ rows, neighbours: { isCafe }, knows: () => false })
    await publish(await accountOf(1), { name: 'Ada Listed' })
    await publish(await accountOf(2), { name: 'Ada Exact', visibility: 'exact', handle: 'adaexact' })
    const ask = async (query: string, peer: string) => {
      const to = { peer: peer as PeerIdText }
      const { items, receipt } = await calling(contactProtocol, at.contacts.handlers, 'ask', { query }, to)
      return { items: items.length, ...receipt }
    }
    expect(await ask('ada', 'cafe')).toEqual({ items: 1, complete: true })
    expect(await ask('@adaexact', 'cafe')).toEqual({ items: 1, complete: true })
    let strangers = 0
    for (let n = 0; n < 500; n++) {
      const one = await ask('ada', `stranger${n}`).catch(() => undefined)
      if (one) strangers += 1
    }
    expect(strangers).toBe(120)
    // Whoever this cafe knows does not wait for them.
    expect(await ask('ada', 'cafe')).toMatchObject({ items: 1 })
    expect(ANSWER_PACE.burst).toBeGreaterThan(MAX_FIND)
  })
})

it('stores a row as it says', async () => {
  await publish(await accountOf(1), { name: 'Ada' })
  const [[key, value]] = (await rows.range('/cafe/card-word/')) as [[string, Uint8Array]]
  expect(key).toBe(`/cafe/card-word/ada/${(await accountOf(1)).address}`)
  expect(new TextDecoder().decode(value)).toBe('ada\n')
})
