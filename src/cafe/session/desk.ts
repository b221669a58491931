/**
 * The host's side of who is in: who may come, requests to join, eviction, alarms. What it decides holds from the commit
 * on, and reaches those concerned at once: their running calls end, their channel says so.
 */
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { CLIENT_QUOTA, DECISION_TTL, EVICTION_TTL, MAX_EVICTIONS, OPEN_QUOTA } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import type { Change } from '../../store/rows.ts'
import type { ActivityLog } from '../activity.ts'
import type { Erase } from '../erase.ts'
import type { Live, Who } from '../live.ts'
import { bytesOfQuota, type Quota } from '../tokens.ts'
import { modeOf, requestOf } from './admit.ts'
import type { Bearers } from './bearers.ts'
import { forgetAccount } from './drop.ts'
import { endSessions, type RequestRow, SESSION_QUEUE, type SessionStore } from './store.ts'
import type { Mode } from './terms.ts'
import type { CafeTime } from './time.ts'

export interface Decision {
  readonly admit: boolean
  /** What it may pin, if admitted. */
  readonly quota?: Quota | undefined
  /** Services it may use; all without it. */
  readonly services?: readonly string[] | undefined
}

export interface Desk {
  mode(): Promise<Mode>
  /** Whoever waits for an answer is admitted when the cafe opens to all. */
  setMode(mode: Mode): Promise<void>
  /** Requests that wait for an answer, oldest first. */
  requests(): Promise<readonly RequestRow[]>
  /** Answers a request. @throws CafeError NOT_FOUND {what: 'request'}. */
  decide(who: Who, decision: Decision): Promise<void>
  /**
   * Ends all registrations of an account and erases what is kept for it. It may come back only with a token made after.
   * @throws CafeError NOT_FOUND {what: 'client'}.
   */
  evict(account: Address, notice: string): Promise<void>
  /** Ends the sessions of all clients that came with a token, and their right to come back without another. */
  revoke(token: string): Promise<void>
}

export interface DeskComponents {
  readonly store: SessionStore
  readonly serial: Serial
  readonly time: CafeTime
  readonly live: Live
  readonly bearers: Pick<Bearers, 'erase'>
  readonly erase: Erase
  readonly activity: Pick<ActivityLog, 'note'>
}

export function createDesk({ store, serial, time, live, bearers, erase, activity }: DeskComponents): Desk {
  const waiting = async (): Promise<RequestRow[]> => {
    const all = (await store.requests.list([])).map(({ row }) => row)
    const now = time.now()
    return all.filter(({ state, expires }) => state === 'waiting' && expires > now).sort((a, b) => a.since - b.since)
  }

  const answered = (row: RequestRow, admit: boolean, quota: number, services?: readonly string[]): RequestRow => ({
    ...row,
    state: admit ? 'admitted' : 'refused',
    expires: time.now() + DECISION_TTL,
    quota,
    services: services ? [...services] : null,
  })

  const decide: Desk['decide'] = (who, { admit, quota = CLIENT_QUOTA, services }) =>
    serial(SESSION_QUEUE, async () => {
      const request = await requestOf(store, who.account, who.peer, time.now())
      if (request?.state !== 'waiting') throw new CafeError('NOT_FOUND', { what: 'request' })
      const decided = answered(request, admit, bytesOfQuota(quota), services)
      await store.rows.commit([store.requests.put([who.account, who.peer], decided), time.stamp()])
      activity.note(admit ? 'admitted' : 'refused', who.account)
      live.tell(who, decided.state)
    })

  const evict: Desk['evict'] = (account, notice) =>
    serial(SESSION_QUEUE, async () => {
      const clients = await store.clients.list([account])
      if (clients.length === 0) throw new CafeError('NOT_FOUND', { what: 'client' })
      const peers = clients.map(({ row }) => row.peer)
      const ended = await Promise.all(peers.map((peer) => endSessions(store, peer)))
      const spent = await bearers.erase(account)
      const forgotten = await forgetAccount(store, account)
      const over = await oldEvictions(store, time.now())
      await erase(account, (changes) =>
        store.rows.commit([
          ...over,
          ...peers.flatMap((peer) => [store.clients.remove(account, peer), store.requests.remove(account, peer)]),
          ...ended.flat(),
          ...spent.changes,
          ...changes,
          ...forgotten,
          store.evicted.put([account], { at: time.now(), notice, peers: peers.slice(0, 100) }),
          time.stamp(),
        ]),
      )
      activity.note('evicted', account)
      for (const peer of peers) {
        live.end({ account, peer }, new CafeError('UNAUTHORIZED', { why: 'evicted', notice }))
        live.tell({ account, peer }, 'evicted')
      }
    })

  const revoke: Desk['revoke'] = (token) =>
    serial(SESSION_QUEUE, async () => {
      const row = await store.tokens.get(token)
      if (!row) throw new CafeError('NOT_FOUND', { what: 'token' })
      if (row.revoked !== null) return
      const revoked = time.now()
      const clients = (await store.clients.list([])).filter(({ row }) => row.token === token && row.revoked === null)
      const ended = await Promise.all(clients.map(({ row }) => endSessions(store, row.peer)))
      await store.rows.commit([
        store.tokens.put([token], { ...row, revoked }),
        ...clients.map(({ key, row }) => store.clients.put(key, { ...row, revoked })),
        ...ended.flat(),
        time.stamp(),
      ])
      for (const account of new Set(clients.map(({ row }) => row.account))) activity.note('locked', account)
      for (const { row: client } of clients) {
        live.end(client, new CafeError('UNAUTHORIZED', { why: 'revoked' }))
        live.tell(client, 'revoked')
      }
    })

  return {
    mode: () => modeOf(store),
    setMode: (mode) =>
      serial(SESSION_QUEUE, async () => {
        const freed = mode === 'open' ? await waiting() : []
        await store.rows.commit([
          store.policy.put(['admission'], { mode }),
          ...freed.map((row) => store.requests.put([row.account, row.peer], answered(row, true, OPEN_QUOTA))),
          time.stamp(),
        ])
        for (const row of freed) live.tell(row, 'admitted')
      }),
    requests: waiting,
    decide,
    evict,
    revoke,
  }
}

/** Changes that forget evictions that are over, and the oldest beyond the limit. */
async function oldEvictions(store: SessionStore, now: number): Promise<Change[]> {
  const all = (await store.evicted.list([])).sort((a, b) => b.row.at - a.row.at)
  return all
    .filter(({ row }, place) => row.at + EVICTION_TTL <= now || place >= MAX_EVICTIONS - 1)
    .map(({ key }) => store.evicted.remove(...key))
}
