/** What a cafe signs: that it has committed something. */
import type { PrivateKey } from '@libp2p/interface'
import type { Address, PeerIdText } from '../core/ids.ts'
import { preparedKey, type RecordKind, sealRecord } from '../crypto/envelope.ts'

/** What every receipt of a cafe says beside what it is for. */
export interface Vouched {
  readonly v: 1
  readonly cafe: PeerIdText
  /** Storage epoch of the cafe. */
  readonly epoch: number
  readonly account: Address
}

/** The cafe's signature under a receipt for an account: an envelope. */
export type Vouch = <Receipt extends Vouched>(
  kind: RecordKind<Receipt>,
  account: Address,
  what: Omit<Receipt, keyof Vouched>,
) => Promise<Uint8Array<ArrayBuffer>>

export interface VouchComponents {
  readonly cafe: PeerIdText
  readonly peerKey: PrivateKey
  readonly epoch: number
}

export function createVouch({ cafe, peerKey, epoch }: VouchComponents): Vouch {
  const key = peerKey.type === 'Ed25519' ? preparedKey(peerKey) : peerKey
  return (kind, account, what) => sealRecord<unknown>(kind, key, { ...what, v: 1, cafe, epoch, account })
}
