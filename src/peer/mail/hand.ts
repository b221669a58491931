/**
 * Gives letters that have come to their handlers: those of one line in the order of their numbers, lines side by side. A hole
 * is waited for, but not for long: then those after it go first, and what was missing whenever it comes.
 */
import { CafeError, toCafeError } from '../../core/errors.ts'
import { type Pauses, pauseAfter } from '../../core/pause.ts'
import type { Serial } from '../../core/serial.ts'
import type { Held, HeldLetter } from './held.ts'
import type { LineKey, Lines } from './lines.ts'
import { bodySize } from './parcel.ts'
import { isPassing, type Quarantine } from './quarantine.ts'
import { holds, type Ranges } from './ranges.ts'
import { LETTER_KINDS, type LetterHandler, type LetterKind } from './types.ts'

export interface HandComponents {
  readonly lines: Lines
  readonly held: Held
  readonly quarantine: Pick<Quarantine, 'lock'>
  /** Changes to lines of one account, one after the other. */
  readonly serial: Serial
  /** Milliseconds that a hole is waited for. */
  readonly patience?: number | undefined
  readonly onQuarantine: () => void
}

export interface Hand {
  on(kind: LetterKind, handler: LetterHandler): void
  handler(kind: string): LetterHandler | undefined
  /** Something is new in a line. */
  due(key: LineKey): void
  /** Lines that wait for something are looked at again. */
  wake(): void
  /** Resolves when all that runs has come to rest. */
  close(): Promise<void>
}

/** Long enough for a second cafe to be listed, too, and for the sender to bring again what it was asked for. */
const PATIENCE = 20_000
const PAUSES: Pauses = { first: 1000, longest: 60_000 }
/** Tries at a letter whose handler says that it may go well later, before it goes out of the way of the others. */
const TRIES = 5
/** Letters given on before that is noted: so many may come twice if the device stops. */
const NOTE = 32
/** Lines at once. */
const AT_ONCE = 8

interface State {
  readonly key: LineKey
  running: boolean
  again: boolean
  /** When the hole was seen first that is waited for, and which letter comes after it. */
  hole: { readonly n: number; readonly since: number } | undefined
  failures: number
  timer: ReturnType<typeof setTimeout> | undefined
}

export function createHand(components: HandComponents): Hand {
  const { lines, held, quarantine, serial, patience = PATIENCE, onQuarantine } = components
  const handlers = new Map<string, LetterHandler>()
  const states = new Map<string, State>()
  const waiting: State[] = []
  const running = new Set<Promise<void>>()
  let closed = false

  const later = (state: State, ms: number): void => {
    clearTimeout(state.timer)
    state.timer = setTimeout(() => begin(state), ms)
  }

  /** Is it the turn of number `n`? If not, it will be looked at again. */
  const isNext = (state: State, n: number, handed: number): boolean => {
    const { have } = lines.get(state.key)
    if (isWhole(have, handed, n)) {
      state.hole = undefined
      return true
    }
    if (state.hole?.n !== n) state.hole = { n, since: performance.now() }
    const left = state.hole.since + patience - performance.now()
    if (left <= 0) return true
    later(state, left + 1)
    return false
  }

  const note = (key: LineKey, numbers: readonly number[]): Promise<void> =>
    serial(key.from, async () => {
      if (numbers.length === 0) return
      const row = lines.get(key)
      await lines.commit(key, { ...row, handed: Math.max(row.handed, ...numbers) }, held.remove(key, numbers))
      held.settle(-numbers.length)
    })

  const putAside = async (key: LineKey, { n, row }: HeldLetter, why: CafeError): Promise<void> => {
    const { kind, ts, body, door } = row
    const what = { from: key.from, dev: key.dev, kind, ts, body }
    await quarantine.lock({ size: bodySize(body), why: why.code, door, what })
    await note(key, [n])
    onQuarantine()
  }

  /** @returns whether the line may go on. */
  const one = async (state: State, letter: HeldLetter): Promise<'given' | 'aside' | 'wait'> => {
    const { key } = state
    const { kind, ts, door, body } = letter.row
    const isKnown = (LETTER_KINDS as readonly string[]).includes(kind)
    const handler = handlers.get(kind)
    if (isKnown && !handler) return 'wait'
    try {
      if (!handler) throw new CafeError('UNSUPPORTED')
      await handler({ from: key.from, dev: key.dev, ts, body, door })
      state.failures = 0
      return 'given'
    } catch (thrown) {
      if (closed) return 'wait'
      const error = toCafeError(thrown)
      if (isPassing(error.code) && ++state.failures < TRIES) {
        later(state, pauseAfter(state.failures, PAUSES))
        return 'wait'
      }
      state.failures = 0
      await putAside(key, letter, error)
      return 'aside'
    }
  }

  /** Gives what it is the turn of; ends where something is waited for. @returns whether nothing is left. */
  const turn = async (state: State): Promise<boolean> => {
    for (;;) {
      const some = await held.list(state.key, NOTE)
      if (some.length === 0) return true
      const given: number[] = []
      let { handed } = lines.get(state.key)
      let waits = false
      try {
        for (const letter of some) {
          waits = closed || !isNext(state, letter.n, handed)
          if (waits) break
          const what = await one(state, letter)
          waits = what === 'wait'
          if (waits) break
          handed = Math.max(handed, letter.n)
          if (what === 'given') given.push(letter.n)
        }
      } finally {
        await note(state.key, given)
      }
      if (waits) return false
    }
  }

  const run = async (state: State): Promise<void> => {
    let isDone = false
    while (state.again && !closed) {
      state.again = false
      try {
        isDone = await turn(state)
      } catch {
        isDone = false
        // The disk may be full, or away: what is held is held.
        later(state, pauseAfter(++state.failures, PAUSES))
      }
    }
    state.running = false
    if (isDone) states.delete(nameOf(state.key))
  }

  const pump = (): void => {
    while (running.size < AT_ONCE && !closed) {
      const state = waiting.shift()
      if (!state) return
      const task = run(state).finally(() => {
        running.delete(task)
        pump()
      })
      running.add(task)
    }
  }

  const begin = (state: State): void => {
    clearTimeout(state.timer)
    state.timer = undefined
    state.again = true
    if (state.running || closed) return
    state.running = true
    waiting.push(state)
    pump()
  }

  return {
    on(kind, handler) {
      handlers.set(kind, handler)
      for (const state of states.values()) begin(state)
    },
    handler: (kind) => handlers.get(kind),
    due(key) {
      const state = states.get(nameOf(key)) ?? {
        ...{ key, running: false, again: false, hole: undefined, failures: 0, timer: undefined },
      }
      states.set(nameOf(key), state)
      // What failed has its own time.
      if (state.failures === 0 || !state.timer) begin(state)
    },
    wake() {
      for (const state of states.values()) begin(state)
    },
    async close() {
      closed = true
      for (const { timer } of states.values()) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

const nameOf = ({ from, dev, line }: LineKey): string => `${from}/${dev}/${line}`

/** Is there nothing missing between what was given and `n`? */
function isWhole(have: Ranges, handed: number, n: number): boolean {
  if (n <= handed + 1) return true
  const range = have.find(([first, last]) => first <= n && n <= last)
  return range !== undefined && range[0] <= handed + 1 && holds(have, n)
}
