/**
 * What a request has cost so far: for `Server-Timing` (https://www.w3.org/TR/server-timing/), seen in any browser's tools,
 * and, block by block, for whoever of the same origin watches it. Nothing is gathered here: who watches sets the bounds.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import type { Giver } from '../core/watched.ts'

/** Where a block came from; `giver` where the network is asked by somebody who tells. */
export interface Source {
  readonly from: 'local' | 'network' | undefined
  readonly giver?: Giver | undefined
}

/** A block that was read for a request. */
export interface SeenBlock extends Source {
  readonly cid: CID
  readonly size: number
  /** Milliseconds it took. */
  readonly ms: number
}

export interface Trace {
  /** A block is being read; the function it returns, that it is here. */
  reading(cid: CID): (size: number, source: Source) => void
  /** The path has led to what is being sent. */
  resolved(): void
  /** The header's value. Of keyed links only the time, since the rest would tell what a file is made of. */
  header(options: { readonly detail: boolean }): string
}

/** `onBlock` is told of each block. */
export function createTrace(clock: Clock, onBlock?: ((block: SeenBlock) => void) | undefined): Trace {
  const start = clock()
  let resolve: number | undefined
  const count = { all: 0, local: 0, network: 0 }
  return {
    reading(cid) {
      const began = clock()
      return (size, { from, giver }) => {
        count.all++
        if (from) count[from]++
        onBlock?.({ cid, size, from, giver, ms: Math.max(0, clock() - began) })
      }
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
