/**
 * The tabs that lend WebRTC to this worker, and which of them makes the next connection: a visible tab first, then the
 * one with the fewest connections, then the oldest. A connection stays with its tab; a tab that goes takes its
 * connections with it at once, and nothing of other tabs is touched. A tab that is frozen or hung says nothing any more:
 * each is asked every second, gets no new connection while an answer is owed, and is given up after three questions.
 */
import { CafeError } from '../../core/errors.ts'
import { asUp } from './guards.ts'
import { BEAT, MAX_CONNECTIONS, MAX_UNANSWERED } from './limits.ts'
import type { Down, ErrorInfo, News, PcUp } from './messages.ts'

/** Why a tab is no longer a lender: it said so, its Web Lock was let go, or it does not answer. */
export type Loss = 'bye' | 'lock' | 'hung'

/** A tab that offers to lend. */
export interface RtcTab {
  /** Unique to this life of the tab; a page that returns from the back/forward cache takes a new one. */
  readonly id: string
  /** This worker's end of the control port; the other end is with `lendRtc` in the tab. */
  readonly port: MessagePort
  readonly visible: boolean
}

/** One line of {@link RtcPool.tabs}, for status pages. */
export interface RtcTabStatus {
  readonly id: string
  readonly visible: boolean
  readonly connections: number
}

/** The receiving half of a lent connection. */
export interface RtcSink {
  receive(message: PcUp): void
  /** The tab is gone; called once, and nothing is received after it. */
  lost(error: ErrorInfo): void
}

type WithoutPc<T> = T extends { readonly pc: number } ? Omit<T, 'pc'> : never

/** The sending half of a lent connection. */
export interface RtcLine {
  post(message: WithoutPc<Down>, transfer?: Transferable[]): void
  /** Closes the real connection and gives the seat back. */
  close(): void
}

export interface RtcPool {
  /** Tabs that lend now. */
  readonly size: number
  readonly tabs: readonly RtcTabStatus[]
  /** Called after `size` or `tabs` has changed. */
  onchange: (() => void) | null
  /** Called when connections may have died unnoticed: a tab is looked at again, or has news of the network. */
  onnews: ((what: News | 'visible') => void) | null
  /** Takes in a tab and starts its port. A known id replaces the former holder, whose connections fail. */
  add(tab: RtcTab): void
  /** Fails all connections of a tab at once; an unknown id is ignored, so `bye` and lock may both report. */
  remove(id: string, why: Loss): void
  setVisible(id: string, visible: boolean): void
  /**
   * A line to the tab that should make the next connection. For `shim.ts`.
   *
   * @throws CafeError UNREACHABLE `{why: 'no-tab'}` with no tab, `{why: 'full'}` if all lend their limit.
   */
  lend(sink: RtcSink): RtcLine
}

export interface RtcPoolOptions {
  /** Connections one tab may lend, at most and by default {@link MAX_CONNECTIONS}. */
  readonly perTab?: number
  /** Milliseconds between two questions to a tab; by default {@link BEAT}. */
  readonly beat?: number
}

/** A pool with no tab. */
export function createPool({ perTab = MAX_CONNECTIONS, beat = BEAT }: RtcPoolOptions = {}): RtcPool {
  return new Pool(Math.min(perTab, MAX_CONNECTIONS), beat)
}

interface Lender {
  readonly id: string
  readonly port: MessagePort
  readonly sinks: Map<number, RtcSink>
  readonly listener: (event: MessageEvent<unknown>) => void
  visible: boolean
  /** Questions since its last word. Counted, not timed: a worker that slept has asked none meanwhile. */
  unanswered: number
}

class Pool implements RtcPool {
  onchange: (() => void) | null = null
  onnews: ((what: News | 'visible') => void) | null = null
  /** In order of arrival, which is the order of age. */
  readonly #lenders = new Map<string, Lender>()
  readonly #perTab: number
  readonly #beat: number
  #asking: ReturnType<typeof setInterval> | undefined
  #nextPc = 0

  constructor(perTab: number, beat: number) {
    this.#perTab = perTab
    this.#beat = beat
  }

  get size(): number {
    return this.#lenders.size
  }

  get tabs(): readonly RtcTabStatus[] {
    return [...this.#lenders.values()].map(({ id, visible, sinks }) => ({ id, visible, connections: sinks.size }))
  }

  add({ id, port, visible }: RtcTab): void {
    this.remove(id, 'bye')
    const sinks = new Map<number, RtcSink>()
    const listener = (event: MessageEvent<unknown>) => this.#receive(lender, event.data)
    const lender: Lender = { id, port, visible, sinks, listener, unanswered: 0 }
    this.#lenders.set(id, lender)
    port.addEventListener('message', listener)
    port.start()
    this.#asking ??= setInterval(() => this.#ask(), this.#beat)
    this.onchange?.()
  }

  remove(id: string, why: Loss): void {
    const lender = this.#lenders.get(id)
    if (!lender) return
    this.#lenders.delete(id)
    if (this.size === 0) {
      clearInterval(this.#asking)
      this.#asking = undefined
    }
    lender.port.removeEventListener('message', lender.listener)
    // A hung tab may wake up: what it still lends is of no use to anyone.
    lender.port.postMessage({ op: 'end' } satisfies Down)
    lender.port.close()
    const sinks = [...lender.sinks.values()]
    lender.sinks.clear()
    for (const sink of sinks) {
      sink.lost({
        name: 'OperationError',
        message: `the tab that lent this connection is gone (${why})`,
        detail: 'sctp-failure',
      })
    }
    this.onchange?.()
  }

  setVisible(id: string, visible: boolean): void {
    const lender = this.#lenders.get(id)
    if (!lender || lender.visible === visible) return
    lender.visible = visible
    this.onchange?.()
    if (visible) this.onnews?.('visible')
  }

  lend(sink: RtcSink): RtcLine {
    const lender = this.#pick()
    const pc = this.#nextPc++
    lender.sinks.set(pc, sink)
    this.onchange?.()
    return {
      post: (message, transfer = []) => {
        if (lender.sinks.has(pc)) lender.port.postMessage({ ...message, pc }, transfer)
      },
      close: () => {
        if (!lender.sinks.delete(pc)) return
        lender.port.postMessage({ op: 'close', pc } satisfies Down)
        this.onchange?.()
      },
    }
  }

  #ask(): void {
    for (const lender of [...this.#lenders.values()]) {
      if (lender.unanswered >= MAX_UNANSWERED) this.remove(lender.id, 'hung')
      else {
        lender.unanswered++
        lender.port.postMessage({ op: 'ask' } satisfies Down)
      }
    }
  }

  #pick(): Lender {
    if (this.size === 0) throw new CafeError('UNREACHABLE', { why: 'no-tab' })
    const [best] = [...this.#lenders.values()]
      .filter(({ sinks }) => sinks.size < this.#perTab)
      .sort(
        (a, b) =>
          // One question is always on its way; two may mean that nobody is there.
          Number(a.unanswered > 1) - Number(b.unanswered > 1) ||
          Number(b.visible) - Number(a.visible) ||
          a.sinks.size - b.sinks.size,
      )
    if (!best) throw new CafeError('UNREACHABLE', { why: 'full' })
    return best
  }

  #receive(lender: Lender, data: unknown): void {
    const message = asUp(data)
    if (!message) return
    lender.unanswered = 0
    if (message.ev === 'here') return
    if (message.ev === 'news') this.onnews?.(message.what)
    else if (message.ev === 'bye') this.remove(lender.id, 'bye')
    else if (message.ev === 'visible') this.setVisible(lender.id, message.visible)
    else lender.sinks.get(message.pc)?.receive(message)
  }
}
