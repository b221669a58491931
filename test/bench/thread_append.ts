/**
 * Milliseconds to say something of 200 characters in a thread, against signing, encrypting, hashing and committing as many
 * bytes with bare WebCrypto and the same stores.
 */
import { compare, type Figure } from './figure.ts'

const SIZE = 200
const COUNT = 50

export const figure: Figure = {
  name: 'thread_append',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const lab = await context.lab()
    return compare(
      5,
      () => lab.call('threadAppend', SIZE, COUNT),
      () => lab.call('threadAppendRaw', SIZE, COUNT),
    )
  },
}
