/** What the host is shown of clients, from what the cafe knows of them. */
import type { Client } from './clients.ts'
import type { ClientInfo, HostStatus } from './host-status.ts'
import type { Cafe } from './shape.ts'

type Totals = Pick<Extract<HostStatus, { open: true }>, 'clients' | 'requests' | 'roots' | 'bytes'>

/** How many there are, how many want to be, and what all of them keep. */
export async function totalsOf(cafe: Pick<Cafe, 'clients' | 'requests'>): Promise<Totals> {
  const [clients, requests] = await Promise.all([cafe.clients(), cafe.requests()])
  // Devices of one account share its usage: count each account once.
  const usages = new Map(clients.map(({ account, usage }) => [account, usage]))
  let roots = 0
  let bytes = 0
  for (const usage of usages.values()) {
    roots += usage.roots
    bytes += usage.bytes
  }
  return { clients: clients.length, requests: requests.length, roots, bytes }
}

export function clientInfos(clients: readonly Client[], now: number): ClientInfo[] {
  return clients.map(({ peer, account, since, quota, usage, services, token, revoked, online, heard }) => ({
    ...{ peerId: peer, address: account, since, quota, services, token, online, seen: online ? now : heard },
    ...{ revoked: revoked !== null, roots: usage.roots, bytes: usage.bytes },
  }))
}
