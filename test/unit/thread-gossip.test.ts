/** When members are told and asked: no storm among many, one run at a time, and nobody who drips holds up the rest. */
import type { CID } from 'multiformats/cid'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { createPulls } from '../../src/peer/thread-pulls.ts'
import { createPushes } from '../../src/peer/thread-pushes.ts'
import { blockCid } from '../../src/thread/block.ts'
import { createLinks, type Links } from '../../src/thread/sync-links.ts'
import { createProver } from '../../src/thread/sync-proof.ts'
import { createSyncRates, SYNC_PACES } from '../../src/thread/sync-rates.ts'
import type { Thread, ThreadIdText } from '../../src/thread/thread.ts'

const id = 'ab'.repeat(32) as ThreadIdText
const peers = Array.from({ length: 16 }, (_, n) => `peer-${n}` as PeerIdText)

afterEach(() => vi.useRealTimers())

/** A thread of which nothing is known but what is here. */
const threadWith = (here: () => readonly CID[]): Thread =>
  ({
    id,
    heads: async () => here().slice(-1),
    has: async (cids: readonly CID[]) => cids.map((cid) => here().some((one) => one.equals(cid))),
  }) as unknown as Thread

const quiet = { onLost: () => {}, onTaken: () => {} }

function linked(...others: readonly PeerIdText[]): Links {
  const links = createLinks()
  for (const peer of others) links.meet(peer, [{ tag: systemRandom(16), id }])
  return links
}

describe('telling others', () => {
  it('costs sixteen members one call to each from the author, and two from each who got it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const first = await blockCid(systemRandom(8))
    const post = { cid: await blockCid(systemRandom(8)), bytes: systemRandom(8) }
    let calls = 0
    const has = new Map(peers.map((peer) => [peer, [first]]))
    const all = new Map(
      peers.map((self) => {
        const links = linked(...peers.filter((peer) => peer !== self))
        const get = async (): Promise<Thread> => threadWith(() => has.get(self) ?? [])
        const client = {
          async push(to: PeerIdText) {
            calls++
            const other = all.get(to)
            const here = has.get(to)
            other?.links.tell(self, id, has.get(self)?.slice(-1) ?? [])
            if (here?.length === 1) {
              here.push(post.cid)
              other?.pushes.arrived(id)
            }
            links.tell(to, id, has.get(to)?.slice(-1) ?? [])
            return true
          },
        }
        return [self, { links, pushes: createPushes({ links, client, get, ...quiet, chance: Math.random }) }]
      }),
    )
    const author = peers[0] as PeerIdText
    has.get(author)?.push(post.cid)
    await all.get(author)?.pushes.posted(id, [post])
    expect(calls).toBe(15)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([...has.values()].every((here) => here.length === 2)).toBe(true)
    expect(calls).toBeLessThanOrEqual(15 + 2 * 15)
  })

  it('gathers what is said while a call is on its way', async () => {
    const links = linked('peer-1' as PeerIdText)
    const sent: number[] = []
    const waiting = Promise.withResolvers<void>()
    const client = {
      async push(_peer: PeerIdText, _id: ThreadIdText, blocks: readonly unknown[]) {
        sent.push(blocks.length)
        if (sent.length === 1) await waiting.promise
        return blocks.length < 9
      },
    }
    const taken: number[] = []
    const pushes = createPushes({
      ...{ links, client, get: async () => undefined, onLost: () => {}, chance: () => 0 },
      onTaken: (_peer, _id, blocks) => taken.push(blocks.length),
    })
    const block = { cid: await blockCid(systemRandom(8)), bytes: systemRandom(8) }
    const first = pushes.posted(id, [block])
    await new Promise((resolve) => setTimeout(resolve))
    const rest = Array.from({ length: 9 }, () => pushes.posted(id, [block]))
    waiting.resolve()
    await Promise.all([first, ...rest])
    expect(sent).toEqual([1, 9])
    // What did not go along is not known to have come.
    expect(taken).toEqual([1])
  })

  it('gives up the link of a peer that does not know it any more', async () => {
    const peer = 'peer-1' as PeerIdText
    const links = linked(peer)
    const lost: boolean[] = []
    const client = { push: () => Promise.reject(new CafeError('UNAUTHORIZED')) }
    const pushes = createPushes({
      ...{ links, client, get: async () => undefined, chance: () => 0, onTaken: () => {} },
      onLost: (_peer, hopeless) => lost.push(hopeless),
    })
    await pushes.compare(peer, id)
    expect(lost).toEqual([false])
    expect(links.tagOf(peer, id)).toBeUndefined()
  })

  it.each(['UNREACHABLE', 'TIMEOUT'] as const)(
    'greets anew, at once, a peer to which a call ended with %s',
    async (code) => {
      const peer = 'peer-1' as PeerIdText
      const links = linked(peer)
      const lost: boolean[] = []
      let calls = 0
      const client = {
        push() {
          calls++
          return Promise.reject(new CafeError(code))
        },
      }
      const pushes = createPushes({
        ...{ links, client, get: async () => undefined, chance: () => 0, onTaken: () => {} },
        onLost: (_peer, hopeless) => lost.push(hopeless),
      })
      await pushes.posted(id, [])
      expect({ calls, lost }).toEqual({ calls: 1, lost: [false] })
      expect(links.tagOf(peer, id)).toBeUndefined()
    },
  )

  it('comes again when a peer that was busy has said it may', async () => {
    const peer = 'peer-1' as PeerIdText
    const links = linked(peer)
    const at: number[] = []
    const client = {
      async push() {
        at.push(performance.now())
        if (at.length === 1) throw new CafeError('BUSY', { after: 1500 })
        return true
      },
    }
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const pushes = createPushes({ links, client, get: async () => undefined, ...quiet, chance: () => 0 })
    const told = pushes.posted(id, [])
    await vi.advanceTimersByTimeAsync(5000)
    await told
    expect((at[1] as number) - (at[0] as number)).toBeGreaterThanOrEqual(1500)
  })
})

describe('asking others', () => {
  it('is one run for a thread, after which the others have nothing more to give', async () => {
    const head = await blockCid(systemRandom(8))
    const here: CID[] = []
    const links = linked(...peers)
    for (const peer of peers) links.tell(peer, id, [head])
    let runs = 0
    const client = {
      async pull() {
        runs++
        await new Promise((resolve) => setTimeout(resolve, 20))
        here.push(head)
        return { applied: 1, more: false }
      },
    }
    const pulls = createPulls({
      ...{ links, client, get: async () => threadWith(() => here) },
      ...{ onLevel: () => {}, onBehind: () => {}, onLost: () => {} },
    })
    for (const peer of peers) pulls.consider(peer, id)
    await pulls.settled(AbortSignal.timeout(10_000))
    expect(runs).toBe(1)
    pulls.close()
  })

  it('begins with another beside one that is slow, and drops who is not worth it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const head = await blockCid(systemRandom(8))
    const here: CID[] = []
    const [slow, liar, good] = peers as [PeerIdText, PeerIdText, PeerIdText]
    const links = linked(slow, liar, good)
    const lost: PeerIdText[] = []
    const client = {
      async pull(peer: PeerIdText) {
        if (peer === slow) return new Promise<never>(() => {})
        if (peer === liar) throw new CafeError('FORBIDDEN', { why: 'blocks' })
        here.push(head)
        return { applied: 1, more: false }
      },
    }
    const pulls = createPulls({
      ...{ links, client, get: async () => threadWith(() => here) },
      ...{ onLevel: () => {}, onBehind: () => {}, onLost: (peer: PeerIdText) => lost.push(peer) },
    })
    for (const peer of [slow, liar, good]) {
      links.tell(peer, id, [head])
      pulls.consider(peer, id)
    }
    await vi.advanceTimersByTimeAsync(10_000)
    expect(here).toHaveLength(1)
    expect(lost).toEqual([liar])
    expect(links.tagOf(liar, id)).toBeUndefined()
    pulls.close()
  })
})

describe('links, proofs and paces', () => {
  it('keep a peer apart from what it does not share', () => {
    const [ann, ben] = peers as [PeerIdText, PeerIdText]
    const links = linked(ann)
    const tag = links.tagOf(ann, id) as Uint8Array
    expect(links.threadOf(ann, tag)).toBe(id)
    expect(links.threadOf(ben, tag)).toBeUndefined()
    links.part(ann, id)
    expect(links.threadOf(ann, tag)).toBeUndefined()
    expect(links.peersOf(id)).toEqual([])
  })

  it('forget the peer that was quiet longest, and stay within bounds', () => {
    const links = linked(...Array.from({ length: 400 }, (_, n) => `peer-${n}` as PeerIdText))
    expect(links.peers()).toHaveLength(256)
    expect(links.tagOf('peer-0' as PeerIdText, id)).toBeUndefined()
    expect(links.tagOf('peer-399' as PeerIdText, id)).toBeDefined()
  })

  it('are worth nothing for another peer, nonce, role or thread', async () => {
    const [caller, host] = peers as [PeerIdText, PeerIdText]
    const meeting = { caller, host, callerNonce: systemRandom(16), hostNonce: systemRandom(16) }
    const [prove, other] = [await createProver(systemRandom(32)), await createProver(systemRandom(32))]
    const all = [
      await prove('caller', meeting),
      await prove('host', meeting),
      await other('caller', meeting),
      await prove('caller', { ...meeting, caller: host, host: caller }),
      await prove('caller', { ...meeting, callerNonce: systemRandom(16) }),
      await prove('caller', { ...meeting, hostNonce: systemRandom(16) }),
    ]
    expect(new Set(all.map(String)).size).toBe(all.length)
    expect(await prove('caller', meeting)).toEqual(all[0])
  })

  it('shut a peer out after some faults, for a while', () => {
    let now = 1_000_000
    const rates = createSyncRates(() => now)
    const [eve, ann] = peers as [PeerIdText, PeerIdText]
    expect(rates.fault(eve, 1)).toBe(false)
    expect(rates.fault(eve, SYNC_PACES.fault.burst)).toBe(true)
    for (const call of [
      () => rates.hello(eve),
      () => rates.sync(eve),
      () => rates.push(eve, 1),
      () => rates.invite(eve),
    ])
      expect(call).toThrowError(expect.objectContaining({ code: 'BUSY' }))
    rates.hello(ann)
    now += SYNC_PACES.out
    rates.hello(eve)
  })
})
