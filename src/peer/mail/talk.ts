/**
 * What the mail itself has to say to somebody: which letters have come, which are missing, which of theirs will never come,
 * what has been looked at. It goes with the next letters, or soon by itself; it is said again whenever there is reason, and
 * nothing is ever said in answer to it alone, so two devices never keep each other busy.
 *
 * Whoever came by the stranger's door is told nothing until this account writes to them: a stranger shall not learn that
 * somebody is there.
 */
import type { Address } from '../../core/ids.ts'
import { v } from '../../core/schema.ts'
import type { Serial } from '../../core/serial.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import type { LineKey, Lines } from './lines.ts'
import { MAX_TOLD_LINES, MAX_TOLD_RANGES, MAX_TOLD_READ, type Parcel, type Told } from './parcel.ts'
import { addRanges, holesOf, type Ranges } from './ranges.ts'

export interface Said {
  readonly says: Pick<Parcel, 'got' | 'miss' | 'read' | 'gone'>
  readonly changes: readonly Change[]
  done(): Promise<void>
}

export interface Talk {
  /** Something has come in a line; `owed`: its writer is to be told. */
  came(key: LineKey, owed: boolean): void
  /** Somebody asks for numbers that will never come. */
  gone(to: Address, numbers: Ranges): void
  /** The person has looked at these. */
  read(from: Address, abouts: readonly string[]): Promise<void>
  /** Is there something to say now, though there is no letter? */
  wants(to: Address): boolean
  /** All there is to say to somebody now; undefined if that is nothing. Committed with the parcel that says it. */
  say(to: Address): Promise<Said | undefined>
  /** Everybody there is something to say to. */
  pending(): readonly Address[]
  close(): void
}

export interface TalkComponents {
  readonly rows: Rows
  readonly lines: Lines
  /** Changes to lines of one account, one after the other. */
  readonly serial: Serial
  /** This account has written to them. */
  readonly isKnown: (to: Address) => boolean
  /** There is something to say to somebody. */
  readonly onWants: (to: Address) => void
  /** From 0 to 1. */
  readonly chance: () => number
  /** Milliseconds before a hole is asked about. */
  readonly patience?: number | undefined
}

/** Milliseconds that a receipt waits for others, and for a letter to go with. */
const SOON = 400
/** That somebody has looked is told later, so that it does not say when. */
const READ_SOON = 2000
const READ_SPREAD = 20_000
/** A hole is asked about after this: the rest may be on its way by another cafe. And again after five times as long each time. */
const PATIENCE = 6000
const LONGER = 5
const MAX_ASKED = 7
/** Things looked at that wait to be told; more are not. */
const MAX_READ = 500

interface Hole {
  readonly key: LineKey
  asked: number
  due: boolean
  timer: ReturnType<typeof setTimeout> | undefined
}

const nameOf = ({ from, dev, line }: LineKey): string => `${from}/${dev}/${line}`

export async function createTalk(components: TalkComponents): Promise<Talk> {
  const { rows, lines, serial, isKnown, onWants, chance, patience = PATIENCE } = components
  const reads = table(rows, 'letter-read', v.strictObject({ abouts: v.array(v.string()) }))
  const read = new Map<Address, readonly string[]>()
  for (const { key, row } of await reads.list([])) read.set(key[0] as Address, row.abouts)
  const holes = new Map<string, Hole>()
  const gone = new Map<Address, Ranges>()
  const timers = new Map<Address, ReturnType<typeof setTimeout>>()
  let closed = false

  const soon = (to: Address, ms: number): void => {
    if (closed || timers.has(to)) return
    const tell = (): void => {
      timers.delete(to)
      onWants(to)
    }
    timers.set(to, setTimeout(tell, ms))
  }

  const watchHoles = (key: LineKey): void => {
    const name = nameOf(key)
    const known = holes.get(name)
    if (holesOf(lines.get(key).have).length === 0) {
      clearTimeout(known?.timer)
      holes.delete(name)
      return
    }
    if (!known) wait({ key, asked: 0, due: false, timer: undefined }, patience * (1 + chance() / 4))
  }

  const wait = (hole: Hole, ms: number | undefined): void => {
    holes.set(nameOf(hole.key), hole)
    if (ms === undefined || closed) return
    const ask = (): void => {
      hole.due = true
      onWants(hole.key.from)
    }
    hole.timer = setTimeout(ask, ms)
  }

  const isOwed = (to: Address): boolean => lines.of(to).some(({ row }) => row.owed && (!row.strange || isKnown(to)))
  const asking = (to: Address): Hole[] =>
    [...holes.values()].filter(({ key, due }) => due && key.from === to && (!lines.get(key).strange || isKnown(to)))

  const gotOf = (to: Address) =>
    lines
      .of(to)
      .filter(({ row }) => row.owed)
      .slice(0, MAX_TOLD_LINES)
  const told = ({ dev, line }: LineKey, ns: Ranges): Told[number] => ({ dev, line, ns: [...ns] as Told[number]['ns'] })

  const say = async (to: Address): Promise<Said | undefined> => {
    const got = gotOf(to)
    const ask = asking(to).slice(0, MAX_TOLD_LINES)
    const abouts = (read.get(to) ?? []).slice(0, MAX_TOLD_READ)
    const never = gone.get(to)
    if (got.length + ask.length + abouts.length === 0 && !never) return undefined
    // The newest ranges: what was told before is not forgotten by whom it was told.
    const says = {
      got: got.length > 0 ? got.map((one) => told(one, one.row.have.slice(-MAX_TOLD_RANGES))) : undefined,
      miss:
        ask.length > 0
          ? ask.map(({ key }) => told(key, holesOf(lines.get(key).have).slice(0, MAX_TOLD_RANGES)))
          : undefined,
      read: abouts.length > 0 ? [...abouts] : undefined,
      gone: never ? ([...never] as Parcel['gone']) : undefined,
    }
    const left = (read.get(to) ?? []).slice(abouts.length)
    const changes = abouts.length === 0 ? [] : [left.length > 0 ? reads.put([to], { abouts: left }) : reads.remove(to)]
    return {
      ...{ says, changes },
      async done() {
        if (left.length > 0) read.set(to, left)
        else read.delete(to)
        gone.delete(to)
        for (const hole of ask) {
          hole.due = false
          hole.asked++
          wait(hole, hole.asked < MAX_ASKED ? patience * LONGER ** hole.asked : undefined)
        }
        // A stop before this only says it once more.
        await serial(to, async () => {
          for (const { row, ...key } of got) {
            const now = lines.get(key)
            if (now.have === row.have) await lines.commit(key, { ...now, owed: false }, [])
          }
        })
        if (left.length > 0) soon(to, READ_SOON)
      },
    }
  }

  const talk: Talk = {
    say,
    came(key, owed) {
      watchHoles(key)
      if (owed && isOwed(key.from)) soon(key.from, SOON * (1 + chance()))
    },
    gone(to, numbers) {
      if (numbers.length === 0) return
      gone.set(to, addRanges(gone.get(to) ?? [], numbers).slice(0, MAX_TOLD_RANGES))
      onWants(to)
    },
    async read(from, abouts) {
      const all = [...new Set([...(read.get(from) ?? []), ...abouts])].slice(0, MAX_READ)
      await rows.commit([reads.put([from], { abouts: all })])
      read.set(from, all)
      soon(from, READ_SOON + chance() * READ_SPREAD)
    },
    wants: (to) => !timers.has(to) && (isOwed(to) || asking(to).length > 0 || gone.has(to) || read.has(to)),
    pending: () => [
      ...new Set([...[...lines.all()].filter(({ row }) => row.owed).map(({ from }) => from), ...read.keys()]),
    ],
    close() {
      closed = true
      for (const timer of timers.values()) clearTimeout(timer)
      for (const { timer } of holes.values()) clearTimeout(timer)
    },
  }
  for (const line of lines.all()) watchHoles(line)
  return talk
}
