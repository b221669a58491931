/**
 * A libp2p transport over one data channel that two people have made by showing each other codes. It dials and listens on
 * nothing: a channel is handed in, and becomes a connection like any other by Noise, which proves who is at the other end, and
 * Yamux.
 */
import type { Connection, Transport, Upgrader } from '@libp2p/interface'
import { transportSymbol } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type AbstractMultiaddrConnectionInit } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { KiB, MiB } from '../core/limits.ts'
import type { TransportFactory } from './transports.ts'

/** What is used of a W3C data channel. */
export interface PairChannel extends EventTarget {
  binaryType: string
  bufferedAmountLowThreshold: number
  readonly bufferedAmount: number
  readonly readyState: string
  send(data: Uint8Array<ArrayBuffer>): void
  close(): void
}

/** What every browser takes as one message (RFC 8841). */
const MESSAGE = 64 * KiB
/** Bytes handed to the channel before we wait, and those at which we go on. */
const HIGH = 1 * MiB
const LOW = 256 * KiB

export interface UpgradeOptions {
  /** Who is to be at the other end. */
  readonly peer: PeerIdText
  /** One side begins: the one that made the offer. */
  readonly initiator: boolean
  /** Ends what carries the channel. */
  readonly release: () => void
  readonly signal: AbortSignal
}

export interface PairTransport {
  readonly factory: TransportFactory
  /** Makes a connection of an open channel. @throws whatever libp2p does, if it is somebody else. */
  upgrade(channel: PairChannel, options: UpgradeOptions): Promise<Connection>
}

type Components = Parameters<TransportFactory>[0]

export function createPairTransport(): PairTransport {
  let components: Components | undefined
  return {
    factory(given) {
      components = given
      return new PairingTransport()
    },
    async upgrade(channel, { peer, initiator, release, signal }) {
      if (!components) throw new CafeError('INTERNAL')
      const upgrader: Upgrader = components.upgrader
      const connection = new ChannelConnection(channel, release, {
        // The name at its end is what Noise is to prove.
        remoteAddr: multiaddr(`/webrtc/p2p/${peer}`),
        direction: initiator ? 'outbound' : 'inbound',
        log: components.logger.forComponent('popup-cafe:pair'),
        maxMessageSize: MESSAGE,
      })
      try {
        return await upgrader.upgradeOutbound(connection, { initiator, signal })
      } catch (error) {
        connection.abort(error instanceof Error ? error : new CafeError('UNREACHABLE', { peer }, { cause: error }))
        throw error
      }
    },
  }
}

class PairingTransport implements Transport {
  readonly [Symbol.toStringTag] = 'popup-cafe-pair'
  readonly [transportSymbol] = true as const
  readonly listenFilter = (): [] => []
  readonly dialFilter = (): [] => []

  async dial(): Promise<Connection> {
    throw new CafeError('UNSUPPORTED')
  }

  createListener(): never {
    throw new CafeError('UNSUPPORTED')
  }
}

class ChannelConnection extends AbstractMultiaddrConnection {
  readonly #channel: PairChannel
  readonly #release: () => void

  constructor(
    channel: PairChannel,
    release: () => void,
    init: Omit<AbstractMultiaddrConnectionInit, 'stream' | 'name'>,
  ) {
    super(init as AbstractMultiaddrConnectionInit)
    this.#channel = channel
    this.#release = release
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = LOW
    channel.addEventListener('message', (event) => {
      const { data } = event as MessageEvent<unknown>
      if (data instanceof ArrayBuffer) this.onData(new Uint8Array(data))
      else this.abort(new CafeError('BAD_REQUEST', { what: 'message' }))
    })
    channel.addEventListener('bufferedamountlow', () => this.safeDispatchEvent('drain'))
    channel.addEventListener('close', () => this.#end())
    this.addEventListener('close', () => release())
  }

  override sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean } {
    this.#channel.send(data.slice() as Uint8Array<ArrayBuffer>)
    return { sentBytes: data.byteLength, canSendMore: this.#channel.bufferedAmount < HIGH }
  }

  override sendReset(): void {
    this.#release()
  }

  override async sendClose(): Promise<void> {
    // The other side hears of it after what was sent before.
    this.#channel.close()
  }

  override sendPause(): void {
    // A data channel cannot be slowed: Yamux bounds what comes, by its windows.
  }

  override sendResume(): void {
    // As above.
  }

  /** The channel is gone, by the other side's will or with its tab: nothing more comes. */
  #end(): void {
    if (this.status === 'open' || this.status === 'closing') this.onTransportClosed()
    this.#release()
  }
}
