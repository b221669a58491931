/** The console API: the method table of the worker as plain functions, the same for the UI, for scripts and for tests. */
import { isCafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Client } from '../rpc/port.ts'
import type { PageApi } from '../worker/api.ts'
import type { CafeConsole } from '../worker/console-api.ts'
import { carryConsole } from './carry-console.ts'
import { contactConsole } from './contact-console.ts'
import { linkConsole } from './link-console.ts'
import { mailConsole } from './mail-console.ts'
import { profileConsole, recoverConsole, threadConsole } from './thread-console.ts'

/**
 * @example
 * ```ts
 * const { invite } = await cafe.host.open({ name: 'Corner Cafe' })
 * ```
 */
export function createConsole(call: Client<PageApi>['call']): CafeConsole {
  /** Asks the browser not to evict what people trust this origin with; it may say no, and only a page can ask. */
  const keep = (): void => void navigator.storage?.persist?.().catch(() => false)
  return {
    host: {
      ...carryConsole(call),
      open: async (input) => {
        keep()
        return call('host.open', input)
      },
      status: () => call('host.status', {}),
      close: async ({ farewell } = {}) => void (await call('host.close', { farewell })),
      createToken: (input = {}) => call('host.createToken', input),
      clients: () => call('host.clients', {}),
      forward: async (to) => void (await call('host.forward', { to })),
      forwarding: () => call('host.forwarding', {}),
      tokens: () => call('host.tokens', {}),
      revoke: async (id) => void (await call('host.revoke', { id })),
      setMode: async (mode) => void (await call('host.setMode', { mode })),
      requests: () => call('host.requests', {}),
      decide: async ({ address, peerId, ...decision }) =>
        void (await call('host.decide', { ...decision, address: address as Address, peerId: peerId as PeerIdText })),
      evict: async ({ address, notice }) => void (await call('host.evict', { address: address as Address, notice })),
      alarms: () => call('host.alarms', {}),
      neighbours: () => call('host.neighbours', {}),
      setPaused: async (paused) => void (await call('host.setPaused', { paused })),
      activity: () => call('host.activity', {}),
      leaving: () => call('host.leaving', {}),
      before: () => call('host.before', {}),
      dismiss: async (id) => void (await call('host.dismiss', { id })),
      trustClock: async () => void (await call('host.trustClock', {})),
      setBudget: async (bytes) => void (await call('host.setBudget', { bytes })),
      setDoor: (input) => call('host.setDoor', input),
      collect: (options = {}) => call('host.collect', {}, options),
    },
    account: {
      create: (input = {}) => call('account.create', input),
      restore: (words, options = {}) => call('account.restore', { words, ...options }),
      status: () => call('account.status', {}),
      list: () => call('account.list', {}),
      unlock: (lock) => call('account.unlock', { lock }),
      lock: () => call('account.lock', {}),
      setLock: (input) => call('account.setLock', input),
      use: (address) => call('account.use', { address: address as Address }),
      forget: async (address, { proof } = {}) =>
        void (await call('account.forget', { address: address as Address, proof })),
      register: (invite, { greeting } = {}) => call('account.register', { invite, greeting }),
      ask: (cafe, { greeting } = {}) => call('account.ask', { cafe: cafe as PeerIdText, greeting }),
      cafes: () => call('account.cafes', {}),
      deregister: (cafe, { force } = {}) => call('account.deregister', { cafe: cafe as PeerIdText, force }),
      safety: (of = {}) => call('account.safety', of),
      retry: () => call('account.retry', {}),
      receipts: () => call('account.receipts', {}),
      bearer: (cafe, input) => call('account.bearer', { ...input, cafe: cafe as PeerIdText }),
      bearers: (cafe) => call('account.bearers', { cafe: cafe as PeerIdText }),
      revokeBearer: async (cafe, id) => (await call('account.revokeBearer', { cafe: cafe as PeerIdText, id })).revoked,
    },
    devices: {
      list: () => call('devices.list', {}),
      revoke: (peerId, { proof } = {}) => call('devices.revoke', { peerId: peerId as PeerIdText, proof }),
      offer: (options) => call('devices.offer', {}, options),
      match: async (same) => void (await call('devices.match', { same })),
      keep: (input = {}) => call('devices.keep', input),
      follow: (link) => call('devices.follow', { link }),
      give: async ({ proof, signal } = {}) => void (await call('devices.give', { proof }, { signal })),
      cancel: async () => void (await call('devices.cancel', {})),
    },
    pair: {
      offer: (options) => call('pair.offer', {}, options),
      answer: (code, options) => call('pair.answer', { code }, options),
      accept: (code, options) => call('pair.accept', { code }, options),
      connected: (options) => call('pair.connected', {}, options),
      cancel: async () => void (await call('pair.cancel', {})),
    },
    pins: {
      add: (file, { name, plaintext, onProgress, signal } = {}) => {
        keep()
        return call('pins.add', { file, name, plaintext }, { onProgress, signal })
      },
      list: () => call('pins.list', {}),
      remove: async (cid) => void (await call('pins.remove', { cid })),
      retry: (cid) => call('pins.retry', { cid }),
      audit: (cid) => call('pins.audit', { cid }),
      unfinished: () => call('pins.unfinished', {}),
      forget: async (id) => void (await call('pins.forget', { id })),
    },
    trials: {
      add: (file, { name, signal } = {}) => call('trial.add', { file, name }, { signal }),
      sample: () => call('trial.sample', {}),
      list: () => call('trial.list', {}),
      remove: async (cid) => void (await call('trial.remove', { cid })),
    },
    names: {
      add: (name, record) => call('names.add', { name, record }),
      publish: (path) => call('names.publish', { path }),
      get: (name) => call('names.get', { name }),
      list: () => call('names.list', {}),
      remove: async (name) => void (await call('names.remove', { name })),
    },
    thread: threadConsole(call),
    mail: mailConsole(call),
    recover: recoverConsole(call),
    profile: profileConsole(call),
    contact: contactConsole(call),
    links: linkConsole(call),
    node: {
      status: () => call('node.status', {}),
      relays: () => call('node.relays', {}),
      addRelay: (address) => call('node.addRelay', { address }).then(() => undefined),
      removeRelay: (peer) => call('node.removeRelay', { peer: peer as PeerIdText }).then(() => undefined),
      probe: (peer, options) => call('node.probe', { peer: peer as PeerIdText }, options),
    },
    async watch(listener, { signal }) {
      while (!signal.aborted) {
        try {
          await call('node.watch', {}, { signal, onProgress: listener })
        } catch (error) {
          if (!isCafeError(error) || error.code !== 'UNREACHABLE') return
          // The worker is new: everything a page shows may differ.
          await new Promise((resolve) => setTimeout(resolve, 300))
          for (const what of ['node', 'host', 'account', 'pins', 'mail', 'links'] as const) listener(what)
        }
      }
    },
  }
}
