/**
 * Prekeys: X25519 keys newer than the account's own, which its card names so that letters are sealed to them. A fresh one
 * each month; one opens letters for a month after it was last named, and is then erased.
 *
 * What that is worth: whoever gets hold of the account's words later cannot open letters that a cafe or a listener has kept
 * from before, once the prekey is erased. It is no more than that. All devices of the account must be able to open what comes,
 * so a prekey lies in the account's record, and the record lies, sealed with a key made from the words, in the manifests at
 * its cafes: who has the words **and** a manifest that a cafe has kept from that time has the prekey too. A cafe replaces a
 * manifest by the next and says so in what it signs, but nobody can prove that it keeps no copy.
 */
import type { Clock, Random } from '../../core/clock.ts'
import { hex } from '../../core/ids.ts'
import { createSerial } from '../../core/serial.ts'
import type { Prekey } from '../../crypto/seal.ts'
import { keyId, type OpeningKey, openingKeyOf } from '../../crypto/x25519.ts'
import type { AccountRecord } from '../record.ts'

export interface Prekeys {
  /** The one that the card names. */
  current(): Promise<Prekey | undefined>
  /** All that still open something. */
  all(): Promise<readonly OpeningKey[]>
  /** Makes a fresh one if it is time, and erases what is over. */
  tend(): Promise<void>
}

const DAY = 86_400_000
/** Named in cards for a month, the last week of it beside the next, which every correspondent will have heard of by then. */
const NAMED = 30 * DAY
const RENEW = 7 * DAY
/** After that it opens what was written at the last moment and waited as long as letters wait. */
const KEPT = 30 * DAY

export interface PrekeysComponents {
  readonly record: Pick<AccountRecord, 'entries' | 'set' | 'remove'>
  readonly clock: Clock
  readonly random: Random
}

export function createPrekeys({ record, clock, random }: PrekeysComponents): Prekeys {
  const serial = createSerial()
  const opened = new Map<string, Promise<OpeningKey>>()

  const live = async () => {
    const entries = await record.entries('prekey')
    return entries.flatMap(({ id, value }) => (value ? [{ id, ...value }] : [])).sort((a, b) => b.notAfter - a.notAfter)
  }
  const open = (id: string, secret: Uint8Array): Promise<OpeningKey> => {
    const known = opened.get(id) ?? openingKeyOf(secret)
    opened.set(id, known)
    return known
  }

  return {
    async current() {
      const [newest] = await live()
      if (!newest || newest.notAfter < clock()) return undefined
      return { x25519: (await open(newest.id, newest.x25519)).publicKey, notAfter: newest.notAfter }
    },
    all: async () => Promise.all((await live()).map(({ id, x25519 }) => open(id, x25519))),
    tend: () =>
      serial('prekeys', async () => {
        const all = await live()
        const now = clock()
        for (const { id, notAfter } of all) {
          if (notAfter + KEPT > now) continue
          opened.delete(id)
          await record.remove('prekey', id)
        }
        const newest = all[0]?.notAfter ?? 0
        if (newest - RENEW > now) return
        const secret = random(32)
        const { publicKey } = await openingKeyOf(secret)
        await record.set('prekey', hex(await keyId(publicKey)), { x25519: secret, notAfter: now + NAMED })
      }),
  }
}
