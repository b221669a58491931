/**
 * What every store of small records must do, as cases that run on any of them: in Node on the one in memory, in Chromium
 * on IndexedDB (`test/e2e/store-contract.test.ts`); in Node also on LevelDB (`test/unit/store-node.test.ts`).
 */
import type { Change, Rows } from '../../src/store/rows.ts'
import { equal, failureOf, type StoreCase } from './store-tools.ts'

const bytes = (...octets: number[]): Uint8Array => Uint8Array.from(octets)
const put = (key: string, ...octets: number[]): Change => ({ key, value: bytes(...octets) })
const plain = (found: Awaited<ReturnType<Rows['range']>>) => found.map(([key, value]) => [key, [...value]])

export const ROWS_CASES: readonly StoreCase<Rows>[] = [
  {
    name: 'gives what was committed, and nothing under another key',
    async run(rows) {
      await rows.commit([put('/a', 1, 2)])
      equal([...((await rows.get('/a')) ?? [])], [1, 2])
      for (const key of ['/', '/A', '/a/', '', 'a']) equal(await rows.get(key), undefined)
    },
  },
  {
    name: 'writes over, and removes',
    async run(rows) {
      await rows.commit([put('/a', 1), put('/b', 2)])
      await rows.commit([put('/a', 3), { key: '/b' }, { key: '/never' }])
      equal(plain(await rows.range('/')), [['/a', [3]]])
    },
  },
  {
    name: 'carries out the changes of one commit in their order',
    async run(rows) {
      await rows.commit([put('/a', 1), { key: '/a' }, put('/b', 1), { key: '/b' }, put('/b', 2)])
      equal(plain(await rows.range('/')), [['/b', [2]]])
    },
  },
  {
    name: 'keeps rows without bytes',
    async run(rows) {
      await rows.commit([put('/a')])
      equal(plain(await rows.range('/')), [['/a', []]])
    },
  },
  {
    name: 'keeps rows as large as the largest record, with small ones of the same commit',
    async run(rows) {
      const large = Uint8Array.from({ length: 257 * 1024 }, (_, i) => i * 7)
      await rows.commit([put('/a', 1), { key: '/b', value: large }, put('/c', 2)])
      equal([...((await rows.get('/b')) ?? [])], [...large])
      const found = await rows.range('/')
      equal(
        found.map(([key, value]) => [key, value.byteLength]),
        [
          ['/a', 1],
          ['/b', large.byteLength],
          ['/c', 1],
        ],
      )
    },
  },
  {
    name: 'keeps copies: what was given, or was got, can be changed later',
    async run(rows) {
      const value = bytes(1, 2, 3)
      await rows.commit([{ key: '/a', value }])
      value[0] = 9
      const got = await rows.get('/a')
      if (got) got[1] = 9
      for (const [, row] of await rows.range('/')) row[2] = 9
      equal([...((await rows.get('/a')) ?? [])], [1, 2, 3])
    },
  },
  {
    name: 'keeps of a view only what is seen through it',
    async run(rows) {
      await rows.commit([{ key: '/a', value: new Uint8Array(100_000).fill(7, 10, 12).subarray(9, 13) }])
      const got = await rows.get('/a')
      equal([...(got ?? [])], [0, 7, 7, 0])
      equal(got?.buffer.byteLength, 4)
    },
  },
  {
    name: 'gives ranges by prefix in key order, without their neighbours',
    async run(rows) {
      const keys = ['/a', '/a/', '/a/10', '/a/2', '/a/B', '/a/b', '/a/é', '/a/😀', '/a0', '/b/1', '/A/1', 'a/1']
      await rows.commit(keys.toReversed().map((key) => put(key, 1)))
      const inside = ['/a/', '/a/10', '/a/2', '/a/B', '/a/b', '/a/é', '/a/😀']
      equal(
        (await rows.range('/a/')).map(([key]) => key),
        inside,
      )
      equal(await rows.keys('/a/'), inside)
      equal(await rows.keys('/c'), [])
      equal((await rows.range('')).length, keys.length)
      equal(await rows.range('/c'), [])
    },
  },
  {
    name: 'gives a range from after a key, up to a limit',
    async run(rows) {
      await rows.commit(['/0', '/a/1', '/a/2', '/a/3', '/a/4', '/b'].map((key) => put(key, 1)))
      const keys = async (options: Parameters<Rows['range']>[1]) => {
        const found = (await rows.range('/a/', options)).map(([key]) => key)
        equal(await rows.keys('/a/', options), found)
        return found
      }
      equal(await keys({ after: '/a/2' }), ['/a/3', '/a/4'])
      equal(await keys({ after: '/a/25' }), ['/a/3', '/a/4'])
      equal(await keys({ limit: 2 }), ['/a/1', '/a/2'])
      equal(await keys({ after: '/a/1', limit: 2 }), ['/a/2', '/a/3'])
      equal(await keys({ limit: 100 }), ['/a/1', '/a/2', '/a/3', '/a/4'])
      equal(await keys({ limit: 0 }), [])
    },
  },
  {
    name: 'gives a range from after any text, also one outside the prefix',
    async run(rows) {
      await rows.commit(['/0', '/a/1', '/b'].map((key) => put(key, 1)))
      const keys = async (after: string) => {
        const found = (await rows.range('/a/', { after })).map(([key]) => key)
        equal(await rows.keys('/a/', { after }), found)
        return found
      }
      for (const after of ['', '/', '/0', '/a', '/a/']) equal(await keys(after), ['/a/1'])
      for (const after of ['/a/1', '/a/9', '/a/\uffff', '/a/\uffff\uffff', '/b', '\uffff\uffff'])
        equal(await keys(after), [])
    },
  },
  {
    name: 'writes all changes of a commit or none',
    async run(rows) {
      await rows.commit([put('/a', 1)])
      const bad = { key: '/c', value: (() => {}) as never }
      await failureOf(rows.commit([put('/a', 2), put('/b', 2), bad]))
      equal(plain(await rows.range('/')), [['/a', [1]]])
      await rows.commit([put('/b', 3)])
      equal((await rows.range('/')).length, 2)
    },
  },
  {
    name: 'takes many commits at once, and none of no changes',
    async run(rows) {
      await rows.commit([])
      const numbers = Array.from({ length: 100 }, (_, i) => i)
      await Promise.all(numbers.map((i) => rows.commit([put(`/n/${i}`, i), put('/last', i)])))
      equal((await rows.range('/n/')).length, 100)
      equal([...((await rows.get('/last')) ?? [])], [99])
    },
  },
  {
    name: 'lets a commit that cannot be written fail alone among many, and writes the others',
    async run(rows) {
      const bad = (i: number) => ({ key: `/n/${i}`, value: (() => {}) as never })
      const numbers = Array.from({ length: 200 }, (_, i) => i)
      const isBad = (i: number) => i % 7 === 3
      const ends = await Promise.allSettled(
        numbers.map((i) =>
          rows.commit(isBad(i) ? [put(`/with/${i}`, i), bad(i)] : [put(`/n/${i}`, i), put('/last', i)]),
        ),
      )
      equal(
        ends.map(({ status }) => status === 'rejected'),
        numbers.map(isBad),
      )
      equal((await rows.range('/n/')).length, numbers.filter((i) => !isBad(i)).length)
      equal(await rows.range('/with/'), [])
      equal([...((await rows.get('/last')) ?? [])], [198])
    },
  },
  {
    name: 'carries out commits in the order in which they come, also many at once, and what each removes',
    async run(rows) {
      const numbers = Array.from({ length: 300 }, (_, i) => i)
      await Promise.all(
        numbers.map((i) =>
          rows.commit(i % 2 === 0 ? [put('/a', i % 256), put(`/n/${i}`, 1)] : [{ key: '/a' }, { key: `/n/${i - 1}` }]),
        ),
      )
      equal(await rows.get('/a'), undefined)
      equal(await rows.range('/n/'), [])
    },
  },
  {
    name: 'has a commit when it says so, while others wait still',
    async run(rows) {
      const numbers = Array.from({ length: 150 }, (_, i) => i)
      await Promise.all(
        numbers.map(async (i) => {
          await rows.commit([put(`/n/${i}`, i)])
          equal([...((await rows.get(`/n/${i}`)) ?? [])], [i])
        }),
      )
    },
  },
  {
    name: 'takes a commit of many rows',
    async run(rows) {
      const numbers = Array.from({ length: 5000 }, (_, i) => String(i).padStart(5, '0'))
      await rows.commit(numbers.map((n) => ({ key: `/n/${n}`, value: new Uint8Array(100) })))
      equal(
        (await rows.range('/n/')).map(([key]) => key),
        numbers.map((n) => `/n/${n}`),
      )
    },
  },
]
