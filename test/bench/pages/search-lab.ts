/** The index of names over IndexedDB, filled with made-up people of several scripts, and what searching it takes. */
import type { PrivateKey } from '@libp2p/interface'
import { type Card, cardRecord } from '../../../src/cafe/contact/card.ts'
import { INDEX_VERSION, indexRows } from '../../../src/cafe/contact/index-rows.ts'
import { readQuery } from '../../../src/cafe/contact/search.ts'
import { createShelf } from '../../../src/cafe/contact/shelf.ts'
import { contactStore } from '../../../src/cafe/contact/store.ts'
import type { Address } from '../../../src/core/ids.ts'
import { FIND_LIMIT } from '../../../src/core/limits.ts'
import { indexWords, nameWords } from '../../../src/core/name-search.ts'
import { createSerial } from '../../../src/core/serial.ts'
import { openAccount } from '../../../src/crypto/account.ts'
import { accountKey, sealRecord } from '../../../src/crypto/envelope.ts'
import { accountSeed, createWords } from '../../../src/crypto/wallet.ts'
import { DATA_DB } from '../../../src/store/idb.ts'
import type { Rows } from '../../../src/store/rows.ts'

const FIRST =
  'Anna Maria Marta Martin Mario Ada Adam Alex Alexander Alexandra Grace Jürgen Łukasz Søren Zoë Andrej Иван Анна Мария Сергей Γιώργος Μαρία محمد فاطمة דוד नेहा'.split(
    ' ',
  )
const SYLLABLES = 'ka lo mi ner ta vo sen ber ga ri dal wick ton ham ste ley mar tin son der gro ve'.split(' ')
const CHINESE = '王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗小明华伟芳娜敏静丽强磊军洋勇艳杰涛超秀英'

/** Chance that is the same in each run. */
function createChance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function nameOf(n: number): string {
  const chance = createChance(n * 7919 + 1)
  const one = (from: readonly string[] | string): string => from[chance(from.length)] as string
  if (chance(10) === 0) return one(CHINESE) + one(CHINESE) + one(CHINESE)
  // Few first names are most people's, as in life.
  const first = FIRST[Math.floor(chance(FIRST.length) * (chance(100) / 100))] as string
  const last = Array.from({ length: 2 + chance(2) }, () => one(SYLLABLES)).join('')
  return `${first} ${last[0]?.toUpperCase()}${last.slice(1)}`
}

const addressOf = (n: number): Address => {
  const digits = String(n).replaceAll('0', 'z')
  return `P${'a'.repeat(47 - digits.length)}${digits}` as Address
}

/** What people type: beginnings, whole names, words in another order, slips. */
function queryOf(n: number, total: number): string {
  const chance = createChance(n * 104_729 + 3)
  const name = nameOf(chance(total))
  const letters = [...name]
  const words = name.split(' ')
  switch (chance(5)) {
    case 0:
      return letters.slice(0, Math.max(3, chance(letters.length + 1))).join('')
    case 1:
      return name
    case 2:
      return `${words.at(-1)?.slice(0, 4)} ${words[0]}`
    case 3:
      return (words.at(-1) as string).slice(0, 5).padEnd(3, 'a')
    default: {
      const last = [...(words.at(-1) as string)]
      last.splice(chance(last.length), 1, 'x')
      return last.join('').padEnd(3, 'x')
    }
  }
}

/** Cards in one commit of the filling. */
const STEP = 50
const TTL = 86_400_000

export async function searchLab(rows: Rows) {
  const key = accountKey(await openAccount(accountSeed(createWords())))
  // Nobody verifies these here, and a hundred thousand signatures take minutes.
  const unsigned = { publicKey: key.publicKey, sign: () => new Uint8Array(64) } as unknown as PrivateKey
  const { cards } = contactStore(rows)
  const index = indexRows(rows)
  const raw = await openRaw()
  let filled = 0

  const p95 = (times: readonly number[]): number =>
    times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0

  const put = async (n: number) => {
    const [account, name, now] = [addressOf(n), nameOf(n), Date.now()]
    const card = {
      ...{ v: 1, address: account, name, visibility: 'listed', avatar: null, devices: [], inboxes: [] },
      ...{ seq: now, ts: now, ttl: TTL },
    }
    const envelope = await sealRecord(cardRecord, unsigned, card as unknown as Card)
    const words = nameWords(name)
    const row = {
      ...{ envelope, seq: now, ends: now + TTL, receipt: new Uint8Array(300), time: now, shown: 'listed' as const },
      ...{ handle: null, words: [...indexWords(words)] },
    }
    return [cards.put([account], row), ...(await index.changes(account, [], words))]
  }

  return {
    /** Milliseconds to have so many cards in all. */
    async fillCards(total: number) {
      const started = performance.now()
      for (; filled < total; filled += STEP) {
        const some = await Promise.all(Array.from({ length: STEP }, (_, i) => put(filled + i)))
        await rows.commit(some.flat())
      }
      await rows.commit([index.versions.put(['me'], { version: String(INDEX_VERSION) })])
      return performance.now() - started
    },
    /** Milliseconds that 95 of 100 searches take at most. @throws if they do not find what there is. */
    async search(count: number, from: number) {
      const shelf = createShelf({ rows, serial: createSerial(), holds: () => true, log: () => {} })
      await shelf.ready
      const times: number[] = []
      let found = 0
      for (let n = from; n < from + count; n++) {
        const query = readQuery(queryOf(n, filled))
        if (!query) throw new Error(`nobody may search for ${queryOf(n, filled)}`)
        const started = performance.now()
        const { hits } = await shelf.search(query, { limit: FIND_LIMIT, isWanted: () => true })
        times.push(performance.now() - started)
        if (hits.length > 0) found += 1
      }
      // Some slips make a word that nobody has; most queries are parts of somebody's name.
      if (found < count * 0.8) throw new Error(`only ${found} of ${count} searches found anybody`)
      return p95(times)
    },
    /** The same of reading as many cards by their keys, in one transaction. */
    async readCards(count: number, from: number) {
      const chance = createChance(from)
      const times: number[] = []
      for (let n = 0; n < count; n++) {
        const keys = Array.from({ length: FIND_LIMIT }, () => `/cafe/card/${addressOf(chance(filled))}`)
        const started = performance.now()
        const store = raw.transaction(DATA_DB).objectStore(DATA_DB)
        await Promise.all(keys.map((one) => got(store.get(one))))
        times.push(performance.now() - started)
      }
      return p95(times)
    },
  }
}

const openRaw = (): Promise<IDBDatabase> => got(indexedDB.open(DATA_DB, 1))

const got = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
