/** Things that are counted, wherever they are counted. */
import { plural } from '../say.ts'

export const units = {
  files: (amount: number) => plural(amount, { one: '# file', other: '# files' }),
  cafes: (amount: number) => plural(amount, { one: '# cafe', other: '# cafes' }),
  people: (amount: number) => plural(amount, { one: '# person', other: '# people' }),
  devices: (amount: number) => plural(amount, { one: '# device', other: '# devices' }),
  blocks: (amount: number) => plural(amount, { one: '# block', other: '# blocks' }),
}
