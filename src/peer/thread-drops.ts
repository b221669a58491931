/**
 * Posts find their readers while nobody else is there: this device leaves at the account's cafes where it is in each
 * thread, and looks what the other members have left at theirs. What has not changed is neither left nor fetched again. What
 * failed is tried again at the next look.
 */
import type { SnapshotClient } from '../cafe/snapshot/client.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { type Address, hex, type PeerIdText, unhex } from '../core/ids.ts'
import { DROP_TTL } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { createSerial } from '../core/serial.ts'
import { sha256 } from '../crypto/bytes.ts'
import { type DropPlace, openDrop, openWhere } from '../thread/drop.ts'
import type { ThreadCafes } from '../thread/kinds.ts'
import { asBlocks } from '../thread/sync-serve.ts'
import type { Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { DropLeaving } from './thread-drop-leave.ts'
import type { ThreadFetch } from './thread-fetch.ts'
import type { Intake } from './thread-intake.ts'
import { atPlace, type CafePlace, type LookTarget, targetsOf } from './thread-targets.ts'

export interface DropComponents {
  readonly peer: PeerIdText
  readonly self: () => Address | undefined
  readonly threads: Threads
  readonly client: Pick<SnapshotClient, 'look'>
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** Somebody's device may be there. */
  readonly hint: (peer: PeerIdText, addresses: readonly string[]) => void
  /** The account's cafes that admit it. */
  readonly cafes: () => Promise<readonly CafePlace[]>
  /** Words given to guests of a thread. */
  readonly given: (id: ThreadIdText) => Promise<readonly Uint8Array[]>
  readonly leaving: DropLeaving
  readonly fetching: ThreadFetch
  readonly intake: Pick<Intake, 'take' | 'level'>
  /** Is somebody of this account connected, so that nothing need be looked for? */
  readonly isHere: (id: ThreadIdText, devices: readonly PeerIdText[]) => boolean
  /** Where an invite said that the thread is to be had, by whose word. */
  readonly invited: (id: ThreadIdText) => Promise<{ readonly by: Address; readonly cafes: ThreadCafes } | undefined>
  readonly clock: Clock
  readonly chance: () => number
  readonly log: Log
}

export interface Drops {
  /** Heads of a thread have changed; `own`: by what this device has said. */
  changed(id: ThreadIdText, own: boolean): void
  /** Looks now; resolves when all that was found has been fetched or given up. */
  look(signal: AbortSignal): Promise<void>
  /** Begins to look by itself. */
  start(): void
  wake(): void
  close(): void
}

/** Milliseconds between two looks, and how much of it is chance. */
const LOOK = 5 * 60_000
const SPREAD = 0.4
/** The first after a start, or after waking. */
const SOON = 1500
/** Before the next where some cafe was not reached, or had not yet what was named. */
const PAUSES: Pauses = { first: 4000, longest: LOOK }
/** Own posts are left so soon, in one go with those that follow at once; news of others when they have settled. */
const OWN = 1500
const OTHERS = 30_000
/** Milliseconds for one look at one cafe, and for what one drop leads to. */
const LOOK_TIME = 20_000
const FETCH_TIME = 3 * 60_000
/** Drops that were looked at and have led to something are remembered, so that they are not opened again. */
const MAX_SEEN = 20_000

export function createDrops(components: DropComponents): Drops {
  const { threads, client, know, cafes, leaving, isHere, invited, given, chance, log, self } = components
  const closed = new AbortController()
  const due = new Map<ThreadIdText, { timer: ReturnType<typeof setTimeout>; at: number }>()
  /** Hash of what was last taken in from each drop at each cafe. */
  const seen = new Map<string, string>()
  const serial = createSerial()
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const leave = async (id: ThreadIdText): Promise<void> => {
    const thread = await threads.get(id)
    if (!thread || !self() || closed.signal.aborted) return
    const failed = await leaving.leave(thread, await cafes(), closed.signal)
    if (failed) schedule(id, OTHERS)
  }

  const schedule = (id: ThreadIdText, ms: number): void => {
    if (closed.signal.aborted) return
    const at = performance.now() + ms
    const known = due.get(id)
    if (known && known.at <= at) return
    clearTimeout(known?.timer)
    const run = (): void => {
      due.delete(id)
      void leave(id).catch((cause) => log('warn', 'drop not left', { cause }))
    }
    due.set(id, { timer: setTimeout(run, ms), at })
  }

  const remember = (key: string, hash: string): void => {
    seen.set(key, hash)
    const first = seen.keys().next().value
    if (seen.size > MAX_SEEN && first !== undefined) seen.delete(first)
  }

  /** @returns whether all that was found there is here now. */
  const lookAt = async (place: CafePlace, targets: readonly LookTarget[], signal: AbortSignal): Promise<boolean> => {
    know(place.cafe, place.addresses)
    const byId = new Map(targets.map((target) => [hex(target.drop), target]))
    const found: Array<{ target: LookTarget; body: Uint8Array; hash: string; key: string }> = []
    const looking = AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIME)])
    const drops = targets.map(({ drop }) => drop)
    for await (const { drop, body } of client.look(place.cafe, drops, { signal: looking })) {
      const target = byId.get(hex(drop))
      const key = `${place.cafe} ${hex(drop)}`
      const hash = hex(await sha256(body))
      if (target && seen.get(key) !== hash) found.push({ target, body, hash, key })
    }
    let complete = true
    for (const { target, body, hash, key } of found) {
      try {
        if (await takeIn(components, place, target, body, signal)) remember(key, hash)
        else complete = false
      } catch (error) {
        if (signal.aborted) throw error
        complete = false
        log('debug', 'drop not taken in', { why: toCafeError(error).code })
      }
    }
    return complete
  }

  const look = (signal: AbortSignal): Promise<boolean> =>
    serial('look', async () => {
      const who = self()
      if (!who) return true
      let complete = true
      const places = await targetsOf({ threads, self: who, cafes: await cafes(), isHere, invited, given })
      for (const { place, targets } of places) {
        const whole = await lookAt(place, targets, signal).catch((error) => {
          if (signal.aborted) throw error
          return false
        })
        if (!whole) complete = false
      }
      return complete
    })

  const plan = (ms: number): void => {
    clearTimeout(timer)
    if (closed.signal.aborted) return
    const run = async (): Promise<void> => {
      const complete = await look(closed.signal).catch((cause) => {
        if (!closed.signal.aborted) log('warn', 'drops not looked at', { cause })
        return false
      })
      failures = complete ? 0 : failures + 1
      plan(complete ? LOOK * (1 - SPREAD / 2 + chance() * SPREAD) : pauseAfter(failures, PAUSES))
    }
    timer = setTimeout(() => void run(), ms)
  }

  return {
    changed: (id, own) => schedule(id, own ? OWN : OTHERS * (0.5 + chance())),
    async look(signal) {
      await look(AbortSignal.any([signal, closed.signal]))
    },
    start() {
      plan(SOON)
      // What was not left when the last run ended.
      void threads.list().then((all) => {
        for (const { id } of all) schedule(id, SOON + chance() * OTHERS)
      })
    },
    wake: () => plan(SOON),
    close() {
      closed.abort(new CafeError('ABORTED'))
      clearTimeout(timer)
      for (const { timer } of due.values()) clearTimeout(timer)
    },
  }
}

/** Takes in what one drop tells of. @returns whether all of it is here now. */
async function takeIn(
  components: DropComponents,
  place: CafePlace,
  { thread, who, origins }: LookTarget,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const { peer, clock, hint, intake } = components
  const { keys } = await thread.state()
  const devices = await openDrop(unhex(thread.id), who, body)
  let whole = true
  for (const device of devices) {
    if (device.dev === peer || device.ts < clock() - DROP_TTL) continue
    const where = await openWhere(keys, device.where)
    if (where.length > 0) hint(device.dev, where)
    if (!(await catchUp(components, thread, device, [...atPlace(place), ...origins], signal))) whole = false
  }
  if (whole) await intake.level(thread.id)
  return whole
}

async function catchUp(
  { intake, fetching }: DropComponents,
  thread: Thread,
  { heads, packs, blocks }: DropPlace,
  origins: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await thread.has(heads)).includes(false)) return true
  if (blocks.length > 0) await intake.take(thread.id, await asBlocks(blocks))
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIME)])
  return fetching.fetch(thread, { heads, packs, origins }, { signal: limited })
}
