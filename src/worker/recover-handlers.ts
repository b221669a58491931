/**
 * The answers to {@link RecoverApi}: recovery, drill, move and profile of the account in use. Names of cafes and threads are
 * added here, since the parts that work know only ids.
 */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { delay } from '../core/pause.ts'
import { name, peerId, text, v } from '../core/schema.ts'
import { parseInvite } from '../net/invite.ts'
import type { CafeAddress } from '../peer/cafes.ts'
import type { DrillReport } from '../peer/drill.ts'
import type { MoveState } from '../peer/move.ts'
import type { RecordValue } from '../peer/record.ts'
import type { Recovered, RecoverProgress as Step } from '../peer/recover.ts'
import { MAX_PLACES, type RestoredThread } from '../peer/recover-row.ts'
import type { Safekeeping } from '../peer/safekeeping.ts'
import type { Context, Handlers } from '../rpc/port.ts'
import type {
  DrillResult,
  MoveInfo,
  Profile,
  RecoverApi,
  RecoverCafe,
  RecoverProgress,
  RecoverResult,
  RecoverThread,
} from './recover-api.ts'

/** Bytes of a picture: what a page makes of one is a tenth of it. */
export const MAX_PICTURE = 256 * 1024
/** Milliseconds between two looks at a move that goes on: often enough for a person to see it move. */
const LOOK = 500

export interface RecoverHandlerComponents {
  /** Of the account in use. @throws CafeError NOT_FOUND {what: 'account'} without one; SEALED {what: 'account'}. */
  readonly safekeeping: () => Safekeeping
  readonly address: () => Address
  /** Undefined while the thread is not here. */
  readonly threadName: (id: string) => Promise<string | undefined>
  /** The name of a file or pack by its root, where it has one. */
  readonly fileName: (root: string) => Promise<string | undefined>
  /** Keeps a picture at the cafes, for everybody to see. */
  readonly keepPicture: (picture: Blob, options: { signal: AbortSignal }) => Promise<CID>
}

const none = v.strictObject({})
const invite = text(MAX_INVITE)

export function recoverHandlers(components: RecoverHandlerComponents): Handlers<RecoverApi> {
  const { safekeeping } = components
  return {
    'recover.start': {
      input: v.strictObject({
        cafes: v.optional(v.pipe(v.array(invite), v.maxLength(MAX_PLACES)), []),
        salvage: v.optional(v.boolean(), false),
      }) as v.GenericSchema<RecoverApi['recover.start']['input']>,
      run: ({ cafes = [], salvage = false }, context) => recover(components, cafes.map(placeOf), salvage, context),
    },
    'recover.status': {
      input: none,
      async run() {
        const { recover } = safekeeping()
        const threads = await Promise.all((await recover.restored()).map((one) => threadInfo(components, one)))
        return { unfinished: await recover.unfinished(), threads }
      },
    },
    'recover.drill': {
      input: none,
      async run(_input, { signal, progress }) {
        const report = await safekeeping().drill.run({ signal, onProgress: progress })
        return drillResult(components, report)
      },
    },
    'recover.drills': {
      input: none,
      async run() {
        const { last, good } = await safekeeping().drill.last()
        return { last: last ? await drillResult(components, last) : null, good: good?.at ?? null }
      },
    },
    ...moveHandlers(components),
    ...profileHandlers(components),
  }
}

type MoveApi = Pick<RecoverApi, 'recover.move' | 'recover.resume' | 'recover.moving' | 'recover.stay'>

function moveHandlers(components: RecoverHandlerComponents): Handlers<MoveApi> {
  const { safekeeping } = components
  const state = async (): Promise<MoveInfo | null> => {
    const now = await safekeeping().move.state()
    return now ? moveInfo(components, now) : null
  }
  /** Reports how the move stands until `work` has ended. */
  const watched = async (work: Promise<void>, { progress }: Context<MoveInfo>): Promise<Record<never, never>> => {
    const ended = new AbortController()
    const end = (): void => ended.abort()
    work.then(end, end)
    while (!ended.signal.aborted) {
      const now = await state()
      if (now && !ended.signal.aborted) progress(now)
      await delay(LOOK, ended.signal).catch(() => {}) // it has ended: so does the loop
    }
    await work
    return {}
  }
  return {
    'recover.move': {
      input: v.strictObject({
        from: peerId,
        to: v.optional(peerId),
        invite: v.optional(invite),
        force: v.optional(v.boolean()),
      }),
      async run({ from, to, invite, force = false }, context) {
        const target = invite === undefined ? { to: await placeAt(components, to) } : invited(invite)
        const { signal } = context
        return watched(safekeeping().move.begin({ from, force, ...target }, { signal }), context)
      },
    },
    'recover.resume': {
      input: none,
      run: (_input, context) => watched(safekeeping().move.resume({ signal: context.signal }), context),
    },
    'recover.moving': { input: none, run: state },
    'recover.stay': {
      input: none,
      run: () =>
        safekeeping()
          .move.abort()
          .then(() => ({})),
    },
  }
}

type ProfileApi = Pick<RecoverApi, 'profile.get' | 'profile.set'>

function profileHandlers(components: RecoverHandlerComponents): Handlers<ProfileApi> {
  const { safekeeping, address, keepPicture } = components
  const said = async (): Promise<RecordValue<'profile'>> =>
    (await safekeeping().record.get('profile', 'me')) ?? { name: '', avatar: null }
  const profile = async (): Promise<Profile> => {
    const { name, avatar } = await said()
    return { address: address(), name, avatar: avatar?.toString() ?? null }
  }
  return {
    'profile.get': { input: none, run: profile },
    'profile.set': {
      input: v.strictObject({
        name: v.optional(v.union([v.literal(''), name])),
        avatar: v.optional(v.nullable(v.pipe(v.instance(Blob), v.maxSize(MAX_PICTURE)))),
      }),
      async run(change, { signal }) {
        const before = await said()
        const called = change.name ?? before.name
        // A picture of somebody without a name says too little to be told.
        if (called === '' && change.avatar) throw new CafeError('BAD_REQUEST', { what: 'name' })
        const { record } = safekeeping()
        const { avatar = before.avatar } = change
        const picture = avatar instanceof Blob ? await keepPicture(avatar, { signal }) : avatar
        const { handle, visibility } = before
        // Whoever takes the name back may still want to be found by a handle, or not at all.
        if (called === '' && !handle && !visibility) await record.remove('profile', 'me')
        else {
          const kept = { ...(handle && { handle }), ...(visibility && { visibility }) }
          await record.set('profile', 'me', { name: called, avatar: called === '' ? null : picture, ...kept })
        }
        return profile()
      },
    },
  }
}

/** Runs a recovery, telling of every thread that has begun to come. */
async function recover(
  components: RecoverHandlerComponents,
  cafes: readonly CafeAddress[],
  salvage: boolean,
  { signal, progress }: Context<RecoverProgress>,
): Promise<RecoverResult> {
  const threads = new Map<string, RecoverThread>()
  let telling = Promise.resolve()
  const tell = async ({ step, thread, blocks, of, threads: total }: Step): Promise<void> => {
    if (thread !== undefined) {
      const name = (await components.threadName(thread)) ?? ''
      threads.set(thread, { id: thread, name, state: blocks >= of && of > 0 ? 'done' : 'running', blocks, of })
    }
    progress({ step, threads: [...threads.values()], of: total })
  }
  const onProgress = (step: Step): void => {
    // In order; what cannot be told now is told with the next.
    telling = telling.then(() => tell(step)).catch(() => {})
  }
  const recovered = await components.safekeeping().recover.run({ cafes, salvage, signal, onProgress })
  await telling
  return recoverResult(components, recovered)
}

async function recoverResult(components: RecoverHandlerComponents, recovered: Recovered): Promise<RecoverResult> {
  const { fresh, cafes, behind, threads, finished } = recovered
  const late = new Map(behind.map(({ cafe, receipt }) => [cafe, receipt ? ('told' as const) : ('late' as const)]))
  const named = cafes.map(async ({ cafe, outcome }): Promise<RecoverCafe> => {
    const name = await cafeName(components, cafe)
    return { cafe, name, outcome: outcome === 'manifest' ? 'kept' : outcome, behind: late.get(cafe) ?? null }
  })
  return {
    ...{ fresh, finished, cafes: await Promise.all(named) },
    threads: await Promise.all(threads.map((one) => threadInfo(components, one))),
  }
}

async function threadInfo(
  { threadName }: RecoverHandlerComponents,
  { thread, state, blocks, of }: RestoredThread,
): Promise<RecoverThread> {
  return { id: thread, name: (await threadName(thread)) ?? '', state, blocks, of }
}

async function drillResult(components: RecoverHandlerComponents, report: DrillReport): Promise<DrillResult> {
  const { threadName, fileName } = components
  const nameOf = async ({ what, about }: DrillReport['problems'][number]): Promise<string> => {
    if (what === 'snapshot' || what === 'blocks') return (await threadName(about)) ?? ''
    if (what === 'file') return (await fileName(about)) ?? ''
    return cafeName(components, about as PeerIdText)
  }
  const problems = report.problems.map(async (one) => ({ what: one.what, code: one.code, name: await nameOf(one) }))
  const { at, ok: good, cafes, threads, files } = report
  return { at, good, cafes, threads, files, problems: await Promise.all(problems) }
}

async function moveInfo(components: RecoverHandlerComponents, { from, to, step, left }: MoveState): Promise<MoveInfo> {
  const [fromName, toName] = await Promise.all([cafeName(components, from), cafeName(components, to)])
  return { from, to, fromName, toName, step, left }
}

/** As the account's devices know it. */
async function cafeName({ safekeeping }: RecoverHandlerComponents, cafe: PeerIdText): Promise<string> {
  return (await safekeeping().record.get('cafe', cafe))?.name ?? ''
}

/** A cafe the account is at. */
async function placeAt({ safekeeping }: RecoverHandlerComponents, cafe: PeerIdText | undefined): Promise<CafeAddress> {
  const known = cafe === undefined ? undefined : await safekeeping().record.get('cafe', cafe)
  if (cafe === undefined || !known) throw new CafeError('BAD_REQUEST', { what: 'cafe' })
  return { cafe, ...known }
}

/** The cafe of an invite, and what admits to it. */
function invited(code: string): { to: CafeAddress; token?: string } {
  const { cafe, name, addresses, token } = parseInvite(code)
  return { to: { cafe, name, addresses }, ...(token === undefined ? {} : { token }) }
}

/** Where the cafe of an invite is: what was an invite once is at least that. */
function placeOf(code: string): CafeAddress {
  const { cafe, name, addresses } = parseInvite(code)
  return { cafe, name, addresses }
}
