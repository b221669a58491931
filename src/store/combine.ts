/**
 * Rows whose commits are combined: those that wait while one is being written go into one transaction together, since that
 * costs about the same whatever is in it (measured: 1 ms). Nobody waits for others to come: where nothing is being written,
 * a commit is written at once. Each still stands for itself: it resolves when it is on the medium, and one that cannot be
 * written fails alone.
 */
import type { Change, Rows } from './rows.ts'

/** Commits in one transaction, as long as they have no more than so many bytes: beyond either it is not faster. */
const COMMITS = 256
const BYTES = 4 * 1024 * 1024

interface Waiting {
  readonly changes: readonly Change[]
  readonly done: PromiseWithResolvers<void>
}

const sizeOf = ({ changes }: Waiting): number =>
  changes.reduce((sum, { key, value }) => sum + key.length + (value?.byteLength ?? 0), 0)

/** The changes of all, in their order; of those to one row the last is the one that is seen in the end. */
function join(commits: readonly Waiting[]): Change[] {
  const last = new Map<string, Change>()
  for (const { changes } of commits) for (const change of changes) last.set(change.key, change)
  return [...last.values()]
}

/**
 * `rows`, with commits combined in the order in which they come. Closing lets those that wait be written first.
 *
 * @example
 * ```ts
 * const rows = combined(await openRows())
 * await Promise.all(letters.map((letter) => rows.commit(changesOf(letter)))) // a few transactions, not a thousand
 * ```
 */
export function combined(rows: Rows): Rows {
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  const take = (): Waiting[] => {
    let bytes = 0
    let end = 0
    while (end < Math.min(COMMITS, waiting.length) && bytes < BYTES) bytes += sizeOf(waiting[end++] as Waiting)
    return waiting.splice(0, end)
  }

  const settle = async ({ changes, done }: Waiting): Promise<void> => {
    await rows.commit(changes).then(done.resolve, done.reject)
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = take()
      const [first] = batch
      if (batch.length === 1 && first) {
        await settle(first)
        continue
      }
      try {
        await rows.commit(join(batch))
        for (const { done } of batch) done.resolve()
      } catch {
        // Nothing of it was written, and one of them may be why: each shows by itself, in the same order.
        for (const one of batch) await settle(one)
      }
    }
    writing = undefined
  }

  return {
    get: (key) => rows.get(key),
    range: (prefix, options) => rows.range(prefix, options),
    keys: (prefix, options) => rows.keys(prefix, options),
    commit(changes) {
      const done = Promise.withResolvers<void>()
      waiting.push({ changes, done })
      // A microtask later, so that commits made in one turn share the first transaction too.
      writing ??= Promise.resolve().then(drain)
      return done.promise
    },
    close() {
      if (writing) void writing.then(() => rows.close())
      else rows.close()
    },
  }
}
