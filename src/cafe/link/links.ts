/**
 * The links that a cafe keeps: who may change them, when they open, and how often they were opened. Whatever is decided about
 * one link is decided in its turn and written in one commit, so a crash leaves it as it was before or after.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, sameBytes, unhex } from '../../core/ids.ts'
import { ATTEMPT_TTL, CAFE_LINKS, CLIENT_LINKS, LINK_SWEEP, MAX_PAGE } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { LinkState, LinkWish } from './protocol.ts'
import { dayOf, endOf, forgetOn, isLive, type LinkRow, type LinkStore, MAX_ATTEMPTS, rowChanges } from './store.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface Links {
  /** @throws CafeError CONFLICT; QUOTA {links}; UNAUTHORIZED if the client left meanwhile. See the protocol. */
  put(session: Session, wish: LinkWish): Promise<{ opened: number }>
  list(account: Address): Promise<readonly LinkState[]>
  revoke(account: Address, link: Bytes): Promise<void>
  /** The body. @throws CafeError NOT_FOUND {what: 'link'}; FORBIDDEN {what: 'password'} for another proof. */
  open(link: Bytes, proof: Bytes, attempt: Bytes): Promise<Bytes>
  readonly erase: Part['erase']
}

export interface LinksComponents {
  readonly store: LinkStore
  readonly serial: Serial
  readonly clock: Clock
  readonly stands: Stands
  readonly log: Log
}

export async function createKeptLinks(components: LinksComponents): Promise<Links> {
  const { store, serial, clock, stands, log } = components
  const inTurn = <T>(account: string, task: () => Promise<T>): Promise<T> => serial(`links/${account}`, task)
  const notFound = (): CafeError => new CafeError('NOT_FOUND', { what: 'link' })
  let kept = (await store.usage.list([])).reduce((sum, { row }) => sum + row.links, 0)
  let swept = 0

  /** Removes those that are due, in one commit, in the account's turn. */
  const remove = async (account: Address, found: readonly { id: string; row: LinkRow }[]): Promise<void> => {
    if (found.length === 0) return
    const links = ((await store.usage.get(account))?.links ?? 0) - found.length
    await store.rows.commit([
      ...found.flatMap(({ id, row }) => rowChanges(store, account, id, row, undefined)),
      store.usage.put([account], { links: Math.max(0, links) }),
    ])
    kept -= found.length
  }
  const ownRows = async (account: Address) =>
    (await store.links.list([account])).map(({ key, row }) => ({ id: key[1] as string, row }))

  /** Forgets what ended long ago, a page at a time. */
  const sweep = async (): Promise<void> => {
    if (clock() - swept < LINK_SWEEP) return
    const today = dayOf(clock())
    const due = (await store.ends.list([], { limit: MAX_PAGE })).filter(({ key: [day = ''] }) => day < today)
    if (due.length < MAX_PAGE) swept = clock()
    for (const [account, ends] of Map.groupBy(due, ({ row }) => row.account))
      await inTurn(account, async () => {
        const rows = await Promise.all(
          ends.map(async ({ key: [, id = ''] }) => ({ id, row: await store.links.get(account, id) })),
        )
        const over = rows.flatMap(({ id, row }) => (row && (forgetOn(row) ?? today) < today ? [{ id, row }] : []))
        await remove(account, over)
      })
  }

  /** Room for one more: where there is none, the link that ended first goes. */
  const makeRoom = async (account: Address): Promise<void> => {
    if (kept >= CAFE_LINKS) throw new CafeError('QUOTA', { links: CAFE_LINKS, limit: 'cafe' })
    if (((await store.usage.get(account))?.links ?? 0) < CLIENT_LINKS) return
    const ended = (await ownRows(account)).filter(({ row }) => !isLive(row, clock()))
    const [oldest] = ended.sort((a, b) => (endOf(a.row) ?? 0) - (endOf(b.row) ?? 0))
    if (!oldest) throw new CafeError('QUOTA', { links: CLIENT_LINKS })
    await remove(account, [oldest])
  }

  const write = async ({ account }: Session, id: string, wish: LinkWish): Promise<{ opened: number }> => {
    const owner = (await store.owners.get(id))?.account
    if (owner !== undefined && owner !== account) throw new CafeError('CONFLICT', { what: 'link' })
    const before = owner && (await store.links.get(owner, id))
    if (before?.revoked != null) throw new CafeError('CONFLICT', { what: 'link', revoked: before.revoked })
    if (before && before.seq > wish.seq) throw new CafeError('CONFLICT', { what: 'link', seq: before.seq })
    if (before && before.seq === wish.seq) return { opened: before.opened }
    if (!before) await makeRoom(account)
    const { seq, expires, openings, proof, body, note } = wish
    const past = before ?? { opened: wish.opened, last: null, revoked: null, made: clock(), attempts: [] }
    const { opened, last, revoked, made, attempts } = past
    const row: LinkRow = { seq, expires, openings, proof, body, note, opened, last, revoked, made, attempts }
    const links = (await store.usage.get(account))?.links ?? 0
    await store.rows.commit([
      ...rowChanges(store, account, id, before, row),
      ...(before ? [] : [store.usage.put([account], { links: links + 1 })]),
    ])
    if (!before) kept += 1
    return { opened }
  }

  return {
    async put(session, wish) {
      // A row that cannot be read must not keep people from putting something.
      await sweep().catch((cause) => log('warn', 'links that ended long ago could not be swept', { cause }))
      const id = hex(wish.link)
      const task = async (): Promise<{ opened: number }> => {
        if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
        return write(session, id, wish)
      }
      // Two accounts may come with one id: whose it is, is decided and written as one step.
      return inTurn(session.account, () => serial(`link/${id}`, task))
    },
    list: async (account) =>
      (await ownRows(account)).map(({ id, row: { seq, expires, openings, note, opened, last, revoked } }) => ({
        ...{ link: unhex(id), seq, expires, openings, note, opened, last, revoked },
      })),
    revoke: (account, link) =>
      inTurn(account, () =>
        serial(`link/${hex(link)}`, async () => {
          const before = await store.links.get(account, hex(link))
          if (!before || before.revoked !== null) return
          const after: LinkRow = { ...before, revoked: clock(), body: new Uint8Array(), attempts: [] }
          await store.rows.commit(rowChanges(store, account, hex(link), before, after))
        }),
      ),
    async open(link, proof, attempt) {
      const shown = await sha256(proof)
      const id = hex(link)
      return serial(`link/${id}`, async () => {
        const account = (await store.owners.get(id))?.account
        const row = account && (await store.links.get(account, id))
        const now = clock()
        if (!account || !row) throw notFound()
        const attempts = row.attempts.filter(({ at }) => at + ATTEMPT_TTL > now)
        const isAgain = attempts.some(({ id }) => sameBytes(id, attempt))
        // An answer that was lost is given again, also the last one there was; but not after the owner or time ended it.
        const opens = isAgain ? row.revoked === null && (row.expires ?? Infinity) > now : isLive(row, now)
        if (!opens) throw notFound()
        if (!sameBytes(shown, row.proof)) throw new CafeError('FORBIDDEN', { what: 'password' })
        if (isAgain) return row.body
        if (attempts.length >= MAX_ATTEMPTS) throw new CafeError('BUSY', { after: ATTEMPT_TTL })
        const tried = [...attempts, { id: attempt, at: now }]
        const after = { ...row, opened: row.opened + 1, last: now, attempts: tried }
        await store.rows.commit(rowChanges(store, account, id, row, after))
        return row.body
      })
    },
    erase: (account, commit) =>
      inTurn(account, async () => {
        const found = await ownRows(account)
        const changes = found.flatMap(({ id, row }) => rowChanges(store, account, id, row, undefined))
        const done = await commit([...changes, store.usage.remove(account)], found.length)
        kept -= found.length
        return done
      }),
  }
}
