/** Links to content of a cafe that does not admit us, behind a relay that asks for vouchers: read at its door, if that is open. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { POLICIES } from '../../relay/policy.ts'
import type { Relay } from '../../relay/relay.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { doorBlocks, orAtDoor } from '../../src/net/door-blocks.ts'
import { leaf } from './blocks-fixture.ts'
import { createDoorCafe, type DoorCafe, startRelay } from './door-fixture.ts'
import { createTestNode, failure, keep, type TestNode } from './fixture.ts'

let relay: Relay
let cafe: DoorCafe
let stranger: TestNode
beforeAll(async () => {
  relay = await startRelay(undefined, { policy: { ...POLICIES.table, guests: 'vouched' } })
  cafe = await createDoorCafe(relay)
  const atDoor = doorBlocks(`http://127.0.0.1:${new URL(relay.url).port}`)
  stranger = await createTestNode({ relays: relay.multiaddrs, atDoor })
  keep({ stop: () => stranger.node.stop() })
  stranger.node.connector.know(cafe.at.cafe, cafe.at.addresses)
})
const fetched = (cid: Awaited<ReturnType<typeof leaf>>['cid']) => {
  // Nobody else is asked: the relay finds providers among whom it can ask, too.
  stranger.node.fetcher.hint([cafe.at.cafe])
  return stranger.node.fetcher.fetch(cid, { signal: AbortSignal.timeout(60_000) })
}

describe('a block of a cafe that lets no stranger through', () => {
  it('comes by its door while that is open, and is not there where it has none', async () => {
    const [one, two, other] = [await leaf(200_000), await leaf(1000), await leaf(10)]
    for (const { cid, bytes } of [one, two]) await cafe.blocks.put(cid, bytes)
    expect(new Uint8Array(await fetched(one.cid))).toEqual(one.bytes)
    expect(stranger.node.connections().some(({ peerId }) => peerId === cafe.at.cafe)).toBe(false)
    expect(new Uint8Array(await fetched(two.cid))).toEqual(two.bytes)
    expect(await failure(fetched(other.cid))).toMatchObject({ code: 'NOT_FOUND' })
    await cafe.shut()
    const late = await leaf(20)
    await cafe.blocks.put(late.cid, late.bytes)
    expect((await failure(fetched(late.cid))).code).toBe('UNREACHABLE')
    await cafe.open()
    expect(new Uint8Array(await fetched(late.cid))).toEqual(late.bytes)
  }, 120_000)

  it('is asked for at the door first once that has answered, and elsewhere again when it has not', async () => {
    const peer = cafe.at.cafe as PeerIdText
    const block = await leaf(10)
    const asked: string[] = []
    let answers: () => Promise<Uint8Array<ArrayBuffer>> = async () => block.bytes
    const refuse = async () => {
      asked.push('peer')
      throw new CafeError('UNREACHABLE', { why: 'guests' })
    }
    const ask = orAtDoor(refuse, () => {
      asked.push('door')
      return answers()
    })
    expect(await ask(peer, block.cid)).toEqual(block.bytes)
    expect(await ask(peer, block.cid)).toEqual(block.bytes)
    expect(asked.splice(0)).toEqual(['peer', 'door', 'door'])
    answers = () => Promise.reject(new CafeError('NOT_FOUND'))
    expect(await ask(peer, block.cid)).toBeNull()
    answers = () => Promise.reject(new CafeError('UNREACHABLE', { status: 503 }))
    expect(await failure(ask(peer, block.cid))).toEqual({ code: 'UNREACHABLE', status: 503 })
    // A closed door says less than why nobody was let through.
    expect(await failure(ask(peer, block.cid))).toEqual({ code: 'UNREACHABLE', why: 'guests' })
    // Neither who is away nor who lies is asked in another way.
    for (const code of ['UNREACHABLE', 'CORRUPT'] as const) {
      asked.length = 0
      const away = orAtDoor(
        () => Promise.reject(new CafeError(code)),
        () => Promise.resolve(block.bytes),
      )
      expect(await failure(away(peer, block.cid))).toEqual({ code })
    }
    const forged = orAtDoor(refuse, async () => Uint8Array.of(1, 2, 3))
    expect(await failure(forged(peer, block.cid))).toEqual({ code: 'UNREACHABLE', why: 'guests' })
  })

  it('is never longer than a block', async () => {
    const endless = createEndless()
    const origin = await endless.origin
    const { cid } = await leaf(10)
    expect(await failure(doorBlocks(origin)(cafe.at.cafe, cid))).toMatchObject({ code: 'CORRUPT' })
    endless.close()
  })
})

/** A host that answers without an end. */
function createEndless() {
  const server = createServer((_request, response) => {
    response.writeHead(200)
    const piece = Buffer.alloc(65_536)
    const go = (): void => void (!response.destroyed && response.write(piece, () => setImmediate(go)))
    go()
  })
  const origin = new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  )
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { origin, close }
}
