/**
 * Asks the cafes that this one knows: some at once, none twice, none for longer than it is worth, and all stop when the
 * search does. What they answer is believed only as far as the accounts have signed it; a cafe that gives something forged,
 * or a card that its account does not want found like that, is marked and asked no more for a while.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { ASK_WAIT, ASKED_AT_ONCE, MAX_ASKED } from '../../core/limits.ts'
import { fitOf, nameWords } from '../../core/name-search.ts'
import { type Connector, start } from '../../wire/call.ts'
import { type LiveCard, openAnyCard, visibilityOf } from './card.ts'
import { type AskOutcome, contactProtocol } from './protocol.ts'
import type { Query } from './search.ts'

/** The cafes this one knows: given by what keeps them, so that this service need not know how they are found. */
export interface Neighbours {
  /** Cafes worth asking, best first; they can be dialled. */
  pick(limit: number): readonly PeerIdText[]
  /** Has it answered, not long ago? */
  isCafe(peer: PeerIdText): boolean
  answered(cafe: PeerIdText): void
  failed(cafe: PeerIdText): void
  /** It gave something forged. */
  lied(cafe: PeerIdText): void
}

export interface AroundComponents {
  readonly connector: Connector
  readonly neighbours: Neighbours
  readonly clock: Clock
}

export interface Answer {
  readonly card: LiveCard
  readonly envelope: Uint8Array<ArrayBuffer>
  readonly time: number
  readonly via: PeerIdText
}

export interface Around {
  /** As it was typed. */
  readonly typed: string
  readonly query: Query
  /** Cards each cafe may give. */
  readonly limit: number
  /** Ends the search, for whatever reason. */
  readonly signal: AbortSignal
  readonly onAnswer: (answer: Answer) => Promise<void>
  readonly onAsked: (cafe: PeerIdText, outcome: AskOutcome) => Promise<void>
}

/** Resolves when all are done, or the search has ended; true if every cafe has given all it has. */
export async function askAround(components: AroundComponents, around: Around): Promise<boolean> {
  const { signal, onAsked } = around
  const cafes = [...components.neighbours.pick(MAX_ASKED)]
  let complete = true
  const line = async (): Promise<void> => {
    for (let cafe = cafes.shift(); cafe !== undefined && !signal.aborted; cafe = cafes.shift()) {
      const { outcome, whole } = await askOne(components, cafe, around)
      complete &&= whole
      await onAsked(cafe, outcome)
    }
  }
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, line))
  return complete && cafes.length === 0
}

interface Asked {
  readonly outcome: AskOutcome
  readonly whole: boolean
}

async function askOne(components: AroundComponents, cafe: PeerIdText, around: Around): Promise<Asked> {
  const { neighbours } = components
  try {
    const whole = await read(components, cafe, around)
    neighbours.answered(cafe)
    return { outcome: 'answered', whole }
  } catch (error) {
    const { code } = toCafeError(error, 'UNREACHABLE')
    if (code === 'CORRUPT') neighbours.lied(cafe)
    if (code === 'CORRUPT') return { outcome: 'lied', whole: false }
    if (around.signal.aborted) return { outcome: 'late', whole: false }
    if (code === 'BUSY' || code === 'FORBIDDEN' || code === 'UNSUPPORTED') return { outcome: 'busy', whole: false }
    neighbours.failed(cafe)
    return { outcome: 'unreachable', whole: false }
  }
}

/** @throws CafeError CORRUPT for what no honest cafe gives. */
async function read({ connector, clock }: AroundComponents, cafe: PeerIdText, around: Around): Promise<boolean> {
  const { typed, query, limit, onAnswer } = around
  const signal = AbortSignal.any([around.signal, AbortSignal.timeout(ASK_WAIT)])
  const exchange = await start(connector, cafe, contactProtocol, 'ask', { query: typed, limit }, { signal })
  try {
    for (let given = 0; given < limit; given++) {
      const item = await exchange.next()
      if (!item) return (await exchange.receipt()).complete
      const card = await check(item.card.envelope, query, clock())
      if (card) await onAnswer({ card, ...item.card, time: Math.min(item.card.time, clock()), via: cafe })
      signal.throwIfAborted()
    }
    // It may have more, or nothing but its end to say.
    return (await exchange.next()) === undefined && (await exchange.receipt()).complete
  } finally {
    exchange.close()
  }
}

/**
 * The card, or undefined for one that is of no use, which may happen to an honest cafe: it holds no more, or its clock and
 * its rules differ from ours.
 * @throws CafeError CORRUPT for one that is forged, or whose account wants it given to nobody, or not to who asks by name.
 */
async function check(envelope: Uint8Array, query: Query, now: number): Promise<LiveCard | undefined> {
  const card = await openAnyCard(envelope, now).catch((error) => {
    if (toCafeError(error).code === 'CORRUPT') throw error
    return undefined
  })
  if (!card || 'tomb' in card) return undefined
  const shown = visibilityOf(card)
  if (shown === 'hidden') throw new CafeError('CORRUPT', { what: 'visibility' })
  if (card.address === query.address || (card.handle !== undefined && card.handle === query.handle)) return card
  if (!query.name || !fitOf(query.name, nameWords(card.name))) return undefined
  if (shown !== 'listed') throw new CafeError('CORRUPT', { what: 'visibility' })
  return card
}
