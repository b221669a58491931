/**
 * Opening sealed links of others, on any device, with or without an account. What was opened is remembered in memory, so that
 * reading on, or reading again, burns no further opening; and an attempt has one name until it is answered, whichever cafe and
 * however often it is asked.
 */
import type { LinkClient } from '../cafe/link/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { OPENED_LINKS, OPENED_TTL } from '../core/limits.ts'
import { createSerial } from '../core/serial.ts'
import { type LinkBody, linkIdOf, linkMaster, linkProof, openLinkBody, parseLinkCode } from '../crypto/shared-link.ts'
import { insist, isAway } from './insist.ts'

export interface LinkOpener {
  /**
   * The key of the file, and what it is called.
   * @throws CafeError BAD_REQUEST {what: 'link'} for no link; SEALED {what: 'password'} where one is needed; FORBIDDEN {what:
   * 'password'} for a wrong one; NOT_FOUND {what: 'link'} if it has ended or never was; UNREACHABLE {what: 'link'} if a cafe that may
   * have it is not reached; BUSY {after}.
   */
  open(
    link: { readonly code: string; readonly from: readonly PeerIdText[]; readonly password?: string | undefined },
    options: { signal: AbortSignal },
  ): Promise<LinkBody>
}

export interface LinkOpenerComponents {
  readonly client: Pick<LinkClient, 'open'>
  /** Tells the node where a cafe may be reached, as far as that is known: a link only names it. */
  readonly locate: (cafe: PeerIdText) => void
  readonly clock: Clock
  readonly random: Random
}

interface Known {
  readonly attempt: Uint8Array
  body: LinkBody | undefined
  used: number
}

/** Milliseconds for one cafe: it may just be coming back. */
const PATIENCE = 8000

export function createLinkOpener({ client, locate, clock, random }: LinkOpenerComponents): LinkOpener {
  const known = new Map<string, Known>()
  const serial = createSerial()

  const recall = (code: string): Known => {
    for (const [other, { used }] of known) if (used + OPENED_TTL < clock()) known.delete(other)
    const one = known.get(code) ?? { attempt: random(16), body: undefined, used: 0 }
    one.used = clock()
    // Last used, last forgotten.
    known.delete(code)
    known.set(code, one)
    const oldest = known.keys().next().value
    if (known.size > OPENED_LINKS && oldest !== undefined) known.delete(oldest)
    return one
  }

  return {
    async open({ code, from, password }, { signal }) {
      const link = parseLinkCode(code)
      if (from.length === 0) throw new CafeError('BAD_REQUEST', { what: 'link' })
      return serial(code, async () => {
        const one = recall(code)
        if (one.body) return one.body
        const master = await linkMaster(link, password)
        const [id, proof] = [await linkIdOf(link), await linkProof(master)]
        const ask = async (cafe: PeerIdText): Promise<LinkBody> => {
          const what = { link: id, proof, attempt: one.attempt }
          const once = (): Promise<Uint8Array> => {
            // Each time: a relay may have come meanwhile.
            locate(cafe)
            return client.open(cafe, what, { signal })
          }
          const sealed = await insist(once, { patience: PATIENCE, signal })
          return openLinkBody(master, id, sealed)
        }
        one.body = await firstOf(from, ask, signal)
        return one.body
      })
    },
  }
}

/** What the first cafe gives that has it; else what is to be done about it, by the cafe of which most can be hoped. */
async function firstOf<T>(
  from: readonly PeerIdText[],
  ask: (cafe: PeerIdText) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let failure: CafeError | undefined
  for (const cafe of from) {
    try {
      return await ask(cafe)
    } catch (thrown) {
      signal.throwIfAborted()
      const error = isCafeError(thrown) ? thrown : toCafeError(thrown, 'UNREACHABLE')
      // A wrong password is wrong everywhere.
      if (error.code === 'FORBIDDEN') throw error
      if (!failure || (isAway(error) && !isAway(failure))) failure = error
    }
  }
  if (failure && isAway(failure) && failure.code !== 'BUSY')
    throw new CafeError('UNREACHABLE', { what: 'link' }, { cause: failure })
  throw failure ?? new CafeError('NOT_FOUND', { what: 'link' })
}
