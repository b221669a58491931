/**
 * The account's contact card: its name, picture, devices, and the cafes that take its mail. Signed anew when one of them
 * changes, and long before it ends; published at every cafe of the account, each by itself and again until it has it.
 */

import { createCard, handle, nextSeq } from '../cafe/contact/card.ts'
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
  /** A cafe has it now, or refuses it. */
  readonly onChange?: (() => void) | undefined
}

/** How a cafe stands to the card as it is now: has it, has not been told yet, or refuses it for the handle, which is taken there. */
export interface CardState {
  readonly cafe: PeerIdText
  readonly name: string
  readonly state: 'published' | 'waiting' | 'taken'
}

export interface OwnCard {
  /** At each cafe of the account. */
  states(): Promise<readonly CardState[]>
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
const publishedRow = v.strictObject({
  /** The card that is there; 0 for none yet. */
  seq: count(),
  /** The handle for which a newer one was refused: somebody else has it there. */
  taken: v.optional(handle),
})

/** What the card of somebody without a name says, which is no name. */
export const NAMELESS = 'Somebody'
const ME = 'me'

export function createOwnCard(components: OwnCardComponents): OwnCard {
  const {
    rows,
    account,
    cafes,
    devices,
    record,
    client,
    clock,
    prekey = async () => undefined,
    onChange = () => {},
  } = components
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

  const noteTaken = async (cafe: PeerIdText): Promise<void> => {
    const taken = (await record.get('profile', ME))?.handle
    const { seq = 0 } = (await published.get(cafe)) ?? {}
    await rows.commit([published.put([cafe], { seq, ...(taken && { taken }) })])
    onChange()
  }

  const publishAt = async (cafe: PeerIdText, signal: AbortSignal): Promise<void> => {
    let card = await current()
    for (let attempt = 0; (await published.get(cafe))?.seq !== card.seq; attempt++) {
      try {
        const { envelope } = card
        await authorized(cafes, cafe, signal, (auth) => client.publish(cafe, envelope, { auth, signal }))
        await rows.commit([published.put([cafe], { seq: card.seq })])
        onChange()
      } catch (thrown) {
        const { code, data } = toCafeError(thrown)
        if (code === 'CONFLICT' && data['what'] === 'handle') await noteTaken(cafe)
        // Another device was faster: ours is made anew, after its one, and says the same.
        if (code !== 'CONFLICT' || typeof data.seq !== 'number' || attempt > 1) throw thrown
        card = await current(data.seq + 1)
      }
    }
  }

  return {
    current: () => serial('current', () => current()),
    async states() {
      const [{ seq }, profile, all] = await Promise.all([
        serial('current', () => current()),
        record.get('profile', ME),
        cafes.list(),
      ])
      const one = async ({ cafe, name }: { cafe: PeerIdText; name: string }): Promise<CardState> => {
        const row = await published.get(cafe)
        if (row?.seq === seq) return { cafe, name, state: 'published' }
        const isTaken = row?.taken !== undefined && row.taken === profile?.handle
        return { cafe, name, state: isTaken ? 'taken' : 'waiting' }
      }
      return Promise.all(all.filter(({ state }) => state === 'active').map(one))
    },
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
