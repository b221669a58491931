/** How people stand to an account: by its record, and by the threads it is in. Read again when either has changed. */
import type { Address } from '../../core/ids.ts'
import type { Thread, ThreadIdText } from '../../thread/thread.ts'
import type { AccountRecord } from '../record.ts'
import type { Standings } from './mail.ts'

export interface StandingsComponents {
  readonly self: Address
  readonly record: Pick<AccountRecord, 'entries'>
  readonly threads: {
    list(): Promise<ReadonlyArray<{ readonly id: ThreadIdText; readonly updated: number }>>
    get(id: ThreadIdText): Promise<Thread | undefined>
  }
}

export interface KeptStandings extends Standings {
  /** Contacts or members are others now. */
  changed(): void
}

/** Threads whose members count, those with something new first. */
const MAX_THREADS = 512

interface Known {
  readonly contacts: readonly Address[]
  readonly blocked: readonly Address[]
  readonly members: readonly Address[]
  readonly threads: readonly string[]
}

export function createStandings({ self, record, threads }: StandingsComponents): KeptStandings {
  let known: Promise<Known> | undefined

  const read = async (): Promise<Known> => {
    const contacts: Address[] = []
    const blocked: Address[] = []
    for (const { id, value } of await record.entries('contact')) {
      if (value?.blocked) blocked.push(id as Address)
      else if (value) contacts.push(id as Address)
    }
    const newest = [...(await threads.list())].sort((a, b) => b.updated - a.updated).slice(0, MAX_THREADS)
    const members = new Set<Address>()
    for (const { id } of newest)
      for (const { address, standing } of (await (await threads.get(id))?.members()) ?? [])
        if (standing === 'in' && address !== self) members.add(address)
    return { contacts, blocked, members: [...members], threads: newest.map(({ id }) => id) }
  }

  const now = (): Promise<Known> => {
    const reading = known ?? read()
    known = reading
    // What failed is read again.
    reading.catch(() => {
      if (known === reading) known = undefined
    })
    return reading
  }

  return {
    contacts: async () => (await now()).contacts,
    members: async () => (await now()).members,
    blocked: async () => (await now()).blocked,
    threads: async () => (await now()).threads,
    changed() {
      known = undefined
    },
  }
}
