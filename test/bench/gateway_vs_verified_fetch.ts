/** A link without a key, against `@helia/verified-fetch` in a service worker on the same blocks. */
import { MiB } from '../../src/core/limits.ts'
import { compare, type Figure } from './figure.ts'
import { plainLink, rateOf } from './gateway.ts'

const SIZE = 256 * MiB

export const figure: Figure = {
  name: 'gateway_vs_verified_fetch',
  unit: 'MiB/s',
  async run(context) {
    const { ours, library, file } = await context.gateway()
    const made = await file(SIZE)
    return compare(
      3,
      async () => rateOf(await ours.call('read', plainLink(made)), SIZE),
      async () => rateOf(await library.call('read', plainLink(made)), SIZE),
    )
  },
}
