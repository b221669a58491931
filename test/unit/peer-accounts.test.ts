/** The accounts of a device: kept, locked, unlocked, switched and forgotten, over restarts. */
import { globSync, readFileSync } from 'node:fs'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { encodeSeed } from '../../src/crypto/strkey.ts'
import { accountSeed } from '../../src/crypto/wallet.ts'
import { backupStore } from '../../src/peer/backup-row.ts'
import { createOwnBlocks } from '../../src/peer/own-blocks.ts'
import { createRecord } from '../../src/peer/record.ts'
import { ACCOUNT_TABLES } from '../../src/peer/tables.ts'
import { collect } from '../../src/store/collect.ts'
import type { Rows } from '../../src/store/rows.ts'
import { newDevice, type TestDevice } from './accounts-help.ts'
import { failure } from './crypto-help.ts'
import { newPeerId } from './session-help.ts'

const WORDS = `${'abandon '.repeat(11)}about`
const FIRST = 'P5pPc1QDbfF1LD14e8CA4JA5twHa7j2V33pGFsFaWa9H9jQJ'
const SECOND = (await openAccount(accountSeed(WORDS, '', 1))).address
const LOCK = 'a cup of tea'
const WRONG = { code: 'FORBIDDEN', data: { what: 'passphrase' } }
const SEALED = { code: 'SEALED', data: { what: 'account' } }

/** Everything in the key store as text, CryptoKeys as what they are. */
const dump = ({ keys }: TestDevice): string => {
  const seen: string[] = []
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) seen.push(hex(value))
    else if (value instanceof CryptoKey) seen.push(`key:${value.algorithm.name}:${value.extractable}`)
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) visit(one)
    else seen.push(String(value))
  }
  visit([...keys.stored.values()])
  return seen.join(' ')
}

describe('an account without passphrase', () => {
  it('is open again after a restart, with its seed and without any key that could be taken out', async () => {
    const device = newDevice()
    const { address, words } = await (await device.start()).create({ words: 12 })
    expect(words.split(' ')).toHaveLength(12)
    const again = await device.start()
    expect(await again.status()).toMatchObject({ address, index: 0, lock: false, locked: false, seed: true })
    expect(again.peer().account.address).toBe(address)
    const { seed, index } = await again.seed(undefined)
    expect([hex(seed.reveal()), index]).toEqual([hex(accountSeed(words).reveal()), 0])
    expect(dump(device)).toContain('key:AES-GCM:false')
    expect(dump(device)).not.toMatch(/key:[\w-]+:true/)
    expect(dump(device)).not.toContain(hex(seed.reveal()))
  })

  it('tells its words even if it cannot be opened', async () => {
    const device = newDevice()
    const accounts = await device.start({ open: () => Promise.reject(new Error('full')) })
    const { address, words } = await accounts.create({ words: 12 })
    expect((await openAccount(accountSeed(words))).address).toBe(address)
    expect(await (await device.start()).status()).toMatchObject({ address, locked: false })
  })

  it('is one of its kind: a second takes the express wish', async () => {
    const accounts = await newDevice().start()
    const { address } = await accounts.create({ words: 12 })
    const conflict = { code: 'CONFLICT', data: { what: 'account' } }
    expect(await failure(() => accounts.create({ words: 12 }))).toEqual(conflict)
    expect(await failure(() => accounts.restore({ words: WORDS }))).toEqual(conflict)
    expect(await accounts.list()).toMatchObject([{ address, current: true }])
  })
})

describe('an account with a passphrase', () => {
  it('is locked after a restart, and nothing at rest gives its keys', async () => {
    const device = newDevice()
    const first = await device.start()
    await first.restore({ words: WORDS, lock: LOCK })
    expect(first.peer().account.address).toBe(FIRST)
    const accounts = await device.start()
    expect(await accounts.status()).toMatchObject({ address: FIRST, lock: true, locked: true })
    expect(await failure(() => accounts.peer())).toEqual(SEALED)
    expect(accounts.current()).toBeUndefined()
    const seed = accountSeed(WORDS)
    for (const secret of [hex(seed.reveal()), encodeSeed(seed), 'abandon', 'key:'])
      expect(dump(device)).not.toContain(secret)
    expect(await failure(() => accounts.unlock('a cup of milk'))).toEqual(WRONG)
    expect(await failure(() => accounts.peer())).toEqual(SEALED)
    await accounts.unlock(LOCK)
    expect(accounts.peer().account.address).toBe(FIRST)
    await accounts.lock()
    expect(await failure(() => accounts.peer())).toEqual(SEALED)
    expect(device.log).toEqual([`open ${FIRST}`, `open ${FIRST}`, `close ${FIRST}`])
  })

  it('gives its seed, and lets itself be changed or forgotten, only for the passphrase', async () => {
    const accounts = await newDevice().start()
    await accounts.restore({ words: WORDS, lock: LOCK })
    for (const proof of [undefined, 'a cup of milk']) {
      expect(await failure(() => accounts.seed(proof))).toEqual(WRONG)
      expect(await failure(() => accounts.setLock(undefined, proof))).toEqual(WRONG)
    }
    await accounts.prove(LOCK)
    for (const proof of [undefined, 'a cup of milk']) {
      expect(await failure(() => accounts.forget(FIRST as never, proof))).toEqual(WRONG)
      await accounts.prove(LOCK)
      expect(await failure(() => accounts.create({ words: 12, add: true, proof }))).toEqual(WRONG)
      await accounts.prove(LOCK)
    }
    expect(hex((await accounts.seed(LOCK)).seed.reveal())).toBe(hex(accountSeed(WORDS).reveal()))
    expect(await accounts.list()).toHaveLength(1)
  })

  it('makes who guesses wait, longer each time, and forgets that with the right one', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS, lock: LOCK })
    const guess = () => failure(() => accounts.unlock('a cup of milk'))
    for (let i = 0; i < 4; i++) expect(await guess()).toEqual(WRONG)
    expect(await failure(() => accounts.unlock(LOCK))).toEqual({
      code: 'BUSY',
      data: { what: 'passphrase', after: 2000 },
    })
    device.clock.now += 2000
    expect(await guess()).toEqual(WRONG)
    expect(await guess()).toEqual({ code: 'BUSY', data: { what: 'passphrase', after: 4000 } })
    device.clock.now += 4000
    await accounts.unlock(LOCK)
    expect(await guess()).toEqual(WRONG)
    await accounts.unlock(LOCK)
  })

  it('gets another, or none, and only the new one counts', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.create({ words: 12 })
    await accounts.setLock(LOCK, undefined)
    expect(dump(device)).not.toContain('key:')
    await accounts.setLock('a pot of tea', LOCK)
    const again = await device.start()
    expect(await failure(() => again.unlock(LOCK))).toEqual(WRONG)
    await again.unlock('a pot of tea')
    await again.setLock(undefined, 'a pot of tea')
    expect(await (await device.start()).status()).toMatchObject({ lock: false, locked: false })
    expect(await failure(() => again.lock())).toEqual({ code: 'NOT_FOUND', data: { what: 'passphrase' } })
  })

  it('is had back with its words where the passphrase is forgotten', async () => {
    const device = newDevice()
    await (await device.start()).restore({ words: WORDS, lock: LOCK })
    const accounts = await device.start()
    await accounts.restore({ words: WORDS, lock: 'a new passphrase' })
    expect(await accounts.list()).toMatchObject([{ address: FIRST, lock: true, locked: false }])
    await accounts.prove('a new passphrase')
  })

  it('refuses one too short, and keeps nothing then', async () => {
    const accounts = await newDevice().start()
    const short = { code: 'BAD_REQUEST', data: { what: 'passphrase', min: 8 } }
    expect(await failure(() => accounts.create({ words: 12, lock: 'tea' }))).toEqual(short)
    expect(await accounts.list()).toEqual([])
    expect(await accounts.status()).toBeNull()
    expect(await failure(() => accounts.peer())).toEqual({ code: 'NOT_FOUND', data: { what: 'account' } })
  })
})

describe('an installation from before there were passphrases', () => {
  const installed = async () => {
    const device = newDevice()
    const { keys } = await openAccount(accountSeed(WORDS))
    await device.keys.put('account', keys)
    return device
  }

  it('goes on as it was; what needs the seed asks for the words once', async () => {
    const device = await installed()
    const accounts = await device.start()
    expect(await accounts.status()).toMatchObject({
      address: FIRST,
      index: null,
      lock: false,
      locked: false,
      seed: false,
    })
    expect(accounts.peer().account.address).toBe(FIRST)
    expect(device.given.get(FIRST)).toBe(device.rows)
    const asks = { code: 'NOT_FOUND', data: { what: 'seed' } }
    expect(await failure(() => accounts.seed(undefined))).toEqual(asks)
    expect(await failure(() => accounts.setLock(LOCK, undefined))).toEqual(asks)
    await accounts.restore({ words: WORDS })
    expect(await accounts.status()).toMatchObject({ address: FIRST, index: 0, seed: true })
    expect(hex((await accounts.seed(undefined)).seed.reveal())).toBe(hex(accountSeed(WORDS).reveal()))
  })

  it('leaves no usable key behind when it gets a passphrase', async () => {
    const device = await installed()
    await (await device.start()).restore({ words: WORDS, lock: LOCK })
    expect(dump(device)).not.toContain('key:')
    expect(await (await device.start()).status()).toMatchObject({ address: FIRST, locked: true })
  })
})

const stored = async (rows: Rows, fill: number) => {
  const bytes = new Uint8Array(100).fill(fill)
  return { rows, bytes, cid: CID.createV1(0x55, await sha256.digest(bytes)) }
}

/** A file in the rows of an account. */
async function addFile(device: TestDevice, { rows, bytes, cid }: Awaited<ReturnType<typeof stored>>) {
  const { blocks, holds } = device
  const store = backupStore(rows)
  const adding = createOwnBlocks({ rows, blocks, holds, store, onGarbage: () => {} }).adding()
  await adding.put(cid, bytes)
  const row = { root: cid.toString(), key: systemRandom(32), size: 1, name: 'x', since: 0, cafes: [] }
  await rows.commit([store.backups.put([row.root], row), ...adding.lists(cid)])
  adding.end()
}

describe('several accounts', () => {
  it('of the same words are told apart by their number, each with rows of its own', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS })
    await accounts.restore({ words: WORDS, index: 1, add: true })
    expect(await accounts.list()).toMatchObject([
      { address: FIRST, index: 0, current: false },
      { address: SECOND, index: 1, current: true },
    ])
    const [one, two] = [device.given.get(FIRST), device.given.get(SECOND)] as [Rows, Rows]
    expect(one).toBe(device.rows)
    const record = createRecord({ rows: two, device: await newPeerId(), clock: () => 1 })
    await record.set('profile', 'me', { name: 'Ada', avatar: null })
    expect((await accounts.list()).map(({ name }) => name)).toEqual([undefined, 'Ada'])
    await one.commit([{ key: '/cafe/joined/x', value: Uint8Array.of(1) }])
    expect(await two.get('/cafe/joined/x')).toBeUndefined()
  })

  it('are in use one at a time, also after a restart', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS, lock: LOCK })
    await accounts.restore({ words: WORDS, index: 1, add: true, proof: LOCK })
    await accounts.use(FIRST as never)
    // Switching away has locked it.
    expect(await accounts.status()).toMatchObject({ address: FIRST, locked: true })
    await accounts.unlock(LOCK)
    await accounts.use(SECOND)
    expect(accounts.peer().account.address).toBe(SECOND)
    expect(device.log).toEqual([
      ...[`open ${FIRST}`, `close ${FIRST}`, `open ${SECOND}`, `close ${SECOND}`],
      ...[`open ${FIRST}`, `close ${FIRST}`, `open ${SECOND}`],
    ])
    expect((await (await device.start()).status())?.address).toBe(SECOND)
    const nobody = (await openAccount(new Secret(systemRandom(32)))).address
    expect(await failure(() => accounts.use(nobody))).toEqual({ code: 'NOT_FOUND', data: { what: 'account' } })
  })

  it('have all their blocks spared by a collection, whichever is in use, open or locked', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS, lock: LOCK })
    await accounts.restore({ words: WORDS, index: 1, add: true, proof: LOCK })
    const mine = [
      await stored(device.given.get(FIRST) as Rows, 1),
      await stored(device.given.get(SECOND) as Rows, 2),
      await stored(device.rows, 3),
    ] as const
    await addFile(device, mine[0])
    await addFile(device, mine[1])
    await device.blocks.put(mine[2].cid, mine[2].bytes)
    const sweep = (accounts: Awaited<ReturnType<TestDevice['start']>>) =>
      collect({ ...device, sources: [accounts.roots] }, { signal: new AbortController().signal, whole: true })
    const here = () => Promise.all(mine.map(({ cid }) => device.blocks.has(cid)))
    await sweep(accounts)
    expect(await here()).toEqual([true, true, false])
    await accounts.use(FIRST as never)
    await sweep(accounts)
    await sweep(await device.start())
    expect(await here()).toEqual([true, true, false])
    await accounts.forget(FIRST as never, LOCK)
    await sweep(accounts)
    expect(await here()).toEqual([false, true, false])
  })

  it('are forgotten one by one, with all their rows and no other', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS })
    await accounts.restore({ words: WORDS, index: 1, add: true })
    for (const [address, rows] of device.given)
      await rows.commit(ACCOUNT_TABLES.map((name) => ({ key: `/cafe/${name}/${address}`, value: Uint8Array.of(1) })))
    const others = ['/cafe/client/x', '/cafe/pin/x', '/cafe/owned/x', '/peers/x']
    await device.rows.commit(others.map((key) => ({ key, value: Uint8Array.of(1) })))
    const keys = async () => (await device.rows.range('')).map(([key]) => key)
    await accounts.forget(FIRST as never, undefined)
    expect((await keys()).filter((key) => key.includes(FIRST))).toEqual([])
    expect((await keys()).filter((key) => key.includes(SECOND))).toHaveLength(ACCOUNT_TABLES.length)
    expect((await accounts.status())?.address).toBe(SECOND)
    await accounts.forget(SECOND, undefined)
    expect(await keys()).toEqual(others.toSorted())
    expect(await accounts.status()).toBeNull()
    expect(await accounts.list()).toEqual([])
    expect(dump(device)).not.toContain('key:')
  })

  it('that were being forgotten when the worker died are gone at the next start', async () => {
    const device = newDevice()
    const accounts = await device.start()
    await accounts.restore({ words: WORDS })
    await accounts.restore({ words: WORDS, index: 1, add: true })
    const rows = device.given.get(SECOND) as Rows
    await rows.commit([{ key: '/cafe/joined/x', value: Uint8Array.of(1) }])
    const { commit } = device.rows
    Object.assign(device.rows, { commit: () => Promise.reject(new Error('dead')) })
    await expect(accounts.forget(SECOND, undefined)).rejects.toThrow('dead')
    Object.assign(device.rows, { commit })
    expect(dump(device).match(/key:AES/g)).toHaveLength(1)
    const again = await device.start()
    expect(await again.list()).toMatchObject([{ address: FIRST, current: true }])
    expect(await rows.range('')).toEqual([])
  })
})

it('the tables of an account are known, so that all of them can be forgotten, and none of the cafe', () => {
  const root = new URL('../../', import.meta.url).pathname
  const openedIn = (...folders: string[]) => {
    const files = globSync(
      folders.map((folder) => `src/${folder}/**/*.ts`),
      { cwd: root },
    )
    const found = files.flatMap((file) =>
      // Opened as a table, or by hand where rows are larger than a table's.
      [...readFileSync(root + file, 'utf8').matchAll(/\btable\(\s*\w+,\s*'([^']+)'|`\/cafe\/([a-z-]+)\//g)].map(
        ([, table, byHand]) => table ?? byHand,
      ),
    )
    expect(found.length).toBeGreaterThan(2)
    return found as string[]
  }
  const isKnown = (name: string) =>
    ACCOUNT_TABLES.some((known) => name === known || (known.endsWith('-') && name.startsWith(known)))
  expect(openedIn('peer', 'thread').filter((name) => !isKnown(name))).toEqual([])
  expect(openedIn('cafe', 'worker').filter(isKnown)).toEqual([])
})
