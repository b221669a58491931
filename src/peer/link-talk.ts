/** What is said to one cafe about the links of an account: asked first what it has, then told what it lacks. */
import type { LinkClient } from '../cafe/link/client.ts'
import type { LinkState } from '../cafe/link/protocol.ts'
import type { Clock } from '../core/clock.ts'
import { isCafeError } from '../core/errors.ts'
import { hex, type PeerIdText, unhex } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import { authorized, type Cafes } from './cafes.ts'
import { isAway } from './insist.ts'
import { type OwnLink, readState, wishOf } from './link-row.ts'

export interface LinkTalkComponents {
  readonly account: Account
  readonly cafes: Pick<Cafes, 'access'>
  readonly client: LinkClient
  readonly clock: Clock
}

/** The rows of this device. */
export interface LinkBook {
  all(): Promise<readonly { readonly id: string; readonly row: OwnLink }[]>
  change(id: string, make: (row: OwnLink | undefined) => OwnLink | undefined): Promise<OwnLink | undefined>
}

export interface LinkTalk {
  /** Asks and tells. @throws CafeError UNREACHABLE and the like; what it refuses is noted in the row. */
  with(cafe: PeerIdText, book: LinkBook, signal: AbortSignal): Promise<void>
  /** Puts one that is new. @throws CafeError also what it refuses. */
  first(
    cafe: PeerIdText,
    id: string,
    how: Pick<LinkBook, 'change'> & { row: OwnLink },
    signal: AbortSignal,
  ): Promise<void>
  /** Has one opened no more at this cafe, and gives how often it was. */
  freeze(cafe: PeerIdText, id: string, row: OwnLink, signal: AbortSignal): Promise<number>
}

export function createLinkTalk({ account, cafes, client: links, clock }: LinkTalkComponents): LinkTalk {
  const tell = async (cafe: PeerIdText, id: string, row: OwnLink, signal: AbortSignal): Promise<number> => {
    const wish = await wishOf(account, id, row, cafe)
    return (await authorized(cafes, cafe, signal, (auth) => links.put(cafe, wish, { auth, signal }))).opened
  }
  const heard = (row: OwnLink, cafe: PeerIdText, { seq, opened, last }: Pick<LinkState, 'seq' | 'opened' | 'last'>) => {
    const others = row.at.filter((one) => one.cafe !== cafe)
    return { ...row, at: [...others, { cafe, seq, opened, last }] }
  }
  const without = (row: OwnLink, cafe: PeerIdText): OwnLink =>
    row.at.some((one) => one.cafe === cafe) ? { ...row, at: row.at.filter((one) => one.cafe !== cafe) } : row

  const first: LinkTalk['first'] = async (cafe, id, { change, row }, signal) => {
    const opened = await tell(cafe, id, row, signal)
    await change(id, (now) => now && { ...heard(now, cafe, { seq: row.seq, opened, last: null }), refused: null })
  }

  /** Takes in what the cafe says about one link. */
  const hear = async (cafe: PeerIdText, state: LinkState, { change }: LinkBook): Promise<void> => {
    const told = await readState(account, cafe, state).catch((error) => {
      // Not ours, or of a newer version of this program: whatever it is, it is left alone.
      if (isCafeError(error) && error.code === 'SEALED') return undefined
      throw error
    })
    if (!told) return
    await change(hex(state.link), (row) => {
      const newer = !row || state.seq > row.seq ? { ...told, at: row?.at ?? [], revoked: row?.revoked ?? null } : row
      const isMeant = newer.cafes.includes(cafe)
      const revoked = newer.revoked ?? (isMeant ? state.revoked : null)
      if (state.revoked !== null) return same(row, { ...without(newer, cafe), revoked })
      // One that is here no more is told so below.
      return same(row, isMeant || revoked !== null ? { ...heard(newer, cafe, state), revoked } : newer)
    })
  }

  return {
    first,
    async freeze(cafe, id, row, signal) {
      const wish = { ...(await wishOf(account, id, row, cafe)), openings: 0, seq: row.seq + 1 }
      return (await authorized(cafes, cafe, signal, (auth) => links.put(cafe, wish, { auth, signal }))).opened
    },
    async with(cafe, book, signal) {
      const listed = await authorized(cafes, cafe, signal, (auth) => links.list(cafe, { auth, signal }))
      for (const state of listed) await hear(cafe, state, book)
      const there = new Map(listed.map((state) => [hex(state.link), state]))
      const revoke = async (id: string): Promise<void> => {
        await authorized(cafes, cafe, signal, (auth) => links.revoke(cafe, unhex(id), { auth, signal }))
        await book.change(id, (row) => row && without(row, cafe))
      }
      for (const { id, row } of await book.all()) {
        const state = there.get(id)
        const isOver = row.expires !== null && row.expires <= clock()
        if (row.revoked !== null || !row.cafes.includes(cafe)) {
          if (state && state.revoked === null) await revoke(id)
          else await book.change(id, (now) => now && without(now, cafe))
        } else if (!isOver && (!state || state.seq < row.seq || state.openings !== row.openings)) {
          // A move that was given up has left it closed there.
          const seq = state && state.seq >= row.seq ? state.seq + 1 : row.seq
          const next = seq === row.seq ? row : await book.change(id, (now) => now && { ...now, seq })
          if (!next) continue
          await first(cafe, id, { change: book.change, row: next }, signal).catch(async (error) => {
            if (!isCafeError(error) || isAway(error)) throw error
            await book.change(id, (now) => now && { ...now, refused: error.code })
          })
        }
      }
    },
  }
}

/** The row as it was, if nothing about it is new. */
function same(row: OwnLink | undefined, next: OwnLink): OwnLink {
  return row && JSON.stringify(plain(row)) === JSON.stringify(plain(next)) ? row : next
}

const plain = ({ at, ...rest }: OwnLink) => ({
  ...rest,
  at: [...at]
    .sort((a, b) => (a.cafe < b.cafe ? -1 : 1))
    .map(({ cafe, seq, opened, last }) => [cafe, seq, opened, last]),
})
