/** Which devices belong to a thread, by what its blocks say: whom to look for, and whom not to answer. */
import type { PeerIdText } from '../core/ids.ts'
import type { Entry, Thread, ThreadIdText, Threads } from '../thread/thread.ts'

export interface Roster {
  /** Devices of who is in it, those that wrote last first. */
  devices(id: ThreadIdText): Promise<readonly PeerIdText[]>
  /** False for a device of somebody who is out, and of nobody who is in. Devices that wrote nothing yet are let in. */
  allows(id: ThreadIdText, peer: PeerIdText): Promise<boolean>
  /** Blocks are new here. @returns whether there is another device, or somebody has come or gone. */
  changed(id: ThreadIdText, entries: readonly Entry[]): Promise<boolean>
  forget(id: ThreadIdText): void
}

interface Known {
  readonly inside: readonly PeerIdText[]
  readonly all: ReadonlySet<PeerIdText>
}

const COMES_AND_GOES: ReadonlySet<string> = new Set(['join', 'leave', 'remove'])

export function createRoster(threads: Pick<Threads, 'get'>): Roster {
  const known = new Map<ThreadIdText, Promise<Known>>()

  const of = (id: ThreadIdText): Promise<Known> => {
    const before = known.get(id)
    if (before) return before
    const reading = threads.get(id).then(read)
    known.set(id, reading)
    // What failed is read again.
    reading.catch(() => known.delete(id))
    return reading
  }

  return {
    devices: async (id) => (await of(id)).inside,
    async allows(id, peer) {
      const { inside, all } = await of(id)
      return inside.includes(peer) || !all.has(peer)
    },
    async changed(id, entries) {
      const { all } = await of(id)
      const isNews = ({ content }: Entry): boolean => COMES_AND_GOES.has(content.type) || !all.has(content.dev)
      if (!entries.some(isNews)) return false
      known.delete(id)
      return true
    },
    forget: (id) => void known.delete(id),
  }
}

async function read(thread: Thread | undefined): Promise<Known> {
  const members = (await thread?.members()) ?? []
  const inside = members.filter(({ standing }) => standing === 'in').flatMap(({ devices }) => devices)
  return { inside, all: new Set(members.flatMap(({ devices }) => devices)) }
}
