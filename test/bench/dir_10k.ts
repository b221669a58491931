/** A folder of 10 000 entries, cut into shards, as a page to its end; the limit is reading its blocks raw. */
import { compare, type Figure } from './figure.ts'
import { plainLink } from './gateway.ts'

const ENTRIES = 10_000

export const figure: Figure = {
  name: 'dir_10k',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const { ours, folder } = await context.gateway()
    const made = await folder(ENTRIES)
    return compare(
      5,
      async () => {
        const { bytes, ms } = await ours.call('read', `${plainLink(made)}/`)
        // No name of them is shorter.
        if (bytes < ENTRIES * 'holiday picture'.length) throw new Error('not all entries are listed')
        return ms
      },
      async () => (await ours.call('raw', made.nodes)).ms,
    )
  },
}
