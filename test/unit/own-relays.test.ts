/** Relays that a person has named: what counts as the address of one, how many there may be, and that they are kept. */
import { describe, expect, test } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { isRelayAddress, relayPeer } from '../../src/net/relays.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { createOwnRelays, type OwnRelays } from '../../src/worker/own-relays.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const idOf = (i: number) => `12D3KooWGRUQK8t3p1jTKsH4kwjb6Xn2c5Wm3dCc3pMnnzJNnTV${BASE58[i]}`
const addressOf = (i: number) => `/dns4/relay.example/tcp/443/wss/p2p/${idOf(i)}`
const id = idOf(1)

describe('the address of a relay', () => {
  test.each([
    `/dns4/relay.example/tcp/443/wss/p2p/${id}`,
    `/ip4/192.168.1.2/tcp/8080/ws/p2p/${id}`,
    `/ip6/::1/tcp/8080/ws/p2p/${id}`,
    `/ip4/192.168.1.2/udp/9090/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ/p2p/${id}`,
  ])('%s', (address) => expect(isRelayAddress(address)).toBe(true))

  test.each([
    '',
    'relay.example',
    'https://relay.example/',
    '/dns4/relay.example',
    '/dns4/relay.example/tcp/443/wss',
    `/dns4/relay.example/p2p/${id}`,
    `/p2p/${id}`,
    // No browser can go there.
    `/ip4/192.168.1.2/tcp/4001/p2p/${id}`,
    `dns4/relay.example/tcp/443/wss/p2p/${id}`,
    `/dns4/relay.example/tcp/99999/wss/p2p/${id}`,
    // Through a relay, to somebody else.
    `/dns4/relay.example/tcp/443/wss/p2p/${id}/p2p-circuit`,
    `/dns4/relay.example/tcp/443/wss/p2p/${id}/p2p-circuit/p2p/${idOf(2)}`,
    // Cut off while it was copied.
    `/dns4/relay.example/tcp/443/wss/p2p/${id.slice(0, -1)}`,
    '/dns4/relay.example/tcp/443/wss/p2p/12D3KooW',
    `/dns4/relay.example/tcp/443/wss/p2p/${id}/`,
  ])('is not %j', (address) => expect(isRelayAddress(address)).toBe(false))
})

describe('relays of one’s own', () => {
  const open = async (rows = memoryRows()) => {
    const left: PeerIdText[] = []
    const used: string[][] = []
    const host = addressOf(0)
    const own: OwnRelays = await createOwnRelays({
      rows,
      relays: {
        get peers() {
          return [host, ...own.addresses].map(relayPeer)
        },
        leave: async (peer) => void left.push(peer),
      },
      onChange: async () => void used.push([...own.addresses]),
    })
    return { own, left, used, rows }
  }

  test('stay, and go when they are removed', async () => {
    const { own, left, used, rows } = await open()
    await own.add(addressOf(1))
    await own.add(addressOf(2))
    expect((await open(rows)).own.addresses).toEqual([addressOf(1), addressOf(2)])
    await own.remove(relayPeer(addressOf(1)))
    expect(left).toEqual([idOf(1)])
    expect(used).toEqual([[addressOf(1)], [addressOf(1), addressOf(2)], [addressOf(2)]])
    expect((await open(rows)).own.addresses).toEqual([addressOf(2)])
  })

  test('are all there when they were added at once', async () => {
    const { own, rows } = await open()
    await Promise.all([1, 2, 3].map((i) => own.add(addressOf(i))))
    expect((await open(rows)).own.addresses).toEqual([1, 2, 3].map(addressOf))
  })

  test('are none where what is stored cannot be read, and can be named again', async () => {
    const rows = memoryRows()
    await rows.commit([{ key: '/cafe/own-relays', value: Uint8Array.of(0xff) }])
    const { own } = await open(rows)
    expect(own.addresses).toEqual([])
    await own.add(addressOf(1))
    expect((await open(rows)).own.addresses).toEqual([addressOf(1)])
  })

  test('are refused where they are none, are there, or are too many', async () => {
    const { own, used } = await open()
    const refusal = (code: string) => ({ code, data: { what: 'relay' } })
    await expect(own.add('relay.example')).rejects.toMatchObject(refusal('BAD_REQUEST'))
    await expect(own.add(addressOf(0))).rejects.toMatchObject(refusal('CONFLICT'))
    for (const i of [1, 2, 3, 4]) await own.add(addressOf(i))
    await expect(own.add(addressOf(4))).rejects.toMatchObject(refusal('CONFLICT'))
    await expect(own.add(addressOf(5))).rejects.toMatchObject(refusal('QUOTA'))
    expect(own.addresses).toHaveLength(4)
    expect(used).toHaveLength(4)
  })
})
