/**
 * The account peer of this device: one open account, the cafes it is registered with, what it keeps there. A new thing an
 * account does with cafes is a file beside this one and one line in {@link createPeer}. Which account that is, and whether
 * it is open at all, is decided in `accounts.ts`.
 */
import { contactClient } from '../cafe/contact/client.ts'
import { linkClient } from '../cafe/link/client.ts'
import { pinClient } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { sessionClient } from '../cafe/session/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Account } from '../crypto/account.ts'
import type { Blocks } from '../store/blocks.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { Connector } from '../wire/call.ts'
import { createAttendance } from './attend.ts'
import { type Backups, createBackups } from './backup.ts'
import { createPeerBearers, type PeerBearers } from './bearers.ts'
import { type Cafes, createCafes } from './cafes.ts'
import type { OwnCard } from './card.ts'
import type { CardBook } from './cards.ts'
import { createDevices, type Devices } from './devices.ts'
import { createKeptThreads, type Reach } from './kept-threads.ts'
import { createLinks, type Links } from './links.ts'
import { createPrekeys } from './mail/prekeys.ts'
import type { Mail } from './mail/types.ts'
import type { Packs } from './packs.ts'
import { createPeerMail } from './peer-mail.ts'
import { createPeople, type People } from './people.ts'
import { createLabels } from './pin-label.ts'
import { type AccountRecord, createRecord } from './record.ts'
import type { Safekeeping } from './safekeeping.ts'
import { createSafety, type SafetyView } from './safety.ts'
import type { PeerThreads } from './threads.ts'
import type { Draw } from './thumbnail.ts'

export interface PeerComponents {
  readonly account: Account
  readonly peer: PeerIdText
  readonly connector: Connector & {
    know(peer: PeerIdText, addresses: readonly string[]): void
    hold?(cafe: PeerIdText, secret: Uint8Array): void
  }
  /** The account's own: nothing of another account is in them. */
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of named cafes. */
  readonly source: BlockSource
  /** What this device is called. */
  readonly device?: string
  /** How this device reaches others. */
  readonly reach: Reach
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  /** It stands differently with letters, about this if that is known. */
  readonly onMail?: ((about: string | undefined) => void) | undefined
  /** Draws thumbnails, where the place we run in can. */
  readonly draw?: Draw | undefined
  /** It stands differently with some backup or cafe, maybe without anybody having asked. */
  readonly onChange?: (what: 'pins' | 'account' | 'links') => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage?: () => void
}

export interface Peer {
  readonly cafes: Cafes
  readonly backups: Backups
  readonly safety: SafetyView
  readonly bearers: PeerBearers
  readonly devices: Devices
  /** What all devices of the account agree on. */
  readonly record: AccountRecord
  readonly threads: PeerThreads
  /** Blocks of threads at the cafes. */
  readonly packs: Packs
  /** Sealed links that it has handed out. */
  readonly links: Links
  /** Snapshots of threads and record at the cafes, and the ways back from them. */
  readonly safekeeping: Safekeeping
  /** Letters to and from other accounts, and what is known of these. */
  readonly mail: Mail
  readonly cards: CardBook
  /** The address book, and finding others. */
  readonly people: People
  readonly account: Account
  /** The account's own contact card. */
  readonly card: OwnCard
  /** What a collection must spare. */
  readonly roots: readonly RootSource[]
  /** From now on looks after its sessions, and what is to be kept, by itself. */
  attend(): Promise<void>
  /** There is reason to look at the cafes at once: we slept, or the network is back. */
  wake(): void
  /** Connections may have come or gone. */
  connected(): void
  /** Stops what goes on by itself. */
  close(): Promise<void>
}

/** Milliseconds to look through the cafes after one more was joined; the next start does so again. */
const LOOK_THROUGH = 60_000

export async function createPeer(components: PeerComponents): Promise<Peer> {
  const { account, peer, connector, rows, clock } = components
  const { onChange = () => {}, onGarbage = () => {} } = components
  const current = (): Account => account
  const parts = { ...components, onGarbage }

  const client = sessionClient({ connector, peer, random: components.random })
  let attends = false
  const cafes = await createCafes({
    ...{ rows, client, account: current, know: connector.know, hold: connector.hold, clock },
    async onErased(cafe, left) {
      await backups.erased(cafe, left)
      await kept.safekeeping.erased(cafe, left)
      if (left) await links.left(cafe)
    },
    async onReadmitted(cafe) {
      await backups.readmitted(cafe)
      // Files that another device of this account keeps there, or the one that was lost: they come into the list by themselves.
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(LOOK_THROUGH)])
      void backups.adopt({ signal }).catch(() => {})
    },
    onChange() {
      onChange('account')
      if (!attends) return
      // What fails is tried again with the next change, or look at the clock.
      void attendance.sync().catch(() => {})
      void kept.cafesChanged().catch(() => {})
      void letters.mail.cafesChanged().catch(() => {})
      links.due()
    },
  })
  const record = createRecord({
    ...{ rows, device: peer, clock },
    onChange(changed, merged) {
      onChange('account')
      kept.recordChanged(changed, merged)
      letters.recordChanged(changed, merged)
    },
  })
  const devices = createDevices({ ...components, record, cafes, client, name: components.device ?? 'A device' })
  const closed = new AbortController()
  /** A cafe has lost some of what it had signed for. */
  const mend = async (cafe: PeerIdText): Promise<void> => {
    await backups.lost(cafe)
    await kept.lost(cafe)
    await letters.mail.cafeChanged(cafe)
    links.due()
    kept.safekeeping.slots.connected(cafe)
  }
  const attendance = createAttendance({
    ...{ cafes, clock, client },
    onConnected(cafe, epoch) {
      kept.safekeeping.slots.connected(cafe)
      backups.again()
      links.due()
      // What fails is done when the cafe is next met.
      if (epoch !== undefined) void cafes.epoch(cafe, epoch, () => mend(cafe)).catch(() => {})
    },
  })
  const backups = createBackups({
    ...{ ...parts, cafes, client: pinClient({ connector }), labels: createLabels(current) },
    sameKey: () => account.derive('dedupe'),
    onChange: () => onChange('pins'),
  })
  const links = createLinks({
    ...{ ...parts, cafes, client: linkClient({ connector }) },
    isFile: async (root) => (await backups.get(root)) !== undefined,
    onChange: () => onChange('links'),
  })
  const prekeys = createPrekeys({ ...components, record })
  const kept = await createKeptThreads({
    ...{ ...parts, record, cafes, devices, backups, prekey: prekeys.current },
    cargo: [links.cargo, { name: 'mail', bring: (to, options) => letters.mail.cargo.bring(to, options) }],
    onChange: () => onChange('pins'),
  })
  const letters = await createPeerMail({
    ...{ ...components, record, cafes, prekeys, threads: kept.threads, ownCard: kept.card },
    onMail(about) {
      kept.threads.mailChanged(about)
      components.onMail?.(about)
    },
    onCard: () => onChange('account'),
  })
  kept.threads.carry(letters)
  const people = createPeople({
    ...{ ...components, record, cafes, self: account.address, cards: letters.cards, threads: kept.threads },
    client: contactClient({ connector }),
  })
  void kept.threads.watch(({ what }) => what !== 'online' && what !== 'sent' && people.threadsChanged(), closed.signal)

  return {
    ...{
      account,
      cafes,
      backups,
      devices,
      record,
      threads: kept.threads,
      packs: kept.packs,
      links,
      safekeeping: kept.safekeeping,
      ...{ mail: letters.mail, cards: letters.cards, people, card: kept.card },
    },
    safety: createSafety({ backups, cafes, ...kept.safety }),
    bearers: createPeerBearers({ cafes, client }),
    roots: [backups.roots, kept.threads.roots],
    async attend() {
      attends = true
      await Promise.all([attendance.sync(), devices.attend(closed.signal), kept.attend(), letters.attend()])
    },
    wake() {
      attendance.wake()
      kept.wake()
      letters.mail.wake()
      links.due()
      void devices.attend(closed.signal)
    },
    connected() {
      kept.threads.connected()
      letters.mail.connected()
    },
    async close() {
      attends = false
      closed.abort()
      attendance.close()
      backups.close()
      links.close()
      await letters.close()
      await kept.close()
    },
  }
}
