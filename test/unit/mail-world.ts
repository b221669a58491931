/**
 * People who write to each other in memory, with real mail and hand-made cafes: what is under test is what a device does, so
 * the cafes do what the test wants of them. Real time, since the mail waits by timers; a clock that stands still otherwise.
 */
import { createCard } from '../../src/cafe/contact/card.ts'
import type { InboxClient } from '../../src/cafe/inbox/client.ts'
import type { Checked, DoorClass, MailReceipt } from '../../src/cafe/inbox/protocol.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Account } from '../../src/crypto/account.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { accountSigner, createCertificate } from '../../src/crypto/certificate.ts'
import { createCardBook } from '../../src/peer/cards.ts'
import { createMail, type PeerMail } from '../../src/peer/mail/mail.ts'
import type { Incoming } from '../../src/peer/mail/types.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { accountOf, DAY, deviceOf, NOW } from './seal-help.ts'

interface Kept {
  readonly seq: number
  readonly id: Uint8Array
  readonly to: Address
  readonly body: Uint8Array
  readonly door: DoorClass
  readonly acked: Set<PeerIdText>
}

/** A cafe as a test wants it. */
export interface TestCafe {
  readonly peer: PeerIdText
  epoch: number
  /** Not there now. */
  closed: boolean
  /** What deliver fails with, if it does. */
  refuses: CafeError | undefined
  /** Is this letter, which it signs for, never given out? */
  withholds: (nth: number) => boolean
  kept: Kept[]
  /** Hashes of doors by account. */
  readonly doors: Map<Address, { contacts: string[]; introduced: string[]; strangers: boolean }>
  /** Letters signed for, also the same one again. */
  delivered: number
  put(to: Address, body: Uint8Array, door?: DoorClass): Promise<void>
  lose(): void
}

export function testCafe(n: number): TestCafe & { client(device: PeerIdText, account: Address): InboxClient } {
  const ears = new Set<() => void>()
  let seq = 0
  const cafe: TestCafe = {
    ...{ peer: deviceOf(100 + n).peer, epoch: 1, closed: false, refuses: undefined, withholds: () => false },
    ...{ kept: [], doors: new Map(), delivered: 0 },
    async put(to, body, door = 'contact') {
      const id = await sha256(body)
      if (cafe.kept.some((one) => one.to === to && sameBytes(one.id, id))) return
      seq++
      if (!cafe.withholds(seq)) cafe.kept.push({ seq, id, to, body, door, acked: new Set() })
      for (const ear of ears) ear()
    },
    lose() {
      cafe.kept = []
      cafe.epoch++
      for (const ear of ears) ear()
    },
  }
  const here = (): void => {
    if (cafe.closed) throw new CafeError('UNREACHABLE')
  }
  const doorOf = async (to: Address, door: { readonly key: Uint8Array } | { readonly hour: number }) => {
    const known = cafe.doors.get(to)
    if (!('key' in door)) return known?.strangers ? 'stranger' : undefined
    const hash = hex(await sha256(door.key))
    if (known?.contacts.includes(hash)) return 'contact'
    return known?.introduced.includes(hash) ? 'introduced' : undefined
  }
  const client = (device: PeerIdText, account: Address): InboxClient => ({
    async deliver(_, { to, body, door, ttl }) {
      here()
      if (cafe.refuses) throw cafe.refuses
      const cls = await doorOf(to, door)
      if (!cls) throw new CafeError('FORBIDDEN', { what: 'door' })
      await cafe.put(to, body, cls)
      cafe.delivered++
      const receipt: MailReceipt = {
        ...{ v: 1, cafe: cafe.peer, epoch: cafe.epoch, account: to, id: await sha256(body), size: body.byteLength },
        ...{ until: NOW + ttl, time: NOW },
      }
      return { receipt, envelope: new Uint8Array(0) }
    },
    async *check(_, { after, live }, { signal }): AsyncGenerator<Checked> {
      let last = after
      for (;;) {
        here()
        signal?.throwIfAborted()
        const { epoch } = cafe
        let wake = (): void => {}
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        ears.add(wake)
        signal?.addEventListener('abort', wake, { once: true })
        try {
          for (const one of cafe.kept) {
            if (one.to !== account || one.seq <= last || one.acked.has(device)) continue
            last = one.seq
            const { seq, id, body, door } = one
            yield { mail: { seq, id: new Uint8Array(id), time: NOW, expires: NOW + DAY, door, body: body.slice() } }
          }
          yield { level: { seq: last, epoch } }
          if (!live) return
          await woken
          signal?.throwIfAborted()
          if (cafe.epoch !== epoch) throw new CafeError('UNREACHABLE')
        } finally {
          ears.delete(wake)
        }
      }
    },
    async ack(_, ids) {
      here()
      for (const one of cafe.kept) if (ids.some((id) => sameBytes(id, one.id))) one.acked.add(device)
    },
    async setDoors(_, { contacts, introduced, strangers }) {
      here()
      cafe.doors.set(account, { contacts: contacts.map(hex), introduced: introduced.map(hex), strangers })
    },
    async terms() {
      here()
      return { strangers: true, bits: 1, maxSize: 16_384, hour: 1, maxTtl: DAY }
    },
  })
  return Object.assign(cafe, { client })
}

export interface Person {
  readonly account: Account
  readonly peer: PeerIdText
  readonly address: Address
  readonly mail: PeerMail
  readonly cards: ReturnType<typeof createCardBook>
  readonly rows: Rows
  /** What its handler was given. */
  readonly got: Incoming[]
  /** The handler does this first. */
  onLetter: (letter: Incoming) => Promise<void>
  said(): unknown[]
  /** The same device, begun anew over what is on disk. */
  restart(rows?: Rows): Promise<Person>
}

export interface World {
  readonly cafes: ReturnType<typeof testCafe>[]
  person(n: number, options?: PersonOptions): Promise<Person>
  close(): Promise<void>
  now: number
  /** Peers that everybody has a connection with. */
  online: PeerIdText[]
}

interface PersonOptions {
  readonly device?: number
  readonly rows?: Rows
  readonly blocked?: Address[]
  /** Devices that its card names. */
  readonly devices?: readonly number[]
  readonly contacts?: readonly Address[]
}

export function mailWorld(count = 2): World {
  const cafes = Array.from({ length: count }, (_, i) => testCafe(i + 1))
  const byPeer = new Map(cafes.map((cafe) => [cafe.peer, cafe]))
  const open: PeerMail[] = []
  const published = new Map<Address, Uint8Array>()

  const at = (peer: PeerIdText) => byPeer.get(peer) ?? testCafe(99)
  /** One client for all cafes, as the real one is. */
  const clientOf = (device: PeerIdText, account: Address): InboxClient => ({
    deliver: (cafe, ...rest) =>
      at(cafe)
        .client(device, account)
        .deliver(cafe, ...rest),
    check: (cafe, ...rest) =>
      at(cafe)
        .client(device, account)
        .check(cafe, ...rest),
    ack: (cafe, ...rest) =>
      at(cafe)
        .client(device, account)
        .ack(cafe, ...rest),
    setDoors: (cafe, ...rest) =>
      at(cafe)
        .client(device, account)
        .setDoors(cafe, ...rest),
    terms: (cafe, ...rest) =>
      at(cafe)
        .client(device, account)
        .terms(cafe, ...rest),
  })

  const world: World = {
    cafes,
    now: NOW,
    online: [],
    async person(n, options = {}) {
      const { device = n, rows = memoryRows(), blocked = [], contacts = [], devices = [device] } = options
      const account = await accountOf(n)
      const { peer } = deviceOf(device)
      const clock = () => world.now
      const certs = await Promise.all(
        devices.map(async (d) => {
          const { peer } = deviceOf(d)
          const terms = { peer, notBefore: NOW - DAY, notAfter: NOW + 300 * DAY, caps: ['mail' as const], seq: 1 }
          return { peer, cert: await createCertificate(account, terms) }
        }),
      )
      const inboxes = cafes.map((cafe) => ({ cafe: cafe.peer, addrs: ['/ip4/127.0.0.1/tcp/1/ws'] }))
      const terms = { name: `P${n}`, avatar: null, devices: certs, inboxes, seq: 1, ts: NOW, ttl: 300 * DAY }
      const envelope = published.get(account.address) ?? (await createCard(account, terms))
      published.set(account.address, envelope)
      let onCard = (_: Address): void => {}
      const cards = createCardBook({
        ...{ rows, clock, know: () => {} },
        client: { get: async (_, address) => published.get(address) },
        cafes: async () => cafes.map(({ peer }) => ({ cafe: peer, addresses: [] })),
        onChange: (address) => onCard(address),
      })
      const mail = await createMail({
        ...{ rows, account, cards, clock, random: systemRandom, log: silentLog, chance: () => 0 },
        ...{ signer: accountSigner(account, peer), client: clientOf(peer, account.address) },
        connector: { open: async () => Promise.reject(new CafeError('UNREACHABLE')) },
        cafes: {
          list: async () => cafes.map(({ peer }) => ({ cafe: peer, state: 'active' }) as never),
          access: async () => 'token',
        },
        people: {
          ...{ contacts: async () => contacts, members: async () => [], threads: async () => [] },
          blocked: async () => blocked,
        },
        prekeys: async () => [],
        ownCard: async () => ({ seq: 1, envelope }),
        registrar: { handle: async () => {}, unhandle: async () => {} },
        ...{ online: () => world.online, know: () => {}, dial: () => {} },
        patience: { hole: 1500, ask: 300 },
      })
      open.push(mail)
      onCard = mail.cardChanged
      const got: Incoming[] = []
      const person: Person = {
        ...{ account, peer, address: account.address, mail, cards, rows, got },
        onLetter: async () => {},
        said: () => got.map(({ body }) => body),
        async restart(next = rows) {
          await mail.close()
          return world.person(n, { ...options, rows: next })
        },
      }
      mail.on('post', async (letter) => {
        await person.onLetter(letter)
        got.push(letter)
      })
      await mail.attend()
      return person
    },
    async close() {
      await Promise.all(open.map((mail) => mail.close()))
    },
  }
  return world
}

/** Both have each other among their contacts, and the keys to each other's doors. */
export async function acquaint(a: Person, b: Person): Promise<void> {
  await a.cards.learnDoor(b.address, await b.mail.doorFor(`contact/${a.address}`), 'contact')
  await b.cards.learnDoor(a.address, await a.mail.doorFor(`contact/${b.address}`), 'contact')
}
