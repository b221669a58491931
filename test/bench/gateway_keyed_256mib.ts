/** A link with its key: the file itself, every segment authenticated and decrypted, through the service worker. */
import { MiB } from '../../src/core/limits.ts'
import type { Figure } from './figure.ts'
import { keyedLink, measureReading } from './gateway.ts'

export const figure: Figure = {
  name: 'gateway_keyed_256mib',
  unit: 'MiB/s',
  run: (context) => measureReading(context, 256 * MiB, keyedLink),
}
