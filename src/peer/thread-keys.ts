/**
 * Gives keys to members who lack some, and asks for those that this device lacks: whoever came while a new key was made is
 * in, and cannot read what follows until somebody gives it to them.
 */
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import { openKeys, sealKeys } from '../thread/key-letter.ts'
import type { SyncClient } from '../thread/sync-client.ts'
import type { Links } from '../thread/sync-links.ts'
import type { Received, Thread, ThreadIdText, Threads } from '../thread/thread.ts'

export interface KeySharingComponents {
  readonly account: Account
  readonly signer: Signer
  readonly threads: Pick<Threads, 'get'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly live: () => { readonly client: Pick<SyncClient, 'keys'>; readonly links: Pick<Links, 'peersOf'> }
  /** Blocks that had waited for a key. */
  readonly onLearned: (thread: Thread, received: Received) => Promise<void>
}

export interface KeySharing {
  /** For a device of somebody who is in; null for any other. */
  answer(thread: Thread, peer: PeerIdText): Promise<Uint8Array<ArrayBuffer> | null>
  /** Asks those who are connected, if there is something to ask for. */
  seek(id: ThreadIdText): Promise<void>
}

/** Milliseconds for one answer. */
const TIME = 15_000

export function createKeySharing(components: KeySharingComponents): KeySharing {
  const { account, signer, threads, clock, random, log, live, onLearned } = components
  const serial = createSerial()

  const ask = async (thread: Thread, peer: PeerIdText): Promise<void> => {
    const sealed = await live().client.keys(peer, thread.id, { signal: AbortSignal.timeout(TIME) })
    if (!sealed) return
    const { from, keys } = await openKeys(account, thread.id, sealed)
    const giver = (await thread.members()).find(({ address }) => address === from)
    if (giver?.standing !== 'in') return
    // The thread itself knows which keys are its own.
    await onLearned(thread, await thread.learn({ ...(await thread.state()), keys, heads: [] }))
  }

  return {
    async answer(thread, peer) {
      const member = (await thread.members()).find(
        ({ devices, standing }) => standing === 'in' && devices.includes(peer),
      )
      if (!member) return null
      const { keys } = await thread.state()
      return sealKeys(signer, thread.id, keys, { to: member.address, ts: clock(), random })
    },
    seek: (id) =>
      serial(id, async () => {
        const thread = await threads.get(id)
        if (!thread) return
        for (const peer of live().links.peersOf(id)) {
          if ((await thread.info()).lacks === 0) return
          await ask(thread, peer).catch((cause) => log('debug', 'keys not given', { cause }))
        }
      }),
  }
}
