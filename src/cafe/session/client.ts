/** A client's half of the session service: what to sign and send to be admitted, to go on, to leave. */
import type { Random } from '../../core/clock.ts'
import type { PeerIdText } from '../../core/ids.ts'
import type { Account } from '../../crypto/account.ts'
import { signStatement } from '../../crypto/challenge.ts'
import { parseToken, tokenHash } from '../../crypto/token.ts'
import { type CallOptions, type Connector, call } from '../../wire/call.ts'
import type { RequestOf } from '../../wire/protocol.ts'
import { type Grant, STATEMENT_PROTOCOL, sessionProtocol } from './protocol.ts'

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
  }
}
