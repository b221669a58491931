/**
 * The device that receives an account: offers a fresh key for five minutes, answers the first device that comes for it and
 * no other, shows the code, and opens what it is given once the person has said that the codes are the same. One offer at a
 * time; it ends with its first use, whatever comes of that.
 */
import type { Registrar } from '../../cafe/cafe.ts'
import { unlessAborted } from '../../core/abort.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { decode } from '../../core/codec.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import { type PeerIdText, sameBytes } from '../../core/ids.ts'
import { LINK_TTL, MAX_REQUEST, STREAMS_PER_PEER } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { parse } from '../../core/schema.ts'
import { Secret } from '../../core/secret.ts'
import { openAccount } from '../../crypto/account.ts'
import { type LinkTranscript, linkCode, linkCommitment, linkId, linkNonce, openLink } from '../../crypto/link-seal.ts'
import { createOpeningKey, type OpeningKey } from '../../crypto/x25519.ts'
import { type ServiceHandlers, serve } from '../../wire/serve.ts'
import { deviceProtocol, type LinkGift, linkGift } from './protocol.ts'

/** What an account was given with. */
export interface Gift extends Omit<LinkGift, 'v' | 'seed'> {
  readonly seed: Secret<Uint8Array>
}

/** How far it is: the key to show, then the code to compare and who gives. */
export type OfferStep =
  | { readonly key: Uint8Array; readonly expires: number }
  | { readonly code: string; readonly name: string; readonly peer: PeerIdText }

export interface Offers {
  /**
   * Offers until an account has been given. An offer that was open before ends.
   * @throws CafeError TIMEOUT {what: 'link'} after five minutes; ABORTED by the signal, the giver, or another offer;
   * FORBIDDEN {why: 'differs' | 'commit'}; SEALED if what came was not for this offer.
   */
  open(options: { signal: AbortSignal; onStep: (step: OfferStep) => void }): Promise<Gift>
  /** What the person says about the codes. @throws CafeError NOT_FOUND {what: 'link'} if there is none to compare. */
  match(same: boolean): void
  close(): Promise<void>
}

export interface OffersComponents {
  readonly peer: PeerIdText
  readonly registrar: Registrar
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

interface Offer {
  readonly id: Uint8Array
  readonly key: OpeningKey
  readonly expires: number
  readonly onStep: (step: OfferStep) => void
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly given: PromiseWithResolvers<Gift>
  /** Resolves when the person has said that the codes are the same. */
  readonly matched: PromiseWithResolvers<void>
  giver?: { readonly peer: PeerIdText; readonly name: string; readonly commit: Uint8Array }
  transcript?: LinkTranscript
}

const ENDED = { what: 'link' }

export function createOffers({ peer: receiver, registrar, clock, random, log }: OffersComponents): Offers {
  let offer: Offer | undefined
  let answers: Promise<void> | undefined
  /** Whose code was not the same: it may come with its gift after that, and is told why. */
  let refused: PeerIdText | undefined

  const end = (which: Offer, why: unknown): void => {
    which.given.reject(why)
    which.matched.reject(why)
    if (offer === which) offer = undefined
  }

  /** The offer that is open to `peer`. */
  const current = (peer: PeerIdText): Offer => {
    if (!offer && refused === peer) throw new CafeError('FORBIDDEN', { why: 'differs' })
    if (!offer || offer.expires <= clock()) throw new CafeError('NOT_FOUND', ENDED)
    if (offer.giver && offer.giver.peer !== peer) throw new CafeError('BUSY')
    return offer
  }

  const handlers: ServiceHandlers<typeof deviceProtocol, undefined> = {
    async hello({ link, commit, name }, { peer }) {
      const now = current(peer)
      if (!sameBytes(link, now.id)) throw new CafeError('NOT_FOUND', ENDED)
      // Once only: who could begin again would have as many tries at the code.
      if (now.giver) throw new CafeError('BUSY')
      now.giver = { peer, name, commit }
      return { nonce: now.nonce }
    },
    async reveal({ nonce }, { peer }) {
      const now = current(peer)
      if (!now.giver || now.transcript) throw new CafeError('NOT_FOUND', ENDED)
      const ends = { giver: peer, receiver, key: now.key.publicKey }
      if (!sameBytes(now.giver.commit, await linkCommitment(ends, nonce))) {
        const refusal = new CafeError('FORBIDDEN', { why: 'commit' })
        end(now, refusal)
        throw refusal
      }
      now.transcript = { ...ends, giverNonce: nonce, receiverNonce: now.nonce }
      now.onStep({ code: await linkCode(now.transcript), name: now.giver.name, peer })
      return {}
    },
    async give({ sealed }, { peer, signal }) {
      const now = current(peer)
      if (!now.transcript) throw new CafeError('NOT_FOUND', ENDED)
      try {
        await unlessAborted(now.matched.promise, signal)
        const gift = await read(now.transcript, now.key, sealed)
        offer = undefined
        now.given.resolve(gift)
        return {}
      } catch (cause) {
        end(now, signal.aborted ? new CafeError('UNREACHABLE') : toCafeError(cause))
        throw cause
      }
    },
    async cancel(_input, { peer }) {
      if (offer?.giver?.peer === peer) end(offer, new CafeError('ABORTED', { why: 'giver' }))
      return {}
    },
  }

  return {
    async open({ signal, onStep }) {
      const answer = serve(deviceProtocol, handlers, { guard: async () => undefined, log })
      const { id: protocol, limited } = deviceProtocol
      answers ??= registrar.handle(protocol, answer, { limited, maxStreams: STREAMS_PER_PEER })
      await answers
      const key = await createOpeningKey()
      signal.throwIfAborted()
      if (offer) end(offer, new CafeError('ABORTED', { why: 'another' }))
      const now: Offer = {
        ...{ id: await linkId(key.publicKey), key, expires: clock() + LINK_TTL, onStep, nonce: linkNonce(random) },
        ...{ given: Promise.withResolvers<Gift>(), matched: Promise.withResolvers<void>() },
      }
      // Whoever waits for one hears it; the other may have nobody who waits.
      for (const { promise } of [now.given, now.matched]) promise.catch(() => {})
      offer = now
      refused = undefined
      const stop = (): void => end(now, toCafeError(signal.reason, 'ABORTED'))
      signal.addEventListener('abort', stop, { once: true })
      const timer = setTimeout(() => end(now, new CafeError('TIMEOUT', ENDED)), LINK_TTL)
      try {
        onStep({ key: key.publicKey, expires: now.expires })
        return await now.given.promise
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
    },
    match(same) {
      if (!offer?.transcript) throw new CafeError('NOT_FOUND', ENDED)
      if (same) return offer.matched.resolve()
      refused = offer.transcript.giver
      end(offer, new CafeError('FORBIDDEN', { why: 'differs' }))
    },
    async close() {
      if (offer) end(offer, new CafeError('ABORTED'))
      if (answers) await registrar.unhandle(deviceProtocol.id)
    },
  }
}

/** What was given, if it is whole and the seed is that of the address. */
async function read(transcript: LinkTranscript, key: OpeningKey, sealed: Uint8Array): Promise<Gift> {
  try {
    const { v: _, seed: raw, ...rest } = parse(linkGift, decode(await openLink(transcript, key, sealed), MAX_REQUEST))
    const seed = new Secret(raw)
    if ((await openAccount(seed)).address !== rest.address) throw new CafeError('SEALED')
    return { ...rest, seed }
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}
