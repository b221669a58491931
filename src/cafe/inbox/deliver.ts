/**
 * Taking a letter: what can be refused is refused before its body comes; then one commit, then the receipt. So a receipt
 * says what is on the disk, and whoever comes again with the same letter gets the same one.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Vouch } from '../vouch.ts'
import type { Doors, OpenDoor } from './doors.ts'
import type { Ears } from './ears.ts'
import { findLetter } from './find.ts'
import type { Gate } from './gate.ts'
import type { Incoming, Ledger } from './ledger.ts'
import type { Letter } from './letters.ts'
import type { Presence } from './presence.ts'
import { type LetterWish, mailReceiptRecord } from './protocol.ts'
import type { LetterTurn } from './rates.ts'
import { type InboxStore, removeHeld } from './store.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Takes a letter whose body `take` brings, and gives the signed receipt. See the protocol for what it throws. */
export type Deliver = (peer: PeerIdText, wish: LetterWish, take: () => Promise<Bytes>) => Promise<Bytes>

export interface DeliverComponents {
  readonly store: InboxStore
  readonly gate: Gate
  readonly serial: Serial
  readonly clock: Clock
  readonly presence: Presence
  readonly doors: Doors
  readonly turn: LetterTurn
  readonly ledger: Ledger
  readonly ears: Ears
  readonly vouch: Vouch
  /** Frees what nobody waits for any more, if it has not just been done. */
  readonly tidy: (account: Address) => Promise<void>
}

export function createDeliver(components: DeliverComponents): Deliver {
  const { gate, serial, clock, turn, ledger, tidy } = components

  const makeRoom = async (to: Address, letter: Incoming): Promise<void> => {
    try {
      ledger.check(to, letter)
    } catch (error) {
      if (!isCafeError(error) || error.code !== 'QUOTA') throw error
      await tidy(to)
      ledger.check(to, letter)
    }
  }

  return async (peer, wish, take) => {
    const { to, size } = wish
    const id = hex(wish.id)
    const { by, quota } = await admit(components, wish)
    turn(peer, to, by)
    const known = await findLetter(components, to, id)
    if (known && known.letter.expires > clock()) return receiptFor(components, wish, known.letter)
    await makeRoom(to, { id, size, quota, ...by })
    const body = await take()
    if (body.byteLength !== size || !sameBytes(await sha256(body), wish.id))
      throw new CafeError('BAD_REQUEST', { at: 'body' })
    // The same letter may come twice at once: one is kept.
    const keepIt = () => serial(`letter/${to}/${id}`, () => keep(components, { ...wish, body, hexId: id }, by))
    return gate.share(to, keepIt)
  }
}

/** The door it comes by, to an inbox that there is. */
async function admit(
  { presence, doors }: DeliverComponents,
  wish: LetterWish,
): Promise<{ readonly by: OpenDoor; readonly quota: number }> {
  const [quota, by] = await Promise.all([
    presence.quotaOf(wish.to),
    // Said only of an inbox that there is.
    doors.open(wish).catch((error: unknown) => ({ error })),
  ])
  if (quota === undefined) throw new CafeError('NOT_FOUND', { what: 'inbox' })
  if ('error' in by) throw by.error
  return { by, quota }
}

const receiptFor = (
  { vouch }: DeliverComponents,
  { to, id }: LetterWish,
  { size, expires, time }: Pick<Letter, 'size' | 'expires' | 'time'>,
): Promise<Bytes> => vouch(mailReceiptRecord, to, { id, size, until: expires, time })

interface Whole extends LetterWish {
  readonly hexId: string
  readonly body: Bytes
}

async function keep(components: DeliverComponents, wish: Whole, by: OpenDoor): Promise<Bytes> {
  const { store, clock, ledger, ears, presence, doors } = components
  const { to, hexId: id, body, size, ttl } = wish
  // What was looked at before the body came may be out of date: the account may have left, or have closed this door.
  const quota = await presence.quotaOf(to)
  if (quota === undefined) throw new CafeError('NOT_FOUND', { what: 'inbox' })
  await doors.stillOpen(to, by)
  const before = await findLetter(components, to, id)
  const time = clock()
  if (before && before.letter.expires > time) return receiptFor(components, wish, before.letter)
  const expires = time + Math.min(ttl, by.maxTtl)
  const { seq, release } = ledger.reserve(to, { id, size, quota, ...by }, expires)
  const letter = { seq, id, size, time, expires, door: by.door }
  // It is signed meanwhile, and given only when the letter is on the disk.
  const signing = receiptFor(components, wish, letter)
  signing.catch(() => {}) // where the commit fails, that counts
  // One that is over makes room; what is remembered of one does not matter any more.
  const over = before && !before.gone ? before.letter : undefined
  try {
    // From the place being given to here nothing is waited for: so commits come in the order of places, and nobody who
    // reads up to one misses a smaller one.
    await store.rows.commit([...(over ? removeHeld(store, to, over) : []), store.letters.put(to, letter, body)])
  } catch (error) {
    release()
    throw error
  }
  if (over) ledger.removed(to, [over])
  ears.tell(to)
  return signing
}
