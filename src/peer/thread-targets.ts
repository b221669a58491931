/** Whose drops are looked for, and where: at the cafes that each member has announced, and at one's own for one's devices. */
import { type Address, hex, type PeerIdText, unhex } from '../core/ids.ts'
import { type DropName, dropId, knockNames } from '../thread/drop.ts'
import type { ThreadCafes } from '../thread/kinds.ts'
import type { Thread, ThreadIdText, Threads } from '../thread/thread.ts'

/** Where a cafe, or whoever else keeps blocks, is to be found. */
export type CafePlace = ThreadCafes[number]

export interface LookTarget {
  readonly drop: Uint8Array<ArrayBuffer>
  readonly thread: Thread
  readonly who: DropName
  /** Where else the blocks may be had. */
  readonly origins: readonly string[]
}

export interface LookAt {
  readonly place: CafePlace
  readonly targets: readonly LookTarget[]
}

export interface TargetComponents {
  readonly threads: Threads
  readonly self: Address
  readonly cafes: readonly CafePlace[]
  readonly isHere: (id: ThreadIdText, devices: readonly PeerIdText[]) => boolean
  /** Where an invite said that the thread is to be had, by whose word. */
  /** Words given to guests, who may knock with them. */
  readonly given: (id: ThreadIdText) => Promise<readonly Uint8Array[]>
  readonly invited: (id: ThreadIdText) => Promise<{ readonly by: Address; readonly cafes: ThreadCafes } | undefined>
}

/** Cafes looked at in one round, drops at one of them, threads looked for, cafes named as origins. */
const MAX_PLACES = 48
const MAX_TARGETS = 1024
const MAX_THREADS = 512
const MAX_ORIGINS = 16

export async function targetsOf(components: TargetComponents): Promise<readonly LookAt[]> {
  const places = new Map<PeerIdText, { place: CafePlace; targets: Map<string, LookTarget> }>()
  const add = (place: CafePlace, target: LookTarget): void => {
    const known = places.get(place.cafe) ?? { place, targets: new Map() }
    if (!places.has(place.cafe) && places.size === MAX_PLACES) return
    places.set(place.cafe, known)
    const drop = hex(target.drop)
    if (known.targets.size < MAX_TARGETS) known.targets.set(drop, known.targets.get(drop) ?? target)
  }
  const infos = (await components.threads.list()).toSorted((a, b) => b.updated - a.updated)
  for (const { id } of infos.slice(0, MAX_THREADS)) {
    const thread = await components.threads.get(id)
    if (thread) await addThread(components, thread, add)
  }
  return [...places.values()].map(({ place, targets }) => ({ place, targets: [...targets.values()] }))
}

async function addThread(
  { self, cafes, isHere, invited, given }: TargetComponents,
  thread: Thread,
  add: (place: CafePlace, target: LookTarget) => void,
): Promise<void> {
  const members = (await thread.members()).filter(({ standing }) => standing === 'in')
  const from = await invited(thread.id)
  const knocks = (await given(thread.id)).flatMap(knockNames)
  const sources = [
    ...members.map(({ address, devices, cafes }) => ({ who: address, devices, at: cafes })),
    // The own devices of this account, also those that have said nothing yet.
    { who: self, devices: [], at: cafes },
    ...(from ? [{ who: from.by, devices: [], at: from.cafes }] : []),
    ...knocks.map((who) => ({ who, devices: [], at: cafes })),
  ]
  const origins = [...new Set(sources.flatMap(({ at }) => at.flatMap(atPlace)))].slice(0, MAX_ORIGINS)
  for (const { who, devices, at } of sources) {
    if (at.length === 0 || (who !== self && isHere(thread.id, devices))) continue
    const drop = await dropId(unhex(thread.id), who)
    for (const place of at) add(place, { drop, thread, who, origins })
  }
}

/** A cafe as an origin of blocks. */
export const atPlace = ({ cafe, addresses }: CafePlace): string[] =>
  addresses.length > 0 ? addresses.filter((address) => address.endsWith(`/p2p/${cafe}`)).concat(cafe) : [cafe]
