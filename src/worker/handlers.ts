/** The answers to {@link PageApi}: each checks its input by schema, calls the part that knows, and shapes the result. */

import type { Hosting } from '../cafe/hosting.ts'
import { bearerWish } from '../cafe/session/terms.ts'
import { CafeError } from '../core/errors.ts'
import { MAX_INVITE, OPEN_TIMEOUT } from '../core/limits.ts'
import { notice, parse, peerId, text, v } from '../core/schema.ts'
import { formatFileKey } from '../crypto/file-key.ts'
import type { Invite } from '../net/invite.ts'
import type { Names } from '../net/names.ts'
import type { Node } from '../net/node.ts'
import { isNear } from '../net/paths.ts'
import { relayPeer } from '../net/relays.ts'
import type { Accounts } from '../peer/accounts.ts'
import { type Backup, backupLink, fileName } from '../peer/backup-row.ts'
import type { Joined } from '../peer/cafe-row.ts'
import type { LinkOpener } from '../peer/link-open.ts'
import type { Peer } from '../peer/peer.ts'
import { safetyOf } from '../peer/safety.ts'
import type { Handlers } from '../rpc/port.ts'
import type { AccountPartApi, NodeStatus, PageApi, Pin, RelayInfo, Session } from './api.ts'
import type { CarryApi } from './carry-api.ts'
import type { Changes } from './changes.ts'
import { hostHandlers } from './host-handlers.ts'
import { later } from './later.ts'
import { linkOpenHandlers } from './link-open-handlers.ts'
import { namesHandlers } from './names-handlers.ts'
import type { OwnRelays } from './own-relays.ts'
import type { PairApi } from './pair-api.ts'
import { throttled } from './throttled.ts'
import type { TrialApi } from './trial-api.ts'
import { walletHandlers } from './wallet-handlers.ts'

export interface HandlerComponents {
  readonly node: Node
  readonly ownRelays: OwnRelays
  readonly accounts: Accounts
  /** Loads the rest of the table, which takes an account. */
  readonly part: () => Promise<Handlers<AccountPartApi>>
  /** Loads what pairs devices. */
  readonly pair: () => Promise<Handlers<PairApi>>
  /** Loads what tries the gateway. */
  readonly trial: () => Promise<Handlers<TrialApi>>
  readonly hosting: Hosting
  /** Loads what carries the whole cafe elsewhere. */
  readonly carry: () => Promise<Handlers<CarryApi>>
  readonly names: Names
  readonly changes: Changes
  readonly opener: LinkOpener
  readonly tabs: () => number
}

/** The part of the table that is about this device as a whole; what is about one page is in `serve-page.ts`. */
export type HostApi = Omit<PageApi, 'hello' | 'tab.lend' | 'tab.gateway' | 'tab.site'>

/** What `carry-part.ts` answers. */
const CARRY: { readonly [K in keyof CarryApi]: true } = {
  'host.export': true,
  'host.import': true,
  'host.receive': true,
  'host.move': true,
  'host.carried': true,
  'host.giveUp': true,
}

/** What `account-part.ts` answers. */
const PART: { readonly [K in keyof AccountPartApi]: true } = {
  'devices.list': true,
  'devices.revoke': true,
  'devices.offer': true,
  'devices.match': true,
  'devices.keep': true,
  'devices.follow': true,
  'devices.give': true,
  'devices.cancel': true,
  'thread.create': true,
  'thread.list': true,
  'thread.get': true,
  'thread.preview': true,
  'thread.join': true,
  'thread.invite': true,
  'thread.invites': true,
  'thread.decline': true,
  'thread.leave': true,
  'thread.rename': true,
  'thread.remove': true,
  'thread.members': true,
  'thread.post': true,
  'thread.comment': true,
  'thread.like': true,
  'thread.flag': true,
  'thread.ignore': true,
  'thread.addFiles': true,
  'thread.feed': true,
  'thread.entry': true,
  'thread.notifications': true,
  'thread.read': true,
  'thread.sync': true,
  'thread.watch': true,
  'mail.outgoing': true,
  'mail.retry': true,
  'mail.quarantine': true,
  'mail.reopen': true,
  'mail.discard': true,
  'mail.raw': true,
  'mail.settings': true,
  'mail.set': true,
  'mail.room': true,
  'mail.requests': true,
  'mail.states': true,
  'mail.seen': true,
  'recover.start': true,
  'recover.status': true,
  'recover.drill': true,
  'recover.drills': true,
  'recover.move': true,
  'recover.resume': true,
  'recover.moving': true,
  'recover.stay': true,
  'profile.get': true,
  'profile.set': true,
  'contact.list': true,
  'contact.get': true,
  'contact.known': true,
  'contact.add': true,
  'contact.remove': true,
  'contact.block': true,
  'contact.unblock': true,
  'contact.refresh': true,
  'contact.find': true,
  'contact.talk': true,
  'contact.link': true,
  'contact.preview': true,
  'contact.own': true,
  'contact.show': true,
  'links.make': true,
  'links.list': true,
  'links.change': true,
  'links.revoke': true,
}

/** What `pair-part.ts` answers. */
const PAIR: { readonly [K in keyof PairApi]: true } = {
  'pair.offer': true,
  'pair.accept': true,
  'pair.answer': true,
  'pair.connected': true,
  'pair.cancel': true,
}

/** What `trial-part.ts` answers. */
const TRIAL: { readonly [K in keyof TrialApi]: true } = {
  'trial.add': true,
  'trial.sample': true,
  'trial.list': true,
  'trial.remove': true,
}

const none = v.strictObject({})
const greeting = v.optional(notice)

export function createHandlers(components: HandlerComponents): Handlers<HostApi> {
  const { carry, node, ownRelays, accounts, part, pair, trial, hosting, names, changes, opener, tabs } = components
  const changed = async <T>(what: 'account' | 'pins', done: Promise<T>): Promise<T> => {
    const result = await done
    changes.emit(what)
    return result
  }
  /** What there is of an account: nothing without one. */
  const listed = async <T>(read: (peer: Peer) => Promise<readonly T[]>): Promise<readonly T[]> =>
    accounts.any() ? read(accounts.peer()) : []
  return {
    ...hostHandlers(hosting),
    ...later<CarryApi>(CARRY, carry),

    ...walletHandlers(accounts),
    ...namesHandlers(names, accounts),
    ...linkOpenHandlers(opener),
    ...later<AccountPartApi>(PART, part),
    ...later<PairApi>(PAIR, pair),
    ...later<TrialApi>(TRIAL, trial),

    'account.preview': {
      input: v.strictObject({ invite: text(MAX_INVITE) }),
      async run({ invite }) {
        const { cafe, name, token, addresses } = await readInvite(invite)
        return { cafe, name, token: token !== undefined, near: isNear(addresses) }
      },
    },
    'account.register': {
      input: v.strictObject({ invite: text(MAX_INVITE), greeting }),
      async run({ invite, greeting }, { signal }) {
        const peer = accounts.peer()
        const { cafe, name, addresses, token } = await readInvite(invite)
        if (cafe === node.peer) throw new CafeError('CONFLICT', { what: 'own cafe' })
        const to = { cafe, name, addresses }
        const joined = await changed('account', peer.cafes.register(to, token, { signal, greeting }))
        // It may have run through the relay: what is shown next should not change a moment later.
        await node.connector.settled(cafe)
        return asSession(joined)
      },
    },
    'account.ask': {
      input: v.strictObject({ cafe: peerId, greeting }),
      async run({ cafe, greeting }, { signal }) {
        const peer = accounts.peer()
        const row = (await peer.cafes.list()).find((row) => row.cafe === cafe)
        if (!row) throw new CafeError('NOT_FOUND', { what: 'cafe' })
        return asSession(await changed('account', peer.cafes.register(row, undefined, { signal, greeting })))
      },
    },
    'account.receipts': { input: none, run: () => listed(({ cafes }) => cafes.receipts()) },
    'account.cafes': { input: none, run: () => listed(async ({ cafes }) => (await cafes.list()).map(asSession)) },
    'account.deregister': {
      input: v.strictObject({ cafe: peerId, force: v.optional(v.boolean()) }),
      run: async ({ cafe, force }, { signal }) => ({
        cafe,
        ...(await changed('account', accounts.peer().cafes.deregister(cafe, { signal, force }))),
      }),
    },

    'account.safety': {
      input: v.strictObject({ cid: v.optional(text(128)), thread: v.optional(text(64)) }),
      run: ({ cid, thread }) => (accounts.any() ? accounts.peer().safety.of({ root: cid, thread }) : safetyOf([], [])),
    },
    'account.retry': {
      input: none,
      run: (_input, { signal }) => changed('pins', accounts.peer().safety.retry({ signal })),
    },

    'account.bearer': {
      input: v.strictObject({ cafe: peerId, ...bearerWish.entries }),
      run: ({ cafe, ...wanted }, { signal }) => accounts.peer().bearers.grant(cafe, wanted, { signal }),
    },
    'account.bearers': {
      input: v.strictObject({ cafe: peerId }),
      run: ({ cafe }, { signal }) => accounts.peer().bearers.list(cafe, { signal }),
    },
    'account.revokeBearer': {
      input: v.strictObject({ cafe: peerId, id: text(24) }),
      run: async ({ cafe, id }, { signal }) => ({
        revoked: await accounts.peer().bearers.revoke(cafe, id, { signal }),
      }),
    },

    'pins.add': {
      input: v.strictObject({ file: v.instance(Blob), name: v.optional(fileName), plaintext: v.optional(v.boolean()) }),
      async run({ file, name, plaintext }, { signal, progress }) {
        const given = name ?? (file instanceof File ? file.name : 'file')
        const modified = file instanceof File ? file.lastModified : undefined
        const options = { signal, onProgress: throttled(progress), modified, plaintext }
        const added = accounts.peer().backups.add(file, parse(fileName, given), options)
        return asPin(await changed('pins', added))
      },
    },
    'pins.list': { input: none, run: () => listed(async ({ backups }) => (await backups.list()).map(asPin)) },
    'pins.remove': {
      input: v.strictObject({ cid: text(128) }),
      run: (input, { signal }) =>
        changed('pins', accounts.peer().backups.remove(input.cid, { signal })).then(() => ({})),
    },
    'pins.retry': {
      input: v.strictObject({ cid: text(128) }),
      run: async (input, { signal }) =>
        asPin(await changed('pins', accounts.peer().backups.retry(input.cid, { signal }))),
    },
    'pins.audit': {
      input: v.strictObject({ cid: text(128) }),
      run: async (input, { signal }) =>
        asPin(await changed('pins', accounts.peer().backups.audit(input.cid, { signal }))),
    },
    'pins.unfinished': {
      input: none,
      run: () =>
        listed(async ({ backups }) =>
          (await backups.unfinished()).map(({ id, name, size, since, read }) => ({ id, name, size, since, read })),
        ),
    },
    'pins.forget': {
      input: v.strictObject({ id: text(64) }),
      run: (input) => changed('pins', accounts.peer().backups.forget(input.id)).then(() => ({})),
    },

    'node.status': { input: none, run: () => nodeStatus(node, tabs()) },
    'node.relays': { input: none, run: () => relayList(node, ownRelays) },
    'node.addRelay': {
      input: v.strictObject({ address: text(512) }),
      run: ({ address }) => ownRelays.add(address).then(() => ({})),
    },
    'node.removeRelay': {
      input: v.strictObject({ peer: peerId }),
      run: ({ peer }) => ownRelays.remove(peer).then(() => ({})),
    },
    'node.probe': {
      input: v.strictObject({ peer: peerId }),
      async run({ peer }, { signal }) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT)])
        const ms = await node.probe(peer, { signal: limit })
        const direct = node.connections().some((one) => one.peerId === peer && one.path === 'direct')
        return { ms, path: direct ? 'direct' : 'relayed' }
      },
    },
    'node.watch': {
      input: none,
      run: (_input, { signal, progress }) => changes.watch(progress, signal).then(() => ({})),
    },
  }
}

function nodeStatus(node: Node, tabs: number): NodeStatus {
  const configured = node.relays.addresses.length > 0
  return {
    peerId: node.peer,
    relay: !configured ? 'none' : node.relays.connected().length > 0 ? 'connected' : 'waiting',
    addresses: node.addresses(),
    connections: node.connections(),
    tabs,
  }
}

function relayList({ relays, addresses }: Node, mine: OwnRelays): readonly RelayInfo[] {
  const connected = relays.connected()
  const own = addresses()
  return [...Map.groupBy(relays.addresses, relayPeer)].map(([peer, ways]) => ({
    peerId: peer,
    addresses: ways,
    configured: relays.isConfigured(peer),
    own: mine.addresses.some((address) => relayPeer(address) === peer),
    connected: ways.some((way) => connected.includes(way)),
    seat: own.some((address) => address.includes(`/p2p/${peer}/p2p-circuit`)),
  }))
}

const asSession = (row: Joined): Session => {
  const { cafe, name, address, since, refreshEnds, quota, state, why, notice, until, alarm, paused, farewell } = row
  return { cafe, name, address, since, expires: refreshEnds, quota, state, why, notice, until, alarm, paused, farewell }
}

const asPin = (row: Backup): Pin => ({
  cid: row.root,
  key: row.key ? formatFileKey(row.key) : '',
  size: row.size,
  name: row.name,
  link: backupLink(row),
  since: row.since,
  cafes: row.cafes.map(({ cafe, state, reason, proved, since }) => ({ cafe, state, reason, proved, since })),
})

/** How invites are read is loaded with the first one. @throws CafeError BAD_REQUEST {what: 'invite'}. */
async function readInvite(text: string): Promise<Invite> {
  const { parseInvite } = await import('../net/invite.ts')
  return parseInvite(text)
}
