/** The settings of the relay's policy: a preset, and whatever is to be different from it. */
import type { ParseArgsConfig } from 'node:util'
import { peerId, v } from '../src/core/schema.ts'
import { guests } from '../src/wire/seat.ts'
import { MAX_RESERVATIONS } from './limits.ts'
import { POLICIES, type Policy } from './policy.ts'

export const POLICY_FLAGS = {
  preset: { type: 'string' },
  guests: { type: 'string' },
  seats: { type: 'string' },
  'known-seats': { type: 'string' },
  'host-seats': { type: 'string' },
  'net-seats': { type: 'string' },
  ticket: { type: 'string', multiple: true },
  'hour-bytes': { type: 'string' },
  'day-bytes': { type: 'string' },
  rate: { type: 'string' },
  'seat-rate': { type: 'string' },
  'guest-rate': { type: 'string' },
  metrics: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export const POLICY_USAGE = `  --preset <name>    table, family or public: what     PRESET       table
                     the next ones are if not given
  --guests <who>     any, or vouched: to a cafe only   GUESTS       any; public: vouched
                     whom it admits
  --seats <n>        peers that can be reached here    SEATS        1024; family: 128
  --known-seats <n>  of them, for peers that were here KNOWN_SEATS  0; family: 32; public: 512
  --host-seats <n>   seats of one address              HOST_SEATS   256; family: 64; public: 16
  --net-seats <n>    seats of one network (/24, /48)   NET_SEATS    1024; family: 96; public: 64
  --ticket <peer id> always has a seat, repeatable     TICKETS      none (comma separated)
  --hour-bytes <n>   of the circuits to one seat, then HOUR_BYTES   0 (any); public: 2 GiB
                     it is slowed down; such as 2GiB
  --day-bytes <n>    the same for a day                DAY_BYTES    0 (any); public: 20 GiB
  --rate <n>         bytes a second, of all circuits   RATE         0 (any); family: 16MiB; public: 12MiB
  --seat-rate <n>    of those to one seat              SEAT_RATE    0 (any); public: 4MiB
  --guest-rate <n>   of those of one guest             GUEST_RATE   0 (any); public: 4MiB
  --metrics <who>    who may read /metrics: local      METRICS      local
                     (this machine), any or off
`

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

const schema = v.strictObject({
  preset: v.picklist(['table', 'family', 'public']),
  guests: v.optional(guests),
  seats: v.optional(whole(MAX_RESERVATIONS)),
  knownSeats: v.optional(
    v.union([
      v.pipe(
        v.literal('0'),
        v.transform(() => 0),
      ),
      whole(MAX_RESERVATIONS),
    ]),
  ),
  hostSeats: v.optional(whole(MAX_RESERVATIONS)),
  netSeats: v.optional(whole(MAX_RESERVATIONS)),
  tickets: v.optional(v.pipe(v.array(peerId), v.maxLength(MAX_RESERVATIONS))),
  hourBytes: v.optional(size),
  dayBytes: v.optional(size),
  rate: v.optional(rate),
  seatRate: v.optional(rate),
  guestRate: v.optional(rate),
  metrics: v.picklist(['local', 'any', 'off']),
})

export type MetricsReaders = v.InferOutput<typeof schema>['metrics']

const BYTES = 'a number of bytes, such as 1048576 or 2GiB'
const RATE = '0 or a number of bytes a second from 64KiB on, such as 4MiB'
const NEEDS: Readonly<Record<keyof v.InferOutput<typeof schema>, readonly [name: string, needs: string]>> = {
  preset: ['--preset (PRESET)', 'table, family or public'],
  guests: ['--guests (GUESTS)', 'any or vouched'],
  seats: ['--seats (SEATS)', `a number from 1 to ${MAX_RESERVATIONS}`],
  knownSeats: ['--known-seats (KNOWN_SEATS)', `a number from 0 to ${MAX_RESERVATIONS}`],
  hostSeats: ['--host-seats (HOST_SEATS)', `a number from 1 to ${MAX_RESERVATIONS}`],
  netSeats: ['--net-seats (NET_SEATS)', `a number from 1 to ${MAX_RESERVATIONS}`],
  tickets: ['--ticket (TICKETS)', 'peer ids, which begin with 12D3KooW'],
  hourBytes: ['--hour-bytes (HOUR_BYTES)', BYTES],
  dayBytes: ['--day-bytes (DAY_BYTES)', BYTES],
  rate: ['--rate (RATE)', RATE],
  seatRate: ['--seat-rate (SEAT_RATE)', RATE],
  guestRate: ['--guest-rate (GUEST_RATE)', RATE],
  metrics: ['--metrics (METRICS)', 'local, any or off'],
}

type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>
type Env = Readonly<Record<string, string | undefined>>

/**
 * The policy that flags over environment over the preset give, and who may read the metrics.
 * @returns or what a setting needs, as a sentence.
 */
export function readPolicy(
  flags: Flags,
  env: Env,
): { readonly policy: Policy; readonly metrics: MetricsReaders } | string {
  const given = (flag: string, name = flag.replaceAll('-', '_').toUpperCase()) =>
    flags[flag] ?? (env[name] || undefined)
  const tickets = flags['ticket'] ?? env['TICKETS']?.split(',').flatMap((one) => one.trim() || [])
  const result = v.safeParse(schema, {
    ...{ preset: given('preset') ?? 'table', guests: given('guests'), tickets, metrics: given('metrics') ?? 'local' },
    ...{ seats: given('seats'), knownSeats: given('known-seats') },
    ...{ hostSeats: given('host-seats'), netSeats: given('net-seats') },
    ...{ hourBytes: given('hour-bytes'), dayBytes: given('day-bytes') },
    ...{ rate: given('rate'), seatRate: given('seat-rate'), guestRate: given('guest-rate') },
  })
  if (!result.success) {
    const key = String(result.issues[0].path?.[0]?.key) as keyof typeof NEEDS
    const [name, needs] = NEEDS[key]
    return `${name} needs ${needs}.`
  }
  const { preset, metrics, ...changed } = result.output
  const own = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
  const policy: Policy = { ...POLICIES[preset], ...own }
  // Fewer seats than the preset has for known peers: all of them are for these, but for one.
  return { policy: { ...policy, knownSeats: Math.min(policy.knownSeats, policy.seats - 1) }, metrics }
}
