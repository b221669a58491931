/** How it stands with letters that are on their way. */
import type { Address, PeerIdText } from '../../core/ids.ts'
import type { Box } from './boxes.ts'
import type { OutRow, ParcelRow } from './out-rows.ts'
import type { LetterState, OutgoingView } from './types.ts'

/** Why it does not go on with a recipient. */
export type WhyNot = (to: Address) => LetterState['why']

/** Cafes that have signed for a parcel. */
export const cafesOf = (parcel: ParcelRow | undefined): PeerIdText[] =>
  (parcel?.at ?? []).filter(({ direct }) => !direct).map(({ at }) => at)

function stateOf(box: Box, row: OutRow, whyNot: WhyNot): LetterState {
  const parcel = box.parcels.get(row.p)
  const cafes = cafesOf(parcel)
  const since = cafes.length > 0 ? Math.min(...(parcel?.at ?? []).map(({ time }) => time)) : row.written
  return { to: box.to, state: cafes.length > 0 ? 'stored' : 'queued', cafes, since, why: whyNot(box.to) }
}

/** Those about something. */
export const statesOf = (boxes: Iterable<Box>, about: string, whyNot: WhyNot): LetterState[] =>
  [...boxes].flatMap((box) =>
    [...box.letters.values()].filter((row) => row.about === about).map((row) => stateOf(box, row, whyNot)),
  )

/** All of them, oldest first. */
export const outgoingOf = (boxes: Iterable<Box>, whyNot: WhyNot): OutgoingView[] =>
  [...boxes]
    .flatMap((box) =>
      [...box.letters].map(([q, row]) => ({
        ...stateOf(box, row, whyNot),
        ...{ id: `${box.to}.${q}`, kind: row.kind, about: row.about, written: row.written, ends: row.ends },
      })),
    )
    .sort((a, b) => a.written - b.written)
