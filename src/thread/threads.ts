/**
 * All threads of an account on this device. A thread is here from the commit of its first row until that row is gone; what
 * an interrupted forgetting left behind goes the next time.
 */
import { CafeError } from '../core/errors.ts'
import { type Address, hex } from '../core/ids.ts'
import { name, parse } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Core, ThreadsComponents } from './admit.ts'
import { cacheGets } from './cached.ts'
import { charterSchema, createCharter, threadId } from './charter.ts'
import { epochKey } from './epoch-key.ts'
import { coreOf, learn, openThread } from './one.ts'
import { threadRoots } from './roots.ts'
import { begin } from './speak.ts'
import { removeAll, threadTables } from './tables.ts'
import type { CreateTerms, Thread, ThreadIdText, ThreadInvite, ThreadState, Threads } from './thread.ts'

export type { ThreadsComponents }

/**
 * @example
 * ```ts
 * const threads = createThreads({ rows, blocks, holds, account, signer, clock, random, onChange, onGarbage })
 * const thread = await threads.create({ name: 'Holidays', type: 'open', sharing: 'shared' })
 * await thread.append({ type: 'text', body: { text: 'hello' } })
 * ```
 */
export function createThreads(given: ThreadsComponents): Threads {
  const rows = cacheGets(given.rows)
  const { onChange } = given
  const tables = threadTables(rows)
  const serial = createSerial()
  const cores = new Map<ThreadIdText, Promise<Core>>()
  const roots = threadRoots(given)
  const onGarbage = (): void => {
    roots.garbage()
    given.onGarbage()
  }
  const components: ThreadsComponents = { ...given, rows, onGarbage }

  const coreFor = async (id: ThreadIdText): Promise<Core | undefined> => {
    const row = await tables.thread.get(id)
    if (!row) return undefined
    const known = cores.get(id) ?? coreOf(components, row.charter)
    cores.set(id, known)
    return known
  }
  const threadOf = (core: Core): Thread =>
    openThread(core, serial, async () => (await cores.get(core.id)) === core && !!(await tables.thread.get(core.id)))
  const thread = async (id: ThreadIdText): Promise<Thread | undefined> => {
    const core = await coreFor(id)
    return core && threadOf(core)
  }

  const open = async (known: ThreadInvite | ThreadState): Promise<Thread> => {
    const charter = parse(charterSchema, known.charter)
    const id = hex(await threadId(charter)) as ThreadIdText
    const grant = 'grant' in known ? known.grant : null
    await serial(id, async () => {
      if (await tables.thread.get(id)) return
      // What an interrupted forgetting left behind must not come back with it.
      await removeAll(rows, id)
      await rows.commit([tables.thread.put([id], { charter, name: parse(name, known.name), grant })])
    })
    const core = (await coreFor(id)) as Core
    await serial(id, () => learn(core, known))
    onChange(id)
    return threadOf(core)
  }

  const create = async ({ name: given, type, sharing, members, announce }: CreateTerms): Promise<Thread> => {
    const { account, random } = components
    const called = parse(name, given)
    const terms = { initiator: account.address as Address, type, sharing, ...(members ? { members } : {}) }
    const { charter, key: first } = await createCharter(terms, random)
    const [core, key] = [await coreOf(components, charter), await epochKey(first.reveal())]
    cores.set(core.id, Promise.resolve(core))
    await serial(core.id, () =>
      begin(core, async (staged) => {
        await staged.stage([staged.thread.put([core.id], { charter, name: called, grant: null })])
        await core.keyring.add(staged, 0, key)
      }),
    )
    const made = threadOf(core)
    await made.append({ type: 'rename', body: { name: called } })
    if (announce) await made.append({ type: 'announce', body: announce })
    return made
  }

  return {
    create,
    open,
    get: thread,
    async list() {
      const found = await tables.thread.list([])
      const infos = found.map(async ({ key }) => (await thread(key[0] as ThreadIdText))?.info())
      return (await Promise.all(infos)).filter((info) => info !== undefined).sort((a, b) => b.updated - a.updated)
    },
    async forget(id) {
      await serial(id, async () => {
        cores.delete(id)
        if (!(await tables.thread.get(id))) throw new CafeError('NOT_FOUND', { what: 'thread' })
        await removeAll(rows, id)
      })
      onGarbage()
      onChange(id)
    },
    roots: roots.source,
  }
}
