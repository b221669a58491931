/** The services of small records without a network: handlers called as the wire would, on rows and a clock of the test. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Neighbours } from '../../src/cafe/contact/around.ts'
import { type Contacts, createContacts } from '../../src/cafe/contact/service.ts'
import { type Counts, createErase } from '../../src/cafe/erase.ts'
import type { Session } from '../../src/cafe/guard.ts'
import { createPaces } from '../../src/cafe/pace.ts'
import { type SlotReceipt, slotReceiptRecord } from '../../src/cafe/snapshot/protocol.ts'
import { createSnapshots, type Snapshots } from '../../src/cafe/snapshot/service.ts'
import { type SnapshotStore, snapshotStore } from '../../src/cafe/snapshot/store.ts'
import { createVouch } from '../../src/cafe/vouch.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { parse } from '../../src/core/schema.ts'
import { createSerial } from '../../src/core/serial.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import type { Connector } from '../../src/wire/call.ts'
import type { Service } from '../../src/wire/protocol.ts'
import type { ServiceHandlers } from '../../src/wire/serve.ts'

type Bytes = Uint8Array<ArrayBuffer>

export const START = Date.UTC(2030, 0, 1)

export interface Records {
  readonly peer: PeerIdText
  readonly store: SnapshotStore
  readonly snapshots: Snapshots
  readonly contacts: Contacts
  clock: { now: number }
  /** Accounts that are not clients any more. */
  readonly gone: Set<Address>
  /** Erases all that is kept for the account, as when its last device leaves. */
  erase(account: Address): Promise<Counts>
  /** What the cafe has signed. */
  opened(receipt: Bytes): Promise<SlotReceipt>
}

export interface RecordParts {
  readonly rows?: Rows
  readonly clock?: { now: number }
  readonly key?: PrivateKey
  /** Peers that are clients, to readers. */
  readonly knows?: (peer: PeerIdText) => boolean
  /** Peers that are devices of whatever account is asked about. */
  readonly isDevice?: (peer: PeerIdText) => boolean
  readonly connector?: Connector
  readonly neighbours?: Partial<Neighbours>
}

const NOBODY: Neighbours = { pick: () => [], isCafe: () => false, answered() {}, failed() {}, lied() {} }

/** The services of a cafe; given the rows, clock and key of another, it is that one after a restart. */
export async function newRecords(parts: RecordParts = {}): Promise<Records> {
  const { rows = memoryRows(), clock = { now: START }, knows = () => true, isDevice = () => true } = parts
  const peerKey = parts.key ?? (await generateKeyPair('Ed25519'))
  const peer = peerIdFromPrivateKey(peerKey).toString() as PeerIdText
  const gone = new Set<Address>()
  const components = {
    ...{ rows, serial: createSerial(), clock: () => clock.now, log: silentLog },
    stands: async ({ account, peer }: Pick<Session, 'account' | 'peer'>) => !gone.has(account) && isDevice(peer),
    vouch: createVouch({ cafe: peer, peerKey, epoch: 1 }),
    paces: createPaces({ clock: () => clock.now, knows: async (peer) => knows(peer) }),
  }
  const connector = parts.connector ?? { open: () => Promise.reject(new CafeError('UNREACHABLE')) }
  const [snapshots, contacts] = [
    await createSnapshots(components),
    createContacts({ ...components, connector, neighbours: { ...NOBODY, ...parts.neighbours } }),
  ]
  const erase = createErase([...snapshots.parts, ...contacts.parts])
  return {
    ...{ peer, store: snapshotStore(rows), snapshots, contacts, clock, gone },
    async erase(account) {
      gone.add(account)
      return erase(account, async (changes, counts) => {
        await rows.commit(changes)
        return counts
      })
    },
    opened: (receipt) => openRecord(slotReceiptRecord, peer, receipt),
  }
}

export const sessionOf = (account: Address, { quota = 1e9, peer = 'peer' } = {}): Session => ({
  ...{ account, quota, peer: peer as PeerIdText, sid: 'sid' },
  ended: new AbortController().signal,
})

/** Calls a handler as a carrier would, checking against the schemas what goes in and out; gives items and receipt. */
export async function calling<S extends Service, Op extends keyof S['operations'] & string>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  op: Op,
  input: unknown,
  { session, peer = session?.peer, upload }: { session?: Session; peer?: PeerIdText | undefined; upload?: unknown },
): Promise<{ items: unknown[]; receipt: Record<string, unknown> }> {
  const definition = service.operations[op] as S['operations'][string]
  const items: unknown[] = []
  const handler = handlers[op] as (input: unknown, context: unknown) => Promise<unknown>
  const receipt = await handler(parse(definition.request, input), {
    ...{ session, peer, signal: new AbortController().signal },
    upload: async () => parse(definition.upload as never, upload),
    send: async (item: unknown) => void items.push(parse(definition.item as never, item)),
  })
  return { items, receipt: parse(definition.receipt, receipt) as Record<string, unknown> }
}

/** A put, with its hash and size. */
export const wishOf = async (slot: Bytes, expect: number, seq: number, body: Bytes) => ({
  ...{ slot, expect, seq },
  ...{ hash: await sha256(body), size: body.byteLength },
})
