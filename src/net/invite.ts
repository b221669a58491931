/**
 * Invites: what a person needs to join a cafe, as text for a link or a QR code. The code travels in the fragment of the
 * link, so no server sees the token in it.
 */
import { base64url } from 'multiformats/bases/base64'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { MAX_ADDRESSES, MAX_INVITE } from '../core/limits.ts'
import { multiaddrText, name, parse, peerId, text, v } from '../core/schema.ts'

const inviteSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  name,
  addresses: v.pipe(v.array(multiaddrText), v.minLength(1), v.maxLength(MAX_ADDRESSES)),
  /** Access token, 59 to 61 base58 characters. */
  token: v.optional(text(61)),
})

export type Invite = Omit<v.InferOutput<typeof inviteSchema>, 'v'>

/** Where the code begins in a link's fragment. */
const MARK = '#join='

/** The invite as a link into the app at `origin`. */
export function formatInvite(invite: Invite, origin: string): string {
  const code = base64url.baseEncode(encode({ v: 1, ...invite }))
  return `${origin}/${MARK}${code}`
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
    const { v: _version, ...invite } = parse(inviteSchema, decode(base64url.baseDecode(code), MAX_INVITE))
    return invite
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
  }
}
