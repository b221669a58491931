/** The answers to {@link MailApi}: each checks its input by schema and asks the account's mail and threads. */
import { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { count, parse, text, v } from '../core/schema.ts'
import type { Mail, OutgoingView } from '../peer/mail/types.ts'
import type { People } from '../peer/people.ts'
import type { PeerThreads } from '../peer/threads.ts'
import type { Handlers } from '../rpc/port.ts'
import type { ThreadIdText } from '../thread/thread.ts'
import type { MailApi, OutgoingLetter } from './mail-api.ts'
import { asInvite, threadIdText } from './thread-handlers.ts'

export interface MailHandlerComponents {
  /** @throws CafeError NOT_FOUND {what: 'account'} while there is none. */
  readonly peer: () => {
    readonly mail: Mail
    readonly threads: PeerThreads
    readonly people: { readonly contacts: Pick<People['contacts'], 'known'> }
  }
}

const none = v.strictObject({})
const one = v.strictObject({ id: text(64) })
const target = text(128)
/** Letters in a list, unless another number is asked for, and at most. */
const LETTERS = 100
const MAX_LETTERS = 1000
/** Posts that are on one screen. */
const MAX_SEEN = 100

export function mailHandlers({ peer }: MailHandlerComponents): Handlers<MailApi> {
  return {
    'mail.outgoing': {
      input: v.strictObject({ limit: v.optional(count(MAX_LETTERS, 1)) }),
      async run({ limit = LETTERS }) {
        const { mail, threads, people } = peer()
        const all = await mail.outgoing()
        return { items: await shaped(threads, people.contacts, all.slice(0, limit)), total: all.length }
      },
    },
    'mail.retry': {
      input: none,
      run() {
        peer().mail.retry()
        return {}
      },
    },
    'mail.quarantine': {
      input: none,
      run: async () =>
        (await peer().mail.quarantine.list()).map(({ from = null, kind = null, ...rest }) => ({ ...rest, from, kind })),
    },
    'mail.reopen': { input: one, run: ({ id }) => peer().mail.quarantine.retry(id).then(nothing) },
    'mail.discard': { input: one, run: ({ id }) => peer().mail.quarantine.remove(id).then(nothing) },
    'mail.raw': { input: one, run: ({ id }) => peer().mail.quarantine.raw(id) },
    'mail.settings': { input: none, run: () => peer().mail.settings() },
    'mail.set': {
      input: v.strictObject({ receipts: v.optional(v.boolean()), strangers: v.optional(v.boolean()) }),
      async run({ receipts, strangers }) {
        const { mail } = peer()
        const some = {
          ...(receipts === undefined ? {} : { receipts }),
          ...(strangers === undefined ? {} : { strangers }),
        }
        await mail.set(some)
        return mail.settings()
      },
    },
    'mail.room': { input: none, run: () => peer().mail.room() },
    'mail.requests': { input: none, run: async () => (await peer().threads.requests()).map(asInvite) },
    'mail.states': {
      input: v.strictObject({ id: threadIdText, target }),
      run: (input) => peer().threads.states(parse(threadIdText, input.id), cidOf(input.target)),
    },
    'mail.seen': {
      input: v.strictObject({ id: threadIdText, targets: v.pipe(v.array(target), v.maxLength(MAX_SEEN)) }),
      run: (input) => peer().threads.seen(parse(threadIdText, input.id), input.targets.map(cidOf)).then(nothing),
    },
  }
}

const nothing = (): Record<never, never> => ({})

/** @throws CafeError BAD_REQUEST {at: 'target'}. */
function cidOf(input: string): CID {
  try {
    return CID.parse(input)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { at: 'target' }, { cause })
  }
}

/** Letters with what is known here: of their recipients by the address book, a card or a thread, and the threads they are of. */
async function shaped(
  threads: PeerThreads,
  contacts: Pick<People['contacts'], 'known'>,
  letters: readonly OutgoingView[],
): Promise<OutgoingLetter[]> {
  const abouts = [...new Set(letters.flatMap(({ about }) => about ?? []))]
  const cids = abouts.map(cidOf)
  const known = await contacts.known([...new Set(letters.map(({ to }) => to))])
  const people = new Map(known.map(({ address, name, avatar }) => [address, { address, name, avatar }]))
  const homes = new Map<string, ThreadIdText>()
  for (const { id } of letters.length > 0 ? await threads.store.list() : []) {
    const thread = await threads.store.get(id)
    for (const [i, isHere] of ((await thread?.has(cids)) ?? []).entries())
      if (isHere) homes.set(abouts[i] as string, id)
  }
  return letters.map(({ to, about, why, cafes, ...rest }) => ({
    ...rest,
    to: people.get(to) ?? { address: to, name: null, avatar: null },
    cafes,
    thread: about === undefined ? null : (homes.get(about) ?? null),
    block: about ?? null,
    why: why ?? null,
  }))
}
