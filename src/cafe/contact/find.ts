/** Searching at a cafe: here, then at the cafes it knows; each account once, the newest card of it, no more than is allowed. */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { FIND_LIMIT, MAX_FIND } from '../../core/limits.ts'
import type { v } from '../../core/schema.ts'
import type { Connector } from '../../wire/call.ts'
import { askAround, type Neighbours } from './around.ts'
import type { FoundItem, findRequest } from './protocol.ts'
import type { Meter } from './rates.ts'
import { type Query, readQuery } from './search.ts'
import type { Shelf } from './shelf.ts'

export interface FindComponents {
  readonly shelf: Shelf
  readonly clock: Clock
  readonly connector: Connector
  readonly neighbours: Neighbours
}

export interface Finding {
  readonly meter: Meter
  /** The caller is gone. */
  readonly signal: AbortSignal
  readonly send: (item: FoundItem) => Promise<void>
}

type Wish = v.InferOutput<typeof findRequest>

/** @throws CafeError BAD_REQUEST {what: 'query'}. */
export function demandQuery(typed: string): Query {
  const query = readQuery(typed)
  if (!query) throw new CafeError('BAD_REQUEST', { what: 'query' })
  return query
}

/**
 * True if nothing that matches was left out.
 * @throws CafeError BUSY {after} if the account may not have even one card now.
 */
export async function find(components: FindComponents, query: Query, wish: Wish, finding: Finding): Promise<boolean> {
  const { shelf } = components
  const { limit, exclude, hops } = wish
  const unwanted = new Set<string>(exclude)
  const isWanted = (address: Address): boolean => !unwanted.has(address)
  const given = new Given(limit, finding)

  const { hits, complete } = await shelf.search(query, { limit, isWanted })
  for (const { address, card } of hits) {
    const { envelope, time, seq } = card
    await given.give(address, seq, { envelope, time, via: null })
  }
  const goesOn = hops === 1 && !given.isFull
  const whole = goesOn ? await further(components, query, wish, { ...finding, given, isWanted }) : hops === 0
  given.demandSome()
  return complete && whole && !given.isShort
}

type Further = Finding & { readonly given: Given; readonly isWanted: (address: Address) => boolean }

async function further(
  { shelf, ...components }: FindComponents,
  query: Query,
  { query: typed, limit, wait, exclude }: Wish,
  { given, isWanted, signal, send }: Further,
): Promise<boolean> {
  const full = new AbortController()
  return askAround(components, {
    typed,
    query,
    // How many are left out is told to nobody, so room for them is asked for as for anybody.
    limit: limit <= FIND_LIMIT && exclude.length === 0 ? FIND_LIMIT : MAX_FIND,
    signal: AbortSignal.any([signal, full.signal, AbortSignal.timeout(wait)]),
    async onAnswer({ card, envelope, time, via }) {
      const { address, seq } = card
      if (!isWanted(address)) return
      // Newer here, it was given already, or its account does not want it found like that any more.
      const own = await shelf.get(address)
      if (own && own.seq >= seq) return
      await given.give(address, seq, { envelope, time, via })
      if (given.isFull) full.abort(new CafeError('ABORTED'))
    },
    async onAsked(cafe: PeerIdText, outcome) {
      if (!signal.aborted) await send({ asked: { cafe, outcome } })
    },
  })
}

/** What a search has given so far. */
class Given {
  readonly #newest = new Map<Address, number>()
  readonly #limit: number
  readonly #finding: Finding
  /** Milliseconds until the account may have another; 0 while it may. */
  #after = 0
  #isShort = false

  constructor(limit: number, finding: Finding) {
    this.#limit = limit
    this.#finding = finding
  }

  /** Nothing more is to be given. */
  get isFull(): boolean {
    return this.#after > 0 || this.#newest.size >= this.#limit
  }

  /** Something was left out. */
  get isShort(): boolean {
    return this.#isShort
  }

  /** @throws CafeError BUSY {after} if there was something to give and nothing could be. */
  demandSome(): void {
    if (this.#after > 0 && this.#newest.size === 0) throw new CafeError('BUSY', { after: this.#after })
  }

  async give(
    address: Address,
    seq: number,
    card: { envelope: Uint8Array<ArrayBuffer>; time: number; via: PeerIdText | null },
  ): Promise<void> {
    const last = this.#newest.get(address)
    if (last !== undefined && last >= seq) return
    const isOver = last === undefined && this.#newest.size >= this.#limit
    if (!isOver && this.#after === 0) this.#after = this.#finding.meter()
    if (isOver || this.#after > 0) {
      this.#isShort = true
      return
    }
    this.#newest.set(address, seq)
    await this.#finding.send({ card })
  }
}
