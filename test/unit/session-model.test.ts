/**
 * Sessions against models. Refreshing: every order of refreshes, lost replies, retries, waits and a thief with a copy of
 * the profile, at any moment; a session never forks, and an honest client is never locked out. Coming in: every order of
 * devices of two accounts that come with and without tokens, leave, are evicted, or lose their token; who is in, and on
 * what terms, is what the rules say.
 */

import { base58 } from '@scure/base'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/cafe/session/protocol.ts'
import type { Mode } from '../../src/cafe/session/terms.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { hex } from '../../src/core/ids.ts'
import { OPEN_QUOTA, REFRESH_GRACE } from '../../src/core/limits.ts'
import { enter, from, newAccount, newCafe, newPeer, type TestCafe, type TestPeer } from './session-help.ts'

/**
 * `refresh`: the client refreshes and hears the answer. `lost`: it refreshes and the answer is lost. `copy`: the thief
 * copies what the client has now. `steal`: the thief refreshes with the copy. `old`: the thief tries the very first token.
 * `wait`: time goes on, past the grace. `blink`: time goes on, within the grace.
 */
const MOVES = ['refresh', 'lost', 'copy', 'steal', 'old', 'wait', 'blink'] as const
type Move = (typeof MOVES)[number]

class Story {
  readonly #cafe: TestCafe
  readonly #who: TestPeer
  /** The one refresh token of each session and generation that was ever given. */
  readonly #given = new Map<string, string>()
  readonly #first: string
  #held: string
  #copied: string | undefined
  /** Times the client had to begin anew. */
  restarts = 0

  constructor(cafe: TestCafe, who: TestPeer, first: Grant) {
    this.#cafe = cafe
    this.#who = who
    this.#first = first.refresh
    this.#held = this.#note(first)
  }

  static async begin(): Promise<Story> {
    const [cafe, who] = [await newCafe(), await newPeer()]
    return new Story(cafe, who, await enter(cafe, who, await cafe.token()))
  }

  async move(move: Move): Promise<void> {
    if (move === 'refresh') await this.honest()
    if (move === 'lost') await this.#refresh(this.#held).catch(unauthorized)
    if (move === 'copy') this.#copied = this.#held
    if (move === 'old') await this.#refresh(this.#first).catch(unauthorized)
    if (move === 'wait') this.#cafe.clock.now += REFRESH_GRACE + 1
    if (move === 'blink') this.#cafe.clock.now += REFRESH_GRACE / 4
    if (move === 'steal' && this.#copied !== undefined) {
      this.#copied = await this.#refresh(this.#copied).catch(unauthorized)
    }
    await this.#check()
  }

  /** What a client does: refreshes; where its session is over, begins anew without any token. */
  async honest(): Promise<void> {
    const next = await this.#refresh(this.#held).catch(unauthorized)
    if (next === undefined) this.restarts++
    this.#held = next ?? this.#note(await enter(this.#cafe, this.#who))
  }

  alarms = async (): Promise<string[]> => (await this.#cafe.alarms.list()).map(({ kind }) => kind)

  async #refresh(refresh: string): Promise<string> {
    return this.#note(await this.#cafe.handlers.refresh({ refresh }, from(this.#who.peer)))
  }

  /** One session and generation has one token, whoever asks however often. */
  #note({ refresh }: Grant): string {
    const { sid, gen } = decodeJwt<{ sid: string; gen: number }>(refresh)
    const known = this.#given.get(`${sid}/${gen}`)
    if (known !== undefined && known !== refresh) throw new Error(`generation ${gen} was given twice, differently`)
    this.#given.set(`${sid}/${gen}`, refresh)
    return refresh
  }

  /** One session at most, and among all tokens ever given one at most that leads on. */
  async #check(): Promise<void> {
    const rows = await this.#cafe.store.sessions.list([this.#who.peer])
    expect(rows.length).toBe(1)
    const [{ row } = {}] = rows
    const leading = [...this.#given.values()].filter((refresh) => decodeJwt(refresh).jti === row?.refresh)
    expect(leading.length).toBe(1)
  }
}

function unauthorized(error: unknown): undefined {
  if (!isCafeError(error) || error.code !== 'UNAUTHORIZED') throw error
}

async function play(moves: readonly Move[]): Promise<Story> {
  const story = await Story.begin()
  for (const move of moves) await story.move(move)
  return story
}

/** All sequences of `length` moves. */
function* sequences(length: number): Generator<Move[]> {
  if (length === 0) return yield []
  for (const rest of sequences(length - 1)) for (const move of MOVES) yield [...rest, move]
}

describe('a session', () => {
  it('never forks and never locks its client out, in every order of four moves', async () => {
    let played = 0
    for (const moves of sequences(4)) {
      const story = await play(moves)
      await story.honest()
      played++
    }
    expect(played).toBe(MOVES.length ** 4)
  }, 300_000)

  it('never forks and never locks its client out, in long stories', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...MOVES), { minLength: 5, maxLength: 25 }), async (moves) => {
        const story = await play(moves)
        await story.honest()
      }),
      { numRuns: 200 },
    )
  }, 300_000)

  it('goes on without a new beginning or an alarm as long as replies are only lost, and asked for again in time', async () => {
    const round = fc.constantFrom<Move[]>(
      ['refresh'],
      ['lost', 'refresh'],
      ['lost', 'blink', 'lost', 'blink', 'refresh'],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 10 }), async (rounds) => {
        const story = await play(rounds.flatMap((moves) => [...moves, 'wait'] as Move[]))
        expect(story.restarts).toBe(0)
        expect(await story.alarms()).toEqual([])
      }),
      { numRuns: 100 },
    )
  }, 300_000)

  it('ends with an alarm when a copy of it goes its own way, and its client begins anew', async () => {
    for (const moves of [
      ['copy', 'refresh', 'refresh', 'steal'],
      ['copy', 'refresh', 'wait', 'steal'],
      ['copy', 'steal', 'wait', 'refresh'],
      ['refresh', 'refresh', 'old'],
    ] as Move[][]) {
      const story = await play(moves)
      await story.honest()
      expect(await story.alarms()).toEqual(['reused'])
      expect(story.restarts).toBe(1)
    }
  })
})

/** What can happen at the door; `who` is a device (its account is `who % 2`), `token` one of those the host has made. */
type DoorMove =
  | { readonly do: 'enter'; readonly who: number; readonly token: number | undefined }
  | { readonly do: 'leave'; readonly who: number }
  | { readonly do: 'evict'; readonly account: number }
  | { readonly do: 'revoke'; readonly token: number }
  | { readonly do: 'mode'; readonly mode: Mode }
  | { readonly do: 'token' }

interface ModelClient {
  readonly token: number | null
  readonly quota: number
  readonly since: number
  revoked: boolean
}

/** The rules of admission, written a second time, without rows, queues or signatures. */
class DoorModel {
  mode: Mode = 'invite'
  readonly tokens: { quota: number; made: number; revoked: boolean; forgotten: boolean }[] = []
  readonly clients = new Map<number, ModelClient>()
  readonly evicted = new Map<number, number>()

  /** A token is made, and those that are over are forgotten. */
  made(token: { quota: number; made: number }): void {
    const here = new Set([...this.clients.values()].map((client) => client.token))
    for (const [i, old] of this.tokens.entries()) if (old.revoked && !here.has(i)) old.forgotten = true
    this.tokens.push({ ...token, revoked: false, forgotten: false })
  }

  /** False for a token that is not known any more. */
  revoke(token: number): boolean {
    const row = this.tokens[token]
    if (!row || row.forgotten) return false
    row.revoked = true
    for (const client of this.clients.values()) if (client.token === token) client.revoked = true
    return true
  }

  of = (account: number): [number, ModelClient][] => [...this.clients].filter(([who]) => who % 2 === account)

  /** Why the device stays out; undefined if it comes in. */
  enter(who: number, token: number | undefined, now: number): string | undefined {
    const before = this.clients.get(who)
    if (before && !before.revoked) return undefined
    const evicted = this.evicted.get(who % 2)
    const given = token === undefined ? undefined : this.tokens[token]
    if (given && token !== undefined) {
      if (given.forgotten) return 'token'
      if (given.revoked) return 'token-revoked'
      if (evicted !== undefined && given.made < evicted) return 'evicted'
      return this.#admit(who, { token, quota: given.quota }, now)
    }
    if (evicted !== undefined) return 'evicted'
    const [best] = this.of(who % 2)
      .filter(([, { revoked }]) => !revoked)
      .map(([, client]) => client)
      .sort((a, b) => b.quota - a.quota || a.since - b.since)
    if (!before && best) return this.#admit(who, best, now)
    if (!before && this.mode === 'open') return this.#admit(who, { token: null, quota: OPEN_QUOTA }, now)
    return before ? 'revoked' : this.mode === 'ask' ? 'ask' : 'token'
  }

  #admit(who: number, { token, quota }: Pick<ModelClient, 'token' | 'quota'>, now: number): undefined {
    const since = this.clients.get(who)?.since ?? now
    this.clients.set(who, { token, quota, since, revoked: false })
    this.evicted.delete(who % 2)
  }
}

/** A cafe and the model of it, to which the same happens. */
class Door {
  readonly #model = new DoorModel()
  readonly #texts: string[] = []
  readonly #access = new Map<number, string>()
  readonly #cafe: TestCafe
  readonly #people: readonly TestPeer[]

  constructor(cafe: TestCafe, people: readonly TestPeer[]) {
    this.#cafe = cafe
    this.#people = people
  }

  async move(move: DoorMove): Promise<void> {
    this.#cafe.clock.now += 1
    if (move.do === 'token') await this.token()
    if (move.do === 'mode') await this.#mode(move.mode)
    if (move.do === 'enter') await this.#enter(move.who, move.token)
    if (move.do === 'leave') await this.#leave(move.who)
    if (move.do === 'evict') await this.#evict(move.account)
    if (move.do === 'revoke') await this.#revoke(move.token)
    await this.#check()
  }

  async token(): Promise<void> {
    const quota = 1000 + 10 * this.#texts.length
    this.#texts.push(await this.#cafe.token({ quota }))
    this.#model.made({ quota, made: this.#cafe.time.now() })
  }

  async #mode(mode: Mode): Promise<void> {
    this.#model.mode = mode
    await this.#cafe.desk.setMode(mode)
  }

  async #enter(who: number, wanted: number | undefined): Promise<void> {
    const token = wanted === undefined ? undefined : wanted % this.#texts.length
    const why = this.#model.enter(who, token, this.#cafe.clock.now)
    const text = token === undefined ? undefined : this.#texts[token]
    const came = await enter(this.#cafe, this.#people[who] as TestPeer, text).then(
      ({ access }) => void this.#access.set(who, access),
      (error) => (isCafeError(error) ? error.data.why : Promise.reject(error)),
    )
    expect(came).toBe(why)
  }

  async #leave(who: number): Promise<void> {
    if (this.#model.clients.get(who)?.revoked !== false) return
    const { peer } = this.#people[who] as TestPeer
    await this.#cafe.handlers.deregister({ access: this.#access.get(who) as string }, from(peer))
    this.#model.clients.delete(who)
  }

  async #evict(account: number): Promise<void> {
    const of = this.#model.of(account)
    if (of.length === 0) return
    await this.#cafe.desk.evict((this.#people[account] as TestPeer).account.address, 'No.')
    for (const [who] of of) this.#model.clients.delete(who)
    this.#model.evicted.set(account, this.#cafe.clock.now)
  }

  async #revoke(wanted: number): Promise<void> {
    const token = wanted % this.#texts.length
    const known = this.#model.revoke(token)
    const revoked = this.#cafe.desk.revoke(this.#ids()[token] as string)
    if (known) await revoked
    else await expect(revoked).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }

  #ids = (): string[] => this.#texts.map((text) => hex(base58.decode(text).subarray(0, 12)))

  async #check(): Promise<void> {
    const ids = this.#ids()
    const rows = (await this.#cafe.store.clients.list([])).map(({ row }) => row)
    const found = rows.map(({ peer, token, quota, since, revoked }): [number, ModelClient] => [
      this.#people.findIndex((one) => one.peer === peer),
      { token: token === null ? null : ids.indexOf(token), quota, since, revoked: revoked !== null },
    ])
    expect(new Map(found)).toEqual(this.#model.clients)
  }
}

describe('the door of a cafe', () => {
  const DEVICES = 8
  const who = fc.nat({ max: DEVICES - 1 })
  const token = fc.nat({ max: 3 })
  const enters = fc.record({ do: fc.constant('enter'), who, token: fc.option(token, { nil: undefined, freq: 2 }) })
  const mode = fc.constantFrom<Mode>('open', 'ask', 'invite')
  const move = fc.oneof(
    { weight: 6, arbitrary: enters },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave'), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('evict'), account: fc.nat({ max: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke'), token }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('mode'), mode }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('token') }) },
  ) as fc.Arbitrary<DoorMove>

  it('lets in whom the rules let in, on their terms, in any order of what can happen', async () => {
    const accounts = [await newAccount(), await newAccount()]
    const people = await Promise.all(Array.from({ length: DEVICES }, (_, i) => newPeer(accounts[i % 2])))
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 30 }), async (moves) => {
        const door = new Door(await newCafe(), people)
        await door.token()
        for (const move of moves) await door.move(move)
      }),
      { numRuns: 200 },
    )
  }, 300_000)
})
