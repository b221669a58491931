/**
 * The contact service of a cafe: keeps the newest card of each client, and gives it to whom its visibility allows, by
 * address, handle or name.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, sameBytes } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Rows } from '../../store/rows.ts'
import type { Connector } from '../../wire/call.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { Paces } from '../pace.ts'
import type { Vouch } from '../vouch.ts'
import type { Neighbours } from './around.ts'
import { openCard } from './card.ts'
import { demandQuery, find } from './find.ts'
import { cardReceiptRecord, type contactProtocol } from './protocol.ts'
import { createFindRates } from './rates.ts'
import { createShelf, type Shelf } from './shelf.ts'
import type { CardRow } from './store.ts'

export interface ContactComponents {
  readonly rows: Rows
  readonly serial: Serial
  /** The cafe's time. */
  readonly clock: Clock
  readonly stands: Stands
  readonly vouch: Vouch
  readonly paces: Paces
  readonly connector: Connector
  readonly neighbours: Neighbours
  readonly log: Log
}

type Handlers = ServiceHandlers<typeof contactProtocol, Session>

export interface Contacts {
  readonly handlers: Handlers
  /** What is erased with an account. */
  readonly parts: readonly Part[]
  /** Resolves when the index of names is whole: at once, but after an update. */
  readonly ready: Promise<void>
  close(): void
}

export function createContacts({ rows, log, ...components }: ContactComponents): Contacts {
  const { serial, clock } = components
  const holds = ({ ends }: CardRow): boolean => ends === null || ends >= clock()
  const shelf = createShelf({ rows, serial, holds, log })
  return {
    handlers: contactService({ ...components, shelf, holds }),
    parts: [
      { name: 'cards', erase: (account, commit) => serial(queueOf(account), () => shelf.erase(account, commit)) },
    ],
    ready: shelf.ready,
    close: shelf.close,
  }
}

const queueOf = (account: Address): string => `card/${account}`

type Parts = Omit<ContactComponents, 'rows' | 'log'> & {
  readonly shelf: Shelf
  readonly holds: (card: CardRow) => boolean
}

function contactService({ shelf, holds, ...components }: Parts): Handlers {
  const { serial, clock, stands, vouch, paces, connector, neighbours } = components
  const rates = createFindRates({ clock, isCafe: neighbours.isCafe })

  const publish: Handlers['publish'] = async ({ envelope }, { session }) => {
    const { account } = session
    paces.write(account, envelope.byteLength)
    const card = await openCard(account, envelope, clock())
    const hash = await sha256(envelope)
    return serial(queueOf(account), async () => {
      if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
      const known = await shelf.get(account)
      if (known && sameBytes(known.envelope, envelope)) return { receipt: known.receipt }
      if (known && card.seq <= known.seq) throw new CafeError('CONFLICT', { seq: known.seq })
      const { seq } = card
      const sign = () => vouch(cardReceiptRecord, account, { seq, hash, time: clock() })
      const { receipt } = await shelf.keep(account, card, { envelope, time: clock() }, sign)
      return { receipt }
    })
  }

  return {
    publish,
    async get({ address }, { peer }) {
      await paces.look(peer, 1, 0)
      const card = await shelf.get(address)
      if (!card || !holds(card)) return { envelope: null }
      if (card.shown === 'hidden' && !(await stands({ account: address, peer }))) return { envelope: null }
      await paces.look(peer, 0, card.envelope.byteLength)
      return { envelope: card.envelope }
    },
    async find(wish, { session, signal, send }) {
      const query = demandQuery(wish.query)
      const meter = rates.search(session.account)
      return { complete: await find({ shelf, clock, connector, neighbours }, query, wish, { meter, signal, send }) }
    },
    async ask({ query: typed, limit }, { peer, send }) {
      const query = demandQuery(typed)
      const meter = rates.ask(peer)
      await paces.look(peer, 1, 0)
      const { hits, complete } = await shelf.search(query, { limit, isWanted: () => true })
      for (const { card } of hits) {
        if (meter() > 0) return { complete: false }
        await paces.look(peer, 0, card.envelope.byteLength)
        await send({ card: { envelope: card.envelope, time: card.time } })
      }
      return { complete }
    },
  }
}
