/** How much something is of letters and bytes, and how much of them the parts of an inbox may hold. */
import { DOOR_SHARES, INBOX_BYTES, INBOX_LETTERS, INBOX_SHARE } from '../../core/limits.ts'
import type { DoorClass, MailRoom } from './protocol.ts'

export interface Amount {
  letters: number
  bytes: number
}

export const nothing = (): Amount => ({ letters: 0, bytes: 0 })
export const newParts = () => ({ contact: nothing(), introduced: nothing(), stranger: nothing() })

export function add(amount: Amount, letters: number, bytes: number): void {
  amount.letters += letters
  amount.bytes += bytes
}

export const partOf = ({ letters, bytes }: Readonly<Amount>, share: number): Amount => ({
  letters: Math.floor(letters * share),
  bytes: Math.floor(bytes * share),
})

/** What one part of an inbox may hold. */
export const mostOf = (door: DoorClass, quota: number): Amount =>
  partOf({ letters: INBOX_LETTERS, bytes: Math.min(INBOX_BYTES, quota * INBOX_SHARE) }, DOOR_SHARES[door])

export const fullnessOf = ({ used, limit }: MailRoom): number => (limit === 0 ? 1 : used / limit)
