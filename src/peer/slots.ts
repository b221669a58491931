/**
 * Keeps every thread's snapshot and the manifest at every cafe, by itself: sealed anew when something changes, brought to
 * each cafe independently, tried again until it has answered, compared when it comes back, after sleep and every ten minutes.
 * One dead cafe holds up no other; what a cafe refuses is said, and tried again with the next comparison.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { type CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import type { Rows } from '../store/rows.ts'
import type { Cafes } from './cafes.ts'
import { isPathFailure } from './insist.ts'
import type { Keepers } from './keeper.ts'
import type { AccountRecord } from './record.ts'
import { createSlotExchange, type SlotClient, type SlotExchange } from './slot-exchange.ts'
import { createLanes } from './slot-lanes.ts'
import { isSafe, MANIFEST, type SlotStore, slotStore } from './slot-row.ts'
import { type SlotsStatus, slotsStatus } from './slot-status.ts'
import { createSubjects, type Subjects } from './slot-subject.ts'
import { openSnapshot } from './snapshot.ts'

export interface SlotsComponents {
  readonly rows: Rows
  readonly account: () => Account
  /** This device. */
  readonly device: PeerIdText
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly snapshots: SlotClient
  readonly record: AccountRecord
  readonly keepers: Keepers
  readonly clock: Clock
  /** From 0 to 1: spreads what would otherwise happen everywhere at once. */
  readonly chance?: () => number
  /** It stands differently with some slot or cafe. */
  readonly onChange?: () => void
}

export interface Slots {
  /** Something has changed in a thread, or without one in the record: follows by itself a moment later. */
  changed(thread?: string): void
  /** The list of cafes has changed, or it is time to begin. */
  sync(): Promise<void>
  /** Seals what has changed and brings it to all cafes, now; resolves when each has been tried. Never rejects. */
  run(): Promise<void>
  /** A cafe is there again: it is asked what it has. */
  connected(cafe: PeerIdText): void
  /** We slept, or the network is back: so are all. */
  wake(): void
  /** A cafe keeps nothing of ours any more. */
  erased(cafe: PeerIdText): Promise<void>
  status(): Promise<SlotsStatus>
  /** Rests until the returned function is called: a recovery reads what cafes have before anything is written there. */
  hold(): () => void
  /** Does a cafe have everything as it is now, and has it signed for it? */
  isSafeAt(cafe: PeerIdText): Promise<boolean>
  /** Do the snapshots of a thread at all cafes name these packs? */
  areNamed(thread: string, packs: readonly CID[]): Promise<boolean>
  close(): void
  readonly store: SlotStore
  readonly exchange: SlotExchange
  readonly subjects: Subjects
}

/** Milliseconds that a change waits for others: what is written in one go is sealed once. */
const SETTLE = 300
/** Attempts at one slot before its turn comes again after a pause: other devices write to it meanwhile. */
const ATTEMPTS = 4

export function createSlots(components: SlotsComponents): Slots {
  const { rows, cafes, record, keepers, clock, chance = Math.random, onChange = () => {} } = components
  const store = slotStore(rows)
  const subjects = createSubjects({ ...components, store })
  const exchange = createSlotExchange({ ...components, store, subjects })
  const closed = new AbortController()
  /** What could not be sealed, and what is to be. */
  const problems = new Map<string, CafeError>()
  const unsealed = new Map<string, symbol>()
  let settling: ReturnType<typeof setTimeout> | undefined

  const renew = async (key: string): Promise<void> => {
    const change = unsealed.get(key)
    try {
      await exchange.renew(key)
      problems.delete(key)
      // Unless it has changed again meanwhile.
      if (unsealed.get(key) === change) unsealed.delete(key)
    } catch (thrown) {
      problems.set(key, toCafeError(thrown))
    }
  }

  /** Brings record and threads in line, and seals what has changed: also what a crash kept us from hearing of. */
  const renewAll = async (): Promise<void> => {
    for (const thread of await keepers.list()) {
      const known = await record.entry('thread', thread)
      if (known?.value === null) await keepers.forget(thread)
      else {
        if (!known) await record.set('thread', thread, {}).catch((thrown) => problems.set(thread, toCafeError(thrown)))
        await renew(thread)
      }
    }
  }

  /** One slot at one cafe; a refusal is noted and left until the next comparison. */
  const tryOne = async (cafe: PeerIdText, key: string, how: 'bring' | 'remove'): Promise<void> => {
    const { signal } = closed
    try {
      await exchange[how](cafe, key, signal)
    } catch (thrown) {
      const error = toCafeError(thrown)
      if (signal.aborted || isPathFailure(error) || error.code === 'UNAUTHORIZED') throw error
      await store.note(cafe, key, { reason: error.code })
    }
    onChange()
  }

  /** Puts until nothing is due, or what is due has been tried often enough. */
  const bringAll = async (cafe: PeerIdText, wanted: (key: string) => boolean): Promise<void> => {
    const tries = new Map<string, number>()
    for (;;) {
      const due = (await exchange.due(cafe)).puts.filter((key) => wanted(key) && (tries.get(key) ?? 0) < ATTEMPTS)
      if (due.length === 0 || lanes.held) return
      for (const key of due) {
        tries.set(key, (tries.get(key) ?? 0) + 1)
        await tryOne(cafe, key, 'bring')
      }
    }
  }

  const turn = async (cafe: PeerIdText, compare: boolean): Promise<boolean> => {
    if (!(await active()).includes(cafe)) return false
    if (compare) {
      await exchange.compare(cafe, closed.signal)
      await renewAll()
    }
    // The manifest names what is there, so it comes after that; and it says what was left, so it comes before that goes.
    await bringAll(cafe, (key) => key !== MANIFEST)
    await renew(MANIFEST)
    await bringAll(cafe, (key) => key === MANIFEST)
    const { puts, removals } = await exchange.due(cafe)
    if (!puts.includes(MANIFEST)) for (const key of removals) await tryOne(cafe, key, 'remove')
    // Another device wrote all the while.
    return puts.length > 0
  }

  /** What one cafe showed us, or a turn with it sealed, is news for the others. */
  const spread = async (from: PeerIdText): Promise<void> => {
    for (const cafe of await active())
      if (cafe !== from && (await exchange.due(cafe)).puts.length > 0) lanes.nudge(cafe)
  }

  const lanes = createLanes({
    ...{ clock, chance, turn },
    onRest(cafe) {
      onChange()
      // What fails here is found again by the next turn.
      void spread(cafe).catch(() => {})
    },
  })

  const active = async (): Promise<PeerIdText[]> =>
    (await cafes.list()).filter(({ state }) => state === 'active').map(({ cafe }) => cafe)

  const run = async (renewal: () => Promise<void>): Promise<void> => {
    clearTimeout(settling)
    try {
      await renewal()
      await Promise.all((await active()).map(lanes.kick))
    } catch {
      // The store cannot be read now: it is tried again with the next change or comparison.
    }
  }

  const renewChanged = async (): Promise<void> => {
    for (const key of [...unsealed.keys()]) if (key !== MANIFEST) await renew(key)
  }

  return {
    ...{ store, exchange, subjects, hold: lanes.hold, run: () => run(renewAll) },
    sync: async () => lanes.keep(await active()),
    changed(thread = MANIFEST) {
      for (const key of [thread, MANIFEST]) unsealed.set(key, Symbol())
      clearTimeout(settling)
      if (!closed.signal.aborted) settling = setTimeout(() => void run(renewChanged), SETTLE)
    },
    connected(cafe) {
      lanes.fresh(cafe)
      void lanes.kick(cafe)
    },
    wake() {
      for (const cafe of lanes.cafes()) {
        lanes.fresh(cafe)
        void lanes.kick(cafe)
      }
    },
    async erased(cafe) {
      await store.forget(cafe)
      lanes.fresh(cafe)
    },
    async status() {
      const { reasonOf } = lanes
      return slotsStatus({ store, active: await active(), reasonOf, problems, unsealed: new Set(unsealed.keys()) })
    },
    isSafeAt: async (cafe) => {
      await renewAll()
      await renew(MANIFEST)
      const { puts } = await exchange.due(cafe)
      const refused = (await store.at.list([cafe])).some(({ row }) => row.reason !== undefined)
      return puts.length === 0 && !refused && problems.size === 0 && (await store.slots.get(MANIFEST)) !== undefined
    },
    async areNamed(thread, packs) {
      const [row, body] = [await store.slots.get(thread), await store.body(thread)]
      if (!row || !body) return false
      const { packs: named } = await openSnapshot(components.account(), await subjects.slotOf(thread), body)
      const all = new Set(named.map(String))
      const at = await Promise.all((await active()).map((cafe) => store.at.get(cafe, thread)))
      return packs.every((pack) => all.has(String(pack))) && at.every((one) => isSafe(row, one))
    },
    close() {
      closed.abort()
      clearTimeout(settling)
      lanes.close()
    },
  }
}
