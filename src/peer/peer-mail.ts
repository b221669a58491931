/** The mail of an account put together with what it needs of the rest: its threads, record, card, and other people's cards. */
import { contactClient } from '../cafe/contact/client.ts'
import { inboxClient } from '../cafe/inbox/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Account } from '../crypto/account.ts'
import { accountSigner } from '../crypto/certificate.ts'
import type { Rows } from '../store/rows.ts'
import type { Connector } from '../wire/call.ts'
import type { Cafes } from './cafes.ts'
import type { OwnCard } from './card.ts'
import { type CardBook, createCardBook } from './cards.ts'
import { createChore } from './chore.ts'
import type { Reach } from './kept-threads.ts'
import { createMail, type PeerMail } from './mail/mail.ts'
import type { Prekeys } from './mail/prekeys.ts'
import { createStandings } from './mail/standings.ts'
import type { AccountRecord, RecordEntry } from './record.ts'
import type { PeerThreads } from './threads.ts'

export interface PeerMailComponents {
  readonly account: Account
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  readonly reach: Reach
  readonly rows: Rows
  readonly record: AccountRecord
  readonly cafes: Cafes
  readonly threads: Pick<PeerThreads, 'store' | 'watch'>
  readonly ownCard: Pick<OwnCard, 'current'>
  readonly prekeys: Prekeys
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** It stands differently with letters, about this if that is known. */
  readonly onMail?: ((about: string | undefined) => void) | undefined
  /** Something new is known of somebody. */
  readonly onCard?: (() => void) | undefined
}

export interface MailParts {
  readonly mail: PeerMail
  readonly cards: CardBook
  /** The record has changed, here or (`merged`) on another device. */
  recordChanged(changed: readonly RecordEntry[], merged: boolean): void
  attend(): Promise<void>
  close(): Promise<void>
}

export async function createPeerMail(components: PeerMailComponents): Promise<MailParts> {
  const { account, peer, connector, reach, rows, record, cafes, threads, ownCard, prekeys, clock } = components
  const closed = new AbortController()
  const people = createStandings({ self: account.address, record, threads: threads.store })
  const cards = createCardBook({
    ...{ rows, clock, client: contactClient({ connector }), know: connector.know },
    async cafes() {
      const active = (await cafes.list()).filter(({ state }) => state === 'active')
      return active.map(({ cafe, addresses }) => ({ cafe, addresses: [...addresses] }))
    },
    onChange(address) {
      mail.cardChanged(address)
      components.onCard?.()
    },
  })
  const mail = await createMail({
    ...components,
    ...{ cards, people, signer: accountSigner(account, peer), client: inboxClient({ connector }) },
    ...{ prekeys: prekeys.all, ownCard: ownCard.current, know: connector.know },
    ...{ registrar: reach.registrar, online: reach.online },
    dial: (device) => connector.know(device, reach.relayed(device)),
    onChange: components.onMail,
  })
  const tending = createChore(() => prekeys.tend())

  const peopleChanged = (): void => {
    people.changed()
    mail.peopleChanged()
  }

  return {
    ...{ mail, cards },
    recordChanged(changed, merged) {
      if (changed.some(({ kind }) => kind === 'contact' || kind === 'thread')) peopleChanged()
      if (merged && changed.some(({ kind }) => kind === 'prekey')) mail.keysChanged()
    },
    async attend() {
      const news = ({ what }: { readonly what: string }): void => {
        if (what === 'members' || what === 'threads') peopleChanged()
      }
      void threads.watch(news, closed.signal)
      tending.due()
      await mail.attend()
    },
    async close() {
      closed.abort()
      tending.close()
      await mail.close()
    },
  }
}
