/**
 * What the host of a cafe can have done with the whole of it, in a tab and in Node alike: export, import, receive, move.
 * Whoever composes the node calls `settle` (`land.ts`) before it, and starts the node anew when `onRestart` says so.
 */
import { unlessAborted } from '../../core/abort.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { OPEN_TIMEOUT } from '../../core/limits.ts'
import { delay, type Pauses, pauseAfter } from '../../core/pause.ts'
import type { JwtVerifier } from '../../crypto/jwt.ts'
import type { Collecting } from '../../store/collecting.ts'
import type { StillRows } from '../../store/still.ts'
import type { Connector } from '../../wire/call.ts'
import { hostTable } from '../host-row.ts'
import type { Hosting } from '../hosting.ts'
import { infoProtocol } from '../info/protocol.ts'
import { type CarryProgress, type Exported, exportCafe } from './export.ts'
import { importCafe } from './import.ts'
import { createReceiving, type ReceiveComponents, type Receiving } from './receive.ts'
import { type Destination, sayWord, sendCafe } from './send.ts'
import { carryStates, type Departure } from './state.ts'

export interface CarryingComponents extends Omit<ReceiveComponents, 'onBegin' | 'onProgress' | 'rows'> {
  readonly rows: StillRows
  readonly hosting: Pick<Hosting, 'pause'>
  readonly collecting: Collecting
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  readonly jwtKey: JwtVerifier
  readonly epoch: number
  /** Where this device can be dialled, once it can; and where relays would lead to another. */
  readonly addresses: (options: { signal: AbortSignal }) => Promise<readonly string[]>
  readonly relayed: (peer: PeerIdText) => readonly string[]
  readonly codes: { format(code: Destination): string; parse(text: string): Destination }
  /** This device is another peer from its next start on, which should be at once. */
  readonly onRestart: () => void
  readonly onChange: () => void
}

/** How a move to or from this device stands. */
export interface CarryStatus {
  /** A cafe that has been here, and where it went; `told` once its new place knows that it may begin. */
  readonly departure: { cafe: PeerIdText; name: string; at: number; to: PeerIdText; told: boolean } | null
  /** A cafe that is here, and waits for the word of the place it comes from. */
  readonly arrival: { cafe: PeerIdText; name: string; at: number } | null
  /** What is on its way to this device now. */
  readonly coming: CarryProgress | null
}

export interface CarryOptions {
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: CarryProgress) => void) | undefined
}

export interface Carrying {
  /** @throws CafeError NOT_FOUND {what: 'cafe'}; as `exportCafe`. */
  export(options: CarryOptions & { passphrase: string }): Promise<Exported>
  /** Takes a cafe in from a file; then the node starts anew. @throws CafeError as `importCafe`. */
  import(
    chunks: AsyncIterable<Uint8Array>,
    options: CarryOptions & { passphrase: string },
  ): Promise<{ cafe: PeerIdText; name: string }>
  /** A code for another device, until it was used or another is made. @throws CafeError CONFLICT; UNREACHABLE. */
  receive(): Promise<{ code: string }>
  /** Moves the cafe to the device that shows `code`; then the node starts anew. @throws CafeError as `sendCafe`. */
  move(code: string, options: CarryOptions): Promise<{ to: PeerIdText; told: boolean }>
  /** Gives up a cafe that waits here for its word. */
  giveUp(): Promise<void>
  status(): Promise<CarryStatus>
  close(): Promise<void>
}

const WORD_PAUSES: Pauses = { first: 2000, longest: 60_000 }
const ADDRESS_WAIT = 5000

export async function createCarrying(components: CarryingComponents): Promise<Carrying> {
  const { rows, hosting, collecting, connector, codes, log, onRestart, onChange } = components
  const states = carryStates(rows)
  const closed = new AbortController()
  let coming: CarryProgress | null = null
  const opening = lazyReceiving(components, (progress) => {
    coming = progress
    onChange()
  })
  if (await states.arrival()) await opening()

  const isRunning = async (cafe: PeerIdText): Promise<boolean> => {
    connector.know(cafe, components.relayed(cafe))
    try {
      const options = { signal: AbortSignal.timeout(OPEN_TIMEOUT), limited: true }
      const stream = await connector.open(cafe, infoProtocol.id, options)
      stream.abort(new Error('only asked'))
      return true
    } catch (error) {
      // It cannot be reached, or is no cafe: a failure of ours is neither.
      if (toCafeError(error, 'UNREACHABLE').code === 'INTERNAL') throw error
      return false
    }
  }

  const described = async () => {
    const host = await hostTable(rows).get('me')
    const departure = await states.departure()
    if (!host || (departure && !departure.erased)) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    return { ...components, cafe: components.peer, identity: components.peerKey, name: host.name }
  }

  /** Says the word of a move that was interrupted, until it is heard. */
  const tell = async (departure: Departure): Promise<void> => {
    const { to } = departure
    for (let failures = 1; !closed.signal.aborted; failures++) {
      connector.know(to.peer, to.addresses)
      try {
        await sayWord({ rows, connector, isRunning }, departure, { signal: closed.signal })
        return onRestart()
      } catch (cause) {
        log('info', 'the new place of the cafe does not answer yet', { cause })
      }
      await delay(pauseAfter(failures, WORD_PAUSES), closed.signal).catch(() => {})
    }
  }
  const departure = await states.departure()
  if (departure?.state === 'leaving') void tell(departure)

  return {
    async export({ passphrase, ...options }) {
      const what = await described()
      // Every pin has its list after it, also one of an early version.
      await unlessAborted(collecting.reclaim(), options.signal)
      return exportCafe(what, { passphrase, ...options })
    },
    async import(chunks, options) {
      const { cafe, name } = await importCafe({ ...components, isRunning }, chunks, options)
      onRestart()
      return { cafe, name }
    },
    async receive() {
      const secret = await (await opening()).offer()
      const signal = AbortSignal.timeout(ADDRESS_WAIT)
      const addresses = await components.addresses({ signal })
      if (addresses.length === 0) throw new CafeError('UNREACHABLE', { what: 'relay' })
      return { code: codes.format({ peer: components.peer, addresses, secret }) }
    },
    async move(text, options) {
      const to = codes.parse(text)
      const what = await described()
      await unlessAborted(collecting.reclaim(), options.signal)
      connector.know(to.peer, to.addresses)
      const resume = await hosting.pause()
      try {
        const { state } = await sendCafe(what, to, options)
        onRestart()
        return { to: to.peer, told: state === 'left' }
      } catch (error) {
        await resume()
        throw error
      }
    },
    async giveUp() {
      await (await opening()).giveUp()
      onChange()
    },
    async status() {
      const [departure, arrival] = await Promise.all([states.departure(), states.arrival()])
      const { cafe, name, at } = arrival ?? {}
      return {
        departure: departure
          ? {
              ...{ cafe: departure.cafe, name: departure.name, at: departure.at, to: departure.to.peer },
              told: departure.state === 'left',
            }
          : null,
        arrival: cafe && name !== undefined && at !== undefined ? { cafe, name, at } : null,
        coming,
      }
    },
    async close() {
      closed.abort(new CafeError('ABORTED'))
      await (await opening.opened())?.close()
    },
  }
}

/** Answers other devices only once a code was asked for, or while something waits for its word. */
function lazyReceiving(components: CarryingComponents, onProgress: (progress: CarryProgress) => void) {
  let receiving: Promise<Receiving> | undefined
  const open = (): Promise<Receiving> => {
    receiving ??= createReceiving({ ...components, onProgress, onBegin: components.onRestart })
    return receiving
  }
  return Object.assign(open, { opened: async () => receiving })
}
