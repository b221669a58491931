/**
 * The sealed links of an account: made here, put to its cafes, and withdrawn there; again and again until each has been told.
 * What a cafe has is asked before it is told anything, so it gets what it lacks (or has lost), and no device undoes what
 * another has decided: a change counts if it is newer, and a revoked link stays so.
 *
 * A link is put to some cafes, any of which opens it. One whose openings are counted is at one cafe: two could not count
 * together.
 */
import type { LinkClient } from '../cafe/link/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { LINK_CAFES, LINK_KEPT } from '../core/limits.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import { createLinkSecret, linkIdOf, linkMaster } from '../crypto/shared-link.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Cafes } from './cafes.ts'
import { createChore } from './chore.ts'
import { isAway } from './insist.ts'
import { linkRow, type OwnLink } from './link-row.ts'
import { createLinkTalk } from './link-talk.ts'
import { readTarget } from './link-target.ts'
import { type LinkInfo, linkInfo } from './link-view.ts'
import type { Cargo } from './move.ts'

export interface LinkWishes {
  /** The keyed address of a file, `/ipfs/<cid>…#key=…`, whole or from the path on. */
  readonly target: string
  readonly label?: string | undefined
  /** Milliseconds since the epoch; null for never. */
  readonly expires?: number | null | undefined
  /** How often it may be opened; null for any number. */
  readonly openings?: number | null | undefined
  readonly password?: string | undefined
}

export type LinkChange = Pick<LinkWishes, 'label' | 'expires' | 'openings'>

export interface Links {
  /**
   * Makes a link and puts it to the cafes; where none is reached it is `waiting`, and put later.
   * @throws CafeError BAD_REQUEST {what: 'link' | 'key' | 'expires' | 'password'}; NOT_FOUND {what: 'cafe'} without one; what its cafes
   * refused with.
   */
  make(wishes: LinkWishes, options: { signal: AbortSignal }): Promise<LinkInfo>
  /** Newest first, as last heard. */
  list(): Promise<readonly LinkInfo[]>
  /** Asks the cafes, and tells them what they do not know yet. Never rejects. */
  refresh(): Promise<void>
  /** @throws CafeError NOT_FOUND {what: 'link'}; CONFLICT {what: 'link'} for one that was revoked, or would be counted at several. */
  change(id: string, change: LinkChange): Promise<LinkInfo>
  /** It opens no more where `cafes` of the result does not name the cafe; those it names are told as soon as they are reached. */
  revoke(id: string): Promise<LinkInfo>
  /** The account has left this cafe. */
  left(cafe: PeerIdText): Promise<void>
  /** There is reason to ask the cafes. */
  due(): void
  readonly cargo: Cargo
  close(): void
}

export interface LinksComponents {
  readonly rows: Rows
  readonly account: Account
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: LinkClient
  /** Is this root a file of ours, so that what follows it in an address is its name? */
  readonly isFile: (root: string) => Promise<boolean>
  readonly clock: Clock
  readonly random: Random
  readonly onChange?: (() => void) | undefined
}

/** Milliseconds for one cafe. */
const TIME = 20_000
/** Rounds of a move in which a cafe is not reached that is to say how often a link was opened. */
const ROUNDS = 5

export function createLinks(components: LinksComponents): Links {
  const { rows, cafes, clock, random, isFile, onChange = () => {} } = components
  const links = table(rows, 'own-link', linkRow)
  const serial = createSerial()
  const talk = createLinkTalk(components)

  const all = async () => (await links.list([])).map(({ key: [id = ''], row }) => ({ id, row }))
  /** Changes a row in its turn; nothing is written where it stays as it is. */
  const change = (id: string, make: (row: OwnLink | undefined) => OwnLink | undefined): Promise<OwnLink | undefined> =>
    serial(id, async () => {
      const before = await links.get(id)
      const after = make(before)
      if (after === before) return after
      await rows.commit([after ? links.put([id], after) : links.remove(id)])
      onChange()
      return after
    })
  /** Links whose count is being settled in a move: nothing else is told about them. */
  const settling = new Set<string>()
  const book = { all: async () => (await all()).filter(({ id }) => !settling.has(id)), change }
  const active = async (): Promise<PeerIdText[]> =>
    (await cafes.list()).flatMap(({ cafe, state }) => (state === 'active' ? [cafe] : []))
  const info = async (id: string, row: OwnLink): Promise<LinkInfo> => linkInfo(id, row, await active(), clock())
  const found = async (id: string): Promise<OwnLink> => {
    const row = await links.get(id)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'link' })
    return row
  }

  const tend = async (signal: AbortSignal): Promise<void> => {
    const asked = await Promise.allSettled(
      (await active()).map((cafe) => talk.with(cafe, book, AbortSignal.any([signal, AbortSignal.timeout(TIME)]))),
    )
    for (const { id, row } of await all()) {
      const end = row.revoked ?? row.expires
      // By then the cafes have forgotten it too.
      if (end !== null && end + LINK_KEPT < clock()) await change(id, () => undefined)
    }
    const failed = asked.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw toCafeError(failed.reason, 'UNREACHABLE')
  }
  const tending = createChore(tend)

  /** Where a link is put: first to cafes that have the file. */
  const places = async (from: readonly PeerIdText[], isCounted: boolean): Promise<PeerIdText[]> => {
    const here = await active()
    if (here.length === 0) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    const first = [...here].sort((a, b) => Number(from.includes(b)) - Number(from.includes(a)))
    return first.slice(0, isCounted ? 1 : LINK_CAFES)
  }
  const checkEnd = (expires: number | null): void => {
    if (expires !== null && expires <= clock()) throw new CafeError('BAD_REQUEST', { what: 'expires' })
  }

  /** Puts a new link at once; where all cafes refuse it, it is as if it had never been. */
  const putFirst = async (id: string, row: OwnLink, signal: AbortSignal): Promise<void> => {
    const told = await Promise.allSettled(row.cafes.map((cafe) => talk.first(cafe, id, { change, row }, signal)))
    signal.throwIfAborted()
    const failures = told.flatMap((one) => (one.status === 'rejected' ? [toCafeError(one.reason)] : []))
    const refusal = failures.find((error) => !isAway(error))
    if (refusal && failures.length === told.length) {
      await change(id, () => undefined)
      throw refusal
    }
    if (failures.length > 0) tending.due()
  }

  return {
    async make({ target, label = '', expires = null, openings = null, password }, { signal }) {
      const { path, key, name, from } = await readTarget(target, isFile)
      checkEnd(expires)
      const made = createLinkSecret(password !== undefined, random)
      const master = password === undefined ? null : (await linkMaster(made, password)).reveal()
      const id = hex(await linkIdOf(made))
      const now = clock()
      const row: OwnLink = {
        ...{ secret: made.secret.reveal(), master, path, key, name, label, made: now, carried: 0 },
        cafes: await places(from, openings !== null),
        ...{ seq: now, expires, openings, revoked: null, at: [], refused: null },
      }
      await change(id, () => row)
      await putFirst(id, row, AbortSignal.any([signal, AbortSignal.timeout(TIME)])).catch((error) => {
        // Out of time: it is put later.
        if (signal.aborted || (isCafeError(error) && !isAway(error))) throw error
        tending.due()
      })
      return info(id, await found(id))
    },
    async list() {
      const infos = await Promise.all((await all()).map(({ id, row }) => info(id, row)))
      return infos.sort((a, b) => b.made - a.made)
    },
    refresh: () => tending.run(),
    async change(id, { label, expires, openings }) {
      await found(id)
      if (expires !== undefined) checkEnd(expires)
      await change(id, (row) => {
        const isCounted = openings !== undefined && openings !== null
        if (!row || row.revoked !== null || (isCounted && row.cafes.length > 1))
          throw new CafeError('CONFLICT', { what: 'link' })
        const terms = { expires: expires === undefined ? row.expires : expires, label: label ?? row.label }
        const times = openings === undefined ? row.openings : openings
        return { ...row, ...terms, openings: times, seq: Math.max(clock(), row.seq + 1), refused: null }
      })
      await tending.run()
      return info(id, await found(id))
    },
    async revoke(id) {
      await found(id)
      await change(id, (row) => (row && row.revoked === null ? { ...row, revoked: clock() } : row))
      await tending.run()
      return info(id, await found(id))
    },
    async left(cafe) {
      for (const { id } of await all())
        await change(id, (row) => {
          if (!row?.cafes.includes(cafe) && !row?.at.some((one) => one.cafe === cafe)) return row
          const kept = row.at.filter((one) => one.cafe !== cafe)
          const gone = row.at.find((one) => one.cafe === cafe)?.opened ?? 0
          const carried = row.openings === null ? row.carried + gone : Math.max(row.carried, gone)
          return { ...row, carried, at: kept, cafes: row.cafes.filter((one) => one !== cafe) }
        })
    },
    due: () => tending.due(),
    cargo: createCargo(),
    close: () => tending.close(),
  }

  /** In a move: a link goes along; how often a counted one was opened is settled at the old cafe first. */
  function createCargo(): Cargo {
    const failures = new Map<string, number>()
    const settle = async (id: string, row: OwnLink, from: PeerIdText, signal: AbortSignal): Promise<number> => {
      try {
        return await talk.freeze(from, id, row, signal)
      } catch (error) {
        signal.throwIfAborted()
        const rounds = (failures.get(id) ?? 0) + 1
        failures.set(id, rounds)
        if (rounds <= ROUNDS) throw error
        return Math.max(row.carried, ...row.at.map(({ opened }) => opened))
      }
    }
    return {
      name: 'links',
      async bring(to, { signal, from }) {
        let left = 0
        const limited = AbortSignal.any([signal, AbortSignal.timeout(TIME)])
        const live = (row: OwnLink): boolean => row.revoked === null && (row.expires ?? Infinity) > clock()
        for (const { id, row } of (await all()).filter(({ row }) => live(row))) {
          if (!row.cafes.includes(from) || row.cafes.includes(to)) continue
          try {
            settling.add(id)
            const carried = row.openings === null ? row.carried : await settle(id, row, from, limited)
            const others = row.openings === null ? row.cafes.slice(0, LINK_CAFES) : []
            const cafes = [...others, to]
            await change(id, (now) => now && { ...now, carried, cafes, seq: Math.max(clock(), now.seq + 2) })
          } catch {
            signal.throwIfAborted()
            left += 1
          } finally {
            settling.delete(id)
          }
        }
        // What fails is counted below.
        await talk.with(to, book, limited).catch(() => signal.throwIfAborted())
        const waiting = (await all()).filter(
          ({ row }) =>
            live(row) && row.cafes.includes(to) && !row.at.some(({ cafe, seq }) => cafe === to && seq >= row.seq),
        )
        return left + waiting.filter(({ row }) => row.refused === null).length
      },
    }
  }
}
