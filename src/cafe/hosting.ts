/**
 * The hosted cafe of this device: opened by its user, kept open over restarts, with an invite that is made anew at each
 * opening. Older invites stay valid; only hashes of their tokens are kept.
 */
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { createSerial } from '../core/serial.ts'
import type { Collected, CollectProgress } from '../store/collect.ts'
import type { Collecting } from '../store/collecting.ts'
import type { Table } from '../store/table.ts'
import type { Cafe, CafeComponents } from './cafe.ts'
import { carryStates } from './carry/state.ts'
import type { CafeGuests } from './guests.ts'
import { type HostRow, hostTable } from './host-row.ts'
import type { ClientInfo, ClosedCafe, DoorInput, DoorStatus, HostStatus, NewToken, OpenCafe } from './host-status.ts'
import { clientInfos, totalsOf } from './host-view.ts'
import type { Mode } from './session/terms.ts'
import { forgetTime } from './session/time.ts'
import type { TokenOptions } from './tokens.ts'

/** The invite on the host's screen admits for a week; whoever needs another gets a token of its own. */
const INVITE_LIFE = 7 * 86_400_000
/** How long an opening waits for a reservation, so that the card shows real addresses. */
const ADDRESS_WAIT = 5000

/** How people come to the cafe: given by `net`. */
export interface Entrance {
  /** Where it can be dialled; until a relay has given it a seat, where that will be. */
  addresses(): readonly string[]
  /** Resolves when it can be dialled, or when the signal fires. */
  reserved(signal: AbortSignal): Promise<void>
  /** The link that leads in. */
  invite(invite: { name: string; addresses: readonly string[]; token: string | undefined }): Promise<string>
}

/** How anybody on the web reaches the cafe by HTTP through a relay: given by a host that can be reached so. */
export interface Door {
  status(): DoorStatus
  /** Changes what is given; the rest stays. */
  set(input: DoorInput): Promise<void>
  /** From now on it leads to this cafe, if it is open; to nobody without one. */
  leadTo(cafe: { readonly name: string; readonly fetch: Cafe['fetch'] } | undefined): Promise<void>
}

export interface HostingComponents extends CafeComponents {
  readonly collecting: Collecting
  /** Without it there is none. */
  readonly door?: Door
  readonly entrance: Entrance
}

export interface Hosting {
  open(input: { name: string; mode?: Mode | undefined; budget?: number | undefined }): Promise<OpenCafe>
  /** Guests who listen are told `farewell` first. */
  close(options?: { farewell?: string | undefined }): Promise<void>
  /** The cafe that was open here last; null if none was. */
  before(): Promise<ClosedCafe | null>
  /** Stops answering, because this program ends: the next start opens it again. */
  stop(): Promise<void>
  /**
   * Closes the cafe while the whole of it is taken elsewhere. Until the returned function opens it again as it was, nobody
   * can; a start of the program does it, too, unless the cafe has left by then.
   */
  pause(): Promise<() => Promise<void>>
  status(): Promise<HostStatus>
  /** @throws CafeError NOT_FOUND {what: 'open cafe'}; so do those below. */
  cafe(): Cafe
  createToken(options: TokenOptions): Promise<NewToken>
  revoke(id: string): Promise<void>
  setMode(mode: Mode): Promise<void>
  clients(): Promise<readonly ClientInfo[]>
  /** See `Cafe.knows`; nobody while the cafe is closed. */
  knows(peer: PeerIdText): Promise<boolean>
  /** See `Cafe.guests`; undefined while the cafe is closed. */
  guests(): Promise<CafeGuests | undefined>
  /** Believes the clock of this device, whatever time was written down. */
  trustClock(): Promise<void>
  /** Bytes kept for clients in all, from now on and after restarts. */
  setBudget(bytes: number): Promise<void>
  /**
   * Opens or closes the door, or changes how; it takes effect at once and after restarts.
   * @throws CafeError UNSUPPORTED {what: 'door'} where there is none.
   */
  setDoor(input: DoorInput): Promise<DoorStatus>
  /** Removes what nobody needs from this device. */
  collect(options: { signal: AbortSignal; onProgress: (progress: CollectProgress) => void }): Promise<Collected>
}

interface Running {
  readonly cafe: Cafe
  readonly name: string
  readonly since: number
  /** When this start opened it. */
  readonly up: number
  readonly mode: Mode
  /** What the invite on the screen carries, where a token is needed. */
  readonly token: { readonly id: string; readonly token: string } | undefined
}

export async function createHosting(components: HostingComponents): Promise<Hosting> {
  const { rows, peer, keep, collecting, door, entrance, clock, log, onChange } = components
  const hosts: Table<HostRow> = hostTable(rows)
  const states = carryStates(rows)
  const serial = createSerial()
  let running: Running | undefined
  let paused = false

  /** @throws CafeError BUSY {why: 'move'} while it is on its way; CONFLICT {what: 'moved', name} while its rows are still here. */
  const assertHere = async (): Promise<void> => {
    if (paused) throw new CafeError('BUSY', { why: 'move' })
    const departure = await states.departure()
    if (departure && !departure.erased) throw new CafeError('CONFLICT', { what: 'moved', name: departure.name })
    const arrival = await states.arrival()
    if (arrival) throw new CafeError('CONFLICT', { what: 'arrival', name: arrival.name })
  }

  const current = (): Running => {
    if (!running) throw new CafeError('NOT_FOUND', { what: 'open cafe' })
    return running
  }

  const invite = (token: string | undefined): Promise<string> =>
    entrance.invite({ name: current().name, addresses: entrance.addresses(), token })

  const card = async (): Promise<OpenCafe> => {
    const { name, mode, token } = current()
    return { name, mode, peerId: peer, addresses: entrance.addresses(), invite: await invite(token?.token) }
  }

  /** A token for the invite on the screen; none where nobody needs one, or while the clock is not to be trusted. */
  const screenToken = async (cafe: Cafe, mode: Mode): Promise<Running['token']> => {
    if (mode !== 'invite') return undefined
    try {
      return await cafe.createToken({ label: 'invite', expires: clock() + INVITE_LIFE })
    } catch (cause) {
      log('warn', 'no invite for the screen', { cause })
      return undefined
    }
  }

  const start = async (name: string, since: number, wanted?: Mode): Promise<void> => {
    if (running?.name !== name) {
      await running?.cafe.close()
      running = undefined
      // A chunk of its own: a device that is only somebody's client never loads it.
      const { createCafe } = await import('./cafe.ts')
      const cafe = await createCafe(components, name)
      await rows.commit([hosts.put(['me'], { name, open: true, since })])
      const mode = await cafe.mode()
      running = { cafe, name, since, up: clock(), mode, token: await screenToken(cafe, wanted ?? mode) }
      await door?.leadTo({ name, fetch: cafe.fetch })
    }
    if (wanted) await setMode(wanted)
    onChange()
  }

  const setMode = async (mode: Mode): Promise<void> => {
    const { cafe, token } = current()
    await cafe.setMode(mode)
    running = { ...current(), mode, token: mode === 'invite' ? (token ?? (await screenToken(cafe, mode))) : undefined }
  }

  const before = await hosts.get('me')
  const hasLeft = (await states.departure())?.erased === false
  if (before?.open && !hasLeft) await start(before.name, before.since)

  return {
    open: ({ name, mode, budget }) =>
      serial('host', async () => {
        await assertHere()
        if (budget !== undefined) await keep.setBudget(budget)
        const isNew = running === undefined
        await start(name, running?.since ?? clock(), mode)
        if (isNew) current().cafe.activity.note('opened')
        await entrance.reserved(AbortSignal.timeout(ADDRESS_WAIT))
        return card()
      }),
    close: ({ farewell = '' } = {}) =>
      serial('host', async () => {
        if (!running) return
        await door?.leadTo(undefined)
        running.cafe.activity.note('closed')
        await running.cafe.close({ farewell })
        await rows.commit([hosts.put(['me'], { name: running.name, open: false, since: running.since })])
        running = undefined
        onChange()
      }),
    stop: () =>
      serial('host', async () => {
        await running?.cafe.close()
        running = undefined
      }),
    pause: () =>
      serial('host', async () => {
        const before = running
        await running?.cafe.close()
        running = undefined
        paused = true
        onChange()
        return () =>
          serial('host', async () => {
            paused = false
            // It may have left though whoever paused it could not be told.
            const hasLeft = (await states.departure())?.erased === false
            if (before && !hasLeft) await start(before.name, before.since)
          })
      }),
    async status() {
      if (!running) return { open: false }
      const { since, up, cafe } = running
      const room = { ...keep.status(), collected: collecting.last }
      return {
        ...(await card()),
        open: true,
        since,
        up,
        paused: cafe.paused(),
        ...(await totalsOf(cafe)),
        room,
        door: door?.status(),
      }
    },
    async before() {
      const row = await hosts.get('me')
      return row ? { name: row.name, budget: keep.status().budget } : null
    },
    cafe: () => current().cafe,
    async setBudget(bytes) {
      await keep.setBudget(bytes)
      onChange()
    },
    setDoor: (input) =>
      serial('host', async () => {
        if (!door) throw new CafeError('UNSUPPORTED', { what: 'door' })
        await door.set(input)
        onChange()
        return door.status()
      }),
    collect: collecting.now,
    async createToken(options) {
      const { id, token } = await current().cafe.createToken(options)
      return { id, token, invite: await invite(token) }
    },
    revoke: (id) =>
      serial('host', async () => {
        const { cafe, mode, token } = current()
        await cafe.revoke(id)
        // The screen must not show an invite that admits nobody.
        if (token?.id === id) running = { ...current(), token: await screenToken(cafe, mode) }
        onChange()
      }),
    setMode: (mode) =>
      serial('host', async () => {
        await setMode(mode)
        onChange()
      }),
    guests: async () => running?.cafe.guests(),
    knows: async (peer) => (await running?.cafe.knows(peer)) ?? false,
    async clients() {
      return clientInfos(await current().cafe.clients(), clock())
    },
    trustClock: () =>
      serial('host', async () => {
        const { cafe, name, since } = current()
        await cafe.close()
        await rows.commit([forgetTime(rows)])
        running = undefined
        await start(name, since)
      }),
  }
}
