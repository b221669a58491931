/** Puts the mail of an account together: what goes out, what comes in, doors and prekeys. See `types.ts` for what it does. */

import type { Registrar } from '../../cafe/cafe.ts'
import type { InboxClient } from '../../cafe/inbox/client.ts'
import type { DoorClass } from '../../cafe/inbox/protocol.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { encode } from '../../core/codec.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import { createRate } from '../../core/rate.ts'
import { v } from '../../core/schema.ts'
import { createSerial } from '../../core/serial.ts'
import type { Account } from '../../crypto/account.ts'
import { unshared } from '../../crypto/bytes.ts'
import type { Signer } from '../../crypto/certificate.ts'
import type { OpeningKey } from '../../crypto/x25519.ts'
import type { Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import type { Connector } from '../../wire/call.ts'
import type { Cafes } from '../cafes.ts'
import type { CardBook } from '../cards.ts'
import { createChore } from '../chore.ts'
import { createCourier } from './courier.ts'
import { createDirect } from './direct.ts'
import { createDoors } from './doors.ts'
import { createHand } from './hand.ts'
import { createHeld } from './held.ts'
import { createIntake } from './intake.ts'
import { createMailLanes } from './lanes.ts'
import { createLines } from './lines.ts'
import { createMailCargo } from './mail-cargo.ts'
import { createOutbox } from './outbox.ts'
import { createOwnInboxes } from './own-inboxes.ts'
import { createQuarantine } from './quarantine.ts'
import { createTalk } from './talk.ts'
import type { Mail, MailSettings } from './types.ts'

/** How people stand to this account. */
export interface Standings {
  /** Whom the person knows, and who is in a thread with it. */
  contacts(): Promise<readonly Address[]>
  members(): Promise<readonly Address[]>
  blocked(): Promise<readonly Address[]>
  /** Threads whose members may write: ids in hex. */
  threads(): Promise<readonly string[]>
}

export interface MailComponents {
  readonly rows: Rows
  readonly account: Account
  readonly signer: Signer
  readonly connector: Connector
  readonly client: InboxClient
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly cards: CardBook
  readonly people: Standings
  readonly prekeys: () => Promise<readonly OpeningKey[]>
  readonly ownCard: () => Promise<{ readonly seq: number; readonly envelope: Uint8Array } | undefined>
  readonly registrar: Registrar
  readonly online: () => readonly PeerIdText[]
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** Makes known what there is to dial a device. */
  readonly dial: (peer: PeerIdText) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** From 0 to 1. */
  readonly chance?: (() => number) | undefined
  /** Milliseconds that holes are waited for, and after which they are asked about. */
  readonly patience?: { readonly hole: number; readonly ask: number } | undefined
  /** It stands differently with letters, about this if that is known. */
  readonly onChange?: ((about: string | undefined) => void) | undefined
}

/** The mail, and what tells it that somebody can be written to in another way. */
export interface PeerMail extends Mail {
  /** A card or a door of somebody is another. */
  cardChanged(address: Address): void
  /** Other prekeys open something that did not open, maybe. */
  keysChanged(): void
}

const settingsRow = v.strictObject({ receipts: v.boolean(), strangers: v.boolean() })
const ME = 'me'
const DEFAULTS: MailSettings = { receipts: false, strangers: true }
/** Milliseconds between two looks at what is over. */
const TEND = 15 * 60_000
/** What a stranger may bring from device to device: as many as its door at a cafe lets in a day. */
const STRANGERS = { burst: 20, every: 86_400_000 / 20 }

export async function createMail(components: MailComponents): Promise<PeerMail> {
  const { rows, account, signer, client, cafes, cards, people, clock, random, log } = components
  const { chance = Math.random, patience, onChange = () => {} } = components
  const settings = table(rows, 'letter-set', settingsRow)
  const closed = new AbortController()
  const serial = createSerial()
  const strangers = createRate({ ...STRANGERS, clock })
  const changed = (): void => onChange(undefined)
  const settingsNow = async (): Promise<MailSettings> => (await settings.get(ME)) ?? DEFAULTS

  const lines = await createLines({ rows, clock })
  const held = await createHeld(rows)
  const quarantine = createQuarantine({ rows, clock, random })
  const outbox = await createOutbox({ rows, clock, random, whyNot: (to) => lanes.whyNot(to), onChange })
  /** Contacts and members, as they were when somebody last looked. */
  let familiar: ReadonlySet<Address> = new Set()
  const isKnown = (to: Address): boolean => familiar.has(to) || outbox.hasWrittenTo(to)

  const doors = createDoors({
    ...{ rows, account, cafes, client, clock },
    async people() {
      const blocked = new Set(await people.blocked())
      const all = [...(await people.contacts()), ...outbox.correspondents(), ...(await people.members())]
      const contacts = [...new Set(all)].filter((one) => !blocked.has(one) && one !== account.address)
      return { contacts, threads: await people.threads() }
    },
    strangers: async () => (await settingsNow()).strangers,
  })
  const talk = await createTalk({
    ...{ rows, lines, serial, isKnown, chance, patience: patience?.ask },
    onWants: (to) => lanes.kick(to),
  })
  const lanes = createMailLanes({
    ...{ ...components, outbox, talk, doors, courier: createCourier(components) },
    heardOf: lines.devicesOf,
    onReceipt: (cafe, epoch) => seenEpoch(cafe, epoch).catch(() => {}), // seen again with the next receipt
    onChange: changed,
  })
  const hand = createHand({ lines, held, quarantine, serial, patience: patience?.hole, onQuarantine: changed })

  const standing = async (from: Address): Promise<DoorClass | undefined> => {
    if (from === account.address) return 'contact'
    if ((await people.blocked()).includes(from)) return undefined
    if (outbox.hasWrittenTo(from)) return 'contact'
    const known = [...(await people.contacts()), ...(await people.members())]
    return known.includes(from) ? 'contact' : 'stranger'
  }
  const intake = createIntake({
    ...{ account, peer: signer.peer, prekeys: components.prekeys, cards, lines, held, hand, talk, quarantine, outbox },
    ...{ serial, standing, onNews: (from) => lanes.news(from), onQuarantine: changed },
  })
  const direct = createDirect({
    ...{ registrar: components.registrar, clock, log },
    async take(sealed) {
      const isOpen = (await settingsNow()).strangers
      await intake.fromDevice(sealed, (from) => {
        const after = isOpen ? strangers.draw(from, 1) : 0
        if (!isOpen) throw new CafeError('FORBIDDEN', { what: 'door' })
        if (after > 0) throw new CafeError('BUSY', { after })
      })
    },
  })
  const inboxes = createOwnInboxes({
    ...{ rows, cafes, client, take: intake.fromCafe, onRoom: changed },
    onEpoch: (cafe) => void doors.forgotten(cafe).catch(() => {}), // told when the cafe is next listed
  })

  /** Epochs of cafes as receipts named them, since the start. */
  const epochs = new Map<PeerIdText, number>()
  const seenEpoch = async (cafe: PeerIdText, epoch: number): Promise<void> => {
    const known = epochs.get(cafe) ?? 0
    if (epoch <= known) return
    epochs.set(cafe, epoch)
    for (const to of await outbox.lost(cafe, epoch)) lanes.kick(to)
  }

  const useAgain = async (id: string): Promise<void> => {
    const { door, what } = await quarantine.get(id)
    try {
      if ('sealed' in what) await intake.again(what.sealed, door)
      else {
        const handler = hand.handler(what.kind)
        if (!handler) throw new CafeError('UNSUPPORTED')
        const { from, dev, ts, body } = what
        await handler({ from, dev, ts, body, door })
      }
    } catch (thrown) {
      const error = toCafeError(thrown)
      await quarantine.again(id, error.code)
      throw error
    }
    await quarantine.remove(id)
    changed()
  }
  const reopening = createChore(async () => {
    for (const id of await quarantine.sealed()) await useAgain(id).catch(() => {}) // it stays where it is
  })

  const peopleChanged = async (): Promise<void> => {
    doors.due()
    familiar = new Set([...(await people.contacts()), ...(await people.members())])
    // Who was strange may be told now what has come from them.
    for (const to of talk.pending()) lanes.kick(to)
  }

  let tending: ReturnType<typeof setTimeout> | undefined
  const tend = (): Promise<void> => {
    clearTimeout(tending)
    if (closed.signal.aborted) return Promise.resolve()
    tending = setTimeout(() => void tend(), TEND)
    return serial('tend', tendNow)
  }
  const tendNow = async (): Promise<void> => {
    await outbox.expire().catch((cause) => log('warn', 'letters not looked through', { cause }))
    doors.due()
    for (const to of outbox.recipients()) lanes.kick(to)
  }

  return {
    async send(to, sending) {
      const id = await outbox.send(to, sending)
      lanes.kick(to)
      return id
    },
    arrived: outbox.arrived,
    states: outbox.states,
    outgoing: async () => outbox.outgoing(),
    retry: lanes.retry,
    on: hand.on,
    quarantine: {
      list: quarantine.list,
      retry: useAgain,
      async raw(id) {
        const { what } = await quarantine.get(id)
        return 'sealed' in what ? unshared(what.sealed) : encode(what)
      },
      async remove(id) {
        await quarantine.remove(id)
        changed()
      },
    },
    async read(from, abouts) {
      if (abouts.length > 0 && (await settingsNow()).receipts) await talk.read(from, abouts)
    },
    settings: settingsNow,
    set: (some) =>
      serial(ME, async () => {
        await rows.commit([settings.put([ME], { ...(await settingsNow()), ...some })])
        doors.due()
        changed()
      }),
    room: async () => inboxes.room(),
    doorFor: doors.key,
    peopleChanged: () => void peopleChanged().catch((cause) => log('warn', 'people not looked at', { cause })),
    async attend() {
      await direct.open()
      for (const key of await held.lines()) hand.due(key)
      await inboxes.sync()
      await tend()
      await peopleChanged()
      reopening.due()
    },
    wake() {
      inboxes.wake()
      lanes.wake()
      hand.wake()
      void tend()
    },
    connected: lanes.connected,
    cafesChanged: () => inboxes.sync().then(doors.due),
    async cafeChanged(cafe) {
      await doors.forgotten(cafe)
      for (const to of await outbox.lost(cafe, Number.MAX_SAFE_INTEGER)) lanes.kick(to)
    },
    cardChanged: lanes.news,
    keysChanged: reopening.due,
    cargo: createMailCargo({ cafes, drain: inboxes.drain }),
    async close() {
      closed.abort()
      clearTimeout(tending)
      await direct.close()
      doors.close()
      talk.close()
      reopening.close()
      cards.close()
      // Whoever begins anew over the same rows must not meet what this one still writes.
      await Promise.all([intake.close(), inboxes.close(), lanes.close(), hand.close()])
      await serial('tend', async () => {})
    },
  }
}
