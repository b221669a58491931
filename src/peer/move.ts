/**
 * Moving from one cafe to another: register there, have it keep everything and sign for it, publish where one is found now, and
 * only then leave the old one. Each step is on disk before it is begun and may be repeated, so nothing is lost wherever it is
 * interrupted; until the last one it can be given up, and the account is then at both.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'
import { count, multiaddrText, name, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import { type AccountRecord, recordAddresses } from './record.ts'
import type { Slots } from './slots.ts'

/** Something that a cafe keeps beside the slots: files and packs, mail. */
export interface Cargo {
  readonly name: string
  /** Has the cafe keep what it does not; gives how much it still has to sign for. Called until that is nothing. */
  bring(to: PeerIdText, options: { signal: AbortSignal; from: PeerIdText }): Promise<number>
}

export interface MoveComponents {
  readonly rows: Rows
  readonly cafes: Pick<Cafes, 'list' | 'register' | 'deregister'>
  readonly record: AccountRecord
  readonly slots: Pick<Slots, 'run' | 'isSafeAt'>
  readonly cargo: readonly Cargo[]
  /** Publishes the account's contact card, which names the cafes of the record, at all of them. */
  readonly publish: (options: { signal: AbortSignal }) => Promise<void>
  readonly clock: Clock
  /** Between looks at what is left to be copied. */
  readonly pauses?: Pauses
  readonly onChange?: () => void
}

/** In this order. `leave` is the last, and not to be taken back. */
const STEPS = ['register', 'copy', 'publish', 'leave'] as const
export type MoveStep = (typeof STEPS)[number]

const moveRow = v.strictObject({
  from: peerId,
  to: v.strictObject({
    cafe: peerId,
    name: v.optional(name),
    addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
  }),
  /** Admits us to the new cafe; forgotten as soon as it has. */
  token: v.optional(text(128)),
  step: v.picklist(STEPS),
  started: count(),
  /** What the old cafe could not be told is not waited for. */
  force: v.optional(v.boolean()),
})
type MoveRow = v.InferOutput<typeof moveRow>

export interface MoveState {
  readonly from: PeerIdText
  readonly to: PeerIdText
  readonly step: MoveStep
  readonly started: number
  /** Things that the new cafe has not signed for, as far as counted. */
  readonly left: number
}

export interface MoveOptions {
  readonly signal: AbortSignal
}

export interface Move {
  /** A move that was begun and is not over. */
  state(): Promise<MoveState | undefined>
  /**
   * Begins a move, and goes through with it as `resume` does. With `force` a cafe that cannot be told is left all the same.
   * @throws CafeError CONFLICT `{what: 'move'}` if another is under way; NOT_FOUND `{what: 'cafe'}` if we are not at `from`;
   * BAD_REQUEST for a move to where it comes from.
   */
  begin(
    what: { readonly from: PeerIdText; readonly to: CafeAddress; readonly token?: string; readonly force?: boolean },
    options: MoveOptions,
  ): Promise<void>
  /**
   * Goes on with a move, to its end. Waits for cafes that are not reached, until the signal fires; nothing happens without one.
   * @throws CafeError what the new cafe refused with; FORBIDDEN `{why: 'waiting'}` while its host has not admitted us.
   */
  resume(options: MoveOptions): Promise<void>
  /** Gives it up: what is at the new cafe stays there. @throws CafeError CONFLICT `{what: 'move'}` at its last step. */
  abort(): Promise<void>
}

const STATE = 'state'
/** For people, to whom a second is nothing here; and no more than a look at some rows. */
const PAUSES: Pauses = { first: 500, longest: 10_000 }

export function createMove(components: MoveComponents): Move {
  const { rows, cafes, record, slots, cargo, publish, clock, pauses = PAUSES, onChange = () => {} } = components
  const moves = table(rows, 'move', moveRow)
  const serial = createSerial()
  let left = 0
  let running: AbortController | undefined

  const save = async (row: MoveRow): Promise<MoveRow> => {
    await rows.commit([moves.put([STATE], row)])
    onChange()
    return row
  }
  const isAt = async (cafe: PeerIdText): Promise<boolean> =>
    (await cafes.list()).some((row) => row.cafe === cafe && row.state === 'active')

  /** Everything is at the new cafe, which has signed for it: waits until it is so. */
  const copied = async (from: PeerIdText, to: PeerIdText, signal: AbortSignal): Promise<void> => {
    for (let round = 1; ; round++) {
      const counts: number[] = []
      for (const one of cargo) counts.push(await one.bring(to, { signal, from }))
      await slots.run()
      left = counts.reduce((sum, n) => sum + n, 0) + ((await slots.isSafeAt(to)) ? 0 : 1)
      onChange()
      if (left === 0) return
      await delay(pauseAfter(round, pauses), signal)
    }
  }

  const steps: Record<MoveStep, (row: MoveRow, signal: AbortSignal) => Promise<void>> = {
    async register({ to, token }, signal) {
      if (!(await isAt(to.cafe))) await cafes.register(to, token, { signal })
      if (!(await isAt(to.cafe))) throw new CafeError('FORBIDDEN', { why: 'waiting' })
    },
    async copy({ from, to }, signal) {
      const { cafe, name = 'A cafe', addresses } = to
      await record.set('cafe', cafe, { name, addresses: recordAddresses(addresses) })
      await copied(from, cafe, signal)
    },
    publish: (_, signal) => publish({ signal }),
    async leave({ from, to, force }, signal) {
      // What has come since, and what the old cafe alone may have got.
      if (!(await isAt(to.cafe))) throw new CafeError('NOT_FOUND', { what: 'cafe' })
      await copied(from, to.cafe, signal)
      const isThere = (await cafes.list()).some(({ cafe }) => cafe === from)
      if (isThere) await cafes.deregister(from, { signal, force })
      await record.remove('cafe', from)
      await slots.run()
      // Whoever asks the new cafe hears of it the next time the card is published, too.
      await publish({ signal }).catch(() => signal.throwIfAborted())
    },
  }

  const resume: Move['resume'] = ({ signal }) =>
    serial(STATE, async () => {
      const stop = new AbortController()
      running = stop
      const both = AbortSignal.any([signal, stop.signal])
      try {
        for (let row = await moves.get(STATE); row; ) {
          both.throwIfAborted()
          const { step, token: _, ...rest } = row
          await steps[step](row, both)
          const next = STEPS[STEPS.indexOf(step) + 1]
          // Given up meanwhile: what this step has done may stay.
          both.throwIfAborted()
          if (next) row = await save({ ...rest, step: next })
          else {
            await rows.commit([moves.remove(STATE)])
            onChange()
            return
          }
        }
      } catch (thrown) {
        throw toCafeError(thrown)
      } finally {
        running = undefined
      }
    })

  return {
    resume,
    async state() {
      const row = await moves.get(STATE)
      return row && { from: row.from, to: row.to.cafe, step: row.step, started: row.started, left }
    },
    async begin({ from, to, token, force }, options) {
      if (from === to.cafe) throw new CafeError('BAD_REQUEST', { what: 'cafe' })
      await serial(STATE, async () => {
        if (await moves.get(STATE)) throw new CafeError('CONFLICT', { what: 'move' })
        if (!(await isAt(from))) throw new CafeError('NOT_FOUND', { what: 'cafe' })
        const place = { cafe: to.cafe, addresses: to.addresses.slice(0, MAX_ADDRESSES), name: to.name }
        await save({ from, to: place, token, force, step: 'register', started: clock() })
      })
      await resume(options)
    },
    async abort() {
      const row = await moves.get(STATE)
      if (row?.step === 'leave') throw new CafeError('CONFLICT', { what: 'move' })
      running?.abort(new CafeError('ABORTED'))
      await serial(STATE, async () => {
        const now = await moves.get(STATE)
        if (now?.step === 'leave') throw new CafeError('CONFLICT', { what: 'move' })
        await rows.commit([moves.remove(STATE)])
      })
      onChange()
    },
  }
}
