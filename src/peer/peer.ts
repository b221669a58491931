/**
 * The account peer of this device: one account, the cafes it is registered with, what it keeps there. A new thing an
 * account does with cafes is a file beside this one and one line in {@link createPeer}.
 */
import { pinClient } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { sessionClient } from '../cafe/session/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { type Account, type AccountKeys, accountFromKeys, openAccount } from '../crypto/account.ts'
import { accountSeed, createWords, type WordCount } from '../crypto/wallet.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { Connector } from '../wire/call.ts'
import { createAttendance } from './attend.ts'
import { type Backups, createBackups } from './backup.ts'
import { createPeerBearers, type PeerBearers } from './bearers.ts'
import { type Cafes, createCafes } from './cafes.ts'
import { createLabels } from './pin-label.ts'

/** Where the account's non-extractable keys are kept on this device. The seed itself is never stored. */
export interface KeyStore {
  get<T>(name: string): Promise<T | undefined>
  put(name: string, value: unknown): Promise<void>
}

export interface PeerComponents {
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of named cafes. */
  readonly source: BlockSource
  readonly keys: KeyStore
  readonly clock: Clock
  readonly random: Random
  /** It stands differently with some backup or cafe, maybe without anybody having asked. */
  readonly onChange?: (what: 'pins' | 'account') => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage?: () => void
}

export interface Peer {
  readonly cafes: Cafes
  readonly backups: Backups
  readonly bearers: PeerBearers
  /** The account's address, or undefined before there is one. */
  address(): Address | undefined
  /**
   * Makes an account and gives its words, which are kept nowhere.
   * @throws CafeError CONFLICT {what: 'account'} if there is one already.
   */
  create(words: WordCount): Promise<{ address: Address; words: string }>
  /** @throws CafeError BAD_REQUEST {what: 'words'} if they are not a phrase; CONFLICT for another account's. */
  restore(words: string, passphrase: string): Promise<Address>
  /** From now on looks after its sessions by itself. */
  attend(): Promise<void>
  /** There is reason to look at the cafes at once: we slept, or the network is back. */
  wake(): void
  /** Stops what goes on by itself. */
  close(): void
}

const ACCOUNT = 'account'

export async function createPeer(components: PeerComponents): Promise<Peer> {
  const { peer, connector, rows, blocks, holds, source, keys, clock, random } = components
  const { onChange = () => {}, onGarbage = () => {} } = components
  const stored = await keys.get<AccountKeys>(ACCOUNT)
  let account: Account | undefined = stored && accountFromKeys(stored)

  const current = (): Account => {
    if (!account) throw new CafeError('NOT_FOUND', { what: 'account' })
    return account
  }

  const open = async (words: string, passphrase: string): Promise<Address> => {
    const opened = await openAccount(await accountSeed(words, passphrase))
    if (account && account.address !== opened.address) throw new CafeError('CONFLICT', { what: 'account' })
    await keys.put(ACCOUNT, opened.keys)
    account = opened
    return opened.address
  }

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
  const attendance = createAttendance({ cafes, client, clock })
  const backups = createBackups({
    ...{ rows, blocks, holds, cafes, client: pinClient({ connector }), source, clock, random },
    labels: createLabels(current),
    onChange: () => onChange('pins'),
    onGarbage,
  })

  return {
    cafes,
    backups,
    bearers: createPeerBearers({ cafes, client }),
    address: () => account?.address,
    async create(count) {
      if (account) throw new CafeError('CONFLICT', { what: 'account' })
      const words = createWords(count, random)
      return { address: await open(words, ''), words }
    },
    restore: open,
    async attend() {
      attends = true
      await attendance.sync()
    },
    wake: attendance.wake,
    close() {
      attendance.close()
      backups.close()
    },
  }
}
