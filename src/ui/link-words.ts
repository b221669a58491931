/** What the app says about how a sealed link stands. Pure. */
import type { LinkInfo } from '../worker/link-api.ts'

/** The beginning of a line about it. */
export function standingText({ state, cafes }: Pick<LinkInfo, 'state' | 'cafes'>): string {
  switch (state) {
    case 'open':
      return 'Opens'
    case 'waiting':
      return 'Waits for your cafe to be reached'
    case 'used':
      return 'Used up'
    case 'expired':
      return 'Expired'
    case 'revoked':
      return cafes.length === 0 ? 'Taken back' : 'Taken back as soon as your cafe is reached'
    case 'refused':
      return 'Not taken by your cafe'
    case 'nowhere':
      return 'Its cafe is not yours any more'
  }
}
