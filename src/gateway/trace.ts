/** What a request has cost so far, for `Server-Timing` (https://www.w3.org/TR/server-timing/): seen in any browser's tools. */
import type { Clock } from '../core/clock.ts'

export interface Trace {
  /** A block was read; `from` where the source says so. */
  block(from?: 'local' | 'network'): void
  /** The path has led to what is being sent. */
  resolved(): void
  /** The header's value. Of keyed links only the time, since the rest would tell what a file is made of. */
  header(options: { readonly detail: boolean }): string
}

export function createTrace(clock: Clock): Trace {
  const start = clock()
  let resolve: number | undefined
  const count = { all: 0, local: 0, network: 0 }
  return {
    block(from) {
      count.all++
      if (from) count[from]++
    },
    resolved() {
      resolve ??= clock() - start
    },
    header({ detail }) {
      const time = `resolve;dur=${Math.max(0, resolve ?? clock() - start)}`
      if (!detail) return time
      const where = count.local + count.network > 0 ? ` local=${count.local} network=${count.network}` : ''
      return `${time}, blocks;desc="n=${count.all}${where}"`
    },
  }
}
