/**
 * What goes on with clients right now: the calls they have running, which must end when the client's right to them does,
 * and the live channel on which each is told how it stands.
 */
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { FAREWELL_TIME, MAX_WATCHES } from '../core/limits.ts'
import type { Standing } from './session/protocol.ts'

export interface Who {
  readonly account: Address
  readonly peer: PeerIdText
}

/** How a client stands now; `look`: something has changed for all, so look; or the host's last words. */
export type News = Standing | 'look' | { readonly farewell: string }

export interface Channel {
  /**
   * The next news, or undefined after `ms` milliseconds without any. Asked for again, the one before has been told.
   * @throws CafeError ABORTED when it is closed.
   */
  next(ms: number): Promise<News | undefined>
  close(): void
}

export interface Live {
  /** Fires when the client's calls must end; its reason says why. */
  until(client: Who): AbortSignal
  /** Ends the client's running calls with `why`. */
  end(client: Who, why: CafeError): void
  /** `heard` is told of each client whose calls are ended so. */
  onEnd(heard: (client: Who) => void): void
  /** Tells the client's channel, if it has one. */
  tell(client: Who, news: Standing): void
  /** Opens the peer's channel, and closes the one it had. @throws CafeError BUSY if there are too many. */
  open(client: Who, signal: AbortSignal): Channel
  /** Is the client's channel open? */
  hears(client: Who): boolean
  /** Has everybody who listens look at how they stand. */
  look(): void
  /** Tells everybody who listens that the cafe closes; resolves when they were told, or after FAREWELL_TIME. */
  farewell(words: string): Promise<void>
  /** Ends everything, as when the cafe closes: whoever wants to go on comes again. */
  close(): void
}

const keyOf = ({ account, peer }: Who): string => `${account}/${peer}`

export function createLive(): Live {
  const running = new Map<string, AbortController>()
  const listeners = new Set<(client: Who) => void>()
  const channels = new Map<
    PeerIdText,
    { readonly key: string; push(news: News): void; readonly told: Promise<void>; close(): void }
  >()

  const open: Live['open'] = (client, signal) => {
    channels.get(client.peer)?.close()
    if (channels.size >= MAX_WATCHES) throw new CafeError('BUSY', { after: 60_000 })
    // One of each kind at most: the latest counts, and a client that reads slowly costs nothing.
    const news = new Set<News>()
    const { promise: told, resolve: onTold } = Promise.withResolvers<void>()
    let closed = false
    let last = false
    let wake = (): void => {}
    const own = {
      key: keyOf(client),
      told,
      push(item: News) {
        news.delete(item)
        news.add(item)
        wake()
      },
      close() {
        closed = true
        onTold()
        if (channels.get(client.peer) === own) channels.delete(client.peer)
        signal.removeEventListener('abort', own.close)
        wake()
      },
    }
    channels.set(client.peer, own)
    signal.addEventListener('abort', own.close, { once: true })
    if (signal.aborted) own.close()
    return {
      async next(ms) {
        if (last) onTold()
        if (news.size === 0 && !closed) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, ms)
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
        if (closed) throw new CafeError('ABORTED')
        const [first] = news
        if (first !== undefined) news.delete(first)
        last = typeof first === 'object'
        return first
      },
      close: own.close,
    }
  }

  return {
    until(client) {
      const key = keyOf(client)
      const controller = running.get(key) ?? new AbortController()
      running.set(key, controller)
      return controller.signal
    },
    end(client, why) {
      const key = keyOf(client)
      const controller = running.get(key)
      running.delete(key)
      controller?.abort(why)
      for (const heard of listeners) heard(client)
    },
    onEnd: (heard) => void listeners.add(heard),
    tell(client, news) {
      const channel = channels.get(client.peer)
      if (channel?.key === keyOf(client)) channel.push(news)
    },
    open,
    hears: (client) => channels.get(client.peer)?.key === keyOf(client),
    look() {
      for (const channel of channels.values()) channel.push('look')
    },
    async farewell(words) {
      const all = [...channels.values()]
      for (const channel of all) channel.push({ farewell: words })
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, FAREWELL_TIME)
      await Promise.race([Promise.all(all.map(({ told }) => told)), late.promise])
      clearTimeout(timer)
    },
    close() {
      for (const controller of running.values()) controller.abort(new CafeError('UNREACHABLE'))
      running.clear()
      for (const channel of [...channels.values()]) channel.close()
    },
  }
}
