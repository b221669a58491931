/**
 * A cafe in Node as a process of its own, with its stores on this machine's disk, and clients of it in this process, over
 * real sockets; and what the disk can do without it: strict commits of LevelDB, and files written and synced.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { inboxClient } from '../../src/cafe/inbox/client.ts'
import { pinClient } from '../../src/cafe/pin/client.ts'
import { sessionClient } from '../../src/cafe/session/client.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { createNode } from '../../src/net/node.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { startNodeCafe } from '../fixtures/node-cafe.ts'

/** Requests under way at once. */
const AT_ONCE = 16

export interface NodeCafe {
  /** Operations a second. */
  register(count: number): Promise<number>
  deliver(count: number, size: number): Promise<number>
  pin(count: number, size: number): Promise<number>
  /** The limit of the disk: puts of LevelDB a second, each synced. */
  commits(count: number, size: number): Promise<number>
  /** The limit of the disk: files a second, each written and synced. */
  files(count: number, size: number): Promise<number>
  close(): Promise<void>
}

/** Runs `task` for 0 to `count`, so many at once; how many a second. */
async function perSecond(count: number, task: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const start = performance.now()
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return (count * 1000) / (performance.now() - start)
}

/** As many as the platform gives at once. */
function random(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) bytes.set(systemRandom(Math.min(65_536, size - at)), at)
  return bytes
}

export async function openNodeCafe(): Promise<NodeCafe> {
  const cafe = await startNodeCafe()
  const folder = await mkdtemp(join(tmpdir(), 'cafe-bench-'))
  const { cafe: peer, addresses } = cafe.at
  const person = async () => {
    const node = await createNode({
      ...{ datastore: new MemoryDatastore(), blocks: memoryBlocks(), relays: [], listen: [], log: silentLog },
    })
    node.connector.know(peer, addresses)
    const account = await openAccount(accountSeed(createWords()))
    const { connector } = node
    const session = sessionClient({ connector, peer: node.peer, random: systemRandom })
    const { access } = await session.register(peer, account, cafe.token)
    return {
      ...{ node, account, session },
      auth: access,
      inbox: inboxClient({ connector }),
      pins: pinClient({ connector }),
    }
  }
  const ada = await person()
  const key = systemRandom(16)
  const contacts = [new Uint8Array(await crypto.subtle.digest('SHA-256', key))]
  const doors = { seq: 1, contacts, introduced: [], strangers: true, maxTtl: 30 * 86_400_000 }
  await ada.inbox.setDoors(peer, doors, { auth: ada.auth })

  return {
    // The same device registers anew each time: a challenge, a signature, a commit and two signed tokens.
    register: (count) => perSecond(count, () => ada.session.register(peer, ada.account, cafe.token)),
    async deliver(count, size) {
      const letters = Array.from({ length: count }, () => random(size))
      const rate = await perSecond(count, (i) =>
        ada.inbox.deliver(peer, {
          ...{ to: ada.account.address, body: letters[i] as Uint8Array, ttl: 7 * 86_400_000, door: { key } },
        }),
      )
      const ids: Uint8Array[] = []
      for await (const one of ada.inbox.check(peer, { after: 0, live: false }, { auth: ada.auth }))
        if ('mail' in one) ids.push(new Uint8Array((await sha256.digest(one.mail.body)).digest))
      if (ids.length < count) throw new Error('letters are missing')
      await ada.inbox.ack(peer, ids, { auth: ada.auth })
      return rate
    },
    async pin(count, size) {
      const blocks = await Promise.all(
        Array.from({ length: count }, async () => {
          const bytes = random(size)
          return { cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes }
        }),
      )
      return perSecond(count, async (i) => {
        const { cid, bytes } = blocks[i] as (typeof blocks)[number]
        const upload = await ada.pins.upload(peer, size, { auth: ada.auth, read: async () => bytes })
        try {
          await upload.add([{ cid, size }])
          await upload.finish(cid)
        } finally {
          upload.close()
        }
      })
    },
    async commits(count, size) {
      const db = new ClassicLevel<string, Uint8Array>(await mkdtemp(join(folder, 'rows-')), { valueEncoding: 'view' })
      try {
        const value = random(size)
        return await perSecond(count, (i) => db.put(`/${i}`, value, { sync: true }))
      } finally {
        await db.close()
      }
    },
    async files(count, size) {
      const place = await mkdtemp(join(folder, 'files-'))
      const bytes = random(size)
      return perSecond(count, async (i) => {
        const file = await open(join(place, String(i)), 'wx')
        await file.writeFile(bytes)
        await file.sync()
        await file.close()
      })
    },
    async close() {
      await ada.node.stop()
      await cafe.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
