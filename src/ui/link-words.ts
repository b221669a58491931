/** What the app says about how a sealed link stands. */
import type { LinkInfo } from '../worker/link-api.ts'
import { links as english } from './texts/en/links.ts'
import { spoken } from './texts/say.ts'

const text = spoken('links', english)

/** The beginning of a line about it. */
export function standingText({ state, cafes }: Pick<LinkInfo, 'state' | 'cafes'>): string {
  return state === 'revoked' && cafes.length > 0 ? text.revokedSoon : text.standing[state]
}
