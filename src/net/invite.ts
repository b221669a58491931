/**
 * Invites: what a person needs to join a cafe, as text for a link or a QR code. The code travels in the fragment of the
 * link, so no server sees the token in it. With two addresses, one of them with a certificate's hash, the whole link is
 * about 280 characters; invites of earlier versions are read, too.
 */
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { decode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { bytes, name, parse, v } from '../core/schema.ts'
import { PACKED, packInvite, unpackInvite } from './packed-invite.ts'
import { peerEntries, unpackPeer } from './packed-peer.ts'

/** Version 1, which is no longer written. */
const wireSchema = v.strictObject({
  v: v.literal(1),
  n: name,
  ...peerEntries,
  /** Access token: 44 bytes. */
  t: v.optional(bytes(44, 44)),
})

export interface Invite {
  readonly cafe: PeerIdText
  readonly name: string
  /** Multiaddrs of the cafe, direct ones first. */
  readonly addresses: readonly string[]
  /** Access token as text. */
  readonly token?: string | undefined
}

/** Where the code begins in a link's fragment. */
const MARK = '#join='

/** The invite as a link into the app at `origin`. */
export function formatInvite({ cafe, name, addresses, token }: Invite, origin: string): string {
  const code = packInvite({
    cafe,
    name,
    addresses,
    token: token === undefined ? undefined : base58btc.baseDecode(token),
  })
  return `${origin}/${MARK}${base64url.baseEncode(code)}`
}

/**
 * An invite from its link or from the bare code in it.
 * @throws CafeError BAD_REQUEST {what: 'invite'}, never with any part of the text.
 */
export function parseInvite(input: string): Invite {
  try {
    if (input.length > MAX_INVITE) throw new CafeError('BAD_REQUEST')
    const at = input.indexOf(MARK)
    const code = (at < 0 ? input : input.slice(at + MARK.length)).trim()
    const bytes = base64url.baseDecode(code)
    const { token, ...rest } = bytes[0] === PACKED ? unpackInvite(bytes) : unpackFirst(bytes)
    return { ...rest, token: token && base58btc.baseEncode(token) }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
  }
}

function unpackFirst(bytes: Uint8Array) {
  const { n, t, ...packed } = parse(wireSchema, decode(bytes, MAX_INVITE))
  const { peer: cafe, addresses } = unpackPeer(packed)
  return { cafe, name: n, addresses, token: t }
}
