/** Letters that somebody names: by id, where they are here or remembered; by place, where they are here. */
import type { Address } from '../../core/ids.ts'
import type { Ledger } from './ledger.ts'
import type { Letter } from './letters.ts'
import { goneAt, type Held, heldAfter, type InboxStore } from './store.ts'

export interface FindComponents {
  readonly store: InboxStore
  readonly ledger: Ledger
}

/** The letter, if it is here, or only remembered. */
export async function findLetter(
  { store, ledger }: FindComponents,
  account: Address,
  id: string,
): Promise<
  { readonly letter: Held; readonly gone: false } | { readonly letter: Letter; readonly gone: true } | undefined
> {
  const { here, gone } = ledger.placesOf(account, id)
  for (const place of here) {
    const { letters } = await heldAfter(store, account, place - 1, 1)
    const letter = letters.find((one) => one.id === id)
    if (letter) return { letter, gone: false }
  }
  for (const place of gone) {
    const letter = (await goneAt(store, account, place)).findLast((one) => one.id === id)
    if (letter) return { letter, gone: true }
  }
  return undefined
}

/** Keys read at once at most. */
const KEYS = 500

/** Those of the named letters that are here, in the order of their places. */
export async function findHeld(
  { store, ledger }: FindComponents,
  account: Address,
  ids: ReadonlySet<string>,
): Promise<Held[]> {
  const places = [...ids].flatMap((id) => ledger.placesOf(account, id).here).sort((a, b) => a - b)
  const found: Held[] = []
  // Letters that are named together mostly lie together.
  for (let at = 0; at < places.length; ) {
    const first = places[at] as number
    const page = await heldAfter(store, account, first - 1, Math.min(KEYS, 2 * (places.length - at)))
    found.push(...page.letters.filter(({ id }) => ids.has(id)))
    const last = page.isLast ? Number.POSITIVE_INFINITY : Math.max(first, page.last)
    while (at < places.length && (places[at] as number) <= last) at += 1
  }
  return found
}
