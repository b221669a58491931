/**
 * A client's half of the inbox service: of those who write, and of devices that fetch. What a cafe signs is checked before
 * anybody relies on it, and so is that a letter is the one its id names; who wrote it, its seal says.
 */
import { CafeError } from '../../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { INBOX_LETTERS, MAX_ACK, WATCH_IDLE } from '../../core/limits.ts'
import { concat, sha256, unshared } from '../../crypto/bytes.ts'
import { openRecord } from '../../crypto/envelope.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import { type Checked, type Door, inboxProtocol, type MailReceipt, mailReceiptRecord } from './protocol.ts'

export interface LetterDelivery {
  readonly to: Address
  /** Sealed: as long as a bucket, 64 KiB at most. */
  readonly body: Uint8Array
  /** Milliseconds for which it is to be kept: an hour to 90 days. The recipient may have set less. */
  readonly ttl: number
  readonly door: Door
}

export interface SignedMailReceipt {
  readonly receipt: MailReceipt
  /** What proves it to others. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

export interface DoorList {
  /** Rises with each list, also where another device made the last one. */
  readonly seq: number
  /** SHA-256 of the keys given to contacts, and of those given to whoever was introduced; 2000 together. */
  readonly contacts: readonly Uint8Array[]
  readonly introduced: readonly Uint8Array[]
  /** May strangers write? */
  readonly strangers: boolean
  /** Milliseconds for which a letter is kept at most, whatever its sender wants: an hour to 90 days. */
  readonly maxTtl: number
}

/** What a stranger has to do to write to somebody. */
export interface StrangerTerms {
  readonly strangers: boolean
  /** Of work: `solveWork` in `crypto/work.ts`. */
  readonly bits: number
  readonly maxSize: number
  /** The cafe's hour. */
  readonly hour: number
  readonly maxTtl: number
}

/** `options` carry the access token, but for `deliver` and `terms`, which need none. */
export interface InboxClient {
  /**
   * Leaves a letter for somebody. The same again gives the same receipt and is kept once.
   * @throws CafeError NOT_FOUND {what: 'inbox'}: no such client here; FORBIDDEN {what: 'door'}; QUOTA {after, what}; BUSY
   * {after}; CORRUPT {what: 'receipt'} if what came back is no receipt of this cafe for this letter.
   */
  deliver(cafe: PeerIdText, letter: LetterDelivery, options?: CallOptions): Promise<SignedMailReceipt>
  /**
   * Letters after the cursor that this device has not acknowledged, in order; with `live` it stays open for what comes.
   * `level` says that all that was there has been sent. A letter that is not what its id says is left out.
   * @throws CafeError UNREACHABLE or TIMEOUT when the cafe is gone: come again from the last `seq` dealt with.
   */
  check(
    cafe: PeerIdText,
    from: { readonly after: number; readonly live: boolean },
    options: CallOptions,
  ): AsyncGenerator<Checked>
  /** This device has made these letters its own. Ids that are not there mean nothing; any number of them. */
  ack(cafe: PeerIdText, ids: readonly Uint8Array[], options: CallOptions): Promise<void>
  /** Replaces the account's doors. @throws CafeError CONFLICT {seq} where what is there is newer. */
  setDoors(cafe: PeerIdText, doors: DoorList, options: CallOptions): Promise<void>
  /** @throws CafeError NOT_FOUND {what: 'inbox'}; BUSY {after}. */
  terms(cafe: PeerIdText, to: Address, options?: CallOptions): Promise<StrangerTerms>
}

export function inboxClient({ connector }: { readonly connector: Connector }): InboxClient {
  return {
    async deliver(cafe, { to, body, ttl, door }, options) {
      const id = await sha256(body)
      const wish = { to, id, size: body.byteLength, ttl, door: own(door) }
      const exchange = await start(connector, cafe, inboxProtocol, 'deliver', wish, options)
      // What the cafe says counts, also where it says it before the body is out; its silence is told by the receipt too.
      exchange.send({ body: unshared(body) }).catch(() => {})
      try {
        const envelope = new Uint8Array((await exchange.receipt()).receipt)
        const receipt = await openRecord(mailReceiptRecord, cafe, envelope)
        const isOurs =
          receipt.cafe === cafe &&
          receipt.account === to &&
          receipt.size === body.byteLength &&
          sameBytes(receipt.id, id)
        if (!isOurs) throw new CafeError('CORRUPT', { what: 'receipt' })
        return { receipt, envelope }
      } finally {
        exchange.close()
      }
    },
    async *check(cafe, from, options) {
      const patience = from.live ? { idle: WATCH_IDLE } : {}
      const exchange = await start(connector, cafe, inboxProtocol, 'check', from, { ...patience, ...options })
      let letters = 0
      try {
        for (let one = await exchange.next(); one; one = await exchange.next()) {
          // A cafe that never comes to an end is none.
          if (!from.live && ++letters > 2 * INBOX_LETTERS) throw new CafeError('BAD_REQUEST', { at: 'item' })
          // A damaged letter must not keep the others back: it is not acknowledged, and its sender brings it again.
          if (!('mail' in one) || (await isWhole(one.mail))) yield one
        }
      } finally {
        exchange.close()
      }
    },
    async ack(cafe, ids, options) {
      for (let at = 0; at < ids.length; at += MAX_ACK) {
        const some = ids.slice(at, at + MAX_ACK).map(unshared)
        await call(connector, cafe, inboxProtocol, 'ack', { ids: some }, options)
      }
    },
    async setDoors(cafe, { contacts, introduced, ...terms }, options) {
      const exchange = await start(connector, cafe, inboxProtocol, 'setDoors', terms, options)
      exchange.send({ contacts: concat(...contacts), introduced: concat(...introduced) }).catch(() => {})
      try {
        await exchange.receipt()
      } finally {
        exchange.close()
      }
    },
    terms: (cafe, to, options) => call(connector, cafe, inboxProtocol, 'terms', { to }, options),
  }
}

const own = (door: Door) =>
  'key' in door ? { key: unshared(door.key) } : { hour: door.hour, nonce: unshared(door.nonce) }

const isWhole = async ({ id, body }: { readonly id: Uint8Array; readonly body: Uint8Array }): Promise<boolean> =>
  sameBytes(await sha256(body), id)
