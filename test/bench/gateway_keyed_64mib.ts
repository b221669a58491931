/** A link with its key: the file itself, every segment authenticated and decrypted, through the service worker. */
import type { Figure } from './figure.ts'
import { measureGateway } from './gateway.ts'

export const figure: Figure = {
  name: 'gateway_keyed_64mib',
  unit: 'MiB/s',
  run: (context) => measureGateway(context, ({ cid, key }) => `/ipfs/${cid}#key=${key}`),
}
