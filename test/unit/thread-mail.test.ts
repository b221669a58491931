/** Who gets what this device says by mail: everything, once settled, whenever it stops; and nobody too much. */
import { describe, expect, it, vi } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { MAX_MAILED } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Sending } from '../../src/peer/mail/types.ts'
import { createThreadMail, type ThreadMail } from '../../src/peer/thread-mail.ts'
import type { Carrier } from '../../src/peer/thread-mail-letter.ts'
import type { Change, Rows } from '../../src/store/rows.ts'
import type { Entry, Member, Thread } from '../../src/thread/thread.ts'
import { type Person, personOf, text, threadOf } from './thread-world.ts'

interface Post {
  readonly carrier: Carrier
  /** What was sent to whom, by what it is about. */
  readonly sent: Map<Address, string[]>
  /** Who has got what without a letter. */
  readonly arrived: Array<readonly [string, readonly Address[]]>
  /** How many letters to one person there is room for. */
  room: number
}

/** Takes letters, as long as there is room. */
function post(): Post {
  const sent = new Map<Address, string[]>()
  const send = async (to: Address, { about, replaces }: Sending): Promise<string> => {
    const before = sent.get(to) ?? []
    if (before.length >= made.room) throw new CafeError('QUOTA', { what: 'letters' })
    sent.set(to, [...before, about ?? replaces ?? ''])
    return 'letter'
  }
  const got: Array<readonly [string, readonly Address[]]> = []
  const arrived = async (about: string, to: readonly Address[]): Promise<void> => void got.push([about, to])
  const cards = { hint: async () => {}, door: async () => undefined, learnDoor: async () => {} }
  const made: Post = {
    carrier: { mail: { send, arrived }, cards } as unknown as Carrier,
    sent,
    arrived: got,
    room: Number.POSITIVE_INFINITY,
  }
  return made
}

function mailOf(person: Person, thread: Thread, options: { rows?: Rows } = {}): ThreadMail {
  const { rows = person.rows } = options
  return createThreadMail({
    ...{ rows, blocks: person.blocks, self: person.account.address, log: silentLog },
    threads: { list: person.threads.list, get: async (id) => (id === thread.id ? thread : undefined) },
    links: () => ({ peersOf: () => [], headsOf: () => undefined }),
    compare: async () => {},
  })
}

const say = async (thread: Thread, ...all: readonly string[]): Promise<string[]> => {
  const said: string[] = []
  for (const one of all) said.push((await thread.append(text(one))).cid.toString())
  return said
}

/** Rows that are gone after so many commits, as a device is. */
function stopping(rows: Rows, left: number): Rows {
  return {
    ...rows,
    async commit(changes: readonly Change[]) {
      if (left-- <= 0) throw new CafeError('ABORTED')
      await rows.commit(changes)
    },
  }
}

describe('what a device says', () => {
  it('goes to each member who is away, and not again', async () => {
    const people = [await personOf(1), await personOf(2), await personOf(3)] as const
    const [thread] = (await threadOf(people)) as [Thread]
    const { carrier, sent } = post()
    const mail = mailOf(people[0], thread)
    mail.open(carrier)
    await mail.came(thread)
    const said = await say(thread, 'one', 'two', 'three')
    await mail.flush(thread)
    await mail.flush(thread)
    for (const { account } of people.slice(1)) expect(sent.get(account.address)).toEqual(said)
    expect(sent.size).toBe(2)
    mail.close()
  })

  it('goes by no letter to whom some device has taken it', async () => {
    const people = [await personOf(1), await personOf(2), await personOf(3)] as const
    const [thread] = (await threadOf(people)) as [Thread]
    const { carrier, sent, arrived } = post()
    const mail = mailOf(people[0], thread)
    mail.open(carrier)
    await mail.came(thread)
    const entry = await thread.append(text('here'))
    mail.took(people[1].signer.peer, thread.id, [entry])
    await mail.flush(thread)
    expect([...sent.keys()]).toEqual([people[2].account.address])
    expect(arrived).toEqual([[entry.cid.toString(), [people[1].account.address]]])
    const { took } = await mail.carried(thread, entry)
    const members = await thread.members()
    expect(members.filter(took).map(({ address }) => address)).toEqual([people[1].account.address])
    mail.close()
  })

  it('goes to everybody, whichever commit the device stops at', async () => {
    const people = [await personOf(1), await personOf(2)] as const
    const [thread] = (await threadOf(people)) as [Thread]
    const first = mailOf(people[0], thread)
    await first.came(thread)
    first.close()
    const all: string[] = []
    const { carrier, sent } = post()
    let stops = 0
    for (let left = 0; left < 4; left++) {
      // More than are looked at in one go.
      all.push(...(await say(thread, ...Array.from({ length: 70 }, (_, n) => `${left} ${n}`))))
      const mail = mailOf(people[0], thread, { rows: stopping(people[0].rows, left) })
      mail.open(carrier)
      await mail.flush(thread).catch(() => stops++)
      mail.close()
    }
    expect(stops).toBeGreaterThan(0)
    const mail = mailOf(people[0], thread)
    mail.open(carrier)
    await mail.start()
    const to = people[1].account.address
    await vi.waitFor(() => expect(new Set(sent.get(to))).toEqual(new Set(all)), { timeout: 30_000, interval: 100 })
    mail.close()
  })

  it('waits for who has too much waiting already, and keeps back nobody else', async () => {
    const people = [await personOf(1), await personOf(2), await personOf(3)] as const
    const [thread] = (await threadOf(people)) as [Thread]
    const office = post()
    const mail = mailOf(people[0], thread)
    mail.open(office.carrier)
    await mail.came(thread)
    const [ben, cleo] = people.slice(1).map(({ account }) => account.address) as [Address, Address]
    office.sent.set(ben, ['old', 'older'])
    office.room = 3
    const said = await say(thread, 'one', 'two', 'three')
    await mail.flush(thread)
    expect(office.sent.get(cleo)).toEqual(said)
    expect(office.sent.get(ben)).toEqual(['old', 'older', said[0]])
    const [last] = (await thread.own({ after: 0, limit: 1000 })).slice(-1) as [Entry]
    expect([...(await mail.carried(thread, last)).late]).toEqual([ben])
    office.room = 100
    mail.roomMade()
    await vi.waitFor(() => expect(office.sent.get(ben)).toEqual(['old', 'older', ...said]), {
      timeout: 30_000,
      interval: 100,
    })
    mail.close()
  })

  it('goes by no mail where too many are away, and it is known that it does not', async () => {
    const people = [await personOf(1), await personOf(2)] as const
    const [own] = (await threadOf(people)) as [Thread]
    const [, ben] = (await own.members()) as [Member, Member]
    const crowd = Array.from({ length: MAX_MAILED + 1 }, (_, n) => ({ ...ben, address: `P${n}` as Address }))
    const thread: Thread = { ...own, members: async () => crowd }
    const { carrier, sent } = post()
    const mail = mailOf(people[0], thread)
    mail.open(carrier)
    await mail.came(thread)
    const entry = await thread.append(text('hello, all of you'))
    await mail.flush(thread)
    expect(sent.size).toBe(0)
    expect(await mail.carried(thread, entry)).toMatchObject({ isSettled: true, wasLarge: true })
    mail.close()
  })
})
