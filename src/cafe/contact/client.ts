/** A client's half of the contact service. */
import { CafeError } from '../../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { FIND_LIMIT, FIND_WAIT, IDLE_TIMEOUT } from '../../core/limits.ts'
import type { v } from '../../core/schema.ts'
import { sha256, unshared } from '../../crypto/bytes.ts'
import { openRecord } from '../../crypto/envelope.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import { type CardReceipt, cardReceiptRecord, contactProtocol, type FoundItem, type findRequest } from './protocol.ts'

export interface SignedCardReceipt {
  readonly receipt: CardReceipt
  /** What proves it to others. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

/** What is searched for; see {@link findRequest} for what each means and what it is when absent. */
export type FindOptions = Omit<v.InferInput<typeof findRequest>, 'exclude'> & { exclude?: readonly Address[] }

/** As `foundItem` of the protocol, and last of all how the search has ended. */
export type Found = FoundItem | { readonly end: { readonly complete: boolean } }

export interface ContactClient {
  /**
   * Publishes the account's own card; `options` carry the access token.
   * @throws CafeError CONFLICT {seq} where a newer one is there, {what: 'handle'} where another account has its handle;
   * BAD_REQUEST {what: 'clock' | 'expired'}; BUSY {after}; CORRUPT {what: 'receipt'} if what came back is no receipt of this
   * cafe for this card.
   */
  publish(cafe: PeerIdText, envelope: Uint8Array, options: CallOptions): Promise<SignedCardReceipt>
  /** What `address` has published there, if anything: not checked yet, see `openCard`. */
  get(cafe: PeerIdText, address: Address, options?: CallOptions): Promise<Uint8Array | undefined>
  /**
   * Searches there, and with `hops: 1` at the cafes that one knows; `options` carry the access token. Cards are not checked
   * yet, see `openAnyCard`: a cafe can leave out, but not forge. Whoever stops reading ends the search everywhere.
   * @throws CafeError BAD_REQUEST {what: 'query'} for fewer than three characters (two in Chinese, Japanese and Korean);
   * BUSY {after}.
   *
   * @example
   * ```ts
   * for await (const found of contact.find(cafe, { query: 'ada lov', hops: 1 }, { auth, signal })) {
   *   if ('card' in found) show(await openAnyCard(found.card.envelope, clock()), found.card.via ?? cafe)
   * }
   * ```
   */
  find(cafe: PeerIdText, what: FindOptions, options: CallOptions): AsyncIterable<Found>
}

export function contactClient({ connector }: { readonly connector: Connector }): ContactClient {
  return {
    async publish(cafe, envelope, options) {
      const { receipt } = await call(
        connector,
        cafe,
        contactProtocol,
        'publish',
        { envelope: unshared(envelope) },
        options,
      )
      const signed = new Uint8Array(receipt)
      const opened = await openRecord(cardReceiptRecord, cafe, signed)
      if (opened.cafe !== cafe || !sameBytes(opened.hash, await sha256(envelope)))
        throw new CafeError('CORRUPT', { what: 'receipt' })
      return { receipt: opened, envelope: signed }
    },
    async get(cafe, address, options) {
      return (await call(connector, cafe, contactProtocol, 'get', { address }, options)).envelope ?? undefined
    },
    async *find(cafe, what, options) {
      const { limit = FIND_LIMIT, wait = FIND_WAIT, exclude = [], hops = 0 } = what
      const input = { query: what.query, limit, wait, exclude, hops }
      const exchange = await start(connector, cafe, contactProtocol, 'find', input, {
        idle: wait + IDLE_TIMEOUT,
        ...options,
      })
      let isOver = false
      try {
        for (let item = await exchange.next(); item !== undefined; item = await exchange.next()) yield item
        isOver = true
        yield { end: await exchange.receipt() }
      } finally {
        if (!isOver) exchange.close()
      }
    },
  }
}
