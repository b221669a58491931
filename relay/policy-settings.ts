/** The settings of the relay's policy, rows of its table: a preset, and whatever is to be different from it. */
import { peerId, v } from '../src/core/schema.ts'
import { guests } from '../src/wire/seat.ts'
import { MAX_RESERVATIONS } from './limits.ts'
import { POLICIES, type Policy, type Preset } from './policy.ts'
import { type Settings, setting, type Values } from './settings.ts'

const whole = (most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number), v.minValue(1), v.maxValue(most))
const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }
/** Bytes, with a unit if one likes: `2GiB`. */
const size = v.pipe(
  v.string(),
  v.regex(/^\d{1,12}([KMGT]iB)?$/),
  v.transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/\d/g, '')] ?? 1)),
  v.safeInteger(),
)
/** A rate below what is free anyway would be no rate; 0 is none. */
const rate = v.pipe(
  size,
  v.check((bytes) => bytes === 0 || bytes >= 64 * 1024),
)

const BYTES = 'a number of bytes, such as 1048576 or 2GiB'
const RATE = '0 or a number of bytes a second from 64KiB on, such as 4MiB'
const SOME = `a number from 1 to ${MAX_RESERVATIONS}`
const some = v.optional(whole(MAX_RESERVATIONS))
const none = v.pipe(
  v.literal('0'),
  v.transform(() => 0),
)

/** What is not said is as the preset has it. */
export const POLICY_SETTINGS = {
  guests: setting({
    ...{ flag: 'guests', env: 'GUESTS', kind: 'text', value: 'who', schema: v.optional(guests) },
    needs: 'any or vouched',
    help: 'who may be relayed to a cafe: any, or vouched (whom the cafe admits); any without it, with --preset public vouched',
  }),
  seats: setting({
    ...{ flag: 'seats', env: 'SEATS', kind: 'text', value: 'n', schema: some, needs: SOME },
    help: `peers that can be reached through this relay; ${POLICIES.table.seats} without it, family ${POLICIES.family.seats}`,
  }),
  knownSeats: setting({
    ...{ flag: 'known-seats', env: 'KNOWN_SEATS', kind: 'text', value: 'n' },
    ...{
      schema: v.optional(v.union([none, whole(MAX_RESERVATIONS)])),
      needs: `a number from 0 to ${MAX_RESERVATIONS}`,
    },
    help: `of these, for peers that were here for a while before; 0 without it, family ${POLICIES.family.knownSeats}, public ${POLICIES.public.knownSeats}`,
  }),
  hostSeats: setting({
    ...{ flag: 'host-seats', env: 'HOST_SEATS', kind: 'text', value: 'n', schema: some, needs: SOME },
    help: `seats of one address (IPv6: one /64); ${POLICIES.table.hostSeats} without it, family ${POLICIES.family.hostSeats}, public ${POLICIES.public.hostSeats}`,
  }),
  netSeats: setting({
    ...{ flag: 'net-seats', env: 'NET_SEATS', kind: 'text', value: 'n', schema: some, needs: SOME },
    help: `seats of one network (/24; IPv6: /48); ${POLICIES.table.netSeats} without it, family ${POLICIES.family.netSeats}, public ${POLICIES.public.netSeats}`,
  }),
  tickets: setting({
    ...{ flag: 'ticket', env: 'TICKETS', kind: 'list', value: 'peer id' },
    schema: v.optional(v.pipe(v.array(peerId), v.maxLength(MAX_RESERVATIONS))),
    ...{ needs: 'peer ids, which begin with 12D3KooW', help: 'a cafe that always has a seat, repeatable' },
  }),
  hourBytes: setting({
    ...{ flag: 'hour-bytes', env: 'HOUR_BYTES', kind: 'text', value: 'n', schema: v.optional(size), needs: BYTES },
    help: 'relayed to and from one seat in an hour, such as 2GiB, before it is slowed down; 0 (any) without it, public 2GiB',
  }),
  dayBytes: setting({
    ...{ flag: 'day-bytes', env: 'DAY_BYTES', kind: 'text', value: 'n', schema: v.optional(size), needs: BYTES },
    help: 'the same in a day; 0 (any) without it, public 20GiB',
  }),
  rate: setting({
    ...{ flag: 'rate', env: 'RATE', kind: 'text', value: 'n', schema: v.optional(rate), needs: RATE },
    help: 'bytes a second relayed in all; 0 (any) without it, family 16MiB, public 12MiB',
  }),
  seatRate: setting({
    ...{ flag: 'seat-rate', env: 'SEAT_RATE', kind: 'text', value: 'n', schema: v.optional(rate), needs: RATE },
    help: 'of these, to and from one seat; 0 (any) without it, public 4MiB',
  }),
  guestRate: setting({
    ...{ flag: 'guest-rate', env: 'GUEST_RATE', kind: 'text', value: 'n', schema: v.optional(rate), needs: RATE },
    help: 'and of one guest; 0 (any) without it, public 4MiB',
  }),
  metrics: setting({
    ...{ flag: 'metrics', env: 'METRICS', kind: 'text', value: 'who', fallback: 'local' },
    schema: v.picklist(['local', 'any', 'off']),
    needs: 'local, any or off',
    help: 'who may read /metrics: local (this machine), any or off; local without it',
  }),
} as const satisfies Settings

export type PolicyValues = Omit<Values<typeof POLICY_SETTINGS>, 'metrics'>
export type MetricsReaders = Values<typeof POLICY_SETTINGS>['metrics']

/** What the relay gives to whom, by what was set. */
export function policyOf(preset: Preset, values: PolicyValues): Policy {
  const base = POLICIES[preset]
  const { tickets, ...changed } = values
  const own = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
  const policy: Policy = { ...base, ...own, tickets: tickets ?? base.tickets }
  // Fewer seats than the preset has for known peers: all of them are for these, but for one.
  return { ...policy, knownSeats: Math.min(policy.knownSeats, policy.seats - 1) }
}
