/**
 * Pairing: two devices connect with no relay and no server at all, by showing each other a code. The first shows an offer,
 * the second reads it and shows its answer, the first reads that. Each code ends after some minutes and with its first use.
 * Whoever sees a code learns this device's addresses in its network and its peer id, and can do nothing with it but be the
 * other device: who that is, is proved by the connection itself.
 */
import { unlessAborted } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../core/ids.ts'
import { PAIR_GATHER, PAIR_OPEN, PAIR_SKEW, PAIR_TTL } from '../core/limits.ts'
import { formatPairCode, type PairCode, parsePairCode } from './pair-code.ts'
import { readSdp, writeSdp } from './pair-sdp.ts'
import type { PairChannel, UpgradeOptions } from './pair-transport.ts'

/** What is used of a W3C peer connection. */
export interface PairConnection extends EventTarget {
  readonly connectionState: string
  readonly iceGatheringState: string
  readonly localDescription: { readonly sdp: string } | null
  createDataChannel(label: string, init: { readonly negotiated: true; readonly id: number }): PairChannel
  createOffer(): Promise<unknown>
  createAnswer(): Promise<unknown>
  setLocalDescription(description: unknown): Promise<void>
  setRemoteDescription(description: { readonly type: string; readonly sdp: string }): Promise<void>
  close(): void
}

export interface PairComponents {
  readonly peer: PeerIdText
  /** A new connection. @throws CafeError UNREACHABLE {why: 'no-tab' | 'full'}. */
  readonly connect: () => PairConnection
  readonly upgrade: (channel: PairChannel, options: UpgradeOptions) => Promise<unknown>
  readonly clock: Clock
}

/** A code to show, and when it ends, in milliseconds since the epoch. */
export interface ShownCode {
  readonly code: string
  readonly expires: number
}

export interface Pairing {
  /** Begins. @throws CafeError UNREACHABLE {why}: no tab, or no address of this device that could be handed on. */
  offer(options: { signal: AbortSignal }): Promise<ShownCode>
  /** The second half of `offer`: reads the other's answer and connects. @throws CafeError NOT_FOUND for another one's answer. */
  accept(code: string, options: { signal: AbortSignal }): Promise<PeerIdText>
  /** Reads another's offer. @throws CafeError BAD_REQUEST, CONFLICT (one's own, or used), TIMEOUT (it has ended). */
  answer(code: string, options: { signal: AbortSignal }): Promise<ShownCode>
  /** The second half of `answer`: waits until the other has read it. */
  connected(options: { signal: AbortSignal }): Promise<PeerIdText>
  /** Gives up whatever has begun. */
  cancel(): void
}

/** The channel is agreed on, not announced: both sides make it. */
const CHANNEL = { negotiated: true, id: 0 } as const

interface Session {
  readonly connection: PairConnection
  readonly channel: PairChannel
  readonly offer: PairCode['offer']
  readonly expires: number
  readonly ended: AbortController
  /** It has become a connection, which lives on without this. */
  readonly made: () => void
  /** On the answering side. */
  readonly done?: Promise<PeerIdText>
}

export function createPairing({ peer, connect, upgrade, clock }: PairComponents): Pairing {
  /** Offers that were answered here, by fingerprint, and when they end. */
  const used = new Map<string, number>()
  let session: Session | undefined

  const end = (): void => {
    session?.ended.abort(new CafeError('ABORTED'))
    session = undefined
  }

  /** A connection that ends with `ended`, which its code's end fires. */
  const begin = () => {
    end()
    const ended = new AbortController()
    const connection = connect()
    const channel = connection.createDataChannel('cafe', CHANNEL)
    const timer = setTimeout(() => ended.abort(new CafeError('TIMEOUT', { what: 'pair code' })), PAIR_TTL)
    const stop = (): void => {
      clearTimeout(timer)
      connection.close()
    }
    ended.signal.addEventListener('abort', stop)
    const made = (): void => {
      clearTimeout(timer)
      ended.signal.removeEventListener('abort', stop)
    }
    return { connection, channel, ended, made, expires: clock() + PAIR_TTL }
  }

  const show = (
    { connection, expires }: Pick<Session, 'connection' | 'expires'>,
    { kind, offer }: { kind: PairCode['kind']; offer?: PairCode['offer'] },
  ): PairCode => {
    const parts = readSdp(connection.localDescription?.sdp ?? '')
    return { kind, expires, peer, offer: offer ?? parts.fingerprint.slice(0, 4), ...parts }
  }

  /** The code in `input`, if it is of the right kind and not too old. */
  const read = (input: string, kind: PairCode['kind']): PairCode => {
    const code = parsePairCode(input)
    if (code.kind !== kind) throw new CafeError('BAD_REQUEST', { what: code.kind })
    if (code.peer === peer) throw new CafeError('CONFLICT', { what: 'own code' })
    // Clocks of devices without internet differ; whoever made the code knows best, and forgets it in time.
    if (code.expires + PAIR_SKEW < clock() || code.expires > clock() + PAIR_TTL + PAIR_SKEW)
      throw new CafeError('TIMEOUT', { what: 'pair code' })
    return code
  }

  const connectTo = async (to: PeerIdText, { connection, channel, ended, made }: Session, initiator: boolean) => {
    const within = (ms: number): AbortSignal => AbortSignal.any([ended.signal, AbortSignal.timeout(ms)])
    await opened(channel, within(initiator ? PAIR_OPEN : PAIR_TTL))
    await upgrade(channel, { peer: to, initiator, release: () => connection.close(), signal: within(PAIR_OPEN) })
    made()
    return to
  }

  return {
    async offer({ signal }) {
      const begun = begin()
      const { connection, ended } = begun
      try {
        await connection.setLocalDescription(await connection.createOffer())
        await gathered(connection, AbortSignal.any([signal, ended.signal]))
        const code = show(begun, { kind: 'offer' })
        session = { ...begun, offer: code.offer }
        return { code: formatPairCode(code), expires: code.expires }
      } catch (error) {
        ended.abort(error)
        throw error
      }
    },
    async accept(input, { signal }) {
      const code = read(input, 'answer')
      const now = session
      if (!now || now.done || now.ended.signal.aborted || !sameBytes(now.offer, code.offer))
        throw new CafeError('NOT_FOUND', { what: 'offer' })
      // One use: whatever comes of it, another answer needs another offer.
      session = undefined
      signal.addEventListener('abort', () => now.ended.abort(new CafeError('ABORTED')), { once: true })
      try {
        await now.connection.setRemoteDescription({ type: 'answer', sdp: writeSdp(code, 'answer') })
        return await connectTo(code.peer, now, true)
      } catch (error) {
        now.ended.abort(error)
        throw error
      }
    },
    async answer(input, { signal }) {
      const offer = read(input, 'offer')
      for (const [print, expires] of used) if (expires + PAIR_SKEW < clock()) used.delete(print)
      if (used.has(hex(offer.fingerprint))) throw new CafeError('CONFLICT', { what: 'used code' })
      const begun = begin()
      const { connection, ended } = begun
      try {
        await connection.setRemoteDescription({ type: 'offer', sdp: writeSdp(offer, 'offer') })
        await connection.setLocalDescription(await connection.createAnswer())
        await gathered(connection, AbortSignal.any([signal, ended.signal]))
        const code = show(begun, { kind: 'answer', offer: offer.offer })
        used.set(hex(offer.fingerprint), offer.expires)
        const now = { ...begun, offer: offer.offer }
        const done = connectTo(offer.peer, now, false)
        done.catch((error) => ended.abort(error))
        session = { ...now, done }
        return { code: formatPairCode(code), expires: code.expires }
      } catch (error) {
        ended.abort(error)
        throw error
      }
    },
    async connected({ signal }) {
      const done = session?.done
      if (!done) throw new CafeError('NOT_FOUND', { what: 'answer' })
      return unlessAborted(done, signal)
    },
    cancel: end,
  }
}

/** Resolves when all addresses are known, or enough time has gone by to know those that matter. */
async function gathered(connection: PairConnection, signal: AbortSignal): Promise<void> {
  const soon = AbortSignal.timeout(PAIR_GATHER)
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (connection.iceGatheringState === 'complete') resolve()
    }
    signal.addEventListener('abort', () => reject(signal.reason))
    soon.addEventListener('abort', () => resolve())
    connection.addEventListener('icegatheringstatechange', look, { signal: soon })
    look()
  })
}

async function opened(channel: PairChannel, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (): void => reject(new CafeError('UNREACHABLE', { why: 'no-way' }))
    signal.addEventListener('abort', () => reject(signal.reason))
    channel.addEventListener('open', () => resolve(), { once: true })
    channel.addEventListener('close', fail, { once: true })
    if (channel.readyState === 'open') resolve()
    if (signal.aborted) reject(signal.reason)
  })
}
