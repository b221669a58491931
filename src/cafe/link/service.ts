/** The service of sealed links: what owners ask about theirs, and openings by whoever comes, paced. */
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { hex, type PeerIdText } from '../../core/ids.ts'
import {
  MAX_RATE_KEYS,
  MISSED_LINKS,
  OPENINGS_OF_LINK,
  OPENINGS_OF_STRANGERS,
  OPENINGS_PER_PEER,
  WRONG_PASSWORDS,
} from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { createRate } from '../../core/rate.ts'
import type { Serial } from '../../core/serial.ts'
import type { Rows } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { Paces } from '../pace.ts'
import { createKeptLinks } from './links.ts'
import type { linkProtocol } from './protocol.ts'
import { linkStore } from './store.ts'

export interface LinkComponents {
  readonly rows: Rows
  readonly serial: Serial
  /** The cafe's time. */
  readonly clock: Clock
  readonly stands: Stands
  readonly paces: Pick<Paces, 'read' | 'write'>
  /** Is this peer a client? */
  readonly knows: (peer: PeerIdText) => Promise<boolean>
  readonly log: Log
}

type Handlers = ServiceHandlers<typeof linkProtocol, Session>

export interface LinkService {
  readonly handlers: Handlers
  /** What is erased with an account. */
  readonly parts: readonly Part[]
}

export async function createLinks({ rows, paces, knows, ...others }: LinkComponents): Promise<LinkService> {
  const links = await createKeptLinks({ ...others, store: linkStore(rows) })
  const turns = createTurns(others.clock, knows)
  const handlers: Handlers = {
    async put(wish, { session }) {
      paces.write(session.account, wish.body.byteLength + wish.note.byteLength)
      return links.put(session, wish)
    },
    async list(_input, { session, send }) {
      paces.read(session.account, 1, 0)
      const all = await links.list(session.account)
      paces.read(
        session.account,
        0,
        all.reduce((sum, { note }) => sum + note.byteLength, 0),
      )
      for (const one of all) await send(one)
      return {}
    },
    async revoke({ link }, { session }) {
      // Never held back by a pace: it must work at once, and costs a row.
      await links.revoke(session.account, link)
      return {}
    },
    async open({ link, proof, attempt }, { peer }) {
      const turn = await turns.take(peer, hex(link))
      try {
        return { body: await links.open(link, proof, attempt) }
      } catch (error) {
        if (isCafeError(error) && error.code === 'NOT_FOUND') turn.missed()
        if (isCafeError(error) && error.code === 'FORBIDDEN') turn.wrong()
        throw error
      }
    },
  }
  return { handlers, parts: [{ name: 'links', erase: links.erase }] }
}

function createTurns(clock: Clock, knows: LinkComponents['knows']) {
  const parties = MAX_RATE_KEYS
  // Two, so that no crowd of strangers takes the places of clients.
  const peers = {
    known: createRate({ ...OPENINGS_PER_PEER, clock, parties }),
    strange: createRate({ ...OPENINGS_PER_PEER, clock, parties }),
  }
  const strangers = createRate({ ...OPENINGS_OF_STRANGERS, clock })
  const links = createRate({ ...OPENINGS_OF_LINK, clock, parties })
  const misses = createRate({ ...MISSED_LINKS, clock, parties })
  const wrongs = createRate({ ...WRONG_PASSWORDS, clock, parties })
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    /** A turn for this peer and link; what comes of it is told it, and bears on the next. @throws CafeError BUSY {after}. */
    async take(peer: PeerIdText, link: string): Promise<{ missed(): void; wrong(): void }> {
      const isKnown = await knows(peer)
      // Also the right password is not looked at while there were too many wrong ones: else each guess would tell something.
      pass(Math.max(misses.wait(peer, 1), wrongs.wait(link, 1)))
      pass((isKnown ? peers.known : peers.strange).draw(peer, 1))
      if (!isKnown) pass(strangers.draw('all', 1))
      pass(links.draw(link, 1))
      return { missed: () => void misses.draw(peer, 1), wrong: () => void wrongs.draw(link, 1) }
    },
  }
}
