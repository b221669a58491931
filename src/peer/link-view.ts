/** A sealed link as its owner is shown it. Types and one pure function. */
import type { PeerIdText } from '../core/ids.ts'
import { linkAddress, type OwnLink, openedOf } from './link-row.ts'

/**
 * `waiting`: no cafe has it yet, it will be tried again; `open`; `used`: opened as often as it may be; `expired`; `revoked`;
 * `refused`: a cafe did not take it; `nowhere`: this account is at none of its cafes any more.
 */
export type LinkStanding = 'waiting' | 'open' | 'used' | 'expired' | 'revoked' | 'refused' | 'nowhere'

export interface LinkInfo {
  readonly id: string
  /** To hand on: path and fragment. It opens for whoever has it, and the password if there is one. */
  readonly link: string
  readonly state: LinkStanding
  /** What its owner calls it; empty for nothing. */
  readonly label: string
  /** What the file is called. */
  readonly name: string | null
  readonly password: boolean
  readonly made: number
  readonly expires: number | null
  /** How often it may be opened; null for any number. */
  readonly openings: number | null
  /** How often it was, as far as its cafes have told. */
  readonly opened: number
  readonly last: number | null
  readonly revoked: number | null
  /** Cafes that have it; where it was revoked, those that have not been told yet. */
  readonly cafes: readonly PeerIdText[]
  /** Why it was refused. */
  readonly why: string | null
}

/** `here`: cafes that the account is at. */
export function linkInfo(id: string, row: OwnLink, here: readonly PeerIdText[], now: number): LinkInfo {
  const { label, name, made, expires, openings, revoked, refused, at } = row
  const opened = openedOf(row)
  const last = Math.max(...at.map(({ last }) => last ?? 0), 0)
  return {
    ...{ id, link: linkAddress(row), state: standing(row, here, now), label, name, password: row.master !== null },
    ...{ made, expires, openings, opened, last: last || null, revoked, why: refused },
    cafes: at.map(({ cafe }) => cafe),
  }
}

function standing(row: OwnLink, here: readonly PeerIdText[], now: number): LinkStanding {
  const { revoked, expires, openings, cafes, at, refused } = row
  if (revoked !== null) return 'revoked'
  if (expires !== null && expires <= now) return 'expired'
  if (openings !== null && openedOf(row) >= openings) return 'used'
  if (!cafes.some((cafe) => here.includes(cafe))) return 'nowhere'
  if (at.length > 0) return 'open'
  return refused === null ? 'waiting' : 'refused'
}
