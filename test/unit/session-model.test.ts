/**
 * Refreshing against a model: every order of refreshes, lost replies, retries, waits and a thief with a copy of the
 * profile, at any moment. A session never forks, and an honest client is never locked out.
 */

import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/cafe/session/protocol.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { REFRESH_GRACE } from '../../src/core/limits.ts'
import { enter, from, newCafe, newPeer, type TestCafe, type TestPeer } from './session-help.ts'

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
