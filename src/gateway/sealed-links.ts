/**
 * Sealed links: an address with `#link=` in place of `#key=`. Whoever knows cafes opens the seal; from then on it is a request
 * with a key. The key is in no address and no answer, so it is kept as any key is.
 */
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import { parseFileKey } from '../crypto/file-key.ts'
import type { GatewayRequest } from './request.ts'

/** Opens seals; it remembers what it has opened, since every range of a film asks anew. */
export interface LinkSource {
  /**
   * The key of the file, and what it is called.
   * @throws CafeError NOT_FOUND, UNREACHABLE {what: 'link'}; SEALED or FORBIDDEN {what: 'password'}.
   */
  open(
    link: { readonly code: Secret<string>; readonly from: readonly PeerIdText[] },
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly key: Secret<string>; readonly name?: string | undefined }>
}

/** The request with its key, if it came by a sealed link. @throws CafeError what opening it failed with. */
export async function unsealed<R extends GatewayRequest>(
  request: R,
  links: LinkSource | undefined,
  signal: AbortSignal,
): Promise<R> {
  const { link: code, from } = request
  if (code === undefined) return request
  if (!links) throw new CafeError('UNSUPPORTED', { what: 'link' })
  const { key, name } = await links.open({ code, from }, { signal })
  const filename = request.filename ?? name
  return { ...request, filename, key: { text: key, file: parseFileKey(key.reveal()) } }
}
