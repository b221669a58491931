/** The inbox of a cafe over the real rows, with its sessions, signatures and checks, and the same bytes by hand on bare IndexedDB. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createDevices, createStands, type Session } from '../../../src/cafe/guard.ts'
import { type Checked, inboxProtocol } from '../../../src/cafe/inbox/protocol.ts'
import { createInbox } from '../../../src/cafe/inbox/service.ts'
import { sessionStore } from '../../../src/cafe/session/store.ts'
import { createVouch } from '../../../src/cafe/vouch.ts'
import { systemClock, systemRandom } from '../../../src/core/clock.ts'
import { type Address, hex, type PeerIdText } from '../../../src/core/ids.ts'
import { MAX_ACK, MAX_MAIL_TTL } from '../../../src/core/limits.ts'
import { parse } from '../../../src/core/schema.ts'
import { createSerial } from '../../../src/core/serial.ts'
import { sha256 } from '../../../src/crypto/bytes.ts'
import type { Rows } from '../../../src/store/rows.ts'

export interface InboxLabComponents {
  readonly rows: Rows
  /** One strict transaction in a database of its own. */
  readonly inRaw: (run: (store: IDBObjectStore) => void) => Promise<void>
  /** Values in a range of that database. */
  readonly readRaw: (range: IDBKeyRange, limit: number) => Promise<number>
}

interface Letter {
  readonly id: Uint8Array<ArrayBuffer>
  readonly body: Uint8Array<ArrayBuffer>
}

const ACCOUNT = `P${'b'.repeat(47)}` as Address
const DEVICE = `12D3KooW${'b'.repeat(44)}` as PeerIdText
const WRITER = `12D3KooW${'c'.repeat(44)}` as PeerIdText
const any = { burst: 1e9, every: 1 }
/** Letters under way at once: what some dozens of writers come to. */
const AT_ONCE = 512
/** No letter's bytes are counted for the pace of reading: the figure is of the service, not of its limit. */
const unpaced = { write() {}, read() {}, async look() {} }

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await run()
  return performance.now() - started
}

const makeLetters = (size: number, count: number): Promise<Letter[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const body = new Uint8Array(size)
      crypto.getRandomValues(body.subarray(0, Math.min(size, 65_536)))
      return { id: await sha256(body), body }
    }),
  )

/** Runs `task` for all, so many at once. */
async function each<T>(items: readonly T[], task: (item: T, place: number) => Promise<void>): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const place = next++
      await task(items[place] as T, place)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

export async function inboxLab({ rows, inRaw, readRaw }: InboxLabComponents) {
  const peerKey = await generateKeyPair('Ed25519')
  const cafe = peerIdFromPrivateKey(peerKey).toString() as PeerIdText
  const sessions = sessionStore(rows)
  const client = { account: ACCOUNT, peer: DEVICE, token: null, quota: 1e10, services: null, since: 1, revoked: null }
  await rows.commit([sessions.clients.put([ACCOUNT, DEVICE], client)])
  const inbox = await createInbox({
    ...{ cafe, epoch: 1, rows, serial: createSerial(), clock: systemClock, log: () => {} },
    ...{ stands: createStands(sessions), devices: createDevices(sessions, 'inbox'), paces: unpaced },
    vouch: createVouch({ cafe, peerKey, epoch: 1 }),
    rates: { key: any, peer: any, strangers: any },
  })
  const [mail] = inbox.parts
  const session: Session = {
    account: ACCOUNT,
    peer: DEVICE,
    sid: 'sid',
    quota: 1e10,
    ended: new AbortController().signal,
  }
  const context = { session, peer: DEVICE, signal: session.ended, send: async () => {} }
  const keys = [systemRandom(16), systemRandom(16)]
  const contacts = new Uint8Array(64)
  for (const [n, key] of keys.entries()) contacts.set(await sha256(key), 32 * n)
  const terms = { seq: systemClock(), strangers: true, maxTtl: MAX_MAIL_TTL }
  await inbox.handlers.setDoors(terms, { ...context, upload: async () => ({ contacts, introduced: new Uint8Array() }) })

  /** As the wire does: what comes in is checked first. */
  const deliver = ({ id, body }: Letter, place: number) => {
    const door = { key: keys[place % 2] as Uint8Array<ArrayBuffer> }
    const wish = { to: ACCOUNT, id, size: body.byteLength, ttl: MAX_MAIL_TTL, door }
    const { request, upload } = inboxProtocol.operations.deliver
    return inbox.handlers.deliver(parse(request, wish), {
      ...{ peer: WRITER, session, signal: session.ended, send: context.send },
      upload: async () => parse(upload as NonNullable<typeof upload>, { body }),
    })
  }
  const empty = () => mail?.erase(ACCOUNT, (changes) => rows.commit(changes))

  return {
    /** Milliseconds to take letters, until the last receipt is signed. */
    async inboxDeliver(size: number, count: number) {
      const letters = await makeLetters(size, count)
      let receipts = 0
      const ms = await timed(() =>
        each(letters, async (letter, place) => {
          const { receipt } = await deliver(letter, place)
          if (receipt.byteLength > 0) receipts += 1
        }),
      )
      if (receipts !== count || inbox.ledger.total.letters !== count) throw new Error('not all were kept')
      await empty()
      return ms
    },
    /** Milliseconds for a device to get all of them, and to acknowledge them. */
    async inboxCheck(size: number, count: number) {
      const letters = await makeLetters(size, count)
      await each(letters, async (letter, place) => void (await deliver(letter, place)))
      const got: Uint8Array<ArrayBuffer>[] = []
      const send = async (one: Checked): Promise<void> => {
        if ('mail' in one) got.push(one.mail.id)
      }
      const none = async (): Promise<never> => {
        throw new Error('nothing follows')
      }
      const ms = await timed(async () => {
        await inbox.handlers.check({ after: 0, live: false }, { ...context, send, upload: none })
        for (let at = 0; at < got.length; at += MAX_ACK)
          await inbox.handlers.ack({ ids: got.slice(at, at + MAX_ACK) }, { ...context, upload: none })
      })
      if (new Set(got.map(hex)).size !== count || inbox.ledger.total.letters !== 0)
        throw new Error('not all were fetched')
      await empty()
      return ms
    },
    /** Milliseconds to put as many bytes into bare IndexedDB, by strict transactions of so many letters. */
    async inboxDeliverRaw(size: number, count: number, group: number) {
      const letters = await makeLetters(size, count)
      const ms = await timed(() => putRaw(letters, group))
      await removeRaw(letters, count)
      return ms
    },
    /** Milliseconds to read them again, and to remove them, by so many. */
    async inboxCheckRaw(size: number, count: number, group: number) {
      const letters = await makeLetters(size, count)
      await putRaw(letters, count)
      const sorted = letters.map(({ id }) => hex(id)).sort()
      return timed(async () => {
        let seen = 0
        for (let at = 0; at < count; at += group)
          seen += await readRaw(IDBKeyRange.lowerBound(`/mail/${sorted[at]}`), group)
        if (seen < count) throw new Error('not all are there')
        await removeRaw(letters, group)
      })
    },
  }

  async function putRaw(letters: readonly Letter[], group: number): Promise<void> {
    for (let at = 0; at < letters.length; at += group)
      await inRaw((store) => {
        for (const { id, body } of letters.slice(at, at + group)) store.put(body, `/mail/${hex(id)}`)
      })
  }

  async function removeRaw(letters: readonly Letter[], group: number): Promise<void> {
    for (let at = 0; at < letters.length; at += group)
      await inRaw((store) => {
        for (const { id } of letters.slice(at, at + group)) store.delete(`/mail/${hex(id)}`)
      })
  }
}
