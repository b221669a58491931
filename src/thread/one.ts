/** One thread on this device: everything that changes it runs one after the other, everything else reads what is committed. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { type Address, hex, sameBytes } from '../core/ids.ts'
import { INVITE_TTL, MAX_THREAD_ALARMS } from '../core/limits.ts'
import type { Serial } from '../core/serial.ts'
import { type Core, lackedKeys, standingsNow, type ThreadsComponents } from './admit.ts'
import { type Charter, threadId, threadTag } from './charter.ts'
import { epochKey } from './epoch-key.ts'
import { createGrant } from './grant.ts'
import { retake, takeIn } from './intake.ts'
import { createKeyring } from './keyring.ts'
import { readMembers, standingIn } from './members.ts'
import { contentAt, readAbout, readEntry, readLandmarks, readOwn, readPage, readSince, readSpoken } from './reading.ts'
import { mayDo } from './rules.ts'
import { enter, mend, speak } from './speak.ts'
import { stage } from './staged.ts'
import { comesFrom, isRemoved, mayCome, membersOf, standingOf } from './standing.ts'
import { cidOf, hashOf, isBlockCid, orderHash, threadTables } from './tables.ts'
import type {
  Alarm,
  InviteOptions,
  Received,
  Right,
  Thread,
  ThreadIdText,
  ThreadInvite,
  ThreadState,
} from './thread.ts'
import { createValues } from './values.ts'
import { createWaiting } from './waiting.ts'

/** What this device knows of a thread that has rows. */
export async function coreOf(components: ThreadsComponents, charter: Charter): Promise<Core> {
  const thread = await threadId(charter)
  const id = hex(thread) as ThreadIdText
  const core: Core = {
    ...components,
    id,
    thread,
    tag: await threadTag(thread),
    charter,
    values: createValues(id),
    keyring: createKeyring({
      id,
      charter,
      account: components.account,
      read: (tables, hash) => contentAt(core, tables, hash),
    }),
    waiting: createWaiting(id),
    tip: undefined,
  }
  return core
}

/** `isHere`: it has not been forgotten since this core was made. */
export function openThread(core: Core, serial: Serial, isHere: () => Promise<boolean>): Thread {
  const { id, charter, rows } = core
  const tables = threadTables(rows)
  const alone = <T>(task: () => Promise<T>): Promise<T> =>
    serial(id, async () => {
      if (!(await isHere())) throw new CafeError('NOT_FOUND', { what: 'thread' })
      return task()
    })
  const own = core.signer.account

  const rights = async () => {
    const standings = await standingsNow(core, tables)
    return standings && { standings, members: membersOf(standings, charter.initiator) }
  }

  const heads = async (): Promise<CID[]> =>
    (await tables.head.list([id])).map(({ key }) => cidOf(orderHash(key[1] as string)))

  const nameNow = async (): Promise<string> =>
    (await tables.tally.get(id))?.renamed?.name ?? (await tables.thread.get(id))?.name ?? ''

  return {
    id,
    charter,
    heads,
    async info() {
      const [tally, now] = await Promise.all([tables.tally.get(id), rights()])
      const lacks = now ? await lackedKeys(core, tables, now.standings) : []
      const { type, sharing, initiator } = charter
      return {
        ...{ id, name: await nameNow(), type, sharing, initiator, heads: await heads() },
        ...{ blocks: tally?.blocks ?? 0, updated: tally?.updated ?? 0 },
        standing: now ? standingIn(now.standings, now.members, own) : null,
        lacks: lacks.length,
      }
    },
    append: (say) => alone(() => speak(core, say)),
    join: () => alone(() => enter(core)),
    tend: () => alone(() => mend(core)),
    receive: (blocks) => alone(() => takeIn(core, blocks)),
    learn: (known) => alone(() => learn(core, known)),
    async has(cids) {
      return Promise.all(cids.map(async (cid) => isBlockCid(cid) && !!(await tables.place.get(id, hashOf(cid)))))
    },
    landmarks: () => readLandmarks(core, tables),
    since: (heads) => readSince(core, tables, heads),
    page: (options) => readPage(core, tables, options),
    entry: (cid) => readEntry(core, tables, cid),
    spoken: () => readSpoken(core, tables),
    own: ({ after, limit }) => readOwn(core, tables, after, limit),
    about: (target) => readAbout(core, tables, target),
    members: () => readMembers(core, tables),
    async can(what: Right) {
      const now = await rights()
      return !!now?.members.has(own) && mayDo(charter, own, what)
    },
    async invite(to, options) {
      const grant = await grantFor(core, await rights(), to, options)
      return { ...(await stateOf()), grant, cafes: options?.cafes ?? [] }
    },
    state: () => stateOf(),
    async alarms() {
      const found = await tables.alarm.list([id], { limit: MAX_THREAD_ALARMS })
      return found.map(({ key }): Alarm => {
        const [, kind, author, dev, seq] = key as [string, Alarm['kind'], Alarm['author'], Alarm['dev'], string]
        return { kind, author, dev, seq: Number.parseInt(seq, 16) }
      })
    },
  }

  async function stateOf(): Promise<ThreadState> {
    const keys = (await core.keyring.all(tables)).map(({ epoch, key }) => ({ epoch, key }))
    return { charter, keys, heads: await heads(), name: await nameNow() }
  }
}

type Rights =
  | { readonly standings: Parameters<typeof standingOf>[0]; readonly members: ReadonlySet<Address> }
  | undefined

/** Our signed word for a guest, if the rules would let it in. */
async function grantFor(core: Core, now: Rights, to: Address | null, { ttl = INVITE_TTL }: InviteOptions = {}) {
  const { charter, signer, thread, clock, random } = core
  const no = (why: string) => new CafeError('FORBIDDEN', { why })
  if (!now?.members.has(signer.account)) throw no('member')
  if (!mayDo(charter, signer.account, 'invite')) throw no('invite')
  const standing = to === null ? 0 : standingOf(now.standings, to)
  if (to !== null) {
    if (now.members.has(to)) throw no('in already')
    if (charter.members.length > 0 && !charter.members.includes(to) && to !== charter.initiator) throw no('members')
    if (isRemoved(comesFrom(standing)) && signer.account !== charter.initiator) throw no('removed')
    if (!mayCome(standing)) throw no('comings')
  }
  const ts = clock()
  return createGrant(signer, { thread, to, gen: comesFrom(standing), ts, exp: ts + ttl }, random)
}

/** Keeps what an invite or a snapshot of this thread brings that is not here, and goes on with what had waited for it. */
export async function learn(core: Core, known: ThreadInvite | ThreadState): Promise<Received> {
  const { id, rows, keyring } = core
  if (!sameBytes(await threadId(known.charter), core.thread)) throw new CafeError('BAD_REQUEST', { what: 'thread' })
  const staged = stage(rows)
  const tables = threadTables(staged)
  for (const { epoch, key } of known.keys) await keyring.add(tables, epoch, await epochKey(key.reveal()))
  const row = await tables.thread.get(id)
  if (row && 'grant' in known) await tables.stage([tables.thread.put([id], { ...row, grant: known.grant })])
  const standings = await standingsNow(core, tables)
  // Letters that could not be opened when they came: this device may have its account's key now.
  for (const made of standings ? await lackedKeys(core, tables, standings) : []) await keyring.search(tables, made)
  await staged.flush()
  return retake(core)
}
