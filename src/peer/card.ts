/**
 * The account's contact card: its name, picture, devices, and the cafes that take its mail. Signed anew when one of them
 * changes, and long before it ends; published at every cafe of the account, each by itself and again until it has it.
 */

import { createCard, nextSeq } from '../cafe/contact/card.ts'
import type { ContactClient } from '../cafe/contact/client.ts'
import type { Clock } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import { toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { MAX_CARD, MAX_CARD_TTL, MAX_DEVICES, MAX_INBOXES } from '../core/limits.ts'
import { bytes, count, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import { sha256, unshared } from '../crypto/bytes.ts'
import type { Prekey } from '../crypto/seal.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { Devices } from './devices.ts'
import type { AccountRecord } from './record.ts'

export interface OwnCardComponents {
  readonly rows: Rows
  readonly account: Account
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly devices: Pick<Devices, 'list'>
  readonly record: AccountRecord
  readonly client: Pick<ContactClient, 'publish'>
  /** The key newer than the address that others are to seal to. */
  readonly prekey?: () => Promise<Prekey | undefined>
  readonly clock: Clock
}

export interface OwnCard {
  /** The card as it is now, signed. */
  current(): Promise<{ readonly seq: number; readonly envelope: Uint8Array }>
  /**
   * Publishes the card as it is now wherever it is not yet.
   * @throws CafeError UNREACHABLE or what a cafe refused with, if one does not have it; the others have been told then.
   */
  publish(options: { signal: AbortSignal }): Promise<void>
  /** This cafe may have it no more. */
  forget(cafe: PeerIdText): Promise<void>
}

/** `what`: hash of all it says but number and time. */
const cardRow = v.strictObject({ what: text(64), seq: count(), ts: count(), envelope: bytes(MAX_CARD) })
const publishedRow = v.strictObject({ seq: count() })

/** What the card of somebody without a name says, which is no name. */
export const NAMELESS = 'Somebody'
const ME = 'me'

export function createOwnCard(components: OwnCardComponents): OwnCard {
  const { rows, account, cafes, devices, record, client, clock, prekey = async () => undefined } = components
  const cards = table(rows, 'own-card', cardRow)
  const published = table(rows, 'card-at', publishedRow)
  const serial = createSerial()

  const terms = async () => {
    const profile = await record.get('profile', ME)
    const listed = (await devices.list()).flatMap(({ peer, cert, revoked }) =>
      cert && !revoked ? [{ peer, cert }] : [],
    )
    const key = await prekey()
    const named = (await record.entries('cafe')).flatMap(({ id, value }) =>
      value ? [{ cafe: id as PeerIdText, addrs: [...value.addresses] }] : [],
    )
    return {
      name: profile?.name || NAMELESS,
      avatar: profile?.avatar ?? null,
      ...(profile?.handle && { handle: profile.handle }),
      ...(profile?.visibility && { visibility: profile.visibility }),
      devices: listed.slice(0, MAX_DEVICES).sort((a, b) => (a.peer < b.peer ? -1 : 1)),
      inboxes: named.sort((a, b) => (a.cafe < b.cafe ? -1 : 1)).slice(0, MAX_INBOXES),
      ...(key && { prekey: { x25519: unshared(key.x25519), notAfter: key.notAfter } }),
    }
  }

  /** The newest card; `after`: the number of one that some cafe has and this device has not made. */
  const current = async (after = 0) => {
    const says = await terms()
    const what = hex(await sha256(encode(says)))
    const last = await cards.get(ME)
    const isGood = last?.what === what && last.seq >= after && clock() - last.ts < MAX_CARD_TTL / 2
    if (last && isGood) return last
    const ts = clock()
    const seq = nextSeq(Math.max(last?.seq ?? 0, after), ts)
    const envelope = await createCard(account, { ...says, seq, ts, ttl: MAX_CARD_TTL })
    const row = { what, seq, ts, envelope }
    await rows.commit([cards.put([ME], row)])
    return row
  }

  const publishAt = async (cafe: PeerIdText, signal: AbortSignal): Promise<void> => {
    let card = await current()
    for (let attempt = 0; (await published.get(cafe))?.seq !== card.seq; attempt++) {
      try {
        const { envelope } = card
        await authorized(cafes, cafe, signal, (auth) => client.publish(cafe, envelope, { auth, signal }))
        await rows.commit([published.put([cafe], { seq: card.seq })])
      } catch (thrown) {
        const { code, data } = toCafeError(thrown)
        // Another device was faster: ours is made anew, after its one, and says the same.
        if (code !== 'CONFLICT' || typeof data.seq !== 'number' || attempt > 1) throw thrown
        card = await current(data.seq + 1)
      }
    }
  }

  return {
    current: () => serial('current', () => current()),
    publish: ({ signal }) =>
      serial(ME, async () => {
        const active = (await cafes.list()).filter(({ state }) => state === 'active')
        const told = await Promise.allSettled(active.map(({ cafe }) => publishAt(cafe, signal)))
        signal.throwIfAborted()
        const failed = told.find(({ status }) => status === 'rejected')
        if (failed?.status === 'rejected') throw toCafeError(failed.reason, 'UNREACHABLE')
      }),
    forget: (cafe) => serial(ME, () => rows.commit([published.remove(cafe)])),
  }
}
