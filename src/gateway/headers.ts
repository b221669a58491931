/** Headers of every answer that carries content, whatever its form. */
import type { CID } from 'multiformats/cid'
import { cacheOf, type Job } from './job.ts'

/**
 * How long it may be kept, what it was chosen by, what it is and what it has cost. Of keyed links only what tells nothing
 * of what is behind them.
 */
export function headersOf(job: Job, roots: readonly CID[], cache = cacheOf(job)): Record<string, string> {
  const { request, trace } = job
  const keyed = request.key !== undefined || request.keys !== undefined
  const common = {
    'Cache-Control': cache,
    Vary: 'Accept',
    'Server-Timing': trace.header({ detail: !keyed }),
  }
  if (keyed) return common
  const { pathname, located } = request
  return {
    ...common,
    'X-Ipfs-Path': pathname,
    'X-Ipfs-Roots': roots.join(','),
    // So that caches which know no `Vary` keep the forms apart.
    ...(located !== undefined && { 'Content-Location': located }),
  }
}
