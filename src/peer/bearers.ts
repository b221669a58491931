/** Tokens for programs that reach a cafe over HTTP: made at a cafe in this account's name, listed, revoked. */
import type { BearerWish, NewBearer, SessionClient } from '../cafe/session/client.ts'
import type { BearerInfo } from '../cafe/session/protocol.ts'
import type { PeerIdText } from '../core/ids.ts'
import { authorized, type Cafes } from './cafes.ts'

export interface PeerBearers {
  /** The text is in the result and nowhere else. @throws CafeError QUOTA {bearers}; BAD_REQUEST {at: 'expires'}. */
  grant(cafe: PeerIdText, wanted: BearerWish, options: { signal: AbortSignal }): Promise<NewBearer>
  /** Those of all devices of the account that still work. */
  list(cafe: PeerIdText, options: { signal: AbortSignal }): Promise<readonly BearerInfo[]>
  /** False if there was none of that id. */
  revoke(cafe: PeerIdText, id: string, options: { signal: AbortSignal }): Promise<boolean>
}

export interface PeerBearersComponents {
  readonly cafes: Pick<Cafes, 'access'>
  readonly client: Pick<SessionClient, 'grantBearer' | 'listBearers' | 'revokeBearer'>
}

export function createPeerBearers({ cafes, client }: PeerBearersComponents): PeerBearers {
  return {
    grant: (cafe, wanted, { signal }) =>
      authorized(cafes, cafe, signal, (auth) => client.grantBearer(cafe, wanted, { auth, signal })),
    list: (cafe, { signal }) => authorized(cafes, cafe, signal, (auth) => client.listBearers(cafe, { auth, signal })),
    revoke: async (cafe, id, { signal }) =>
      (await authorized(cafes, cafe, signal, (auth) => client.revokeBearer(cafe, id, { auth, signal }))).revoked,
  }
}
