/**
 * The protocol of acknowledgements against a model that is small enough to be seen to be right: a letter is owed to each
 * device that has not acknowledged it, until it ends. Ten thousand histories of senders that send again, devices that crash
 * anywhere between fetching and acknowledging, come and go, a cafe that is killed at any commit, and one that loses its
 * store and begins a new epoch.
 */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Mail, MailReceipt } from '../../src/cafe/inbox/protocol.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { ADA, BOB, bodyOf, countRows, DAY, lettersOf, newInbox, peerOf, START, type TestInbox } from './inbox-help.ts'

const DEVICES = [peerOf(0), peerOf(11), peerOf(12)] as const
const LETTERS = 5
const TTL = 2 * DAY
const KEY = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(3))
const IDS = await Promise.all(Array.from({ length: LETTERS }, (_, n) => sha256(bodyOf(n))))

const letter = fc.nat(LETTERS - 1)
const peer = fc.constantFrom(...DEVICES)
const steps = {
  deliver: fc.record({ do: fc.constant('deliver' as const), letter }),
  /** Fetches, and makes the first `upTo` its own before it crashes. */
  check: fc.record({ do: fc.constant('check' as const), peer, upTo: fc.constantFrom(0, 1, 2, 99) }),
  /** Acknowledges some of what it has; if it crashes then, it does so again. */
  ack: fc.record({
    do: fc.constant('ack' as const),
    peer,
    some: fc.constantFrom(31, 31, 1, 2, 5),
    forgets: fc.boolean(),
  }),
  restart: fc.record({ do: fc.constant('restart' as const) }),
  /** The cafe dies at its next commit: before it is written, or after, so that only the answer is lost. */
  crash: fc.record({ do: fc.constant('crash' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
  /** The cafe loses its store. */
  lose: fc.record({ do: fc.constant('lose' as const) }),
  wait: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.5, 1) }),
  come: fc.record({ do: fc.constant('come' as const), peer }),
  go: fc.record({ do: fc.constant('go' as const), peer }),
  sweep: fc.record({ do: fc.constant('sweep' as const) }),
}
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })
type Step = {
  [K in keyof typeof steps]: (typeof steps)[K] extends fc.Arbitrary<infer T> ? T : never
}[keyof typeof steps]
const step = fc.oneof(
  ...[weighted(6, steps.deliver), weighted(5, steps.check), weighted(5, steps.ack), weighted(2, steps.restart)],
  ...[weighted(2, steps.crash), weighted(1, steps.lose), weighted(2, steps.wait), weighted(1, steps.come)],
  ...[weighted(1, steps.go), weighted(1, steps.sweep)],
)

/** What a cafe owes for a letter it has signed for: the whole model. */
interface Owed {
  readonly receipt: MailReceipt
  /** Devices that are here and have acknowledged it. */
  readonly acked: Set<PeerIdText>
  /** Devices that have acknowledged it and left since: the cafe may have forgotten that. */
  readonly maybe: Set<PeerIdText>
  /** All devices that were here had it at some time: the cafe may have let it go. */
  free: boolean
}

/** A device as it is on its own disk: what it has and has acknowledged, and up to where it has looked in which epoch. */
interface Device {
  readonly has: Set<number>
  readonly told: Set<number>
  cursor: number
  epoch: number
}

/** Rows that die at a commit when they are told to. */
function mortal(inner: Rows) {
  const state: { dies: 'before' | 'after' | undefined; dead: boolean } = { dies: undefined, dead: false }
  const commit: Rows['commit'] = async (changes) => {
    const when = state.dies
    state.dies = undefined
    if (when !== 'before') await inner.commit(changes)
    if (!when) return
    state.dead = true
    throw new Error('killed')
  }
  return { state, rows: { ...inner, commit } }
}

/** A cafe, the devices of an account, those who write to it, and the model beside them. */
async function createWorld(amount: number) {
  const clock = { now: START }
  const admitted = new Map([
    [ADA, DEVICES.slice(0, amount) as PeerIdText[]],
    [BOB, [peerOf(1)]],
  ])
  const owed = new Map<number, Owed>()
  const devices = new Map<PeerIdText, Device>(
    DEVICES.map((one) => [one, { has: new Set(), told: new Set(), cursor: 0, epoch: 1 }]),
  )
  let store = mortal(memoryRows())
  let epoch = 1
  let at: TestInbox

  const open = async (): Promise<void> => {
    store.state.dead = false
    at = await newInbox({ rows: store.rows, clock, epoch, devices: admitted, key: KEY, unsigned: true })
    if (store.state.dead) await open()
  }
  const reopen = async (): Promise<void> => {
    at.inbox.close()
    await open()
  }
  const furnish = async (): Promise<void> => {
    for (const account of [ADA, BOB]) {
      const here = admitted.get(account) as PeerIdText[]
      admitted.set(account, [...DEVICES])
      await at.openDoors(account)
      admitted.set(account, here)
    }
    // The same letter to another account: nothing that happens to this one may touch it.
    await at.deliver(BOB, bodyOf(0), { ttl: 30 * DAY })
  }
  const live = (): PeerIdText[] => admitted.get(ADA) as PeerIdText[]

  /** Asks until there is an answer: whoever hears nothing asks a cafe that has come again. */
  const ask = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (error) {
      if (!store.state.dead) throw error
      await reopen()
      return task()
    }
  }

  const model = (): void => {
    for (const [n, one] of owed) {
      if (one.receipt.until <= clock.now) owed.delete(n)
      if (live().length > 0 && live().every((peer) => one.acked.has(peer) || one.maybe.has(peer))) one.free = true
    }
  }
  const mustGet = (who: PeerIdText): number[] =>
    [...owed].filter(([, one]) => !one.free && !one.acked.has(who) && !one.maybe.has(who)).map(([n]) => n)
  const mayGet = (who: PeerIdText): number[] => [...owed].filter(([, one]) => !one.acked.has(who)).map(([n]) => n)

  const numberOf = ({ id }: Mail): number => IDS.findIndex((one) => hex(one) === hex(id))

  const deliver = async (n: number): Promise<void> => {
    if (live().length === 0) return
    const receipt = await ask(() => at.deliver(ADA, bodyOf(n), { ttl: TTL }))
    const before = owed.get(n)
    if (before) expect(receipt).toEqual(before.receipt)
    else owed.set(n, { receipt, acked: new Set(), maybe: new Set(), free: false })
  }

  /** What a device does that checks: `upTo` letters become its own, then it crashes; or all, and it has seen the level. */
  const check = async (who: PeerIdText, upTo: number): Promise<void> => {
    const own = devices.get(who) as Device
    const items = await at.check(ADA, who, own.cursor)
    const mail = items.flatMap((item) => ('mail' in item ? [item.mail] : []))
    expect(mail.map(({ seq }) => seq)).toEqual(mail.map(({ seq }) => seq).sort((a, b) => a - b))
    expect(new Set(mail.map(numberOf)).size).toBe(mail.length)
    for (const one of mail) expect(mayGet(who)).toContain(numberOf(one))
    for (const one of mail.slice(0, upTo)) {
      own.has.add(numberOf(one))
      own.cursor = one.seq
    }
    const level = items.flatMap((item) => ('level' in item ? [item.level] : []))[0]
    if (upTo < mail.length || !level) return
    own.cursor = level.seq
    if (level.epoch === own.epoch) return
    own.epoch = level.epoch
    own.cursor = 0
    own.told.clear()
    await check(who, upTo)
  }

  const ack = async (who: PeerIdText, some: number, forgets: boolean): Promise<void> => {
    const own = devices.get(who) as Device
    const which = [...own.has].filter((n) => (some >> n) & 1 && !own.told.has(n))
    if (which.length === 0) return
    const ids = which.map((n) => IDS[n] as Uint8Array)
    await ask(() => at.ack(ADA, who, ids))
    for (const n of which) owed.get(n)?.acked.add(who)
    if (!forgets) for (const n of which) own.told.add(n)
  }

  const lose = async (): Promise<void> => {
    at.inbox.close()
    store = mortal(memoryRows())
    epoch += 1
    clock.now += 1
    await open()
    await furnish()
    // Whoever wrote a letter that no device of the account has, as its receipts say, sends it again.
    const had = new Set([...devices.values()].flatMap(({ has }) => [...has]))
    const again = [...owed.keys()].filter((n) => !had.has(n))
    owed.clear()
    for (const n of again) await deliver(n)
  }

  const run = async (one: Step): Promise<void> => {
    model()
    if (one.do === 'deliver') await deliver(one.letter)
    if (one.do === 'check' && live().includes(one.peer)) await check(one.peer, one.upTo)
    if (one.do === 'ack' && live().includes(one.peer)) await ack(one.peer, one.some, one.forgets)
    if (one.do === 'restart') await reopen()
    if (one.do === 'crash') store.state.dies = one.when
    if (one.do === 'lose') await lose()
    if (one.do === 'wait') clock.now += one.days * DAY
    if (one.do === 'come') admitted.set(ADA, [...new Set([...live(), one.peer])])
    if (one.do === 'go') {
      admitted.set(
        ADA,
        live().filter((who) => who !== one.peer),
      )
      for (const { acked, maybe } of owed.values()) if (acked.delete(one.peer)) maybe.add(one.peer)
    }
    if (one.do === 'sweep') await at.inbox.sweep()
    if (store.state.dead) await reopen()
    model()
  }

  /** Each device looks once more, and then nothing is owed; and nothing is kept that nobody waits for. */
  const finish = async (): Promise<void> => {
    store.state.dies = undefined
    for (const who of live()) {
      const all = (await at.mail(ADA, who)).map(numberOf)
      for (const n of mustGet(who)) expect(all).toContain(n)
      await check(who, 99)
      for (const n of mustGet(who)) expect((devices.get(who) as Device).has.has(n)).toBe(true)
    }
    await at.inbox.sweep()
    const kept = (await lettersOf(at.store, ADA)).map(({ id }) => id)
    for (const [n, { acked }] of owed)
      if (live().length > 0 && live().every((who) => acked.has(who)))
        expect(kept).not.toContain(hex(IDS[n] as Uint8Array))
    const places = (await lettersOf(at.store, ADA)).map(({ seq }) => seq)
    for (const { key } of await at.store.acks.list([ADA])) expect(places).toContain(Number(key[1]))
    for (const account of [ADA, BOB])
      expect(at.inbox.ledger.amounts(account)).toEqual(await countRows(at.store, account))
    expect((await at.mail(BOB, peerOf(1))).map(numberOf)).toEqual([0])
    at.inbox.close()
  }

  await open()
  await furnish()
  return { run, finish }
}

describe('deliver, check and ack', () => {
  // In four, so that none is near the time a test has on a machine that does other things too.
  for (const part of [1, 2, 3, 4])
    it(`owe each device each letter, whatever happens: part ${part}`, { timeout: 240_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(2), fc.array(step, { minLength: 4, maxLength: 30 }), async (more, history) => {
          const world = await createWorld(1 + more)
          for (const one of history) await world.run(one)
          await world.finish()
        }),
        { numRuns: 2500 },
      )
    })
})
