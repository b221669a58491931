/**
 * Issues and checks session tokens. A session row holds only ids and times; its tokens are signed from them, and Ed25519
 * is deterministic, so the same row always gives the same tokens: a lost reply can be given again without keeping it.
 */
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { ACCESS_TTL, REFRESH_TTL, SESSION_TTL } from '../../core/limits.ts'
import { type JwtKey, type JwtVerifier, type SessionClaims, signJwt, verifyJwt } from '../../crypto/jwt.ts'
import type { Grant } from './protocol.ts'
import type { ClientRow, SessionRow } from './store.ts'

export interface Issuer {
  /** The grant of a session's current generation. */
  grant(client: ClientRow, sid: string, session: SessionRow): Promise<Grant>
  /** @throws CafeError UNAUTHORIZED if expired, FORBIDDEN if it is not ours or not of that scope. */
  verify(jwt: string, scope: SessionClaims['scope'], now: number): Promise<SessionClaims>
}

export interface IssuerInit {
  readonly cafe: PeerIdText
  /** The cafe's name now, for the client to show. */
  readonly name: () => string
  readonly key: JwtKey
  /** Keys of the place it has moved from: what they signed holds until it ends. */
  readonly former?: readonly JwtVerifier[]
  /** Storage epoch of the cafe: grows when it has lost data. */
  readonly epoch: number
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

export function createIssuer({ cafe, name, key, former = [], epoch }: IssuerInit): Issuer {
  const aud = `cafe:${cafe}`
  return {
    async grant(client, sid, session) {
      const { issued } = session
      const accessEnds = Math.min(issued + ACCESS_TTL, session.created + SESSION_TTL)
      const refreshEnds = Math.min(issued + REFRESH_TTL, session.created + SESSION_TTL)
      if (accessEnds <= issued) throw new CafeError('UNAUTHORIZED', { expired: true })
      const claims = (scope: SessionClaims['scope'], jti: string, ends: number): SessionClaims => ({
        iss: cafe,
        aud,
        sub: client.peer,
        cnf: { peer: client.peer },
        acct: client.account,
        sid,
        gen: session.gen,
        jti,
        scope,
        iat: seconds(issued),
        nbf: seconds(issued),
        exp: seconds(ends),
        epo: epoch,
      })
      return {
        access: await signJwt(key, claims('access', session.access, accessEnds)),
        accessEnds,
        refresh: await signJwt(key, claims('refresh', session.refresh, refreshEnds)),
        refreshEnds,
        name: name(),
        quota: client.quota,
        services: client.services,
      }
    },
    verify: (jwt, scope, now) => verifyJwt([key, ...former], jwt, { iss: cafe, aud, scope, now }),
  }
}
