/**
 * The part of the door that is loaded when a host opens it: the gateway over what is here, the cafe's services, and how
 * much of this device it may take. Nothing is fetched for whoever knocks, or a relay would be a way to make tabs fetch.
 */
import type { CafeFetch } from '../cafe/face.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { DOOR_BURST, DOOR_RATE, DOOR_REQUESTS, MiB } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { delay } from '../core/pause.ts'
import { createRate, type Rate } from '../core/rate.ts'
import { createSeats } from '../core/seats.ts'
import { blocksHere } from '../gateway/blocks-here.ts'
import { errorResponse } from '../gateway/content.ts'
import { createDoorAnswer } from '../gateway/door.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { NameSource } from '../gateway/names.ts'
import { answerForm } from '../gateway/request.ts'
import type { Blocks } from '../store/blocks.ts'
import { type DoorAnswer, type ServeDoorComponents, serveDoor } from '../wire/door.ts'

export interface DoorPartComponents {
  readonly blocks: Blocks
  readonly names: NameSource
  readonly cafe: { readonly name: string; readonly fetch: CafeFetch }
  readonly decrypts: () => boolean
  /** Bytes of a day. */
  readonly daily: number
  readonly clock: Clock
  readonly log: Log
}

/** Of a day's bytes there must be so many left for a request, or most answers would only be cut off. */
const LEFT = MiB

/** Answers streams of the door's protocol. */
export function createDoorPart(components: DoorPartComponents): ReturnType<typeof serveDoor> {
  const { blocks, names, cafe, decrypts, daily, clock, log } = components
  const answer = createDoorAnswer({
    gateway: createGateway({ blocks: blocksHere(blocks), names, clock }),
    services: cafe.fetch,
    ...{ decrypts, name: () => cafe.name },
    async describe() {
      const { describeCafe } = await import('../cafe/openapi.ts')
      return JSON.stringify(describeCafe())
    },
  })
  const day = createRate({ burst: daily, every: 86_400_000 / daily, clock })
  return serveDoor(limited(answer, day, Math.min(daily, LEFT)), { log, pace: paceOf(day, clock) })
}

/** Refuses what is too much at once, or for a day, before any work is done. */
function limited(answer: DoorAnswer, day: Rate, least: number): DoorAnswer {
  const seats = createSeats(DOOR_REQUESTS)
  return async (request, context) => {
    try {
      const after = day.wait('', least)
      if (after > 0) throw new CafeError('BUSY', { what: 'day', after })
      // The signal fires when the exchange is over, however it ends.
      context.signal.addEventListener('abort', seats.take(''))
    } catch (error) {
      return errorResponse(toCafeError(error), answerForm(request, false), request)
    }
    return answer(request, context)
  }
}

/** What may be sent now: of the day, whatever is left; of a second, what its turn is. */
function paceOf(day: Rate, clock: Clock): ServeDoorComponents['pace'] {
  const rate = createRate({ burst: DOOR_BURST, every: 1000 / DOOR_RATE, clock })
  return async (bytes, { signal }) => {
    if (day.draw('', bytes) > 0) throw new CafeError('BUSY', { what: 'day' })
    for (let wait = rate.draw('', bytes); wait > 0; wait = rate.draw('', bytes)) await delay(wait, signal)
  }
}
