/** The contact service of a cafe: keeps the newest card of each client, and gives it to whoever knows the address. */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, sameBytes } from '../../core/ids.ts'
import { address as addressSchema, v } from '../../core/schema.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Rows } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { Paces } from '../pace.ts'
import type { Vouch } from '../vouch.ts'
import { endsAt, openCard, visibilityOf } from './card.ts'
import { cardReceiptRecord, type contactProtocol } from './protocol.ts'
import { type CardRow, type ContactStore, contactStore } from './store.ts'

export interface ContactComponents {
  readonly rows: Rows
  readonly serial: Serial
  /** The cafe's time. */
  readonly clock: Clock
  readonly stands: Stands
  readonly vouch: Vouch
  readonly paces: Paces
}

type Handlers = ServiceHandlers<typeof contactProtocol, Session>

export interface Contacts {
  readonly handlers: Handlers
  /** What is erased with an account. */
  readonly parts: readonly Part[]
}

export function createContacts({ rows, ...components }: ContactComponents): Contacts {
  const store = contactStore(rows)
  return {
    handlers: contactService({ ...components, store }),
    parts: [{ name: 'cards', erase: eraseCard(store, components.serial) }],
  }
}

const queueOf = (account: Address): string => `card/${account}`

type Parts = Omit<ContactComponents, 'rows'> & { readonly store: ContactStore }

function contactService({ store, serial, clock, stands, vouch, paces }: Parts): Handlers {
  const publish: Handlers['publish'] = async ({ envelope }, { session }) => {
    const { account } = session
    paces.write(account, envelope.byteLength)
    const card = await openCard(account, envelope, clock())
    const hash = await sha256(envelope)
    return serial(queueOf(account), async () => {
      if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
      const known = await store.cards.get(account)
      if (known && sameBytes(known.envelope, envelope)) return { receipt: known.receipt }
      if (known && card.seq <= known.seq) throw new CafeError('CONFLICT', { seq: known.seq })
      const { seq } = card
      const receipt = await vouch(cardReceiptRecord, account, { seq, hash, time: clock() })
      const ends = 'tomb' in card ? null : endsAt(card)
      const shown = 'tomb' in card ? 'exact' : visibilityOf(card)
      const row = { envelope, seq, ends, receipt, time: clock(), shown }
      await store.rows.commit([store.cards.put([account], row)])
      return { receipt }
    })
  }

  const holds = ({ ends }: CardRow): boolean => ends === null || ends >= clock()

  /** A live card of exactly this address, if others may have it. */
  const exactly = async (query: string): Promise<CardRow | undefined> => {
    if (!v.is(addressSchema, query)) return undefined
    const card = await store.cards.get(query)
    return card && card.ends !== null && holds(card) && card.shown !== 'hidden' ? card : undefined
  }

  return {
    publish,
    async get({ address }, { peer }) {
      await paces.look(peer, 1, 0)
      const card = await store.cards.get(address)
      if (!card || !holds(card)) return { envelope: null }
      if (card.shown === 'hidden' && !(await stands({ account: address, peer }))) return { envelope: null }
      await paces.look(peer, 0, card.envelope.byteLength)
      return { envelope: card.envelope }
    },
    async find({ query, exclude }, { session, send }) {
      paces.read(session.account, 1, 0)
      const card = await exactly(query)
      if (card && !exclude.some((known) => known === query))
        await send({ card: { envelope: card.envelope, time: card.time, via: null } })
      return { complete: true }
    },
    async ask({ query }, { peer, send }) {
      await paces.look(peer, 1, 0)
      const card = await exactly(query)
      if (card) await send({ card: { envelope: card.envelope, time: card.time } })
      return { complete: true }
    },
  }
}

const eraseCard =
  (store: ContactStore, serial: Serial): Part['erase'] =>
  (account, commit) =>
    serial(queueOf(account), async () => {
      const card = await store.cards.get(account)
      return commit(card ? [store.cards.remove(account)] : [], card ? 1 : 0)
    })
