/**
 * Requests that a page of the app watches: it names them by 128 random bits in the link's fragment and gives a port, by which it
 * is told how they were answered and where each block came from. Whoever has no port hears nothing, and a name's first port
 * is its only one; nothing of it goes into a response. Bounded in what is told and how much is remembered, in memory only.
 */
import type { CID } from 'multiformats/cid'
import { ABOUT_TYPE } from '../src/core/about.ts'
import type { Clock } from '../src/core/clock.ts'
import { WATCHED_BLOCKS, WATCHED_HEADERS, WATCHED_REQUESTS } from '../src/core/limits.ts'
import { redactUrl } from '../src/core/log.ts'
import { MAX_HEADER, type Sum, type Watched, type WatchedBlock, watchNameIn } from '../src/core/watched.ts'
import type { SeenBlock } from '../src/gateway/trace.ts'

/** Links watched at once: a page watches one; the oldest is given up. */
const MAX_WATCHES = 16
/** Milliseconds that a request is remembered for a port that is still on its way. */
const UNCLAIMED = 10_000
/** Milliseconds after the last request until nobody is told any more. */
const IDLE = 300_000
/** Milliseconds between two tellings: no eye follows more. */
const PAUSE = 100

/** One request while it is answered. */
export interface Watching {
  readonly onBlock: (block: SeenBlock) => void
  answered(response: Response): void
  /** A body begins to stream; the function it returns, that it is over. */
  begin(): () => void
}

export interface Watches {
  /** Takes the port of a page that watches `name`; a second one is closed. */
  accept(name: string, port: MessagePort): void
  /** Somebody asks. Undefined if the link has no name to be watched by. */
  begin(request: Request): Watching | undefined
  /** Links that are remembered now. */
  readonly size: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Told = Writable<Watched['requests'][number]>

/** What is known of one link, and who is told. */
class Watch {
  readonly #requests: Told[] = []
  readonly #blocks: WatchedBlock[] = []
  readonly #sums = { more: sum(), local: sum(), network: sum() }
  #moreRequests = 0
  #port: MessagePort | undefined
  #telling: ReturnType<typeof setTimeout> | undefined
  #ending: ReturnType<typeof setTimeout> | undefined
  readonly #onEnd: () => void

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
    this.#last(UNCLAIMED)
  }

  /** @returns false if there is a port already. */
  claim(port: MessagePort): boolean {
    if (this.#port) return false
    this.#port = port
    this.#last(IDLE)
    if (this.#requests.length > 0) this.changed()
    return true
  }

  /** The request as it is told; undefined for one that is only counted. */
  request(asked: Pick<Told, 'method' | 'asked'>): Told | undefined {
    if (this.#port) this.#last(IDLE)
    this.changed()
    if (this.#requests.length < WATCHED_REQUESTS) {
      const told: Told = { ...asked, headers: [] }
      this.#requests.push(told)
      return told
    }
    this.#moreRequests++
    return undefined
  }

  block({ cid, size, from, giver, ms }: SeenBlock): void {
    if (this.#blocks.length < WATCHED_BLOCKS) {
      const source = { ...(from && { from }), ...(giver && { giver }) }
      this.#blocks.push({ cid: nameOf(cid), size, ms, ...source })
    } else add(this.#sums.more, size)
    if (from) add(this.#sums[from], size)
    this.changed()
  }

  changed(): void {
    if (!this.#port) return
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined
      this.#port?.postMessage(this.#told())
    }, PAUSE)
  }

  end(): void {
    clearTimeout(this.#telling)
    clearTimeout(this.#ending)
    this.#port?.close()
    this.#onEnd()
  }

  #told(): Watched {
    const { more, local, network } = this.#sums
    const requests = this.#requests
    return {
      ...{ requests, moreRequests: this.#moreRequests },
      ...{ blocks: this.#blocks, moreBlocks: more, local, network },
    }
  }

  #last(ms: number): void {
    clearTimeout(this.#ending)
    this.#ending = setTimeout(() => this.end(), ms)
  }
}

export function createWatches({ clock }: { readonly clock: Clock }): Watches {
  const watches = new Map<string, Watch>()

  const watchOf = (name: string): Watch => {
    const known = watches.get(name)
    if (known) return known
    const watch = new Watch(() => watches.delete(name))
    watches.set(name, watch)
    for (const oldest of watches.values()) if (watches.size > MAX_WATCHES) oldest.end()
    return watch
  }

  return {
    get size() {
      return watches.size
    },
    accept(name, port) {
      if (!watchOf(name).claim(port)) port.close()
    },
    begin(request) {
      const name = watchNameIn(request.url)
      if (name === undefined) return undefined
      const watch = watchOf(name)
      const began = clock()
      const since = (): number => Math.max(0, clock() - began)
      const told = watch.request({ method: request.method === 'HEAD' ? 'HEAD' : 'GET', asked: askedOf(request) })
      let streams = false
      return {
        onBlock: (block) => watch.block(block),
        answered({ status, headers }) {
          if (!told) return
          Object.assign(told, { status, headers: headersOf(headers), first: since() })
          if (!streams) told.whole = since()
          watch.changed()
        },
        begin() {
          streams = true
          return () => {
            if (!told) return
            told.whole ??= since()
            watch.changed()
          }
        },
      }
    },
  }
}

function askedOf({ headers }: Request): Told['asked'] {
  if (headers.get('Accept') === ABOUT_TYPE) return 'about'
  return headers.has('Range') ? 'part' : 'content'
}

/** Addresses may hold what a link's query held. */
const ADDRESSES: ReadonlySet<string> = new Set(['location', 'content-location'])

const headersOf = (headers: Headers): [string, string][] =>
  [...headers]
    .slice(0, WATCHED_HEADERS)
    .map(([name, value]) => [name, (ADDRESSES.has(name) ? redactUrl(value) : value).slice(0, MAX_HEADER)])

const nameOf = (cid: CID): string => `${cid}`.slice(0, 256)
const sum = (): Writable<Sum> => ({ blocks: 0, bytes: 0 })

function add(to: Writable<Sum>, size: number): void {
  to.blocks++
  to.bytes += size
}
