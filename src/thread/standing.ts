/**
 * Who is in, and which keys there are, after a block: a value that two branches merge to the same, whichever way round and
 * however often. A block is judged by the merged value at its parents alone, so it is valid on every device or on none.
 *
 * A person's standing is one number, `level * 64 + n`: odd is in, every coming and going adds one, a removal begins a new
 * level. The greater wins a merge, so nothing that was written in ignorance of a removal undoes it.
 */
import { decode, encode } from '../core/codec.ts'
import { type Address, hex, type PeerIdText } from '../core/ids.ts'
import { MAX_COMINGS } from '../core/limits.ts'
import { address, bytes, cid, count, parse, peerId, v } from '../core/schema.ts'
import { sha256, unshared } from '../crypto/bytes.ts'
import { EPOCH_KEY_ID } from './epoch-key.ts'
import type { Removal } from './kinds.ts'

/** Standings of one level. */
const LEVEL = 2 * MAX_COMINGS

/** How somebody came: by whose word, who was in by that standing. */
const coming = v.strictObject({ at: count(), by: address, as: count() })
type Coming = v.InferOutput<typeof coming>

const removed = v.strictObject({
  who: address,
  /** The level that begins with it. */
  level: count(),
  cuts: v.array(v.strictObject({ dev: peerId, seq: count(), last: cid })),
  keep: v.array(v.strictObject({ who: address, at: count() })),
})
export type Removed = v.InferOutput<typeof removed>

/** A key made for an epoch. `exits`: how often anybody had gone by then; whoever goes later has it. */
const epochOf = v.strictObject({ epoch: count(), id: bytes(EPOCH_KEY_ID, EPOCH_KEY_ID), exits: count() })
export type EpochMade = v.InferOutput<typeof epochOf>

const schema = v.strictObject({
  people: v.array(v.strictObject({ who: address, standing: count(), comings: v.array(coming) })),
  removals: v.array(removed),
  epochs: v.array(epochOf),
})

interface Person {
  readonly standing: number
  readonly comings: readonly Coming[]
}

/** An immutable value; changes give a new one. */
export interface Standings {
  readonly people: ReadonlyMap<Address, Person>
  readonly removals: readonly Removed[]
  readonly epochs: readonly EpochMade[]
}

/** Before the first block: the first epoch's key is the charter's. */
export const beginning = (key: Uint8Array): Standings => ({
  people: new Map(),
  removals: [],
  epochs: [{ epoch: 0, id: unshared(key), exits: 0 }],
})

export const standingOf = ({ people }: Standings, who: Address): number => people.get(who)?.standing ?? 0
export const levelOf = (standing: number): number => Math.floor(standing / LEVEL)
export const isOdd = (standing: number): boolean => standing % 2 === 1
/** Has been put out, and has not come again. */
export const isRemoved = (standing: number): boolean => standing > 0 && standing % LEVEL === 0
/** The standing from which somebody comes in: what a grant must name. */
export const comesFrom = (standing: number): number => standing - (standing % 2)
/** May somebody of this standing still come in? */
export const mayCome = (standing: number): boolean => comesFrom(standing) % LEVEL < LEVEL - 2

const comingName = (who: Address, standing: number): string => `${who} ${standing}`

/**
 * All comings that count: by the word of somebody who was in, back to the initiator. The word of who was removed counts
 * for those guests that the removal keeps: others it may have brought in only afterwards.
 */
export function genuineComings(standings: Standings, initiator: Address): ReadonlySet<string> {
  const guests = new Map<string, string[]>()
  const genuine = new Set<string>()
  for (const [who, { comings }] of standings.people) {
    for (const one of comings) {
      if (isVoid(standings, who, one)) continue
      const [guest, host] = [comingName(who, one.at), comingName(one.by, one.as)]
      if (one.by === initiator) genuine.add(guest)
      else guests.set(host, [...(guests.get(host) ?? []), guest])
    }
  }
  // A set that grows while it is walked: those added are walked too.
  for (const host of genuine) for (const guest of guests.get(host) ?? []) genuine.add(guest)
  return genuine
}

/** Had somebody of this standing really come in? */
export const isGenuine = (genuine: ReadonlySet<string>, who: Address, standing: number): boolean =>
  isOdd(standing) && genuine.has(comingName(who, standing))

/** Who is in. */
export function membersOf(standings: Standings, initiator: Address): ReadonlySet<Address> {
  const genuine = genuineComings(standings, initiator)
  const people = [...standings.people].filter(([who, { standing }]) => isGenuine(genuine, who, standing))
  return new Set(people.map(([who]) => who))
}

/** Did it come by the word of somebody since removed, without any removal of it knowing? */
function isVoid({ removals }: Standings, guest: Address, { by, as, at }: Coming): boolean {
  const ended = removals.filter(({ who, level }) => who === by && level === levelOf(as) + 1)
  return ended.length > 0 && !ended.some(({ keep }) => keep.some((one) => one.who === guest && one.at === at))
}

/** Guests that somebody brought in on its present level, by the standings they came to. */
export function guestsOf(standings: Standings, initiator: Address, host: Address): Removal['keep'] {
  const level = levelOf(standingOf(standings, host))
  const genuine = genuineComings(standings, initiator)
  return [...standings.people].flatMap(([who, { comings }]) => {
    const brought = comings.filter(
      ({ by, as, at }) => by === host && levelOf(as) === level && isGenuine(genuine, who, at),
    )
    return who === host ? [] : brought.map(({ at }) => ({ who, at }))
  })
}

/** Comes in by the word of `by`. */
export function come(standings: Standings, who: Address, by: Address): Standings {
  const at = comesFrom(standingOf(standings, who)) + 1
  const known = standings.people.get(who)?.comings ?? []
  const comings = sorted([...known, { at, by, as: standingOf(standings, by) }])
  return { ...standings, people: new Map(standings.people).set(who, { standing: at, comings }) }
}

export function go(standings: Standings, who: Address): Standings {
  const comings = standings.people.get(who)?.comings ?? []
  const standing = standingOf(standings, who) + 1
  return { ...standings, people: new Map(standings.people).set(who, { standing, comings }) }
}

export function remove(standings: Standings, { who, cuts, keep }: Omit<Removal, 'rekey'>): Standings {
  const level = levelOf(standingOf(standings, who)) + 1
  const comings = standings.people.get(who)?.comings ?? []
  return {
    people: new Map(standings.people).set(who, { standing: level * LEVEL, comings }),
    removals: sorted([...standings.removals, { who, level, cuts: [...cuts], keep: sorted(keep) }]),
    epochs: standings.epochs,
  }
}

export function addKey(standings: Standings, epoch: number, id: Uint8Array): Standings {
  return { ...standings, epochs: sorted([...standings.epochs, { epoch, id: unshared(id), exits: exitsOf(standings) }]) }
}

/** How often anybody has gone: greater in a later value, and equal only if nobody has gone between. */
export function exitsOf({ people }: Standings): number {
  let exits = 0
  for (const { standing } of people.values()) exits += Math.floor(standing / 2)
  return exits
}

/** The key to write with: of the newest epoch, the one that most were out for, then the lowest id. */
export function currentKey({ epochs }: Standings): EpochMade {
  const better = (a: EpochMade, b: EpochMade): boolean => {
    if (a.epoch !== b.epoch) return a.epoch > b.epoch
    if (a.exits !== b.exits) return a.exits > b.exits
    return hex(a.id) < hex(b.id)
  }
  return epochs.reduce((best, one) => (better(one, best) ? one : best))
}

/** Has somebody gone who has the current key? Then nothing may be said until there is another. */
export const isStale = (standings: Standings): boolean => exitsOf(standings) > currentKey(standings).exits

/** What both say, together. */
export function merge(a: Standings, b: Standings): Standings {
  if (a === b) return a
  const people = new Map(a.people)
  for (const [who, { standing, comings }] of b.people) {
    const mine = people.get(who)
    people.set(who, {
      standing: Math.max(mine?.standing ?? 0, standing),
      comings: union(mine?.comings ?? [], comings, sameComing),
    })
  }
  return {
    people,
    removals: union(a.removals, b.removals, (one, other) => one === other),
    epochs: union(a.epochs, b.epochs, (one, other) => one === other),
  }
}

const sameComing = (a: Coming, b: Coming): boolean => a.at === b.at && a.by === b.by && a.as === b.as

/** Most people are the same on both sides, which costs next to nothing to see. */
function union<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  const equal = a.length === b.length && a.every((item, i) => same(item, b[i] as T))
  return equal ? a : sorted([...a, ...b])
}

/** In an order of their own, each once. */
function sorted<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map((item) => [hex(encode(item)), item]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}

/** Equal values give equal bytes. */
export function packStandings({ people, removals, epochs }: Standings): Uint8Array<ArrayBuffer> {
  const list = [...people].sort(([a], [b]) => (a < b ? -1 : 1))
  return encode({ people: list.map(([who, person]) => ({ who, ...person })), removals, epochs })
}

/** @throws CafeError BAD_REQUEST if that is none. */
export function unpackStandings(packed: Uint8Array): Standings {
  const { people, removals, epochs } = parse(schema, decode(packed, packed.byteLength))
  return { people: new Map(people.map(({ who, ...person }) => [who, person])), removals, epochs }
}

/** Names a value by what it says: 32 hex digits. */
export const nameOf = async (packed: Uint8Array): Promise<string> => hex((await sha256(packed)).subarray(0, 16))

/** Cuts of the removals that ended a level of somebody, for one device; undefined if none did. */
export function cutsOf({ removals }: Standings, who: Address, level: number, dev: PeerIdText) {
  const ended = removals.filter((one) => one.who === who && one.level === level + 1)
  return ended.length > 0 ? ended.flatMap(({ cuts }) => cuts.filter((cut) => cut.dev === dev)) : undefined
}
