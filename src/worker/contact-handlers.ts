/** The answers to {@link ContactApi}: each checks its input by schema and asks the account's people. */
import { handle, visibility } from '../cafe/contact/card.ts'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import { MAX_FIND, MAX_FIND_EXCLUDE, MAX_FIND_WAIT, MAX_INVITE, MAX_MEMBERS, MAX_QUERY } from '../core/limits.ts'
import { address, count, name, text, v } from '../core/schema.ts'
import { formatContactLink, MAX_LINK_CAFES, parseContactLink } from '../net/contact-link.ts'
import type { ContactInfo } from '../peer/contact-view.ts'
import type { Peer } from '../peer/peer.ts'
import type { RecordValue } from '../peer/record.ts'
import type { Handlers } from '../rpc/port.ts'
import type { ContactApi, OwnContact } from './contact-api.ts'
import { throttled } from './throttled.ts'

export interface ContactHandlerComponents {
  /** Of the account in use. @throws CafeError NOT_FOUND {what: 'account'} without one; SEALED {what: 'account'}. */
  readonly peer: () => Pick<Peer, 'people' | 'account' | 'cafes' | 'record' | 'card' | 'mail'>
  /** Where the app is served: where links lead. */
  readonly origin: string
}

/** Milliseconds for the card of somebody who was just put into the book: they are in it in any case. */
const FIRST_LOOK = 8000
const ME = 'me'

const none = v.strictObject({})
const who = v.strictObject({ address })
const link = text(MAX_INVITE)
const found = v.strictObject({
  query: text(MAX_QUERY),
  limit: v.optional(count(MAX_FIND, 1)),
  wait: v.optional(count(MAX_FIND_WAIT, 1)),
  exclude: v.optional(v.pipe(v.array(address), v.maxLength(MAX_FIND_EXCLUDE))),
})

export function contactHandlers(components: ContactHandlerComponents): Handlers<ContactApi> {
  const people = () => components.peer().people
  const contacts = () => people().contacts
  const after = async (address: Address, done: Promise<void>): Promise<ContactInfo> => {
    await done
    return contacts().get(address)
  }
  /** A card is worth waiting for a little, but nothing fails without it. */
  const lookUp = (address: Address, signal: AbortSignal): Promise<void> =>
    contacts()
      .refresh(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(FIRST_LOOK)]) })
      .catch(() => {})

  return {
    'contact.list': { input: none, run: () => contacts().list() },
    'contact.get': { input: who, run: ({ address }) => contacts().get(address) },
    'contact.known': {
      input: v.strictObject({ addresses: v.pipe(v.array(address), v.maxLength(MAX_MEMBERS)) }),
      run: ({ addresses }) => contacts().known(addresses),
    },
    'contact.add': {
      input: v.strictObject({
        address: v.optional(address),
        link: v.optional(link),
        name: v.optional(v.nullable(name)),
      }),
      async run({ address, link, name }, { signal }) {
        const told = link === undefined ? undefined : parseContactLink(link)
        const to = told?.address ?? address
        if (to === undefined || (address !== undefined && address !== to))
          throw new CafeError('BAD_REQUEST', { what: 'address' })
        await contacts().add(to, { name, link: told })
        await lookUp(to, signal)
        return contacts().get(to)
      },
    },
    'contact.remove': { input: who, run: ({ address }) => contacts().remove(address).then(nothing) },
    'contact.block': { input: who, run: ({ address }) => after(address, contacts().block(address)) },
    'contact.unblock': { input: who, run: ({ address }) => after(address, contacts().unblock(address)) },
    'contact.refresh': {
      input: who,
      run: ({ address }, { signal }) => after(address, contacts().refresh(address, { signal })),
    },
    'contact.find': {
      input: found,
      run: (what, { signal, progress }) => people().find(what, { signal, onProgress: throttled(progress) }),
    },
    'contact.talk': { input: who, run: ({ address }, { signal }) => people().talk(address, { signal }) },
    ...linkHandlers(components),
    ...ownHandlers(components),
  }
}

type LinkApi = Pick<ContactApi, 'contact.link' | 'contact.preview'>

function linkHandlers({ peer, origin }: ContactHandlerComponents): Handlers<LinkApi> {
  return {
    'contact.link': {
      input: none,
      async run() {
        const { account, cafes, record, mail } = peer()
        const active = (await cafes.list()).filter(({ state }) => state === 'active')
        const named = (await record.get('profile', ME))?.name
        const places = active.slice(0, MAX_LINK_CAFES).map(({ cafe, addresses }) => ({ cafe, addresses }))
        const door = await mail.doorFor('card')
        const told = { address: account.address, name: named || undefined, cafes: places, door }
        return { link: formatContactLink(told, origin) }
      },
    },
    'contact.preview': {
      input: v.strictObject({ link }),
      async run({ link }) {
        const { address, name = null, cafes } = parseContactLink(link)
        const known = await peer().people.contacts.get(address)
        return { address, named: name, cafes: cafes.map(({ cafe }) => cafe), known }
      },
    },
  }
}

type OwnApi = Pick<ContactApi, 'contact.own' | 'contact.show'>

function ownHandlers({ peer }: ContactHandlerComponents): Handlers<OwnApi> {
  const profile = async (): Promise<RecordValue<'profile'>> =>
    (await peer().record.get('profile', ME)) ?? { name: '', avatar: null }
  const own = async (): Promise<OwnContact> => {
    const { name, avatar, handle, visibility } = await profile()
    const person = { address: peer().account.address, name: name || null, avatar: avatar?.toString() ?? null }
    const cafes = await peer().card.states()
    return { person, handle: handle ?? null, visibility: visibility ?? 'exact', cafes }
  }
  return {
    'contact.own': { input: none, run: own },
    'contact.show': {
      input: v.strictObject({ handle: v.optional(v.nullable(handle)), visibility: v.optional(visibility) }),
      async run(change) {
        const { handle: before, visibility: seen, ...rest } = await profile()
        const handle = change.handle === undefined ? before : (change.handle ?? undefined)
        const visibility = change.visibility ?? seen
        await peer().record.set('profile', ME, {
          ...rest,
          ...(handle && { handle }),
          ...(visibility && { visibility }),
        })
        return own()
      },
    },
  }
}

const nothing = (): Record<never, never> => ({})
