/** All threads of a recovery, newest first; and the tidying up at its end. */
import type { RecoverComponents, RecoverOptions } from './recover.ts'
import type { Shown } from './recover-reach.ts'
import type { RecoveryStore, RestoredThread } from './recover-row.ts'
import { type LeftSlot, type Offered, offers, restoreThread } from './recover-threads.ts'

/** Threads restored side by side: hides the way to the cafes, and the newest still come first. */
const AT_ONCE = 3

/** Restores what is not done yet. */
export async function restoreAll(
  components: RecoverComponents,
  store: RecoveryStore,
  shown: readonly Shown[],
  { signal, onProgress = () => {} }: RecoverOptions,
): Promise<readonly RestoredThread[]> {
  const { record, slots } = components
  const restoring = { ...components, ...slots }
  const reached = shown.filter(({ outcome }) => outcome !== 'unreachable' && outcome !== 'unknown')
  const live = (await record.entries('thread')).flatMap(({ id, value }) => (value ? [id] : []))
  const cafes = reached.map(({ cafe }) => cafe)
  const { offered, left } = await offers(restoring, cafes, live, signal)
  await removeLeft(components, left, signal)
  const before = new Map((await store.restored()).map((one) => [one.thread, one]))
  const results = new Map<string, RestoredThread>()
  const queue: Offered[] = []
  for (const one of offered) {
    const old = one.thread === undefined ? undefined : before.get(one.thread)
    if (old && (await isDone(slots, old))) results.set(old.thread, old)
    else queue.push(one)
  }
  const total = offered.length
  const say = (thread: string, blocks: number, of: number): void =>
    onProgress({ step: 'threads', thread, blocks, of, done: results.size, threads: total })
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const restored = await restoreThread(restoring, next, { signal, onProgress: say })
      if (!restored) continue
      await store.saveThread(restored)
      results.set(restored.thread, restored)
      say(restored.thread, restored.blocks, restored.of)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return [...results.values()]
}

/** Nothing newer of it has been heard of since. */
async function isDone({ store }: RecoverComponents['slots'], { thread, state }: RestoredThread): Promise<boolean> {
  const [row, kept] = [await store.slots.get(thread), await store.kept.get(thread)]
  return state === 'done' && (kept?.seq ?? 0) <= (row?.seq ?? 0)
}

/** Empties the slots of threads that were left, where a cafe still has them. */
async function removeLeft({ slots }: RecoverComponents, left: readonly LeftSlot[], signal: AbortSignal): Promise<void> {
  for (const { cafe, thread, seq } of left) {
    await slots.store.note(cafe, thread, { there: seq })
    // It is on disk now, and tried again with everything else.
    await slots.exchange.remove(cafe, thread, signal).catch(() => signal.throwIfAborted())
  }
}

/** Leaves the cafes again that were only looked at, and keep nothing for the account. */
export async function leaveStrangers(
  { cafes, record }: RecoverComponents,
  store: RecoveryStore,
  shown: readonly Shown[],
  signal: AbortSignal,
): Promise<void> {
  const { visited = [] } = (await store.state()) ?? {}
  for (const { cafe, outcome } of shown) {
    if (outcome !== 'none' || !visited.includes(cafe) || (await record.get('cafe', cafe))) continue
    // One that cannot be told keeps an empty registration, and no more.
    await cafes.deregister(cafe, { signal, force: true }).catch(() => signal.throwIfAborted())
  }
}
