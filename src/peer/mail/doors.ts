/**
 * Doors of this account: keys of 16 bytes that it gives to others so that they may write to it, each made from the account's
 * own secret and the name of who gets it, so that all its devices make the same ones without talking. Its cafes are told the
 * hashes. Who is blocked is taken off, and the key is worth nothing from then on.
 *
 * ```
 * key = HMAC-SHA256(derive('door'), who)[0..16]        who = contact/<address> | thread/<id> | card
 * ```
 */
import type { DoorList, InboxClient } from '../../cafe/inbox/client.ts'
import type { Clock } from '../../core/clock.ts'
import { encode } from '../../core/codec.ts'
import { toCafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { MAX_DOORS } from '../../core/limits.ts'
import { count, text, v } from '../../core/schema.ts'
import type { Account } from '../../crypto/account.ts'
import { sha256, unshared, utf8 } from '../../crypto/bytes.ts'
import type { Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import { authorized, type Cafes } from '../cafes.ts'
import { createChore } from '../chore.ts'
import type { DoorName } from './types.ts'

/** Who may write by a door of their own. */
export interface People {
  /** Contacts and correspondents, without who is blocked; those that matter most first. */
  readonly contacts: readonly Address[]
  readonly threads: readonly string[]
}

export interface DoorsComponents {
  readonly rows: Rows
  readonly account: Account
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: Pick<InboxClient, 'setDoors'>
  readonly people: () => Promise<People>
  readonly strangers: () => Promise<boolean>
  readonly clock: Clock
}

export interface Doors {
  key(who: DoorName): Promise<Uint8Array<ArrayBuffer>>
  /** Something of it may be different now: cafes are told soon, each until it knows. */
  due(): void
  /** The cafe has forgotten them. */
  forgotten(cafe: PeerIdText): Promise<void>
  /** Tells the cafes now. Never rejects. */
  run(): Promise<void>
  close(): void
}

/** Letters are kept for a month: as long as a prekey opens them after its time, see `prekeys.ts`. */
const MAX_TTL = 30 * 86_400_000
const KEY = 16
/** Keys remembered: as many as are registered. */
const REMEMBERED = 2 * MAX_DOORS

const doorsRow = v.strictObject({ what: text(64), seq: count() })

export function createDoors(components: DoorsComponents): Doors {
  const { rows, account, cafes, client, people, strangers, clock } = components
  const told = table(rows, 'letter-doors', doorsRow)
  const keys = new Map<DoorName, Uint8Array<ArrayBuffer>>()
  let base: Promise<CryptoKey> | undefined

  const key: Doors['key'] = async (who) => {
    const known = keys.get(who)
    if (known) return known
    base ??= account.derive('door').then((secret) => {
      const how = { name: 'HMAC', hash: 'SHA-256' }
      return crypto.subtle.importKey('raw', secret.reveal(), how, false, ['sign'])
    })
    const made = new Uint8Array(await crypto.subtle.sign('HMAC', await base, unshared(utf8(who)))).slice(0, KEY)
    keys.set(who, made)
    const first = keys.keys().next().value
    if (keys.size > REMEMBERED && first !== undefined) keys.delete(first)
    return made
  }

  const list = async (): Promise<Omit<DoorList, 'seq'>> => {
    const { contacts, threads } = await people()
    const hashes = (names: readonly DoorName[]): Promise<Uint8Array[]> =>
      Promise.all(names.map(async (name) => sha256(await key(name))))
    const named = contacts.slice(0, MAX_DOORS / 2).map((address): DoorName => `contact/${address}`)
    const room = MAX_DOORS - named.length - 1
    // Whoever is in a thread with us writes as a contact does: it is for threads that there is mail.
    const met = threads.slice(0, room).map((id): DoorName => `thread/${id}`)
    return {
      contacts: await hashes([...named, ...met].sort()),
      introduced: await hashes(['card']),
      strangers: await strangers(),
      maxTtl: MAX_TTL,
    }
  }

  const tell = async (cafe: PeerIdText, doors: Omit<DoorList, 'seq'>, signal: AbortSignal): Promise<void> => {
    const what = hex(await sha256(encode(doors)))
    const last = await told.get(cafe)
    if (last?.what === what) return
    let seq = Math.max((last?.seq ?? 0) + 1, clock())
    for (let attempt = 0; ; attempt++) {
      try {
        const next = { ...doors, seq }
        await authorized(cafes, cafe, signal, (auth) => client.setDoors(cafe, next, { auth, signal }))
        return await rows.commit([told.put([cafe], { what, seq })])
      } catch (thrown) {
        const { code, data } = toCafeError(thrown)
        // Another device was faster: what we know may be newer still.
        if (code !== 'CONFLICT' || typeof data['seq'] !== 'number' || attempt > 1) throw thrown
        seq = data['seq'] + 1
      }
    }
  }

  const chore = createChore(
    async (signal) => {
      const doors = await list()
      const active = (await cafes.list()).filter(({ state }) => state === 'active')
      const done = await Promise.allSettled(active.map(({ cafe }) => tell(cafe, doors, signal)))
      const failed = done.find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    },
    { wait: 300 },
  )

  return {
    key,
    due: chore.due,
    run: chore.run,
    async forgotten(cafe) {
      await rows.commit([told.remove(cafe)])
      chore.due()
    },
    close: chore.close,
  }
}
