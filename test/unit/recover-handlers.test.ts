/** What pages are told of recoveries, drills, moves and the profile: ids get their names, reports come in order. */
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { formatInvite } from '../../src/net/invite.ts'
import type { MoveState } from '../../src/peer/move.ts'
import { createRecord } from '../../src/peer/record.ts'
import type { RecoverOptions } from '../../src/peer/recover.ts'
import type { Safekeeping } from '../../src/peer/safekeeping.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { RecoverProgress } from '../../src/worker/recover-api.ts'
import { type RecoverHandlerComponents, recoverHandlers } from '../../src/worker/recover-handlers.ts'
import { failure } from './crypto-help.ts'
import { deviceOf, NOW } from './seal-help.ts'

const [device, corner, blue] = [1, 2, 3].map((n) => deviceOf(n).peer) as [
  ReturnType<typeof deviceOf>['peer'],
  ReturnType<typeof deviceOf>['peer'],
  ReturnType<typeof deviceOf>['peer'],
]
const ROME = '0a'.repeat(32)
const PICTURE = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
const ADDRESS = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq' as Address
const invite = formatInvite(
  { cafe: corner, name: 'Corner', addresses: ['/dns4/corner.example/tcp/443/wss'] },
  'https://x',
)

interface Parts {
  readonly recover?: Partial<Safekeeping['recover']>
  readonly drill?: Partial<Safekeeping['drill']>
  readonly move?: Partial<Safekeeping['move']>
}

/** Handlers over a real record; what recovers, rehearses and moves is played. */
async function world(parts: Parts = {}) {
  const record = createRecord({ rows: memoryRows(), device, clock: () => NOW })
  await record.set('cafe', corner, { name: 'Corner Cafe', addresses: ['/dns4/corner.example/tcp/443/wss'] })
  const told: string[] = []
  const components: RecoverHandlerComponents = {
    safekeeping: () => ({ record, ...parts }) as Safekeeping,
    address: () => ADDRESS,
    threadName: async (id) => (id === ROME ? 'Summer in Rome' : undefined),
    fileName: async (root) => (root === 'root' ? 'plan.pdf' : undefined),
    keepPicture: async (picture) => {
      told.push(`picture ${picture.size}`)
      return PICTURE
    },
  }
  return { handlers: recoverHandlers(components), record, told }
}

const context = <T>(reports: T[] = [], signal = new AbortController().signal) => ({
  signal,
  progress: (value: T) => void reports.push(structuredClone(value)),
})

describe('a recovery', () => {
  it('looks at the cafes of the links, names what it finds, and says who is behind and how', async () => {
    let asked: RecoverOptions | undefined
    const { handlers } = await world({
      recover: {
        async run(options) {
          asked = options
          return {
            ...{ fresh: 'confirmed', manifest: { seq: 2, ts: NOW }, finished: true },
            cafes: [
              { cafe: corner, outcome: 'manifest' },
              { cafe: blue, outcome: 'manifest' },
            ],
            behind: [{ cafe: corner, has: 1, newest: 2, receipt: new Uint8Array(8) }],
            threads: [{ thread: ROME, state: 'done', blocks: 3, of: 3 }],
          }
        },
      },
    })
    const result = await handlers['recover.start'].run({ cafes: [invite], salvage: true }, context())
    expect(asked?.cafes).toEqual([{ cafe: corner, name: 'Corner', addresses: ['/dns4/corner.example/tcp/443/wss'] }])
    expect(asked?.salvage).toBe(true)
    expect(result).toEqual({
      ...{ fresh: 'confirmed', finished: true },
      cafes: [
        { cafe: corner, name: 'Corner Cafe', outcome: 'kept', behind: 'told' },
        { cafe: blue, name: '', outcome: 'kept', behind: null },
      ],
      threads: [{ id: ROME, name: 'Summer in Rome', state: 'done', blocks: 3, of: 3 }],
    })
  })

  it('tells of each thread as it comes, before its result', async () => {
    const { handlers } = await world({
      recover: {
        async run({ onProgress }) {
          onProgress?.({ step: 'cafes', blocks: 0, of: 0, done: 0, threads: 0 })
          for (const blocks of [1, 2, 3])
            onProgress?.({ step: 'threads', thread: ROME, blocks, of: 3, done: 0, threads: 1 })
          return { fresh: 'unconfirmed', manifest: undefined, cafes: [], behind: [], threads: [], finished: true }
        },
      },
    })
    const reports: RecoverProgress[] = []
    await handlers['recover.start'].run({}, context(reports))
    expect(
      reports.map(({ step, threads }) => [
        step,
        threads.map(({ name, state, blocks }) => `${name} ${state} ${blocks}`),
      ]),
    ).toEqual([
      ['cafes', []],
      ['threads', ['Summer in Rome running 1']],
      ['threads', ['Summer in Rome running 2']],
      ['threads', ['Summer in Rome done 3']],
    ])
  })

  it('fails as it fails, and refuses what is no invite', async () => {
    const { handlers } = await world({
      recover: { run: () => Promise.reject(new CafeError('CORRUPT', { what: 'backup' })) },
    })
    expect(await failure(async () => handlers['recover.start'].run({}, context()))).toMatchObject({ code: 'CORRUPT' })
    expect(await failure(async () => handlers['recover.start'].run({ cafes: ['hello'] }, context()))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})

describe('a drill', () => {
  it('names what is not as it should be', async () => {
    const report = {
      ...{ at: 5, ok: false, cafes: 2, threads: 1, blocks: 9, files: 1 },
      problems: [
        { what: 'blocks' as const, about: ROME, code: 'CORRUPT' },
        { what: 'file' as const, about: 'root', code: 'NOT_FOUND' },
        { what: 'cafe' as const, about: corner, code: 'UNREACHABLE' },
        { what: 'file' as const, about: 'other', code: 'NOT_FOUND' },
      ],
    }
    const good = { ...report, at: 3, ok: true, problems: [] }
    const { handlers } = await world({ drill: { last: async () => ({ last: report, good }) } })
    const status = await handlers['recover.drills'].run({}, context())
    expect(status).toMatchObject({ good: 3, last: { at: 5, good: false, threads: 1, files: 1 } })
    expect('last' in status && status.last?.problems.map(({ name }) => name)).toEqual([
      'Summer in Rome',
      'plan.pdf',
      'Corner Cafe',
      '',
    ])
  })
})

describe('a move', () => {
  it('goes to the cafe of an invite or to one the account is at, and tells how it stands until its end', async () => {
    const begun: unknown[] = []
    const end = Promise.withResolvers<void>()
    const now: MoveState = { from: blue, to: corner, step: 'copy', started: NOW, left: 4 }
    const { handlers } = await world({
      move: {
        state: async () => now,
        begin: (what) => {
          begun.push(what)
          return end.promise
        },
      },
    })
    const reports: unknown[] = []
    const run = handlers['recover.move'].run({ from: blue, to: corner }, context(reports))
    await expect.poll(() => reports.length).toBeGreaterThan(1)
    expect(reports[0]).toEqual({ from: blue, to: corner, fromName: '', toName: 'Corner Cafe', step: 'copy', left: 4 })
    end.resolve()
    await run
    await handlers['recover.move'].run({ from: blue, invite, force: true }, context())
    const addresses = ['/dns4/corner.example/tcp/443/wss']
    expect(begun).toEqual([
      { from: blue, force: false, to: { cafe: corner, name: 'Corner Cafe', addresses } },
      { from: blue, force: true, to: { cafe: corner, name: 'Corner', addresses } },
    ])
  })

  it('refuses a cafe the account is not at, and ends with what it failed with', async () => {
    const { handlers } = await world({
      move: { state: async () => undefined, begin: () => Promise.reject(new CafeError('QUOTA')) },
    })
    expect(
      await failure(async () => handlers['recover.move'].run({ from: corner, to: blue }, context())),
    ).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(async () => handlers['recover.move'].run({ from: corner }, context()))).toMatchObject({
      code: 'BAD_REQUEST',
    })
    expect(await failure(async () => handlers['recover.move'].run({ from: corner, invite }, context()))).toMatchObject({
      code: 'QUOTA',
    })
  })
})

describe('the profile', () => {
  it('changes what is given and keeps the rest', async () => {
    const { handlers, record, told } = await world()
    const none = await handlers['profile.get'].run({}, context())
    expect(none).toEqual({ address: ADDRESS, name: '', avatar: null })
    await handlers['profile.set'].run({ name: 'Ines' }, context())
    await handlers['profile.set'].run({ avatar: new Blob(['12345']) }, context())
    expect(await handlers['profile.set'].run({ name: 'Inês' }, context())).toEqual({
      ...{ address: ADDRESS, name: 'Inês', avatar: PICTURE.toString() },
    })
    expect(told).toEqual(['picture 5'])
    await handlers['profile.set'].run({ avatar: null }, context())
    expect(await record.get('profile', 'me')).toEqual({ name: 'Inês', avatar: null })
    await handlers['profile.set'].run({ name: '' }, context())
    expect(await record.get('profile', 'me')).toBeUndefined()
  })

  it('takes no picture of somebody without a name', async () => {
    const { handlers, told } = await world()
    expect(
      await failure(async () => handlers['profile.set'].run({ avatar: new Blob(['1']) }, context())),
    ).toMatchObject({ code: 'BAD_REQUEST' })
    expect(told).toEqual([])
  })
})
