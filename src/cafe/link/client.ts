/** The other half of the service of sealed links: what owners and openers ask a cafe. What is sealed is checked by opening it. */

import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { CLIENT_LINKS } from '../../core/limits.ts'
import { unshared } from '../../crypto/bytes.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import { type LinkState, type LinkWish, linkProtocol } from './protocol.ts'

/** `options` carry the access token, but for `open`, which needs none. */
export interface LinkClient {
  /** @throws CafeError CONFLICT {what: 'link'} with `revoked` or `seq`; QUOTA {links}; BUSY {after}. */
  put(cafe: PeerIdText, wish: LinkWish, options: CallOptions): Promise<{ readonly opened: number }>
  list(cafe: PeerIdText, options: CallOptions): Promise<readonly LinkState[]>
  revoke(cafe: PeerIdText, link: Uint8Array, options: CallOptions): Promise<void>
  /** @throws CafeError NOT_FOUND {what: 'link'}; FORBIDDEN {what: 'password'}; BUSY {after}. */
  open(
    cafe: PeerIdText,
    what: { readonly link: Uint8Array; readonly proof: Uint8Array; readonly attempt: Uint8Array },
    options?: CallOptions,
  ): Promise<Uint8Array>
}

export function linkClient({ connector }: { readonly connector: Connector }): LinkClient {
  return {
    put: (cafe, wish, options) => call(connector, cafe, linkProtocol, 'put', wish, options),
    async list(cafe, options) {
      const exchange = await start(connector, cafe, linkProtocol, 'list', {}, options)
      const found: LinkState[] = []
      try {
        for (let one = await exchange.next(); one; one = await exchange.next()) {
          // A cafe that never comes to an end is none.
          if (found.length >= CLIENT_LINKS) throw new CafeError('BAD_REQUEST', { at: 'item' })
          found.push(one)
        }
        return found
      } finally {
        exchange.close()
      }
    },
    async revoke(cafe, link, options) {
      await call(connector, cafe, linkProtocol, 'revoke', { link: unshared(link) }, options)
    },
    async open(cafe, { link, proof, attempt }, options) {
      const input = { link: unshared(link), proof: unshared(proof), attempt: unshared(attempt) }
      return (await call(connector, cafe, linkProtocol, 'open', input, options)).body
    },
  }
}
