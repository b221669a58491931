/** The inbox service of a cafe: takes letters for its clients from whoever may write to them, and keeps them until they are fetched. */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAIL_SWEEP, MAX_STRANGE_LETTER, WORK_BITS } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Serial } from '../../core/serial.ts'
import { hourOf } from '../../crypto/work.ts'
import type { Rows } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Part } from '../erase.ts'
import type { Devices, Session, Stands } from '../guard.ts'
import type { Paces } from '../pace.ts'
import type { Vouch } from '../vouch.ts'
import { type Acks, createAcks } from './acks.ts'
import { bringOver } from './before.ts'
import { type Check, createCheck } from './check.ts'
import { createDeliver, type Deliver } from './deliver.ts'
import { createDoors, type Doors } from './doors.ts'
import { createEars } from './ears.ts'
import { createGate } from './gate.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createPresence } from './presence.ts'
import type { inboxProtocol } from './protocol.ts'
import { createLetterTurns, MAIL_RATES, type MailRates } from './rates.ts'
import { inboxStore } from './store.ts'

export interface InboxComponents {
  readonly cafe: PeerIdText
  readonly epoch: number
  readonly rows: Rows
  readonly serial: Serial
  /** The cafe's time. */
  readonly clock: Clock
  readonly stands: Stands
  readonly devices: Devices
  readonly vouch: Vouch
  readonly paces: Paces
  readonly log: Log
  /** How often letters may come; {@link MAIL_RATES} without it. */
  readonly rates?: MailRates | undefined
  /** Work of a stranger; {@link WORK_BITS} without it. */
  readonly bits?: number | undefined
  /** What all inboxes may hold. */
  readonly most?: { readonly letters: number; readonly bytes: number } | undefined
}

type Handlers = ServiceHandlers<typeof inboxProtocol, Session>

export interface Inbox {
  readonly handlers: Handlers
  /** What is erased with an account. */
  readonly parts: readonly Part[]
  /** Devices of an account have gone: frees what only they had not acknowledged. */
  left(account: Address): void
  /** Letters that lie here for somebody. */
  letters(): number
  /** Looks for letters that are over, some at a time; happens by itself too. True when it has come round. */
  sweep(): Promise<boolean>
  readonly ledger: Ledger
  close(): void
}

export async function createInbox(components: InboxComponents): Promise<Inbox> {
  const { rows, clock, log, rates = MAIL_RATES, bits = WORK_BITS, most } = components
  const store = inboxStore(rows)
  await bringOver(store)
  const presence = createPresence(components.devices)
  const shared = { ...components, store, gate: createGate(), ears: createEars(), bits }
  const ledger = await createLedger({ store, clock, ...(most && { most }) })
  const acks = createAcks({ ...shared, ledger, presence })
  const doors = createDoors(shared)
  const turn = createLetterTurns(rates, clock)
  const deliver = createDeliver({ ...shared, ledger, presence, doors, turn, tidy: acks.tidy })
  const check = createCheck({ ...shared, ledger })

  const sweep = (): Promise<boolean> =>
    acks.sweep().catch((cause) => {
      log('warn', 'letters that are over could not be looked for', { cause })
      return true
    })
  await sweep()
  const timer = setInterval(() => void sweep(), MAIL_SWEEP)

  return {
    handlers: inboxService({ ...components, deliver, check, acks, doors, bits }),
    parts: [
      { name: 'mail', erase: acks.erase },
      { name: 'doors', erase: doors.erase },
    ],
    left(account) {
      presence.forget(account)
      acks.settle(account).catch((cause) => log('warn', 'letters of a device that left could not be freed', { cause }))
    },
    letters: () => ledger.total.letters,
    sweep,
    ledger,
    close() {
      clearInterval(timer)
      shared.ears.close()
    },
  }
}

interface Parts extends Pick<InboxComponents, 'clock' | 'devices' | 'paces'> {
  readonly deliver: Deliver
  readonly check: Check
  readonly acks: Acks
  readonly doors: Doors
  readonly bits: number
}

function inboxService({ clock, devices, paces, deliver, check, acks, doors, bits }: Parts): Handlers {
  return {
    async deliver(wish, { peer, upload }) {
      return { receipt: await deliver(peer, wish, async () => (await upload()).body) }
    },
    async terms({ to }, { peer }) {
      await paces.look(peer, 1, 0)
      if ((await devices(to)).peers.length === 0) throw new CafeError('NOT_FOUND', { what: 'inbox' })
      const { strangers, maxTtl } = await doors.terms(to)
      return { strangers, bits, maxSize: MAX_STRANGE_LETTER, hour: hourOf(clock()), maxTtl }
    },
    async check(wish, { session, signal, send }) {
      await check(session, wish, send, signal)
      return {}
    },
    async ack({ ids }, { session }) {
      deviceOnly(session)
      paces.write(session.account, 0)
      await acks.ack(session, ids)
      return {}
    },
    async setDoors(terms, { session, upload }) {
      deviceOnly(session)
      const hashes = await upload()
      paces.write(session.account, hashes.contacts.byteLength + hashes.introduced.byteLength)
      await doors.set(session, { ...terms, hashes })
      return {}
    },
  }
}

/** A program with a bearer may see that there is mail. What becomes of it is for a device, which can open it. */
function deviceOnly({ bearer }: Session): void {
  if (bearer !== undefined) throw new CafeError('FORBIDDEN', { why: 'scope' })
}
