/** Registrations and frames that are wrong, to real nodes: an exact error each, and nothing stored. */
import { lpStream } from '@libp2p/utils'
import { base58 } from '@scure/base'
import { beforeAll, describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { STATEMENT_PROTOCOL, sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { decode, encode } from '../../src/core/codec.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { CHALLENGE_TTL, MAX_FRAME, MAX_REQUEST } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { type Statement, type StatementPurpose, signStatement } from '../../src/crypto/challenge.ts'
import { createToken, parseToken, tokenHash } from '../../src/crypto/token.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { call, start } from '../../src/wire/call.ts'
import type { RequestOf } from '../../src/wire/protocol.ts'
import { serve } from '../../src/wire/serve.ts'
import {
  type CafeNode,
  createCafeNode,
  createGuestNode,
  createTestNode,
  failure,
  type GuestNode,
  keep,
  MINUTE,
} from './fixture.ts'

type Register = RequestOf<(typeof sessionProtocol)['operations']['register']>

const random = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n))
const someAccount = async (): Promise<Account> => openAccount(await accountSeed(createWords(12), ''))

let cafe: CafeNode
let guest: GuestNode

beforeAll(async () => {
  cafe = keep(await createCafeNode())
  guest = keep(await createGuestNode({ clock: cafe.clock }))
  guest.know(cafe)
})

/** What a client would send to register; every part may be another one. */
async function application(
  options: {
    at?: CafeNode
    by?: GuestNode
    account?: Account
    purpose?: StatementPurpose
    token?: string
    edit?: (statement: Statement) => Statement
    late?: (statement: Statement) => Statement
  } = {},
): Promise<Register> {
  const { at = cafe, by = guest, purpose = 'register', token, edit = (s) => s, late = (s) => s } = options
  const account = options.account ?? by.account()
  const { address } = account
  const asked = { address, purpose: purpose as 'register' }
  const { challenge, exp } = await call(by.node.connector, at.at.cafe, sessionProtocol, 'challenge', asked)
  const statement = edit({
    v: 1,
    purpose,
    cafe: at.at.cafe,
    client: by.at.cafe,
    address,
    proto: STATEMENT_PROTOCOL,
    challenge,
    cnonce: random(16),
    exp,
    token: token === undefined ? null : await tokenHash(parseToken(token).secret),
  })
  const signature = await signStatement(account, statement)
  return { statement: late(statement) as Register['statement'], signature, token }
}

const send = (input: Register, by = guest, at: { at: { cafe: PeerIdText } } = cafe) =>
  call(by.node.connector, at.at.cafe, sessionProtocol, 'register', input)

describe('a registration is refused, and nothing is stored,', () => {
  const refuse = async (input: Register | Promise<Register>, expected: unknown, by = guest): Promise<void> => {
    const given = await input
    const before = await cafe.dump()
    expect(await failure(send(given, by))).toEqual(expected)
    expect(await cafe.dump()).toEqual(before)
  }
  const forbidden = (why: string) => ({ code: 'FORBIDDEN', why })

  it('without a token', () => refuse(application(), forbidden('token')))

  it('with a malformed token', async () => {
    for (const token of ['', 'x', '0'.repeat(60), '1'.repeat(45)]) {
      const input = await application()
      await refuse({ ...input, token }, { code: 'BAD_REQUEST', what: 'token' })
    }
    await refuse({ ...(await application()), token: '1'.repeat(62) }, { code: 'BAD_REQUEST', at: 'token' })
    const token = 'not base58!'
    expect(await failure(guest.session.register(cafe.at.cafe, guest.account(), token))).toEqual({
      code: 'BAD_REQUEST',
      what: 'token',
    })
  })

  it('with a wrong secret and with an unknown id, in the same words', async () => {
    const { text: unknown } = await createToken()
    await refuse(application({ token: unknown }), forbidden('token'))
    const token = await cafe.token()
    const mixed = base58.encode(Uint8Array.of(...base58.decode(token).subarray(0, 12), ...random(32)))
    await refuse(application({ token: mixed }), forbidden('token'))
  })

  it('with a token other than the one that was signed', async () => {
    const input = await application({ token: await cafe.token() })
    await refuse({ ...input, token: await cafe.token() }, forbidden('token'))
    await refuse(application({ token: await cafe.token(), edit: (s) => ({ ...s, token: null }) }), forbidden('token'))
  })

  it('with a used-up and with an expired token', async () => {
    await refuse(application({ token: await cafe.token({ uses: 0 }) }), forbidden('token-used'))
    const token = await cafe.token({ expires: cafe.clock() + MINUTE })
    cafe.clock.advance(MINUTE + 1)
    await refuse(application({ token }), forbidden('token-expired'))
  })

  it('with the token of another cafe', async () => {
    const other = keep(await createCafeNode({ clock: cafe.clock }))
    await refuse(application({ token: await other.token() }), forbidden('token'))
  })

  it('with a statement for another cafe, another peer, another protocol', async () => {
    const token = await cafe.token()
    const other = keep(await createTestNode().then((t) => ({ ...t, stop: () => t.node.stop() })))
    for (const edit of [
      (s: Statement): Statement => ({ ...s, cafe: other.at.cafe }),
      (s: Statement): Statement => ({ ...s, client: other.at.cafe }),
      (s: Statement): Statement => ({ ...s, proto: '/cafe/session/2.0.0' }),
    ])
      await refuse(application({ token, edit }), forbidden('statement'))
  })

  it('with a statement of another account than the one that asked for the challenge', async () => {
    const token = await cafe.token()
    const { address } = await someAccount()
    await refuse(application({ token, late: (s) => ({ ...s, address }) }), forbidden('challenge'))
  })

  it('with a bad signature, or that of another account', async () => {
    const token = await cafe.token()
    const input = await application({ token })
    const signature = input.signature.slice()
    signature[0] = (signature[0] as number) ^ 1
    await refuse({ ...input, signature }, forbidden('signature'))
    const thief = await someAccount()
    const account = { ...(await someAccount()), sign: thief.sign }
    await refuse(application({ token, account }), forbidden('signature'))
    await refuse(application({ token, late: (s) => ({ ...s, cnonce: random(16) }) }), forbidden('signature'))
  })

  it('with a challenge that was used', async () => {
    const token = await cafe.token()
    const by = keep(await createGuestNode({ clock: cafe.clock }))
    by.know(cafe)
    const input = await application({ token, by })
    await send(input, by)
    await refuse(input, forbidden('replay'), by)
  })

  it('with one challenge sent many times at once, but for one', async () => {
    const by = keep(await createGuestNode({ clock: cafe.clock }))
    by.know(cafe)
    const input = await application({ token: await cafe.token(), by })
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => send(input, by)))
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  })

  it('with a challenge of another purpose', async () => {
    const token = await cafe.token()
    const swapped = application({ token, purpose: 'recover', edit: (s) => ({ ...s, purpose: 'register' }) })
    await refuse(swapped, forbidden('challenge'))
    await refuse(application({ token, purpose: 'recover' }), forbidden('statement'))
  })

  it('with a challenge that was made up, is over, or whose end was moved', async () => {
    const token = await cafe.token()
    await refuse(application({ token, edit: (s) => ({ ...s, challenge: random(32) }) }), forbidden('challenge'))
    await refuse(application({ token, edit: (s) => ({ ...s, exp: s.exp + 1 }) }), forbidden('challenge'))
    const input = await application({ token })
    cafe.clock.advance(CHALLENGE_TTL + 1)
    await refuse(input, { code: 'UNAUTHORIZED', expired: true })
  })

  it('with the challenge of another cafe', async () => {
    const other = keep(await createCafeNode({ clock: cafe.clock }))
    guest.know(cafe, other)
    const input = await application({ at: other, edit: (s) => ({ ...s, cafe: cafe.at.cafe }) })
    await refuse(input, forbidden('challenge'))
  })

  it('by a cafe that relays the challenge of another to register itself as the victim', async () => {
    const token = await cafe.token()
    const evil = keep(await createGuestNode({ clock: cafe.clock }))
    evil.know(cafe)
    let answer: Promise<unknown> | undefined
    const aside = () => Promise.reject(new Error('not part of the attack'))
    const relay = serve(
      sessionProtocol,
      {
        challenge: (input) => call(evil.node.connector, cafe.at.cafe, sessionProtocol, 'challenge', input),
        register: (input) => {
          const forwarded = send({ ...input, token }, evil)
          answer = failure(forwarded)
          return forwarded
        },
        ...{ refresh: aside, deregister: aside, withdraw: aside, watch: aside },
        ...{ grantBearer: aside, listBearers: aside, revokeBearer: aside, drop: aside, putVoucher: aside },
      },
      { guard: async () => undefined, log: silentLog },
    )
    await evil.node.handle(sessionProtocol.id, relay, { limited: true, maxStreams: 4 })
    guest.know(cafe, evil)
    const before = await cafe.dump()
    expect(await failure(guest.session.register(evil.at.cafe, guest.account(), token))).toEqual(forbidden('statement'))
    expect(await answer).toEqual(forbidden('statement'))
    expect(await cafe.dump()).toEqual(before)
  })
})

describe('a token for three', () => {
  it('admits exactly three of twenty that come at once', async () => {
    const token = await cafe.token({ uses: 3 })
    const before = (await cafe.cafe.clients()).length
    const second = keep(await createGuestNode({ clock: cafe.clock }))
    second.know(cafe)
    // Ten a peer: one may have no more than STREAMS_PER_PEER streams at once.
    const peers = Array.from({ length: 20 }, (_, i) => (i % 2 ? guest : second))
    const inputs: Register[] = []
    for (const by of peers) inputs.push(await application({ token, by, account: await someAccount() }))
    const answers = await Promise.allSettled(inputs.map((input, i) => send(input, peers[i])))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(answers.length - refused.length).toBe(3)
    expect((await cafe.cafe.clients()).length).toBe(before + 3)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'FORBIDDEN', data: { why: 'token-used' } })
    expect(await failure(send(await application({ token, account: await someAccount() })))).toEqual({
      code: 'FORBIDDEN',
      why: 'token-used',
    })
  })
})

describe('a frame is refused', () => {
  /** Sends `frames` as they are and gives what comes back. */
  async function raw(protocol: string, ...frames: Uint8Array[]): Promise<unknown> {
    const signal = AbortSignal.timeout(10_000)
    const stream = await guest.node.connector.open(cafe.at.cafe, protocol, { signal, limited: true })
    const lp = lpStream(stream)
    for (const frame of frames) await lp.write(frame)
    const answer = decode((await lp.read({ signal })).subarray(), MAX_FRAME)
    stream.abort(new Error('read enough'))
    return answer
  }
  const refusal = (data: unknown, code = 'BAD_REQUEST') => ({ err: code, data })
  const { id } = sessionProtocol

  it('when a request is longer than any request', async () => {
    const before = await cafe.dump()
    const long = { op: 'refresh', input: { refresh: 'x'.repeat(MAX_REQUEST) } }
    expect(await raw(id, encode(long))).toEqual(refusal({ limit: MAX_REQUEST }))
    expect(await cafe.dump()).toEqual(before)
  })

  it('at the length itself, before its bytes have come, also where uploads may be longer', async () => {
    for (const { id } of [sessionProtocol, pinProtocol]) {
      const signal = AbortSignal.timeout(10_000)
      const stream = await guest.node.connector.open(cafe.at.cafe, id, { signal, limited: true })
      stream.send(Uint8Array.of(0x81, 0x80, 0x04)) // 65 537
      const answer = decode((await lpStream(stream).read({ signal })).subarray(), MAX_FRAME)
      expect(answer).toEqual(refusal({ limit: MAX_REQUEST }))
      stream.abort(new Error('read enough'))
    }
  })

  it('when it is not dag-cbor', async () => {
    expect(await raw(id, Uint8Array.of(0xff))).toEqual(refusal({ what: 'cbor' }))
    expect(await raw(id, Uint8Array.of(0xa1, 0x61))).toEqual(refusal({ what: 'cbor' }))
    expect(await raw(id, new Uint8Array(60_000).fill(0x81))).toEqual(refusal({ what: 'cbor' }))
  })

  it('when the operation is unknown, also by a name every object has', async () => {
    for (const op of ['fly', 'constructor', '__proto__', ''])
      expect(await raw(id, encode({ op, input: {} }))).toEqual(refusal({ op }, 'UNSUPPORTED'))
  })

  it('when it has a field too many, or lacks one', async () => {
    const input = { address: guest.account().address, purpose: 'register' }
    expect(await raw(id, encode({ op: 'challenge', input, more: 1 }))).toEqual(refusal({ at: 'more' }))
    expect(await raw(id, encode({ op: 'challenge', input: { ...input, more: 1 } }))).toEqual(refusal({ at: 'more' }))
    expect(await raw(id, encode({ op: 'challenge', input: { purpose: 'register' } }))).toEqual(
      refusal({ at: 'address' }),
    )
    expect(await raw(id, encode({ op: 'challenge', input: { ...input, purpose: 'steal' } }))).toEqual(
      refusal({ at: 'purpose' }),
    )
  })

  it('when its auth is longer than any token', async () => {
    const auth = 'x'.repeat(2049)
    expect(await raw(pinProtocol.id, encode({ op: 'list', auth, input: { limit: 1 } }))).toEqual(
      refusal({ at: 'auth' }),
    )
  })

  it('when an upload comes where none is due: the operation answers, nothing waits', async () => {
    const exchange = await start(guest.node.connector, cafe.at.cafe, sessionProtocol, 'challenge', {
      address: guest.account().address,
      purpose: 'register',
    })
    await exchange.send({ offer: [] } as never)
    expect((await exchange.receipt()).challenge.byteLength).toBe(32)
  })
})
