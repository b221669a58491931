import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const units: Words['units'] = {
  files: (amount) => plural(amount, { one: '# Datei', other: '# Dateien' }),
}
