/** People with threads, for tests: each with an account, a device and stores of their own, and a post that carries blocks. */
import type { CID } from 'multiformats/cid'
import { systemRandom } from '../../src/core/clock.ts'
import type { Account } from '../../src/crypto/account.ts'
import type { Signer } from '../../src/crypto/certificate.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import type { SealedBlock } from '../../src/thread/block.ts'
import type { Entry, Thread, ThreadState, Threads } from '../../src/thread/thread.ts'
import { createThreads } from '../../src/thread/threads.ts'
import { NOW, signerOf } from './seal-help.ts'

export interface Person {
  readonly account: Account
  readonly signer: Signer
  readonly rows: Rows
  readonly blocks: Blocks
  readonly threads: Threads
  readonly changes: string[]
  /** Its clock, which tests may turn. */
  now: number
  /** The same device after a restart, over the same stores. */
  restart(): Threads
}

export interface PersonOptions {
  readonly device?: number
  readonly rows?: Rows
  readonly blocks?: Blocks
  /** Without the key that opens what others sealed to it. */
  readonly sealed?: boolean
}

export async function personOf(n: number, options: PersonOptions = {}): Promise<Person> {
  const { device = n, rows = memoryRows(), blocks = memoryBlocks(), sealed = false } = options
  const signer = await signerOf(n, device)
  const account: Account = sealed ? { ...signer.owner, opening: undefined } : signer.owner
  const changes: string[] = []
  const make = (): Threads =>
    createThreads({
      ...{ rows, blocks, holds: createHolds(blocks), account, signer, random: systemRandom },
      clock: () => person.now,
      onChange: (id) => void changes.push(id),
      onGarbage: () => {},
    })
  const person: Person = { account, signer, rows, blocks, changes, now: NOW, threads: make(), restart: make }
  return person
}

export const blocksOf = (thread: Thread, heads: readonly CID[] = []): Promise<SealedBlock[]> =>
  Array.fromAsync(thread.since(heads))

/** Gives each of the threads all that the others have, until nobody has anything new. */
export async function exchange(...threads: readonly Thread[]): Promise<void> {
  for (let again = true; again; ) {
    again = false
    for (const from of threads) {
      for (const to of threads) {
        if (from === to) continue
        const { applied } = await to.receive(await blocksOf(from, await to.landmarks()))
        again ||= applied.length > 0
      }
    }
  }
}

/** A thread of the first person that all of the others have joined; one handle for each. */
export async function threadOf(
  people: readonly Person[],
  terms: Partial<Parameters<Threads['create']>[0]> = {},
): Promise<Thread[]> {
  const [host, ...guests] = people as [Person, ...Person[]]
  const own = await host.threads.create({ name: 'Holidays', type: 'open', sharing: 'shared', ...terms })
  const all = [own]
  for (const guest of guests) {
    const thread = await guest.threads.open(await own.invite(guest.account.address))
    await thread.receive(await blocksOf(own))
    await thread.join()
    await own.receive(await blocksOf(thread, await own.heads()))
    all.push(thread)
  }
  await exchange(...all)
  return all
}

/** Everything a person can see of a thread, in a form that two of them can be compared by. */
export async function visible(thread: Thread) {
  const { heads, blocks, name, lacks } = await thread.info()
  const state: ThreadState = await thread.state()
  return {
    heads: heads.map(String).sort(),
    ...{ blocks, name, lacks },
    members: await thread.members(),
    entries: (await all(thread)).map((entry) => ({
      ...entry,
      cid: entry.cid.toString(),
      parents: entry.parents.map(String),
    })),
    keys: state.keys.map(({ epoch, key }) => `${epoch} ${key.reveal()}`),
    alarms: await thread.alarms(),
  }
}

export async function all(thread: Thread, limit = 7): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let page = await thread.page({ limit }); ; page = await thread.page({ limit, after: page.next })) {
    entries.push(...page.entries)
    if (!page.next) return entries
  }
}

export const text = (words: string) => ({ type: 'text', body: { text: words } }) as const

/** What was said and is to be seen, newest first. */
export const words = async (thread: Thread): Promise<string[]> =>
  (await all(thread)).flatMap(({ content, hidden }) => (content.type === 'text' && !hidden ? [content.body.text] : []))
