/**
 * The account peer of this device: one open account, the cafes it is registered with, what it keeps there. A new thing an
 * account does with cafes is a file beside this one and one line in {@link createPeer}. Which account that is, and whether
 * it is open at all, is decided in `accounts.ts`.
 */
import { pinClient } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { sessionClient } from '../cafe/session/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
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
import { createDevices, type Devices } from './devices.ts'
import { type Entries, localEntries } from './entries.ts'
import { createLabels } from './pin-label.ts'
import { createSafety, type SafetyView } from './safety.ts'
import type { Draw } from './thumbnail.ts'

export interface PeerComponents {
  readonly account: Account
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  /** The account's own: nothing of another account is in them. */
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of named cafes. */
  readonly source: BlockSource
  /** What this device is called. */
  readonly device?: string
  /** What all devices of the account agree on; only this one knows without it. */
  readonly entries?: Entries
  readonly clock: Clock
  readonly random: Random
  /** Draws thumbnails, where the place we run in can. */
  readonly draw?: Draw | undefined
  /** It stands differently with some backup or cafe, maybe without anybody having asked. */
  readonly onChange?: (what: 'pins' | 'account') => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage?: () => void
}

export interface Peer {
  readonly cafes: Cafes
  readonly backups: Backups
  readonly safety: SafetyView
  readonly bearers: PeerBearers
  readonly devices: Devices
  readonly account: Account
  /** What a collection must spare. */
  readonly roots: readonly RootSource[]
  /** From now on looks after its sessions by itself. */
  attend(): Promise<void>
  /** There is reason to look at the cafes at once: we slept, or the network is back. */
  wake(): void
  /** Stops what goes on by itself. */
  close(): void
}

export async function createPeer(components: PeerComponents): Promise<Peer> {
  const { account, peer, connector, rows, blocks, holds, source, clock, random, draw } = components
  const { onChange = () => {}, onGarbage = () => {} } = components
  const current = (): Account => account

  const client = sessionClient({ connector, peer, random })
  let attends = false
  const cafes = await createCafes({
    ...{ rows, client, account: current, know: connector.know, clock },
    onErased: (cafe, left) => backups.erased(cafe, left),
    onReadmitted: (cafe) => backups.readmitted(cafe),
    onChange() {
      onChange('account')
      if (attends) void attendance.sync().catch(() => {}) // the next change, or look at the clock, tries again
    },
  })
  const devices = createDevices({
    ...{ account, peer, rows, cafes, client, clock, entries: components.entries ?? localEntries(rows) },
    ...{ name: components.device ?? 'A device', onChange: () => onChange('account') },
  })
  const closed = new AbortController()
  const attendance = createAttendance({ cafes, client, clock })
  const backups = createBackups({
    ...{ rows, blocks, holds, cafes, client: pinClient({ connector }), source, clock, random, draw },
    labels: createLabels(current),
    sameKey: () => account.derive('dedupe'),
    onChange: () => onChange('pins'),
    onGarbage,
  })

  return {
    cafes,
    backups,
    safety: createSafety({ backups, cafes }),
    bearers: createPeerBearers({ cafes, client }),
    devices,
    account,
    roots: [backups.roots],
    async attend() {
      attends = true
      await Promise.all([attendance.sync(), devices.attend(closed.signal)])
    },
    wake() {
      attendance.wake()
      void devices.attend(closed.signal)
    },
    close() {
      attends = false
      closed.abort()
      attendance.close()
      backups.close()
    },
  }
}
