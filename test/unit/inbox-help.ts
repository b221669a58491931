/** The inbox of a cafe without a network: its handlers called as the wire would, on rows, devices and a clock of the test. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Counts, createErase } from '../../src/cafe/erase.ts'
import type { Session } from '../../src/cafe/guard.ts'
import type { LetterBody } from '../../src/cafe/inbox/letters.ts'
import {
  type Checked,
  type DoorClass,
  inboxProtocol,
  type Mail,
  type MailReceipt,
  mailReceiptRecord,
  mailReceiptSchema,
} from '../../src/cafe/inbox/protocol.ts'
import type { MailRates } from '../../src/cafe/inbox/rates.ts'
import { createInbox, type Inbox } from '../../src/cafe/inbox/service.ts'
import { allGone, type InboxStore, inboxStore } from '../../src/cafe/inbox/store.ts'
import { createPaces } from '../../src/cafe/pace.ts'
import { createVouch } from '../../src/cafe/vouch.ts'
import { decode, encode } from '../../src/core/codec.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { LETTER_COST, MAX_RECEIPT } from '../../src/core/limits.ts'
import type { Log } from '../../src/core/log.ts'
import { silentLog } from '../../src/core/log.ts'
import { parse } from '../../src/core/schema.ts'
import { createSerial } from '../../src/core/serial.ts'
import { concat, sha256 } from '../../src/crypto/bytes.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'

export type Bytes = Uint8Array<ArrayBuffer>

export const START = Date.UTC(2030, 0, 1)
export const DAY = 86_400_000
export const ADA = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
export const BOB = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address

/** Peer ids that are none of a key, but look like it. */
export const peerOf = (n: number): PeerIdText =>
  `12D3KooW${[...String(n).padStart(44, '0')].map((digit) => 'ABCDEFGHJK'[Number(digit)]).join('')}` as PeerIdText
export const bodyOf = (n: number, size = 256): Bytes => {
  const body = new Uint8Array(size)
  new DataView(body.buffer).setUint32(0, n)
  return body
}
export const keyOf = (n: number): Bytes => new Uint8Array(16).fill(n)

const any = { burst: 1e9, every: 1 }
/** Nobody is told to wait. */
export const FREELY: MailRates = { key: any, peer: any, strangers: any }

export interface InboxParts {
  readonly rows?: Rows
  readonly clock?: { now: number }
  readonly key?: PrivateKey
  readonly epoch?: number
  readonly rates?: MailRates | undefined
  readonly bits?: number
  readonly most?: { letters: number; bytes: number }
  readonly log?: Log
  /** Devices that are admitted, by account. */
  readonly devices?: Map<Address, PeerIdText[]>
  readonly quota?: number
  /** Receipts without signature: for tests of ten thousand runs, which are about something else. */
  readonly unsigned?: boolean
}

export interface TestInbox {
  readonly cafe: PeerIdText
  readonly key: PrivateKey
  readonly rows: Rows
  readonly store: InboxStore
  readonly inbox: Inbox
  readonly clock: { now: number }
  readonly devices: Map<Address, PeerIdText[]>
  /** Sets doors: a contact by key 1 and 2, somebody introduced by key 9, strangers. */
  openDoors(account: Address, change?: { seq?: number; strangers?: boolean; maxTtl?: number }): Promise<void>
  deliver(to: Address, body: Bytes, how?: Delivery): Promise<MailReceipt>
  /** All that a device has not acknowledged after a place. */
  check(account: Address, peer: PeerIdText, after?: number): Promise<Checked[]>
  mail(account: Address, peer: PeerIdText, after?: number): Promise<Mail[]>
  ack(account: Address, peer: PeerIdText, ids: Uint8Array[]): Promise<void>
  setDoors(account: Address, seq: number, doors: TestDoors): Promise<void>
  /** Erases all that is kept for the account, as when its last device leaves. */
  erase(account: Address): Promise<Counts>
}

export interface Delivery {
  readonly door?: { key: Bytes } | { hour: number; nonce: Bytes }
  readonly ttl?: number
  readonly by?: PeerIdText
  readonly id?: Bytes
}

export interface TestDoors {
  readonly contacts?: Bytes[]
  readonly introduced?: Bytes[]
  readonly strangers?: boolean
  readonly maxTtl?: number
}

/** An inbox; given the rows, clock, key and devices of another, it is that one after a restart. */
export async function newInbox(parts: InboxParts = {}): Promise<TestInbox> {
  const { rows = memoryRows(), clock = { now: START }, rates = FREELY, epoch = 1, quota = 1e9 } = parts
  const { devices = new Map([ADA, BOB].map((account, n) => [account, [peerOf(n)]])), log = silentLog } = parts
  const key = parts.key ?? (await generateKeyPair('Ed25519'))
  const cafe = peerIdFromPrivateKey(key).toString() as PeerIdText
  const admitted = (account: Address): PeerIdText[] => devices.get(account) ?? []
  const inbox = await createInbox({
    ...{ cafe, epoch, rows, rates, log, bits: parts.bits ?? 8, most: parts.most },
    ...{ serial: createSerial(), clock: () => clock.now },
    stands: async ({ account, peer }) => admitted(account).includes(peer),
    devices: async (account) => ({ peers: [...admitted(account)], quota: admitted(account).length > 0 ? quota : 0 }),
    vouch: parts.unsigned
      ? async (_kind, account, what) => encode({ ...what, v: 1, cafe, epoch, account })
      : createVouch({ cafe, peerKey: key, epoch }),
    paces: { write() {}, read() {}, async look() {} },
  })
  const erase = createErase(inbox.parts)

  const run = async (op: keyof typeof inboxProtocol.operations, input: unknown, how: Context) => {
    const definition = inboxProtocol.operations[op]
    const items: unknown[] = []
    const handler = inbox.handlers[op] as (input: unknown, context: unknown) => Promise<unknown>
    const receipt = await handler(parse(definition.request, input), {
      ...{ session: how.session, peer: how.peer ?? how.session?.peer, signal: new AbortController().signal },
      upload: async () => parse(definition.upload as never, how.upload),
      send: async (item: unknown) => void items.push(parse(definition.item as never, item)),
    })
    return { items, receipt: parse(definition.receipt as never, receipt) as { receipt: Bytes } }
  }

  const check: TestInbox['check'] = async (account, peer, after = 0) => {
    const { items } = await run('check', { after, live: false }, { session: sessionOf(account, peer) })
    return items as Checked[]
  }
  const setDoors: TestInbox['setDoors'] = async (account, seq, doors) => {
    const { contacts = [], introduced = [], strangers = false, maxTtl = 30 * DAY } = doors
    const upload = { contacts: await hashesOf(contacts), introduced: await hashesOf(introduced) }
    const [peer = peerOf(0)] = admitted(account)
    await run('setDoors', { seq, strangers, maxTtl }, { session: sessionOf(account, peer), upload })
  }

  return {
    ...{ cafe, key, rows, store: inboxStore(rows), inbox, clock, devices, check, setDoors },
    openDoors: (account, { seq = 1, strangers = true, maxTtl = 30 * DAY } = {}) =>
      setDoors(account, seq, { contacts: [keyOf(1), keyOf(2)], introduced: [keyOf(9)], strangers, maxTtl }),
    async deliver(to, body, { door = { key: keyOf(1) }, ttl = 7 * DAY, by = peerOf(77), id } = {}) {
      const wish = { to, id: id ?? (await sha256(body)), size: body.byteLength, ttl, door }
      const { receipt } = await run('deliver', wish, { peer: by, upload: { body } })
      if (parts.unsigned) return parse(mailReceiptSchema, decode(receipt.receipt, MAX_RECEIPT))
      return openRecord(mailReceiptRecord, cafe, receipt.receipt)
    },
    async mail(account, peer, after) {
      return (await check(account, peer, after)).flatMap((one) => ('mail' in one ? [one.mail] : []))
    },
    async ack(account, peer, ids) {
      await run('ack', { ids }, { session: sessionOf(account, peer) })
    },
    async erase(account) {
      return erase(account, async (changes, counts) => {
        devices.delete(account)
        await rows.commit(changes)
        return counts
      })
    },
  }
}

interface Context {
  readonly session?: Session
  readonly peer?: PeerIdText
  readonly upload?: unknown
}

export const sessionOf = (account: Address, peer: PeerIdText, bearer?: string): Session => ({
  ...{ account, peer, quota: 1e9, sid: 'sid', ended: new AbortController().signal },
  ...(bearer !== undefined && { bearer }),
})

async function hashesOf(keys: readonly Bytes[]): Promise<Bytes> {
  return concat(...(await Promise.all(keys.map(sha256))))
}

/** All letters that are here for an account, as its rows say. */
export const lettersOf = async (store: InboxStore, account: Address): Promise<readonly LetterBody[]> =>
  (await store.letters.list(account, 0, 1e6)).letters

/** Ids of those that are remembered. */
export const rememberedOf = async (store: InboxStore, account: Address): Promise<string[]> =>
  (await allGone(store, account)).flatMap(({ letters }) => letters.map(({ id }) => id))

/** What the rows of an account come to, by kind of door: to be compared with what is counted. */
export async function countRows(store: InboxStore, account: Address) {
  const parts: Record<DoorClass, { letters: number; bytes: number }> = {
    contact: { letters: 0, bytes: 0 },
    introduced: { letters: 0, bytes: 0 },
    stranger: { letters: 0, bytes: 0 },
  }
  for (const { door, size } of await lettersOf(store, account)) {
    parts[door].letters += 1
    parts[door].bytes += size + LETTER_COST
  }
  return parts
}

export const realPaces = (clock: { now: number }) => createPaces({ clock: () => clock.now, knows: async () => true })
