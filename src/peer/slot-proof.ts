/** What a cafe has signed about the account's manifest: proof against one that shows less later. */
import { type SlotReceipt, slotReceiptRecord } from '../cafe/snapshot/protocol.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import { openRecord } from '../crypto/envelope.ts'
import { ONLY_SLOT } from '../crypto/slot-seal.ts'

/** The receipt in an envelope, if the cafe signed it for a manifest of this account; undefined for anything else. */
export async function manifestReceipt(
  account: Account,
  cafe: PeerIdText,
  envelope: Uint8Array,
): Promise<SlotReceipt | undefined> {
  try {
    const receipt = await openRecord(slotReceiptRecord, cafe, envelope)
    return receipt.account === account.address && sameBytes(receipt.slot, ONLY_SLOT) ? receipt : undefined
  } catch {
    // Our own device has kept something that is no receipt: it proves nothing.
    return undefined
  }
}
