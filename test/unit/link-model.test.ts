/**
 * Sealed links against a model that is small enough to be seen to be right: a link opens for the right proof until it is
 * revoked, over, or used up; each attempt counts once. Two thousand histories of owners and openers, of answers that are lost
 * and asked for again, of a cafe that is killed before or after any commit, and of many who open at once.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isCafeError } from '../../src/core/errors.ts'
import { hex } from '../../src/core/ids.ts'
import { ATTEMPT_TTL } from '../../src/core/limits.ts'
import { proofHash } from '../../src/crypto/shared-link.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { ADA, BOB, filled, newLinks, type TestLinks } from './link-help.ts'

const START = Date.UTC(2030, 0, 1)
const MINUTE = 60_000
const LINKS = 3
const PROOFS = [filled(100, 32), filled(101, 32), filled(102, 32)]
const HASHES = await Promise.all(PROOFS.map(proofHash))
const WRONG = filled(99, 32)

const link = fc.nat(LINKS - 1)
const steps = {
  put: fc.record({
    do: fc.constant('put' as const),
    link,
    account: fc.constantFrom(ADA, ADA, ADA, BOB),
    seq: fc.integer({ min: 1, max: 6 }),
    minutes: fc.constantFrom(null, null, 5, 30),
    openings: fc.constantFrom(null, 1, 2, 4),
  }),
  open: fc.record({
    do: fc.constant('open' as const),
    link,
    attempt: fc.nat(9),
    right: fc.constantFrom(true, true, true, true, false),
  }),
  /** So many at once, each with an attempt of its own. */
  crowd: fc.record({ do: fc.constant('crowd' as const), link, first: fc.constantFrom(20, 30), amount: fc.nat(6) }),
  revoke: fc.record({ do: fc.constant('revoke' as const), link, account: fc.constantFrom(ADA, ADA, BOB) }),
  wait: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 4, 11) }),
  restart: fc.record({ do: fc.constant('restart' as const) }),
  /** The cafe dies at its next commit: before it is written, or after, so that only the answer is lost. */
  crash: fc.record({ do: fc.constant('crash' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
}
type Step = {
  [K in keyof typeof steps]: (typeof steps)[K] extends fc.Arbitrary<infer T> ? T : never
}[keyof typeof steps]
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })
const step = fc.oneof(
  ...[weighted(5, steps.put), weighted(8, steps.open), weighted(2, steps.crowd), weighted(2, steps.revoke)],
  ...[weighted(2, steps.wait), weighted(1, steps.restart), weighted(2, steps.crash)],
)

/** All there is to a link. */
interface Model {
  readonly account: string
  seq: number
  expires: number | null
  openings: number | null
  body: number
  opened: number
  revoked: boolean
  readonly attempts: Map<string, number>
}

/** Rows that die at a commit when they are told to, and take nothing more until they are opened again. */
function mortal(inner: Rows) {
  const state: { dies: 'before' | 'after' | undefined; dead: boolean } = { dies: undefined, dead: false }
  const commit: Rows['commit'] = async (changes) => {
    if (state.dead) throw new Error('dead')
    const when = state.dies
    state.dies = undefined
    if (when !== 'before') await inner.commit(changes)
    if (!when) return
    state.dead = true
    throw new Error('killed')
  }
  return { state, rows: { ...inner, commit } }
}

const bodyOf = (seq: number, link: number) => filled(10 * seq + link, 256)

async function createWorld() {
  const clock = { now: START }
  const store = mortal(memoryRows())
  const model = new Map<number, Model>()
  let at: TestLinks = await newLinks(store.rows, clock)
  let peers = 0

  const reopen = async (): Promise<void> => {
    store.state.dead = false
    store.state.dies = undefined
    at = await newLinks(store.rows, clock)
  }
  /** Does it, and again after a restart if the cafe died: what a client does that had no answer. */
  const insist = async (task: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await task()
    } catch (error) {
      if (isCafeError(error)) return error.code
      expect(store.state.dead).toBe(true)
      await reopen()
      return insist(task)
    }
  }
  const opens = (it: Model, attempt: string): boolean => {
    if (it.revoked || (it.expires !== null && it.expires <= clock.now)) return false
    const tried = it.attempts.get(attempt)
    if (tried !== undefined && tried + ATTEMPT_TTL > clock.now) return true
    return it.openings === null || it.opened < it.openings
  }
  const count = (it: Model, attempt: string): void => {
    const tried = it.attempts.get(attempt)
    if (tried !== undefined && tried + ATTEMPT_TTL > clock.now) return
    it.opened += 1
    it.attempts.set(attempt, clock.now)
  }
  const asked = (n: number, attempt: number, proof = PROOFS[n]) =>
    // Each from a peer of its own: paces are for another test.
    at.open(filled(n), proof as never, filled(1000 + attempt), `peer ${peers++}`)

  const doing = {
    async put({ link, account, seq, minutes, openings }: Extract<Step, { do: 'put' }>) {
      const it = model.get(link)
      const expires = minutes === null ? null : clock.now + minutes * MINUTE
      const terms = { link: filled(link), seq, expires, openings, proof: HASHES[link], opened: 0 }
      const got = await insist(() => at.put(account, { ...terms, body: bodyOf(seq, link), note: filled(seq, 256) }))
      if (it && (it.account !== account || it.revoked || it.seq > seq)) return expect(got).toBe('CONFLICT')
      expect(got).toEqual({ opened: it?.opened ?? 0 })
      if (!it) {
        const fresh = { account, seq, expires, openings, body: seq, opened: 0, revoked: false, attempts: new Map() }
        model.set(link, fresh)
      } else if (it.seq < seq) Object.assign(it, { seq, expires, openings, body: seq })
    },
    async open({ link, attempt, right }: Extract<Step, { do: 'open' }>) {
      const it = model.get(link)
      const got = await insist(() => asked(link, attempt, right ? PROOFS[link] : WRONG))
      if (!it || !opens(it, String(attempt))) return expect(got).toBe('NOT_FOUND')
      if (!right) return expect(got).toBe('FORBIDDEN')
      expect(got).toEqual({ body: bodyOf(it.body, link) })
      count(it, String(attempt))
    },
    async crowd({ link, first, amount }: Extract<Step, { do: 'crowd' }>) {
      const it = model.get(link)
      const attempts = Array.from({ length: amount }, (_, n) => first + n)
      const before = it?.opened ?? 0
      // One that dies takes the others with it: then all ask again, each with its attempt.
      const all = () => Promise.allSettled(attempts.map((one) => asked(link, one)))
      let got = await all()
      if (store.state.dead) {
        await reopen()
        got = await all()
      }
      const opened = got.flatMap(({ status }, n) => (status === 'fulfilled' ? [attempts[n] as number] : []))
      if (!it) return expect(opened).toEqual([])
      const known = attempts.filter((one) => (it.attempts.get(String(one)) ?? -Infinity) + ATTEMPT_TTL > clock.now)
      const isOver = it.revoked || (it.expires !== null && it.expires <= clock.now)
      const room = it.openings === null ? amount : Math.max(0, it.openings - before)
      const due = isOver ? 0 : known.length + Math.min(amount - known.length, room)
      expect(opened.length).toBe(due)
      for (const one of opened) count(it, String(one))
    },
    async revoke({ link, account }: Extract<Step, { do: 'revoke' }>) {
      await insist(() => at.revoke(account, filled(link)))
      const it = model.get(link)
      if (it?.account === account) it.revoked = true
    },
    async wait({ minutes }: Extract<Step, { do: 'wait' }>) {
      clock.now += minutes * MINUTE
    },
    restart: reopen,
    async crash({ when }: Extract<Step, { do: 'crash' }>) {
      store.state.dies = when
    },
  }
  return {
    run: (one: Step) => (doing[one.do] as (step: Step) => Promise<unknown>)(one),
    async check() {
      store.state.dies = undefined
      for (const account of [ADA, BOB]) {
        const listed = (await at.list(account)) as { link: Uint8Array; seq: number; opened: number; revoked: unknown }[]
        const due = [...model].filter(([, it]) => it.account === account)
        expect(
          new Map(listed.map(({ link, seq, opened, revoked }) => [hex(link), { seq, opened, gone: revoked !== null }])),
        ).toEqual(new Map(due.map(([n, { seq, opened, revoked }]) => [hex(filled(n)), { seq, opened, gone: revoked }])))
      }
      expect(await at.erase(ADA)).toEqual({ links: [...model.values()].filter((it) => it.account === ADA).length })
      expect(await at.erase(BOB)).toEqual({ links: [...model.values()].filter((it) => it.account === BOB).length })
      // Nothing is left in any index; a count of none may be.
      expect((await store.rows.range('')).map(([key]) => key).filter((key) => key.startsWith('/cafe/link'))).toEqual([])
    },
  }
}

it('opens and counts as the model says, in two thousand histories', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (history) => {
      const world = await createWorld()
      for (const one of history) await world.run(one)
      await world.check()
    }),
    { numRuns: 2000 },
  )
})
