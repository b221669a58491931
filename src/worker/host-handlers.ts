/** The answers to the part of {@link PageApi} that is about the hosted cafe. */

import type { Hosting } from '../cafe/hosting.ts'
import { mode, services } from '../cafe/session/terms.ts'
import { address, count, name, notice, peerId, text, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import type { Handlers } from '../rpc/port.ts'
import type { PageApi } from './api.ts'
import type { CarryApi } from './carry-api.ts'
import { throttled } from './throttled.ts'

/** The methods whose names begin with `host.`, but those of `carry-part.ts`. */
type HostedApi = {
  [K in keyof PageApi as K extends `host.${string}` ? (K extends keyof CarryApi ? never : K) : never]: PageApi[K]
}

const none = v.strictObject({})
const id = v.strictObject({ id: text(128) })
const quota = v.optional(v.union([count(), v.picklist(['small', 'normal', 'large'])]))
const token = v.strictObject({
  label: v.optional(name),
  uses: v.optional(count(1_000_000, 1)),
  expires: v.optional(count()),
  quota,
  services: v.optional(services),
})

const done = (work: Promise<void>): Promise<Record<never, never>> => work.then(() => ({}))

export function hostHandlers(hosting: Hosting): Handlers<HostedApi> {
  return {
    'host.open': {
      input: v.strictObject({ name, mode: v.optional(mode), budget: v.optional(count()) }),
      run: (input) => hosting.open(input),
    },
    'host.setBudget': {
      input: v.strictObject({ bytes: count() }),
      run: (input) => done(hosting.setBudget(input.bytes)),
    },
    'host.setDoor': {
      input: v.strictObject({
        open: v.optional(v.boolean()),
        decrypt: v.optional(v.boolean()),
        daily: v.optional(count(Number.MAX_SAFE_INTEGER, 1)),
      }),
      run: (input) => hosting.setDoor(input),
    },
    'host.collect': {
      input: none,
      run: (_input, { signal, progress }) => hosting.collect({ signal, onProgress: throttled(progress) }),
    },
    'host.forward': {
      input: v.strictObject({ to: v.nullable(v.strictObject({ endpoint: text(512), token: text(4096) })) }),
      run: ({ to }) => {
        const { forwarding } = hosting.cafe()
        return done(forwarding.set(to && { endpoint: to.endpoint, token: new Secret(to.token) }))
      },
    },
    'host.forwarding': { input: none, run: () => hosting.cafe().forwarding.status() },
    'host.status': { input: none, run: () => hosting.status() },
    'host.close': {
      input: v.strictObject({ farewell: v.optional(notice) }),
      run: (input) => done(hosting.close(input)),
    },
    'host.createToken': { input: token, run: (input) => hosting.createToken(input) },
    'host.clients': { input: none, run: () => hosting.clients() },
    'host.tokens': { input: none, run: () => hosting.cafe().tokens() },
    'host.revoke': { input: id, run: (input) => done(hosting.revoke(input.id)) },
    'host.setMode': { input: v.strictObject({ mode }), run: (input) => done(hosting.setMode(input.mode)) },
    'host.requests': {
      input: none,
      async run() {
        const requests = await hosting.cafe().requests()
        return requests.map((row) => ({
          peerId: row.peer,
          ...{ address: row.account, greeting: row.greeting, since: row.since, expires: row.expires },
        }))
      },
    },
    'host.decide': {
      input: v.strictObject({ address, peerId, admit: v.boolean(), quota, services: v.optional(services) }),
      run: ({ address, peerId, ...decision }) =>
        done(hosting.cafe().decide({ account: address, peer: peerId }, decision)),
    },
    'host.evict': {
      input: v.strictObject({ address, notice: v.optional(notice) }),
      run: (input) => done(hosting.cafe().evict(input.address, input.notice ?? '')),
    },
    'host.alarms': {
      input: none,
      async run() {
        const alarms = await hosting.cafe().alarms.list()
        return alarms.map(({ account, peer, ...alarm }) => ({ ...alarm, address: account, peerId: peer }))
      },
    },
    'host.dismiss': { input: id, run: (input) => done(hosting.cafe().alarms.dismiss(input.id)) },
    'host.trustClock': { input: none, run: () => done(hosting.trustClock()) },
    'host.setPaused': {
      input: v.strictObject({ paused: v.boolean() }),
      run: ({ paused }) => done(hosting.cafe().setPaused(paused)),
    },
    'host.activity': { input: none, run: async () => hosting.cafe().activity.list() },
    'host.leaving': { input: none, run: () => hosting.cafe().leaving() },
    'host.before': { input: none, run: () => hosting.before() },
    'host.neighbours': {
      input: none,
      run: async () =>
        hosting
          .cafe()
          .neighbours()
          .map(({ cafe, ...known }) => ({ ...known, peerId: cafe })),
    },
  }
}
