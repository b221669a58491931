/** Blocks of 1048576 bytes pinned a second by the engine of a cafe in its worker, against bare strict puts in IndexedDB. */
import type { Figure } from './figure.ts'
import { measurePins } from './lab.ts'

export const figure: Figure = {
  name: 'pin_blocks_1m',
  unit: 'blocks/s',
  run: (context) => measurePins(context, 1048576, 64, [2, 8, 32]),
}
