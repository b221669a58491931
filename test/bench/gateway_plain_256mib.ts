/** A link without a key: the ciphertext of a file, every block proved against its CID, through the service worker. */
import { MiB } from '../../src/core/limits.ts'
import type { Figure } from './figure.ts'
import { measureReading, plainLink } from './gateway.ts'

export const figure: Figure = {
  name: 'gateway_plain_256mib',
  unit: 'MiB/s',
  run: (context) => measureReading(context, 256 * MiB, plainLink),
}
