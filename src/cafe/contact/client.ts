/** A client's half of the contact service. */
import { CafeError } from '../../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { sha256, unshared } from '../../crypto/bytes.ts'
import { openRecord } from '../../crypto/envelope.ts'
import { type CallOptions, type Connector, call } from '../../wire/call.ts'
import { type CardReceipt, cardReceiptRecord, contactProtocol } from './protocol.ts'

export interface SignedCardReceipt {
  readonly receipt: CardReceipt
  /** What proves it to others. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

export interface ContactClient {
  /**
   * Publishes the account's own card; `options` carry the access token.
   * @throws CafeError CONFLICT {seq} where a newer one is there; BAD_REQUEST {what: 'clock' | 'expired'}; BUSY {after};
   * CORRUPT {what: 'receipt'} if what came back is no receipt of this cafe for this card.
   */
  publish(cafe: PeerIdText, envelope: Uint8Array, options: CallOptions): Promise<SignedCardReceipt>
  /** What `address` has published there, if anything: not checked yet, see `openCard`. */
  get(cafe: PeerIdText, address: Address, options?: CallOptions): Promise<Uint8Array | undefined>
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
  }
}
