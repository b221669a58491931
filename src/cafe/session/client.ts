/** A client's half of the session service: what to sign and send to be admitted, to go on, to leave. */
import type { Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAX_PAGE, WATCH_IDLE } from '../../core/limits.ts'
import type { Account } from '../../crypto/account.ts'
import { signStatement } from '../../crypto/challenge.ts'
import { openRecord } from '../../crypto/envelope.ts'
import { parseToken, tokenHash } from '../../crypto/token.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import type { ReceiptOf, RequestOf } from '../../wire/protocol.ts'
import {
  type BearerInfo,
  type Grant,
  type Receipt,
  receiptRecord,
  STATEMENT_PROTOCOL,
  type Standing,
  sessionProtocol,
  type Waiting,
} from './protocol.ts'

type Operations = (typeof sessionProtocol)['operations']
export type BearerWish = RequestOf<Operations['grantBearer']>
export type NewBearer = ReceiptOf<Operations['grantBearer']>

export interface SessionClientComponents {
  readonly connector: Connector
  /** Our own peer id: what the cafe will see proved. */
  readonly peer: PeerIdText
  readonly random: Random
}

/** What a cafe has signed about a client that left, and the envelope that proves it. */
export interface SignedReceipt {
  readonly receipt: Receipt
  readonly envelope: Uint8Array<ArrayBuffer>
}

/** What a cafe says of itself to those who listen. */
export interface AboutCafe {
  /** Its storage epoch, if it says so. */
  readonly epoch: number | undefined
  /** Its host has paused guests: nobody new comes in, nothing new is kept. */
  readonly paused: boolean
}

export interface SessionClient {
  /**
   * Registers `account` at `cafe`. Without a token it works where this client is still known, the cafe is open, or its
   * host has said yes.
   * @throws CafeError FORBIDDEN {why} as the protocol lists it; BAD_REQUEST for a malformed token; BUSY {after}.
   */
  register(cafe: PeerIdText, account: Account, token: string | undefined, options?: CallOptions): Promise<Grant>
  /** Registers without a token; where the host wants to be asked, does so and says `greeting`. Errors as `register`. */
  ask(cafe: PeerIdText, account: Account, greeting: string, options?: CallOptions): Promise<Grant | Waiting>
  refresh(cafe: PeerIdText, refresh: string, options?: CallOptions): Promise<Grant>
  /**
   * Leaves, and gives what the cafe signs to have erased.
   * @throws CafeError CORRUPT {what} if what came back is no receipt of this cafe about this client.
   */
  deregister(cafe: PeerIdText, account: Address, access: string, options?: CallOptions): Promise<SignedReceipt>
  /** Takes back a request to join. */
  withdraw(cafe: PeerIdText, address: Address, options?: CallOptions): Promise<void>
  /**
   * Calls `onStanding` with how we stand at `cafe` and how it is, at once and whenever that changes, until the signal fires;
   * and `onFarewell` with what its host says when the cafe closes.
   * @throws CafeError UNAUTHORIZED if it does not know us; UNREACHABLE, TIMEOUT, BUSY; ABORTED.
   */
  watch(
    cafe: PeerIdText,
    address: Address,
    onStanding: (standing: Standing, about: AboutCafe) => void,
    options: { signal: AbortSignal; onFarewell?: ((words: string) => void) | undefined },
  ): Promise<never>
  /** Puts out another device of the account. Gives whether it was a client. `options` carry the access token, as below. */
  drop(cafe: PeerIdText, peer: PeerIdText, options: CallOptions): Promise<{ dropped: boolean }>
  /** Tells the cafe by what relays let further devices of the account through. `options` carry the access token, as below. */
  putVoucher(cafe: PeerIdText, secret: Uint8Array, options: CallOptions): Promise<void>
  /** A token for HTTP; its text is in the result and nowhere else. `options` carry the access token, as below. */
  grantBearer(cafe: PeerIdText, wanted: BearerWish, options: CallOptions): Promise<NewBearer>
  listBearers(cafe: PeerIdText, options: CallOptions): Promise<readonly BearerInfo[]>
  revokeBearer(cafe: PeerIdText, id: string, options: CallOptions): Promise<{ revoked: boolean }>
}

export function sessionClient({ connector, peer, random }: SessionClientComponents): SessionClient {
  type Register = RequestOf<Operations['register']>

  const apply = async (
    cafe: PeerIdText,
    account: Account,
    how: Pick<Register, 'token' | 'ask'>,
    options?: CallOptions,
  ): Promise<Grant | Waiting> => {
    const token = how.token === undefined ? null : await tokenHash(parseToken(how.token).secret)
    const purpose = 'register'
    const { address } = account
    const about = { address, purpose } as const
    const { challenge, exp } = await call(connector, cafe, sessionProtocol, 'challenge', about, options)
    const statement: Register['statement'] = {
      v: 1,
      purpose,
      cafe, // the peer we dialled and the handshake proved, not what anybody says
      client: peer,
      address,
      proto: STATEMENT_PROTOCOL,
      challenge,
      cnonce: random(16),
      exp,
      token,
    }
    const signature = await signStatement(account, statement)
    return call(connector, cafe, sessionProtocol, 'register', { statement, signature, ...how }, options)
  }

  return {
    async register(cafe, account, token, options) {
      const answer = await apply(cafe, account, { token }, options)
      if ('waiting' in answer) throw new CafeError('BAD_REQUEST', { at: 'waiting' })
      return answer
    },
    ask: (cafe, account, greeting, options) => apply(cafe, account, { ask: { greeting } }, options),
    refresh: (cafe, refresh, options) => call(connector, cafe, sessionProtocol, 'refresh', { refresh }, options),
    async deregister(cafe, account, access, options) {
      const { receipt } = await call(connector, cafe, sessionProtocol, 'deregister', { access }, options)
      const envelope = new Uint8Array(receipt)
      const opened = await openRecord(receiptRecord, cafe, envelope)
      const ours = opened.cafe === cafe && opened.account === account && opened.peer === peer
      if (!ours) throw new CafeError('CORRUPT', { what: 'receipt' })
      return { receipt: opened, envelope }
    },
    async withdraw(cafe, address, options) {
      await call(connector, cafe, sessionProtocol, 'withdraw', { address }, options)
    },
    async watch(cafe, address, onStanding, { signal, onFarewell }) {
      const channel = await start(connector, cafe, sessionProtocol, 'watch', { address }, { signal, idle: WATCH_IDLE })
      try {
        for (;;) {
          const item = await channel.next()
          if (item === undefined) throw new CafeError('UNREACHABLE')
          if ('you' in item) onStanding(item.you, { epoch: item.epoch, paused: item.paused === true })
          else if ('farewell' in item) onFarewell?.(item.farewell)
        }
      } finally {
        channel.close()
      }
    },
    drop: (cafe, peer, options) => call(connector, cafe, sessionProtocol, 'drop', { peer }, options),
    async putVoucher(cafe, secret, options) {
      await call(connector, cafe, sessionProtocol, 'putVoucher', { secret: new Uint8Array(secret) }, options)
    },
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
