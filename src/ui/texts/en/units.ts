/** Things that are counted, wherever they are counted. */
import { plural } from '../say.ts'

export const units = {
  files: (amount: number) => plural(amount, { one: '# file', other: '# files' }),
}
