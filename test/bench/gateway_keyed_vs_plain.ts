/** What decrypting costs: a link with its key, against the same file's ciphertext without it, in turn. */
import { MiB } from '../../src/core/limits.ts'
import { compare, type Figure } from './figure.ts'
import { keyedLink, plainLink, rateOf } from './gateway.ts'

const SIZE = 256 * MiB

export const figure: Figure = {
  name: 'gateway_keyed_vs_plain',
  unit: 'MiB/s',
  async run(context) {
    const { ours, file } = await context.gateway()
    const made = await file(SIZE)
    return compare(
      5,
      async () => rateOf(await ours.call('read', keyedLink(made)), SIZE),
      async () => rateOf(await ours.call('read', plainLink(made)), SIZE),
    )
  },
}
