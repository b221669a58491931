/**
 * Taking letters away: those that all devices of an account have, those that are over, and all of an account that leaves.
 * Only letters that are named are touched, or that have been looked at in the same step, while no other letter of the
 * account can come or go.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { INBOX_MEMORY, INBOX_WARNING, MAIL_SWEEP, MAIL_SWEEP_ROWS } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Change } from '../../store/rows.ts'
import type { Part } from '../erase.ts'
import type { Devices, Session, Stands } from '../guard.ts'
import { fullnessOf } from './amounts.ts'
import type { Ears } from './ears.ts'
import { findHeld } from './find.ts'
import type { Gate } from './gate.ts'
import type { Ledger } from './ledger.ts'
import { type Letter, placeOf } from './letters.ts'
import type { Presence } from './presence.ts'
import {
  allGone,
  eraseLetters,
  type Gone,
  goneOf,
  type Held,
  heldAfter,
  type InboxStore,
  putGone,
  rememberHeld,
  removeHeld,
} from './store.ts'

export interface Acks {
  /** This device has these. @throws CafeError UNAUTHORIZED if it left meanwhile. */
  ack(session: Session, ids: readonly Uint8Array[]): Promise<void>
  /** Takes away what is over and what all devices that are left have. */
  settle(account: Address): Promise<void>
  /** `settle`, if it was not done in the last minute. */
  tidy(account: Address): Promise<void>
  /** Looks at some more letters, and settles the inboxes where something is due. True when it has come round. */
  sweep(): Promise<boolean>
  readonly erase: Part['erase']
}

export interface AckComponents {
  readonly store: InboxStore
  readonly gate: Gate
  readonly clock: Clock
  readonly devices: Devices
  readonly stands: Stands
  readonly ledger: Ledger
  readonly ears: Ears
  readonly presence: Presence
  readonly log: Log
}

/** Letters taken away in one commit. */
const AT_ONCE = 500

export function createAcks(components: AckComponents): Acks {
  const { store, gate, clock, devices, stands, ledger, ears, presence, log } = components
  const tidied = new Map<Address, number>()
  let swept: string | undefined

  const ack: Acks['ack'] = (session, ids) =>
    gate.alone(session.account, async () => {
      const { account, peer } = session
      if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
      const now = clock()
      const found = await findHeld(components, account, new Set(ids.map(hex)))
      const here = found.filter(({ expires }) => expires > now)
      if (here.length === 0) return
      const { peers, quota } = await devices(account)
      const warned = fullnessOf(ledger.room(account, quota)) >= INBOX_WARNING
      const after = here.map((one) => ({ one, acked: ackedBy(one.acked, peer, peers) }))
      const [due, rest] = split(after, ({ acked }) => peers.every((who) => acked.includes(who)))
      await take(
        account,
        goneOf(due.map(({ one }) => one)),
        rest.map(({ one, acked }) => store.acks.put([account, placeOf(one.seq)], { acked })),
      )
      // The warning is to be taken back where it is not true any more.
      if (warned) ears.tell(account)
    })

  /** All devices have these: they are remembered only. In one commit with what else there is. */
  const take = async (
    account: Address,
    all: ReadonlyArray<Gone<Held>>,
    also: readonly Change[] = [],
  ): Promise<void> => {
    await store.rows.commit([...also, ...all.flatMap((some) => rememberHeld(store, account, some))])
    for (const some of all) {
      ledger.removed(account, some.letters)
      ledger.remember(account, some)
    }
  }

  /** These are over. */
  const drop = async (account: Address, letters: readonly Held[]): Promise<void> => {
    for (let at = 0; at < letters.length; at += AT_ONCE) {
      const some = letters.slice(at, at + AT_ONCE)
      await store.rows.commit(some.flatMap((one) => removeHeld(store, account, one)))
      ledger.removed(account, some)
    }
  }

  /** Forgets what would be over, and the oldest where there are too many; gives the others. */
  const forget = async (account: Address, now: number): Promise<readonly Letter[]> => {
    const all = await allGone(store, account)
    const seqs = all.flatMap(({ letters }) => letters.flatMap(({ seq, expires }) => (expires > now ? seq : [])))
    const tooMany = seqs.length - INBOX_MEMORY
    const oldest = tooMany > 0 ? (seqs.sort((a, b) => a - b)[tooMany - 1] as number) : 0
    const kept: Letter[] = []
    for (const { place, letters } of all) {
      const [keep, over] = split(letters, ({ seq, expires }) => expires > now && seq > oldest)
      kept.push(...keep)
      if (over.length === 0) continue
      await store.rows.commit([putGone(store, account, { place, letters: keep })])
      ledger.forget(account, { place, letters: over })
    }
    return kept
  }

  const settle: Acks['settle'] = (account) =>
    gate.alone(account, async () => {
      const now = clock()
      const { peers } = await devices(account)
      const [here, over] = split(await allHeld(store, account), ({ expires }) => expires > now)
      const isDone = ({ acked }: Held): boolean => peers.length > 0 && peers.every((peer) => acked.includes(peer))
      const [done, waiting] = split(here, isDone)
      await drop(account, over)
      for (const some of goneOf(done)) await take(account, [some])
      const left = [...waiting, ...(await forget(account, now))]
      ledger.endsFrom(account, Math.min(...left.map(({ expires }) => expires)))
    })

  /** Accounts of some more letters that not all devices had, where that is so no more. */
  const settled = async (): Promise<{ readonly accounts: readonly Address[]; readonly isRound: boolean }> => {
    let seen = 0
    const see = (key: readonly string[]): void => {
      seen += 1
      const at = key.join('/')
      if (swept === undefined || at > swept) swept = at
    }
    const page = await store.acks.list([], { after: swept, limit: MAIL_SWEEP_ROWS, damaged: see })
    for (const { key } of page) see(key)
    const isRound = seen < MAIL_SWEEP_ROWS
    if (isRound) swept = undefined
    const accounts: Address[] = []
    for (const [account, some] of Map.groupBy(page, ({ key }) => key[0] as Address)) {
      const { peers } = await devices(account)
      if (peers.length > 0 && some.some(({ row }) => peers.every((peer) => row.acked.includes(peer))))
        accounts.push(account)
    }
    return { accounts, isRound }
  }

  const sweep: Acks['sweep'] = async () => {
    const { accounts, isRound } = await settled()
    for (const account of new Set([...ledger.due(), ...accounts]))
      await settle(account).catch((cause) => log('warn', 'letters that are over could not be taken away', { cause }))
    return isRound
  }

  return {
    ack,
    settle,
    async tidy(account) {
      if (clock() - (tidied.get(account) ?? 0) < MAIL_SWEEP) return
      for (const [other, at] of tidied) if (clock() - at >= MAIL_SWEEP) tidied.delete(other)
      tidied.set(account, clock())
      await settle(account)
    },
    sweep,
    erase: (account, commit) =>
      gate.alone(account, async () => {
        const here = await allHeld(store, account)
        const done = await commit(await eraseLetters(store, account), here.length)
        ledger.erased(account)
        presence.forget(account)
        return done
      }),
  }
}

/** Those for which it is so, and the others. */
function split<One>(all: readonly One[], isSo: (one: One) => boolean): [yes: One[], no: One[]] {
  const parts: [One[], One[]] = [[], []]
  for (const one of all) parts[isSo(one) ? 0 : 1].push(one)
  return parts
}

const ackedBy = (acked: readonly PeerIdText[], peer: PeerIdText, live: readonly PeerIdText[]): readonly PeerIdText[] =>
  [...new Set([...acked, peer])].filter((one) => live.includes(one))

/** Keys read at once. */
const KEYS = 1000

async function allHeld(store: InboxStore, account: string): Promise<Held[]> {
  const all: Held[] = []
  for (let after = 0; ; ) {
    const page = await heldAfter(store, account, after, KEYS)
    all.push(...page.letters)
    if (page.isLast) return all
    after = page.last
  }
}
