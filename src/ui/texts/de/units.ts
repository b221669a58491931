import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const units: Words['units'] = {
  files: (amount) => plural(amount, { one: '# Datei', other: '# Dateien' }),
  cafes: (amount) => plural(amount, { one: '# Café', other: '# Cafés' }),
  people: (amount) => plural(amount, { one: '# Person', other: '# Personen' }),
  devices: (amount) => plural(amount, { one: '# Gerät', other: '# Geräte' }),
  blocks: (amount) => plural(amount, { one: '# Block', other: '# Blöcke' }),
}
