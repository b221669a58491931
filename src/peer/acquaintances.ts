/**
 * Everybody this account meets in its threads: what they have announced of themselves, from which devices they write, and
 * where. Read from the threads on this device, and again when they have changed.
 */
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Member, Thread, ThreadIdText, ThreadInfo } from '../thread/thread.ts'

/** A thread that somebody is in, as well as this account. */
export interface CommonThread {
  readonly id: ThreadIdText
  readonly name: string
}

export interface Acquaintance {
  readonly address: Address
  /** As last announced in the thread with the newest block; null if nowhere. */
  readonly name: string | null
  readonly avatar: string | null
  readonly devices: readonly PeerIdText[]
  /** Those with something new first. */
  readonly threads: readonly CommonThread[]
}

export interface AcquaintanceComponents {
  readonly threads: {
    list(): Promise<ReadonlyArray<Pick<ThreadInfo, 'id' | 'name' | 'updated' | 'standing'>>>
    get(id: ThreadIdText): Promise<Pick<Thread, 'members'> | undefined>
  }
}

export interface Acquaintances {
  all(): Promise<ReadonlyMap<Address, Acquaintance>>
  /** Threads or their members are others now. */
  changed(): void
}

/** Threads looked at, those with something new first: more than a person follows. */
const MAX_THREADS = 512
/** Common threads and devices that are told of one person. */
const MAX_COMMON = 50
const MAX_DEVICES = 64

interface Draft {
  name: string | null
  avatar: string | null
  readonly devices: Set<PeerIdText>
  readonly threads: CommonThread[]
}

export function createAcquaintances({ threads }: AcquaintanceComponents): Acquaintances {
  let known: Promise<ReadonlyMap<Address, Acquaintance>> | undefined

  const read = async (): Promise<ReadonlyMap<Address, Acquaintance>> => {
    const drafts = new Map<Address, Draft>()
    const newest = [...(await threads.list())].sort((a, b) => b.updated - a.updated).slice(0, MAX_THREADS)
    for (const { id, name, standing } of newest) {
      const common = standing === 'in' ? { id, name } : undefined
      for (const member of (await (await threads.get(id))?.members()) ?? []) meet(drafts, member, common)
    }
    return new Map([...drafts].map(([address, draft]) => [address, acquaintance(address, draft)]))
  }

  return {
    all() {
      const reading = known ?? read()
      known = reading
      // What failed is read again.
      reading.catch(() => {
        if (known === reading) known = undefined
      })
      return reading
    },
    changed() {
      known = undefined
    },
  }
}

function meet(drafts: Map<Address, Draft>, member: Member, thread: CommonThread | undefined): void {
  const draft = drafts.get(member.address) ?? { name: null, avatar: null, devices: new Set(), threads: [] }
  drafts.set(member.address, draft)
  // Newest threads come first, so what is there already is newer.
  draft.name ??= member.name
  draft.avatar ??= member.avatar?.toString() ?? null
  for (const device of member.devices) draft.devices.add(device)
  if (thread && member.standing === 'in') draft.threads.push(thread)
}

const acquaintance = (address: Address, { name, avatar, devices, threads }: Draft): Acquaintance => ({
  ...{ address, name, avatar },
  devices: [...devices].slice(0, MAX_DEVICES),
  threads: threads.slice(0, MAX_COMMON),
})
