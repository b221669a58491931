/** By which keys a cafe is reached through a relay that asks: bounded, and in whose favour. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createGuests } from '../../src/cafe/guests.ts'
import { sessionStore } from '../../src/cafe/session/store.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { accountVoucher, voucherKey } from '../../src/crypto/voucher.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { keysFor } from '../../src/net/guests.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { ACCOUNT_GUESTS, ADMIT_KEYS } from '../../src/wire/seat.ts'
import { newPeerId } from './session-help.ts'

let peers: [PeerIdText, PeerIdText, PeerIdText, PeerIdText]
beforeAll(async () => {
  peers = [await newPeerId(), await newPeerId(), await newPeerId(), await newPeerId()]
})

const some = (count: number, first: number) => Array.from({ length: count }, (_, n) => Uint8Array.of(first, n >> 8, n))
const invites = (count: number) => some(count, 1).map((hash) => ({ hash }))
const counts = (invited: number, accounts: number): [number, number] => {
  const keys = keysFor({ invites: invites(invited), accounts: some(accounts, 2) })
  return [keys.filter(({ hash }) => hash[0] === 1).length, keys.filter(({ hash }) => hash[0] === 2).length]
}

describe('the keys of a cafe', () => {
  it('are no more than a relay takes; invites and accounts have half each, and what the others leave', () => {
    const half = ADMIT_KEYS / 2
    expect(counts(0, 0)).toEqual([0, 0])
    expect(counts(3, 5)).toEqual([3, 5])
    expect(counts(1000, 0)).toEqual([ADMIT_KEYS, 0])
    expect(counts(0, 1000)).toEqual([0, ADMIT_KEYS])
    expect(counts(1000, 1000)).toEqual([half, half])
    expect(counts(1000, 10)).toEqual([ADMIT_KEYS - 10, 10])
    expect(counts(10, 1000)).toEqual([10, ADMIT_KEYS - 10])
  })

  it('are those of the newest invites, and of whoever was here last; an account has some devices', () => {
    const keys = keysFor({ invites: invites(1000), accounts: some(1000, 2) })
    expect(keys[0]).toEqual({ hash: Uint8Array.of(1, 0, 0) })
    expect(keys[ADMIT_KEYS / 2]).toEqual({ hash: Uint8Array.of(2, 0, 0), guests: ACCOUNT_GUESTS })
  })
})

describe('the accounts that a cafe names', () => {
  it('are those of clients that stand, by when they were here last, on any device', async () => {
    const store = sessionStore(memoryRows())
    const name = async () => (await openAccount(accountSeed(createWords()))).address
    const [early, late, revoked, gone] = [await name(), await name(), await name(), await name()]
    const [one, two, three, four] = peers
    const client = (account: Address, peer: PeerIdText, end: number | null = null) =>
      store.clients.put([account, peer], {
        ...{ account, peer, token: null, quota: 1, services: null, since: 1, revoked: end },
      })
    const session = (account: Address, peer: PeerIdText, issued: number) =>
      store.sessions.put([peer, 's'], {
        ...{ account, created: 1, gen: 0, issued, access: 'a', refresh: 'r', previous: null, reused: false },
      })
    const secrets = new Map([early, late, revoked, gone].map((account, n) => [account, new Uint8Array(32).fill(n + 1)]))
    await store.rows.commit([
      ...[client(early, one), client(late, two), client(early, three), client(revoked, four, 5)],
      ...[session(early, one, 900), session(late, two, 500), session(early, three, 10), session(revoked, four, 990)],
      ...[...secrets].map(([account, secret]) => store.vouchers.put([account], { account, secret })),
    ])
    const { accounts } = await createGuests(store, { now: () => 1000 })()
    expect(accounts).toEqual([secrets.get(early), secrets.get(late)])
  })
})

describe('the voucher of an account', () => {
  it('is the same on every device, another at each cafe and relay, and none of another account', async () => {
    const words = createWords()
    const open = (words: string) => openAccount(accountSeed(words))
    const [a, same, other] = [await open(words), await open(words), await open(createWords())]
    const [one, two] = peers
    const mine = await accountVoucher(a, one)
    expect(mine.byteLength).toBe(32)
    expect(await accountVoucher(same, one)).toEqual(mine)
    expect(await accountVoucher(a, two)).not.toEqual(mine)
    expect(await accountVoucher(other, one)).not.toEqual(mine)
    const key = await voucherKey({ token: mine, relay: two, cafe: one })
    expect(key).not.toEqual(mine)
    expect(await voucherKey({ token: mine, relay: one, cafe: one })).not.toEqual(key)
  })
})
