import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const safety: Words['safety'] = {
  again: 'Noch einmal versuchen',
  againLabel: 'Noch einmal versuchen, alles in jedem Café aufzubewahren',
  pending: (size) => `${size} müssen noch gesendet werden: Das geschieht von selbst.`,
  notAt: (amount, cafe, why) =>
    html`${plural(amount, { one: '# Sache nicht bei', other: '# Sachen nicht bei' })} ${cafe}: ${why}`,
}
