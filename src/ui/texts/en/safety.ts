/** At how many cafes everything is safe, and what is not. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const safety = {
  again: 'Try again',
  againLabel: 'Try again to keep everything at every cafe',
  pending: (size: string) => `${size} still to be sent: it follows by itself.`,
  notAt: (amount: number, cafe: TemplateResult, why: string) =>
    html`${plural(amount, { one: '# thing not at', other: '# things not at' })} ${cafe}: ${why}`,
}
