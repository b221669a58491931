/**
 * The device that gives its account to another: follows the link that the other shows, gives the code to compare, and then,
 * when the person says so, the account sealed for that device alone. See `crypto/link-seal.ts`.
 */
import type { Random } from '../../core/clock.ts'
import { encode } from '../../core/codec.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { LINK_TTL, OPEN_TIMEOUT } from '../../core/limits.ts'
import { linkCode, linkCommitment, linkId, linkNonce, sealLink } from '../../crypto/link-seal.ts'
import { type Connector, call } from '../../wire/call.ts'
import { deviceProtocol, type LinkGift } from './protocol.ts'

/** What the link of a receiving device says. */
export interface DeviceLink {
  readonly peer: PeerIdText
  /** What it is called. */
  readonly name: string
  readonly addresses: readonly string[]
  /** 32 bytes, X25519. */
  readonly key: Uint8Array
}

/** A link that is followed: the code is shown, and nothing has been given. */
export interface Giving {
  readonly code: string
  readonly to: DeviceLink
  /**
   * Gives; resolves when the other has it. Once only.
   * @throws CafeError FORBIDDEN {why: 'differs'} if the person said so there; NOT_FOUND {what: 'link'} if it has ended.
   */
  give(gift: LinkGift, options: { signal: AbortSignal }): Promise<void>
  /** Tells the other that nothing will come. Never rejects. */
  cancel(): Promise<void>
}

export interface GiveComponents {
  /** This device, and what it is called. */
  readonly peer: PeerIdText
  readonly name: string
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  readonly random: Random
}

/**
 * Follows a link up to the code.
 * @throws CafeError NOT_FOUND {what: 'link'} if it has ended; BUSY if it is in use; UNREACHABLE; UNSUPPORTED if that device
 * offers nothing; CONFLICT {what: 'own link'} for this device's own.
 */
export async function followLink(
  { peer: giver, name, connector, random }: GiveComponents,
  to: DeviceLink,
  { signal }: { signal: AbortSignal },
): Promise<Giving> {
  if (to.peer === giver) throw new CafeError('CONFLICT', { what: 'own link' })
  const { peer: receiver, key } = to
  connector.know(receiver, to.addresses)
  const ends = { giver, receiver, key }
  const giverNonce = linkNonce(random)
  const hello = { link: await linkId(key), commit: await linkCommitment(ends, giverNonce), name }
  const answer = await call(connector, receiver, deviceProtocol, 'hello', hello, { signal })
  await call(connector, receiver, deviceProtocol, 'reveal', { nonce: giverNonce }, { signal })
  const transcript = { ...ends, giverNonce, receiverNonce: answer.nonce }
  let given = false
  return {
    to,
    code: await linkCode(transcript),
    async give(gift, { signal }) {
      if (given) throw new CafeError('NOT_FOUND', { what: 'link' })
      given = true
      const sealed = await sealLink(transcript, encode(gift))
      // The person there may take their time.
      await call(connector, receiver, deviceProtocol, 'give', { sealed }, { signal, idle: LINK_TTL })
    },
    async cancel() {
      given = true
      const soon = AbortSignal.timeout(OPEN_TIMEOUT)
      // If it is not heard there, the offer ends by itself.
      await call(connector, receiver, deviceProtocol, 'cancel', {}, { signal: soon }).catch(() => {})
    },
  }
}
