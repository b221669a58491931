/** What pages are told of mail: letters get names and threads, input is checked, and what is asked of the mail is passed on as it is. */
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { parse } from '../../src/core/schema.ts'
import type { Mail, MailSettings, OutgoingView, Quarantined } from '../../src/peer/mail/types.ts'
import type { PeerThreads } from '../../src/peer/threads.ts'
import { mailHandlers } from '../../src/worker/mail-handlers.ts'
import { failure } from './crypto-help.ts'

const ADA = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq' as Address
const EVE = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
const ROME = '0a'.repeat(32)
const POST = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const OTHER = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

const letter = (id: string, change: Partial<OutgoingView> = {}): OutgoingView => ({
  ...{ id, kind: 'post', to: ADA, state: 'queued', cafes: [], since: 1, written: 1, ends: 2, about: POST },
  ...change,
})

interface Parts {
  readonly outgoing?: readonly OutgoingView[]
  readonly quarantined?: readonly Quarantined[]
}

/** Handlers over mail, threads and an address book that are played; `told`: what was asked of them. */
function world({ outgoing = [], quarantined = [] }: Parts = {}) {
  const told: unknown[][] = []
  const tell =
    (name: string) =>
    async (...args: unknown[]): Promise<void> =>
      void told.push([name, ...args])
  let settings: MailSettings = { receipts: false, strangers: true }
  const mail: Partial<Mail> = {
    outgoing: async () => outgoing,
    retry: () => void told.push(['retry']),
    quarantine: {
      list: async () => quarantined,
      ...{ retry: tell('reopen'), remove: tell('discard') },
      raw: async () => new Uint8Array([1, 2]),
    },
    settings: async () => settings,
    async set(change) {
      settings = { ...settings, ...change }
    },
    room: async () => [],
  }
  const thread = { has: async (cids: readonly CID[]) => cids.map((cid) => cid.toString() === POST) }
  const threads = {
    store: { list: async () => [{ id: ROME }], get: async () => thread },
    ...{ requests: async () => [], states: tell('states'), seen: tell('seen') },
  }
  const known = async (addresses: readonly Address[]) =>
    addresses.map((address) => ({ address, name: address === ADA ? 'Ada' : null, avatar: null, blocked: false }))
  const handlers = mailHandlers({
    peer: () => ({
      mail: mail as Mail,
      threads: threads as unknown as PeerThreads,
      people: { contacts: { known: known as never } },
    }),
  })
  /** As a page's call comes in: by its schema first. */
  const call = async (name: keyof typeof handlers, input: unknown = {}): Promise<unknown> => {
    const { input: schema, run } = handlers[name]
    const context = { signal: new AbortController().signal, progress: () => {} }
    return (run as (input: unknown, context: unknown) => unknown)(parse(schema, input), context)
  }
  return { call, told }
}

describe('letters on their way', () => {
  it('have the names of their recipients, in a thread with us or not, and the threads they are of', async () => {
    const { call } = world({
      outgoing: [
        letter('1'),
        letter('2', { to: EVE, about: OTHER, state: 'stored', why: 'QUOTA' }),
        letter('3', { kind: 'invite', about: undefined }),
      ],
    })
    expect(await call('mail.outgoing')).toMatchObject({
      items: [
        { id: '1', to: { address: ADA, name: 'Ada', avatar: null }, thread: ROME, block: POST, why: null },
        { id: '2', to: { address: EVE, name: null, avatar: null }, thread: null, block: OTHER, why: 'QUOTA' },
        { id: '3', to: { address: ADA, name: 'Ada', avatar: null }, thread: null, block: null, kind: 'invite' },
      ],
      total: 3,
    })
  })

  it('say nothing more of their recipients than a page shows', async () => {
    const { call } = world({ outgoing: [letter('1')] })
    const { items } = (await call('mail.outgoing')) as { items: Array<{ to: object }> }
    expect(items.map(({ to }) => Object.keys(to).sort())).toEqual([['address', 'avatar', 'name']])
  })

  it('are as many as asked for, a hundred without, and counted all', async () => {
    const { call } = world({ outgoing: Array.from({ length: 250 }, (_, n) => letter(String(n))) })
    const sizes = async (input: object) => {
      const { items, total } = (await call('mail.outgoing', input)) as { items: unknown[]; total: number }
      return [items.length, total]
    }
    expect(await sizes({})).toEqual([100, 250])
    expect(await sizes({ limit: 7 })).toEqual([7, 250])
    expect(await sizes({ limit: 1000 })).toEqual([250, 250])
    for (const limit of [0, 1001, 1.5, '7'])
      expect(await failure(() => sizes({ limit }))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('what could not be used', () => {
  it('is listed, also where nobody knows from whom, and tried again, kept or removed by id', async () => {
    const bare = { id: 'q', since: 1, size: 2, why: 'CORRUPT' as const, from: undefined, kind: undefined }
    const { call, told } = world({ quarantined: [bare, { ...bare, id: 'r', from: ADA, kind: 'post' }] })
    expect(await call('mail.quarantine')).toEqual([
      { id: 'q', since: 1, size: 2, why: 'CORRUPT', from: null, kind: null },
      { id: 'r', since: 1, size: 2, why: 'CORRUPT', from: ADA, kind: 'post' },
    ])
    expect(await call('mail.reopen', { id: 'q' })).toEqual({})
    expect(await call('mail.discard', { id: 'r' })).toEqual({})
    expect(await call('mail.raw', { id: 'q' })).toEqual(new Uint8Array([1, 2]))
    expect(told).toEqual([
      ['reopen', 'q'],
      ['discard', 'r'],
    ])
    expect(await failure(() => call('mail.discard', { id: 'x'.repeat(65) }))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('settings', () => {
  it('change by what is given, and are answered whole', async () => {
    const { call } = world()
    expect(await call('mail.set', { receipts: true })).toEqual({ receipts: true, strangers: true })
    expect(await call('mail.set', { strangers: false })).toEqual({ receipts: true, strangers: false })
    expect(await call('mail.set', {})).toEqual(await call('mail.settings'))
    for (const wrong of [{ receipts: 1 }, { others: true }])
      expect(await failure(() => call('mail.set', wrong))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('posts', () => {
  it('are named by their blocks, and by nothing else', async () => {
    const { call, told } = world()
    await call('mail.states', { id: ROME, target: POST })
    expect(await call('mail.seen', { id: ROME, targets: [POST, OTHER] })).toEqual({})
    expect(told).toEqual([
      ['states', ROME, CID.parse(POST)],
      ['seen', ROME, [CID.parse(POST), CID.parse(OTHER)]],
    ])
    const wrong = { code: 'BAD_REQUEST', data: { at: 'target' } }
    expect(await failure(() => call('mail.states', { id: ROME, target: 'none' }))).toEqual(wrong)
    expect(await failure(() => call('mail.seen', { id: ROME, targets: [POST, ''] }))).toEqual(wrong)
    for (const input of [
      { id: 'no thread', targets: [] },
      { id: ROME, targets: Array(101).fill(POST) },
    ])
      expect(await failure(() => call('mail.seen', input))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(told).toHaveLength(2)
  })
})

describe('without an account', () => {
  it('everything is answered by that', async () => {
    const handlers = mailHandlers({
      peer: () => {
        throw new CafeError('NOT_FOUND', { what: 'account' })
      },
    })
    const inputs: Record<string, object> = {
      ...Object.fromEntries(['reopen', 'discard', 'raw'].map((name) => [`mail.${name}`, { id: 'q' }])),
      'mail.states': { id: ROME, target: POST },
      'mail.seen': { id: ROME, targets: [POST] },
    }
    for (const [name, { run }] of Object.entries(handlers)) {
      const ask = async () => (run as (input: unknown) => unknown)(inputs[name] ?? {})
      expect(await failure(ask), name).toEqual({ code: 'NOT_FOUND', data: { what: 'account' } })
    }
  })
})
