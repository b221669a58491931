/**
 * Fetches this account's mail from its cafes: at each one open check, which lists what is there and then what comes. What was
 * taken is acknowledged, and the cursor follows on disk; after whatever interruption it begins again from there.
 */
import type { InboxClient } from '../../cafe/inbox/client.ts'
import type { Checked, DoorClass } from '../../cafe/inbox/protocol.ts'
import { toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { delay, type Pauses, pauseAfter } from '../../core/pause.ts'
import { count, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import { authorized, type Cafes } from '../cafes.ts'
import type { InboxRoom } from './types.ts'

export interface OwnInboxesComponents {
  readonly rows: Rows
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: Pick<InboxClient, 'check' | 'ack'>
  /** @throws CafeError where there is no room for it now. */
  readonly take: (sealed: Uint8Array, door: DoorClass) => Promise<void>
  /** The cafe has lost something, or is new. */
  readonly onEpoch: (cafe: PeerIdText) => void
  readonly onRoom: () => void
}

export interface OwnInboxes {
  /** Cafes have come or gone. */
  sync(): Promise<void>
  /** Lists anew at once. */
  wake(): void
  /** All that is there now has been taken. @throws CafeError where it cannot be had. */
  drain(cafe: PeerIdText, signal: AbortSignal): Promise<void>
  room(): readonly InboxRoom[]
  /** Resolves when what runs has come to rest, or a moment later. */
  close(): Promise<void>
}

const cursorRow = v.strictObject({ seq: count(), epoch: count() })
const PAUSES: Pauses = { first: 1000, longest: 2 * 60_000 }
/** Letters acknowledged together, and milliseconds that one waits for others. */
const ACK_AT_ONCE = 128
const ACK_SOON = 150

/** A cafe that does not let go is not waited for. */
const CLOSING = 1000

interface Watch {
  readonly stop: AbortController
  /** Ends the present check, or the pause before the next. */
  again: AbortController
}

export function createOwnInboxes(components: OwnInboxesComponents): OwnInboxes {
  const { rows, cafes, client, take, onEpoch, onRoom } = components
  const cursors = table(rows, 'letter-cursor', cursorRow)
  const watches = new Map<PeerIdText, Watch>()
  const watching = new Set<Promise<void>>()
  const rooms = new Map<PeerIdText, InboxRoom>()
  const closed = new AbortController()

  /** Takes what a check gives, and acknowledges it. @returns whether the cafe was in the epoch we knew. */
  const read = async (
    cafe: PeerIdText,
    checked: AsyncIterable<Checked>,
    { signal, after, onLife }: { signal: AbortSignal; after: number; onLife: () => void },
  ): Promise<boolean> => {
    let ids: Uint8Array[] = []
    let seq = after
    let timer: ReturnType<typeof setTimeout> | undefined
    let acking: Promise<void> = Promise.resolve()
    let failed: unknown
    let isFull = false

    const ack = (): Promise<void> => {
      clearTimeout(timer)
      timer = undefined
      const some = ids
      const upTo = seq
      ids = []
      acking = acking.then(async () => {
        if (some.length === 0) return
        await authorized(cafes, cafe, signal, (auth) => client.ack(cafe, some, { auth, signal }))
        const row = await cursors.get(cafe)
        if (row && upTo > row.seq) await rows.commit([cursors.put([cafe], { ...row, seq: upTo })])
      })
      // Heard of at the next item, or at the end.
      acking.catch((cause: unknown) => {
        failed ??= cause
      })
      return acking
    }

    try {
      for await (const one of checked) {
        if (failed) throw failed
        if (!('mail' in one)) onLife()
        if ('mail' in one) {
          await take(one.mail.body, one.mail.door)
          ids.push(one.mail.id)
          seq = one.mail.seq
          if (ids.length >= ACK_AT_ONCE) await ack()
          else timer ??= setTimeout(() => void ack().catch(() => {}), ACK_SOON)
        } else if ('level' in one) {
          await ack()
          if (!isFull && rooms.delete(cafe)) onRoom()
          const row = await cursors.get(cafe)
          const isSame = row?.epoch === one.level.epoch
          if (!isSame) await rows.commit([cursors.put([cafe], { seq: 0, epoch: one.level.epoch })])
          if (!isSame) onEpoch(cafe)
          // What it counted before says nothing now.
          if (row && !isSame) return false
        } else if ('room' in one) {
          isFull = true
          rooms.set(cafe, { cafe, ...one.room })
          onRoom()
        }
      }
      await ack()
      return true
    } finally {
      clearTimeout(timer)
    }
  }

  const check = async (
    cafe: PeerIdText,
    options: { live: boolean; signal: AbortSignal; onLife: () => void },
  ): Promise<void> => {
    const { live, signal, onLife } = options
    for (let refused: string | undefined; ; ) {
      const auth = await cafes.access(cafe, { signal, refused })
      try {
        const after = (await cursors.get(cafe))?.seq ?? 0
        const checked = client.check(cafe, { after, live }, { auth, signal })
        if (await read(cafe, checked, { signal, after, onLife })) return
      } catch (thrown) {
        if (toCafeError(thrown).code !== 'UNAUTHORIZED' || refused !== undefined) throw thrown
        refused = auth
      }
    }
  }

  const watch = async (cafe: PeerIdText, state: Watch): Promise<void> => {
    const { signal } = state.stop
    let failures = 0
    const onLife = (): void => {
      failures = 0
    }
    while (!signal.aborted) {
      const again = AbortSignal.any([signal, state.again.signal])
      let after = 0
      try {
        await check(cafe, { live: true, signal: again, onLife })
      } catch (thrown) {
        const { data } = toCafeError(thrown)
        after = typeof data['after'] === 'number' ? data['after'] : 0
      }
      if (state.again.signal.aborted) {
        state.again = new AbortController()
        failures = 0
        continue
      }
      const pause = Math.min(PAUSES.longest, Math.max(after, pauseAfter(++failures, PAUSES)))
      await delay(pause, again).catch(() => {})
      if (state.again.signal.aborted) state.again = new AbortController()
    }
  }

  return {
    async sync() {
      if (closed.signal.aborted) return
      const active = (await cafes.list()).filter(({ state }) => state === 'active').map(({ cafe }) => cafe)
      for (const [cafe, { stop }] of watches) {
        if (active.includes(cafe)) continue
        stop.abort()
        watches.delete(cafe)
        rooms.delete(cafe)
        await rows.commit([cursors.remove(cafe)])
      }
      for (const cafe of active) {
        if (watches.has(cafe) || closed.signal.aborted) continue
        const state: Watch = { stop: new AbortController(), again: new AbortController() }
        watches.set(cafe, state)
        const running = watch(cafe, state).finally(() => watching.delete(running))
        watching.add(running)
      }
    },
    wake() {
      for (const { again } of watches.values()) again.abort()
    },
    drain: (cafe, signal) =>
      check(cafe, { live: false, signal: AbortSignal.any([signal, closed.signal]), onLife: () => {} }),
    room: () => [...rooms.values()],
    async close() {
      closed.abort()
      for (const { stop } of watches.values()) stop.abort()
      await Promise.race([Promise.all(watching), delay(CLOSING)])
    },
  }
}
