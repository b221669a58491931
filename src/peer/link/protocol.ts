/**
 * What two devices of one person say while one gives its account to the other (see `crypto/link-seal.ts`). The receiver
 * answers, the giver calls; an offer is for one call of `hello`, and whatever goes wrong ends it. May run through the
 * relay: nothing here is readable for it.
 *
 * Refusals: NOT_FOUND `{what: 'link'}` for an offer that has ended, was used, or never was; BUSY where another device was
 * quicker; FORBIDDEN `{why}` with `commit` or `differs` (the person said that the codes are not the same).
 */
import { MAX_ADDRESSES } from '../../core/limits.ts'
import { address, bytes, count, multiaddrText, name, peerId, v } from '../../core/schema.ts'
import { LINK_NONCE } from '../../crypto/link-seal.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

/** Cafes and devices that are told of; with their addresses and certificates they fit a request. */
export const MAX_TOLD = 24
/** Bytes of a sealed {@link linkGift}. */
const MAX_GIFT = 60 * 1024

const nonce = bytes(LINK_NONCE, LINK_NONCE)

export const deviceProtocol = service({
  id: '/cafe/device/1.0.0',
  name: 'device',
  limited: true,
  operations: {
    /** `link`: id of the offered key; `name`: what the giving device is called. */
    hello: operation({
      request: v.strictObject({ link: bytes(16, 16), commit: bytes(32, 32), name }),
      receipt: v.strictObject({ nonce }),
      auth: 'none',
    }),
    reveal: operation({ request: v.strictObject({ nonce }), receipt: nothing, auth: 'none' }),
    /** Answered when the person at the receiver has compared the codes too. */
    give: operation({ request: v.strictObject({ sealed: bytes(MAX_GIFT) }), receipt: nothing, auth: 'none' }),
    /** The person at the giver has thought again. */
    cancel: operation({ request: nothing, receipt: nothing, auth: 'none' }),
  },
})

/** What is given. */
export const linkGift = v.strictObject({
  v: v.literal(1),
  address,
  seed: bytes(32, 32),
  index: count(0x7fff_ffff),
  cafes: v.pipe(
    v.array(
      v.strictObject({
        cafe: peerId,
        name,
        addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
      }),
    ),
    v.maxLength(MAX_TOLD),
  ),
  /** Of the account's record: its devices. The receiver is among them, with its certificate. */
  entries: v.pipe(v.array(v.unknown()), v.maxLength(MAX_TOLD)),
})
export type LinkGift = v.InferOutput<typeof linkGift>
