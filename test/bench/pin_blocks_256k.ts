/** Blocks of 262144 bytes pinned a second by the engine of a cafe in its worker, against bare strict puts in IndexedDB. */
import type { Figure } from './figure.ts'
import { measurePins } from './lab.ts'

export const figure: Figure = {
  name: 'pin_blocks_256k',
  unit: 'blocks/s',
  run: (context) => measurePins(context, 262144, 256, [4, 16, 64]),
}
