/** Blocks of 1024 bytes pinned a second by the engine of a cafe in its worker, against bare strict puts in IndexedDB. */
import type { Figure } from './figure.ts'
import { measurePins } from './lab.ts'

export const figure: Figure = {
  name: 'pin_blocks_1k',
  unit: 'blocks/s',
  run: (context) => measurePins(context, 1024, 8192, [512, 2048, 8192]),
}
