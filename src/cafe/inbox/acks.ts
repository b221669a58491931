/**
 * Taking letters away: those that all devices of an account have, those that are over, and all of an account that leaves.
 * Only letters that are named are touched, or that have been looked at in the same step, while no other letter of the
 * account can come or go.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { INBOX_MEMORY, INBOX_WARNING, MAIL_SWEEP, MAIL_SWEEP_ROWS } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Change } from '../../store/rows.ts'
import type { Part } from '../erase.ts'
import type { Devices, Session, Stands } from '../guard.ts'
import type { Ears } from './ears.ts'
import type { Gate } from './gate.ts'
import { fullnessOf, type Ledger } from './ledger.ts'
import type { Presence } from './presence.ts'
import { type Found, forget, type InboxStore, type LetterRow, placeOf } from './store.ts'

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
      const wanted = [...new Set(ids.map(hex))]
      const found = await Promise.all(wanted.map((id) => find(store, account, id)))
      const here = found.filter((one) => one !== undefined && !one.row.gone && one.row.expires > clock()) as Found[]
      const { peers, quota } = await devices(account)
      const warned = fullnessOf(ledger.room(account, quota)) >= INBOX_WARNING
      const after = here.map(({ id, row }) => ({ id, row: { ...row, acked: ackedBy(row.acked, peer, peers) } }))
      const due = after.filter(({ row }) => peers.every((one) => row.acked.includes(one)))
      const rest = after.filter((one) => !due.includes(one))
      if (after.length === 0) return
      await store.rows.commit([
        ...rest.map(({ id, row }) => store.letters.put([account, id], row)),
        ...due.flatMap((one) => remember(store, account, one)),
      ])
      ledger.removed(account, due, 'remembered')
      // The warning is to be taken back where it is not true any more.
      if (warned) ears.tell(account)
    })

  const settle: Acks['settle'] = (account) =>
    gate.alone(account, async () => {
      const { peers } = await devices(account)
      const all = await listLetters(store, account)
      const isOver = ({ row }: Found): boolean => row.expires <= clock()
      const isDone = ({ row }: Found): boolean =>
        !row.gone && peers.length > 0 && peers.every((peer) => row.acked.includes(peer))
      const over = all.filter(isOver)
      const done = all.filter((one) => !isOver(one) && isDone(one))
      const known = all.filter((one) => !isOver(one) && (one.row.gone || isDone(one)))
      const oldest = known.sort((a, b) => a.row.seq - b.row.seq).slice(0, Math.max(0, known.length - INBOX_MEMORY))
      const forgotten = new Set([...over, ...oldest])
      await take(account, [...forgotten], 'forgotten')
      await take(
        account,
        done.filter((one) => !forgotten.has(one)),
        'remembered',
      )
    })

  /** Takes letters away, some in each commit. */
  const take = async (account: Address, letters: readonly Found[], how: 'forgotten' | 'remembered'): Promise<void> => {
    const changesOf = how === 'forgotten' ? forget : remember
    for (let at = 0; at < letters.length; at += AT_ONCE) {
      const some = letters.slice(at, at + AT_ONCE)
      await store.rows.commit(some.flatMap((one) => changesOf(store, account, one)))
      ledger.removed(account, some, how)
    }
  }

  /** Is there something to take away? */
  const isDue = async (account: Address, letters: readonly LetterRow[]): Promise<boolean> => {
    if (letters.some(({ expires }) => expires <= clock()) || ledger.remembered(account) > INBOX_MEMORY) return true
    const acked = letters.filter(({ acked }) => acked.length > 0)
    if (acked.length === 0) return false
    const { peers } = await devices(account)
    return peers.length > 0 && acked.some((letter) => peers.every((peer) => letter.acked.includes(peer)))
  }

  const sweep: Acks['sweep'] = async () => {
    let seen = 0
    const see = (key: readonly string[]): void => {
      seen += 1
      const at = key.join('/')
      if (swept === undefined || at > swept) swept = at
    }
    const page = await store.letters.list([], { after: swept, limit: MAIL_SWEEP_ROWS, damaged: see })
    for (const { key } of page) see(key)
    const accounts = [...Map.groupBy(page, ({ key }) => key[0] as Address)]
    for (const [account, some] of accounts)
      if (
        await isDue(
          account,
          some.map(({ row }) => row),
        )
      )
        await settle(account).catch((cause) => log('warn', 'letters that are over could not be taken away', { cause }))
    const isRound = seen < MAIL_SWEEP_ROWS
    if (isRound) swept = undefined
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
        const all = await listLetters(store, account)
        const here = all.filter(({ row }) => !row.gone)
        const done = await commit(
          all.flatMap((one) => forget(store, account, one)),
          here.length,
        )
        ledger.erased(account)
        presence.forget(account)
        return done
      }),
  }
}

const ackedBy = (acked: readonly PeerIdText[], peer: PeerIdText, live: readonly PeerIdText[]): readonly PeerIdText[] =>
  [...new Set([...acked, peer])].filter((one) => live.includes(one))

async function find(store: InboxStore, account: string, id: string): Promise<Found | undefined> {
  try {
    const row = await store.letters.get(account, id)
    return row && { id, row }
  } catch (error) {
    // A damaged row is as good as none: what is left of it ends with the account.
    if (isCafeError(error) && error.code === 'CORRUPT') return undefined
    throw error
  }
}

async function listLetters(store: InboxStore, account: string): Promise<Found[]> {
  const all = await store.letters.list([account], { damaged: () => {} })
  return all.map(({ key, row }) => ({ id: key[1] as string, row }))
}

/** Changes after which a letter is not here any more, but known still. */
const remember = (store: InboxStore, account: string, { id, row }: Found): Change[] => [
  store.mail.remove(account, placeOf(row.seq)),
  store.letters.put([account, id], { ...row, acked: [], gone: true }),
]
