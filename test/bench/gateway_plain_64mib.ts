/** A link without a key: the ciphertext of a file, every block proved against its CID, through the service worker. */
import type { Figure } from './figure.ts'
import { measureGateway } from './gateway.ts'

export const figure: Figure = {
  name: 'gateway_plain_64mib',
  unit: 'MiB/s',
  run: (context) => measureGateway(context, ({ cid }) => `/ipfs/${cid}`),
}
