/** The checks of the doctor: each gives what it found, and none of them can end the others. */
import type { CafeConsole } from '../../worker/console-api.ts'
import { bytes, plainName } from '../format.ts'
import { doctor as english } from '../texts/en/doctor.ts'
import { list, spoken } from '../texts/say.ts'
import type { Check, Finding, Level } from './finding.ts'
import type { Feature, Place } from './place.ts'

const text = spoken('doctor', english)

/** Milliseconds one question may take: longer than a dial through a busy relay, shorter than a person's patience. */
const LIMIT = 15_000
/** Milliseconds that clocks may differ: sessions and invites allow for as much. */
const CLOCK = 60_000
/** Bytes of room below which keeping files soon fails. */
const ROOM = 200_000_000
const NEEDED: readonly Feature[] = ['storage', 'crypto', 'locks']

export interface Patient {
  readonly cafe: Pick<CafeConsole, 'account' | 'host' | 'node'>
  readonly place: Place
}

/** Runs all checks, one after the other, and gives each finding as it is there; ends by `signal`. */
export async function* examine(
  patient: Patient,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Finding> {
  for (const [check, look] of Object.entries(LOOKS) as [Check, Look][]) {
    if (signal.aborted) return
    try {
      yield* (await look(patient, AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]))).map(at(check))
    } catch {
      // What it was is in the console of the worker; here it counts that the question had no answer.
      if (!signal.aborted) yield at(check)({ level: 'bad', ...text.noAnswer(text.names[check]), facts: {} })
    }
  }
}

type Found = Omit<Finding, 'check'>
type Look = (patient: Patient, signal: AbortSignal) => Promise<readonly Found[]>

const at =
  (check: Check) =>
  (found: Found): Finding => ({ check, ...found })

const found = (
  level: Level,
  said: { readonly text: string; readonly advice?: string },
  facts: Found['facts'],
): Found => ({ level, ...said, facts })

const LOOKS: { readonly [C in Check]: Look } = {
  async browser({ place }) {
    const features = place.features()
    const missing = (Object.keys(features) as Feature[]).filter((name) => !features[name])
    const level = missing.length === 0 ? 'good' : missing.some((name) => NEEDED.includes(name)) ? 'bad' : 'attention'
    return [found(level, missing.length === 0 ? text.browserGood : text.browserLacks(list(missing)), features)]
  },
  async storage({ place }) {
    const { persisted, used, quota } = await place.storage()
    const free = Math.max(0, quota - used)
    const facts = { persisted, used, quota }
    if (free < ROOM) return [found('bad', text.storageFull(bytes(free)), facts)]
    return [found(persisted ? 'good' : 'attention', persisted ? text.kept(bytes(free)) : text.evicted, facts)]
  },
  async service({ place }) {
    const { controls, waits, build } = await place.service()
    const facts = { controls, waits, ...(build !== undefined && { build: { build } }) }
    if (!controls) return [found('attention', text.serviceNone, facts)]
    return [found(waits ? 'attention' : 'good', waits ? text.serviceOld : text.serviceGood(build), facts)]
  },
  async worker({ cafe, place }) {
    const started = place.now()
    const { tabs } = await cafe.node.status()
    const ms = Math.round(place.now() - started)
    return [found('good', text.workerGood(ms), { ms, tabs })]
  },
  async clock({ place }, signal) {
    const off = await place.clock(signal)
    if (off === undefined) return [found('attention', text.clockUnknown, {})]
    const seconds = Math.round(off / 1000)
    const right = Math.abs(off) <= CLOCK
    return [found(right ? 'good' : 'bad', right ? text.clockGood : text.clockWrong(Math.abs(seconds)), { seconds })]
  },
  async relay({ cafe }, signal) {
    const relays = await cafe.node.relays()
    if (relays.length === 0) return [found('bad', text.relayNone, { relays: 0 })]
    return Promise.all(
      relays.map(async ({ peerId, connected, seat }) => {
        const facts = { relay: { peer: peerId }, connected, seat }
        const answer = connected ? await cafe.node.probe(peerId, { signal }).catch(() => undefined) : undefined
        if (answer === undefined) return found('bad', text.relayAway, facts)
        const said = seat ? text.relayGood(answer.ms) : text.relayNoSeat
        return found(seat ? 'good' : 'attention', said, { ...facts, ms: answer.ms })
      }),
    )
  },
  async direct({ place }, signal) {
    if (!place.features().webRTC) return [found('attention', text.directNone, { connected: false })]
    const { connected, kinds } = await place.loopback(signal)
    const facts = { connected, ...Object.fromEntries(kinds.map((kind) => [kind, true])) }
    return [found(connected ? 'good' : 'attention', connected ? text.directGood : text.directNone, facts)]
  },
  async outside({ cafe, place }, signal) {
    const host = await cafe.host.status()
    if (!host.open) return []
    const seats = (await cafe.node.relays()).filter(({ seat }) => seat).length
    const facts = { seats, admits: host.mode }
    if (seats === 0) return [found('bad', text.outsideNone, facts)]
    if (!host.door?.open) return [found('good', text.outsideSeat(host.mode), facts)]
    const answers = await place.answers(`${host.door.url}ipfs/`, signal)
    return [
      found(answers ? 'good' : 'bad', answers ? text.outsideDoor(host.mode) : text.outsideDoorShut, {
        ...facts,
        answers,
      }),
    ]
  },
  async cafe({ cafe }, signal) {
    const joined = (await cafe.account.cafes()).filter(({ state }) => state === 'active')
    return Promise.all(
      joined.map(async (session) => {
        const name = plainName(session.name)
        const facts = { cafe: { peer: session.cafe } }
        const answer = await cafe.node.probe(session.cafe, { signal }).catch(() => undefined)
        if (answer === undefined) return found('attention', text.cafeAway(name), { ...facts, path: 'none' as const })
        const { ms, path } = answer
        return found('good', text.cafeGood(name, path === 'direct', ms), { ...facts, ms, path })
      }),
    )
  },
}
