/** A client's half of the session service: what to sign and send to be admitted, to go on, to leave. */
import type { Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { MAX_PAGE } from '../../core/limits.ts'
import type { Account } from '../../crypto/account.ts'
import { signStatement } from '../../crypto/challenge.ts'
import { parseToken, tokenHash } from '../../crypto/token.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import type { ReceiptOf, RequestOf } from '../../wire/protocol.ts'
import { type BearerInfo, type Grant, STATEMENT_PROTOCOL, sessionProtocol } from './protocol.ts'

type Operations = (typeof sessionProtocol)['operations']
export type BearerWish = RequestOf<Operations['grantBearer']>
export type NewBearer = ReceiptOf<Operations['grantBearer']>

export interface SessionClientComponents {
  readonly connector: Connector
  /** Our own peer id: what the cafe will see proved. */
  readonly peer: PeerIdText
  readonly random: Random
}

export interface SessionClient {
  /**
   * Registers `account` at `cafe`. Without a token it works only where this client is still known.
   * @throws CafeError FORBIDDEN {why: 'token' | 'token-used' | 'token-expired' | …}; BAD_REQUEST for a malformed token.
   */
  register(cafe: PeerIdText, account: Account, token: string | undefined, options?: CallOptions): Promise<Grant>
  refresh(cafe: PeerIdText, refresh: string, options?: CallOptions): Promise<Grant>
  deregister(cafe: PeerIdText, access: string, options?: CallOptions): Promise<{ roots: number }>
  /** A token for HTTP; its text is in the result and nowhere else. `options` carry the access token, as below. */
  grantBearer(cafe: PeerIdText, wanted: BearerWish, options: CallOptions): Promise<NewBearer>
  listBearers(cafe: PeerIdText, options: CallOptions): Promise<readonly BearerInfo[]>
  revokeBearer(cafe: PeerIdText, id: string, options: CallOptions): Promise<{ revoked: boolean }>
}

export function sessionClient({ connector, peer, random }: SessionClientComponents): SessionClient {
  return {
    async register(cafe, account, token, options) {
      const hash = token === undefined ? null : await tokenHash(parseToken(token).secret)
      const purpose = 'register'
      const { address } = account
      const { challenge, exp } = await call(
        connector,
        cafe,
        sessionProtocol,
        'challenge',
        { address, purpose },
        options,
      )
      const statement: RequestOf<(typeof sessionProtocol)['operations']['register']>['statement'] = {
        v: 1,
        purpose,
        cafe, // the peer we dialled and the handshake proved, not what anybody says
        client: peer,
        address,
        proto: STATEMENT_PROTOCOL,
        challenge,
        cnonce: random(16),
        exp,
        token: hash,
      }
      const signature = await signStatement(account, statement)
      return call(connector, cafe, sessionProtocol, 'register', { statement, signature, token }, options)
    },
    refresh: (cafe, refresh, options) => call(connector, cafe, sessionProtocol, 'refresh', { refresh }, options),
    deregister: (cafe, access, options) =>
      call(connector, cafe, sessionProtocol, 'deregister', {}, { ...options, auth: access }),
    grantBearer: (cafe, wanted, options) => call(connector, cafe, sessionProtocol, 'grantBearer', wanted, options),
    async listBearers(cafe, options) {
      const exchange = await start(connector, cafe, sessionProtocol, 'listBearers', {}, options)
      const bearers: BearerInfo[] = []
      for (let one = await exchange.next(); one; one = await exchange.next()) {
        // A cafe that never comes to an end is none.
        if (bearers.push(one) < MAX_PAGE) continue
        exchange.close()
        throw new CafeError('BAD_REQUEST', { at: 'item' })
      }
      return bearers
    },
    revokeBearer: (cafe, id, options) => call(connector, cafe, sessionProtocol, 'revokeBearer', { id }, options),
  }
}
