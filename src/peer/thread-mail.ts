/**
 * What this device says in a thread goes by mail to members of whom no device took it at once. Whom that is, is found a
 * moment later; what was to be mailed when the device stopped is mailed after the next start. Of each thread a row says up
 * to which of this device's blocks that is done, so nothing is noted when a block is made, and nothing can be forgotten.
 *
 * A letter carries one block; letters that wait for the same person travel together anyway. Not by mail go blocks that are
 * too long for a letter, and what is said in threads with many who are away: these rely on what is left at cafes
 * (`thread-drops.ts`), as does what was said before somebody was known to be a member.
 */
import { toCafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { MAX_MAILED } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { delay } from '../core/pause.ts'
import { count, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Links } from '../thread/sync-links.ts'
import type { Entry, Member, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import { createChore } from './chore.ts'
import { createLate } from './thread-mail-late.ts'
import { type Carrier, introduce, isAsked, mailBlock } from './thread-mail-letter.ts'
import { sameHeads } from './thread-pushes.ts'
import { createTaken } from './thread-taken.ts'

export interface ThreadMailComponents {
  readonly rows: Rows
  readonly blocks: Pick<Blocks, 'get'>
  readonly self: Address
  readonly threads: Pick<Threads, 'list' | 'get'>
  readonly links: () => Pick<Links, 'peersOf' | 'headsOf'>
  /** Compares heads with the peer. */
  readonly compare: (peer: PeerIdText, id: ThreadIdText) => Promise<void>
  readonly log: Log
}

/** How far a block of this device is looked after. */
export interface Carried {
  /** It was said before any of it went by mail. */
  readonly isOlder: boolean
  /** Whom it goes to by mail has been settled. */
  readonly isSettled: boolean
  /** Too many were away for mail. */
  readonly wasLarge: boolean
  /** For whom there is no room among what waits, for now. */
  readonly late: ReadonlySet<Address>
  /** A device of these is known to have it. */
  readonly took: (member: Member) => boolean
}

export interface ThreadMail {
  /** From now on there is something that carries letters. */
  open(carrier: Carrier): void
  /** Goes on with what was not done when this device stopped. */
  start(): Promise<void>
  carrier(): Carrier | undefined
  /** A thread is here. */
  came(thread: Thread): Promise<void>
  /** This device has said something. */
  said(id: ThreadIdText): void
  /** Others have said something: how they can be written to, maybe. */
  announced(entries: readonly Entry[]): Promise<void>
  /** A peer has taken these blocks. */
  took(peer: PeerIdText, id: ThreadIdText, blocks: readonly { readonly cid: Entry['cid'] }[]): void
  /** Letters have gone, so there may be room for more. */
  roomMade(): void
  /** Sees to all that was said in it, now. */
  flush(thread: Thread): Promise<void>
  carried(thread: Thread, entry: Entry): Promise<Carried>
  forget(id: ThreadIdText): Promise<void>
  close(): void
}

/** Milliseconds for who is connected to take it, and how long somebody who is about to is waited for. */
const GRACE = 2000
const PATIENCE = 15_000
/** For one comparison. */
const COMPARE = 3000
/** Own blocks looked at in one go. */
const STEP = 64
/**
 * `since`: the block before the first that is looked after; `upTo`: the last for which it is settled who gets it by mail;
 * `large`: the last for which too many were away.
 */
const markRow = v.strictObject({ since: count(), upTo: count(), large: v.optional(count(), 0) })
type Mark = v.InferOutput<typeof markRow>

export function createThreadMail(components: ThreadMailComponents): ThreadMail {
  const { rows, self, threads, links, log } = components
  const marks = table(rows, 'thread-mail', markRow)
  const serial = createSerial()
  const taken = createTaken()
  const closed = new AbortController()
  const due = new Set<ThreadIdText>()
  /** Since when somebody who is connected is waited for. */
  const waiting = new Map<ThreadIdText, number>()
  let carrier: Carrier | undefined

  const chore = createChore(
    async () => {
      const now = [...due]
      due.clear()
      let failed: unknown
      for (const id of now) {
        try {
          const thread = await threads.get(id)
          if (thread && !(await settle(thread, false))) later(id)
        } catch (thrown) {
          due.add(id)
          failed ??= thrown
          log('debug', 'post not mailed', { why: toCafeError(thrown).code })
        }
      }
      if (failed) throw failed
    },
    { wait: GRACE, pauses: { first: GRACE, longest: 60_000 } },
  )
  const isTaken = (id: ThreadIdText, { devices }: Member, { cid, content }: Entry): boolean =>
    devices.some((device) => taken.has(id, device, cid, content.seq))
  const send = async (thread: Thread, to: Address, entry: Entry): Promise<boolean> =>
    !!carrier && mailBlock(carrier, components.blocks, thread, to, entry)
  const late = createLate({
    ...{ rows, threads, serial, send, isTaken },
    upTo: async (id) => (await marks.get(id))?.upTo ?? 0,
  })

  const later = (id: ThreadIdText): void => {
    if (!carrier) return
    const isFirst = due.size === 0
    due.add(id)
    if (isFirst) chore.due()
  }

  const begin = async (thread: Thread): Promise<Mark> => {
    const known = await marks.get(thread.id)
    if (known) return known
    const last = await thread.spoken()
    const mark = { since: last, upTo: last, large: 0 }
    await rows.commit([marks.put([thread.id], mark)])
    return mark
  }

  /** Has somebody's device, which is connected, all of the thread up to our block `last`? */
  const isLevel = async (thread: Thread, device: PeerIdText, last: number): Promise<boolean> => {
    await Promise.race([components.compare(device, thread.id), delay(COMPARE, closed.signal).catch(() => {})])
    // Heads read later than the number hold at least what it counts.
    if (!sameHeads(links().headsOf(device, thread.id), await thread.heads())) return false
    taken.level(thread.id, device, last)
    return true
  }

  /** Members with no device that is known to have all of what this device has said; `isClose`: some is connected. */
  const lacking = async (thread: Thread, mark: Mark, last: number) => {
    const others = (await thread.members()).filter(({ address, standing }) => address !== self && standing === 'in')
    const few = last - mark.upTo > STEP ? undefined : await thread.own({ after: mark.upTo, limit: STEP })
    const linked = links().peersOf(thread.id)
    const looked = others.map(async (member) => {
      if (few?.every((entry) => isTaken(thread.id, member, entry))) return []
      const devices = member.devices.filter((device) => linked.includes(device))
      const levels = await Promise.all(devices.map((device) => isLevel(thread, device, last)))
      return levels.includes(true) ? [] : [{ member, isClose: devices.length > 0 }]
    })
    const found = (await Promise.all(looked)).flat()
    return { others, absent: found.map(({ member }) => member), isClose: found.some(({ isClose }) => isClose) }
  }

  /** @returns false where somebody who is connected may yet take it: to be looked at again. */
  const settle = (thread: Thread, now: boolean): Promise<boolean> =>
    serial(thread.id, async () => {
      const mark = await begin(thread)
      const last = await thread.spoken()
      if (!carrier || last <= mark.upTo) return true
      const { others, absent, isClose } = await lacking(thread, mark, last)
      const began = waiting.get(thread.id) ?? performance.now()
      if (isClose && !now && performance.now() - began < PATIENCE) {
        waiting.set(thread.id, began)
        return false
      }
      waiting.delete(thread.id)
      const isLarge = absent.length > MAX_MAILED
      await mailTo(thread, others, { absent: isLarge ? [] : absent, mark, last })
      await rows.commit([marks.put([thread.id], { ...mark, upTo: last, large: isLarge ? last : mark.large })])
      return true
    })

  const mailTo = async (
    thread: Thread,
    others: readonly Member[],
    { absent, mark, last }: { absent: readonly Member[]; mark: Mark; last: number },
  ): Promise<void> => {
    if (others.length === 0 || !carrier) return
    const full = await late.of(thread.id)
    for (const member of absent) await introduce(carrier.cards, member)
    for (let from = mark.upTo; from < last; from += STEP) {
      for (const entry of await thread.own({ after: from, limit: Math.min(STEP, last - from) })) {
        const took = others.filter((member) => isTaken(thread.id, member, entry)).map(({ address }) => address)
        if (took.length > 0 && isAsked(entry.content)) await carrier.mail.arrived(entry.cid.toString(), took)
        for (const member of absent) {
          const { address } = member
          if (full.has(address) || took.includes(address)) continue
          if (await send(thread, address, entry)) continue
          full.set(address, entry.content.seq)
          await late.note(thread.id, address, entry.content.seq)
        }
      }
      // Again after a stop would do no harm, but be a waste.
      const done = Math.min(from + STEP, last)
      if (done < last) await rows.commit([marks.put([thread.id], { ...mark, upTo: done })])
    }
  }

  return {
    open(given) {
      carrier = given
    },
    async start() {
      for (const { id, standing } of await threads.list()) {
        const thread = standing === null ? undefined : await threads.get(id)
        if (thread && (await begin(thread)).upTo < (await thread.spoken())) later(id)
      }
      late.due()
    },
    carrier: () => carrier,
    async came(thread) {
      await serial(thread.id, () => begin(thread))
    },
    said: later,
    async announced(entries) {
      for (const { content } of entries) {
        if (!carrier || content.type !== 'announce' || content.author === self) continue
        const { cafes, door } = content.body
        if (cafes.length > 0) await carrier.cards.hint(content.author, cafes)
        if (door) await carrier.cards.learnDoor(content.author, door, 'introduced')
      }
    },
    took: (peer, id, blocks) => taken.took(id, peer, blocks),
    roomMade: late.due,
    async flush(thread) {
      await settle(thread, true)
    },
    async carried(thread, entry) {
      const { seq } = entry.content
      const [mark, full] = [await marks.get(thread.id), await late.of(thread.id)]
      const waits = [...full].filter(([, from]) => from <= seq).map(([who]) => who)
      return {
        isOlder: !mark || seq <= mark.since,
        isSettled: !!mark && seq <= mark.upTo,
        wasLarge: !!mark && seq <= mark.large,
        late: new Set(waits),
        took: (member) => isTaken(thread.id, member, entry),
      }
    },
    async forget(id) {
      due.delete(id)
      waiting.delete(id)
      taken.forget(id)
      await rows.commit([marks.remove(id)])
      await late.forget(id)
    },
    close() {
      closed.abort()
      chore.close()
      late.close()
    },
  }
}
