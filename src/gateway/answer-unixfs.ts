/** What is there, shown as people know it: a file, an encrypted file with its key, a folder's page or its `index.html`. */
import { CafeError } from '../core/errors.ts'
import { answerDirectory, listing } from './answer-directory.ts'
import { answerEntry } from './answer-entry.ts'
import { plainFile } from './answer-file.ts'
import { answerRedirected } from './answer-redirects.ts'
import { sealedFile } from './answer-sealed.ts'
import { answerSymlink } from './answer-symlink.ts'
import { answerData } from './dag.ts'
import type { Job } from './job.ts'
import { olderName } from './older-name.ts'
import type { DagRequest, UnixfsRequest } from './request.ts'
import { assertWhole, isMissing, resolve } from './resolve.ts'

/** Data in blocks of its own kind is answered here too, since only the way to it tells what it is. */
export async function answerUnixfs(job: Job<UnixfsRequest | DagRequest>): Promise<Response> {
  if (!job.origin) return answerPath(job)
  try {
    return await answerPath(job)
  } catch (error) {
    const redirected = isMissing(error) ? await answerRedirected(job) : undefined
    if (redirected) return redirected
    throw error
  }
}

async function answerPath(job: Job<UnixfsRequest | DagRequest>): Promise<Response> {
  const { request, root, segments, read, signal, trace } = job
  const { key, keys } = request
  const found = await resolve(root, segments, read, signal).catch(async (error) => {
    const moved = await olderName(error, job)
    return moved ?? Promise.reject(error)
  })
  if (found instanceof Response) return found
  trace.resolved()
  if (found.kind === 'data') return answerData(found, job)
  // A file with JSON in it is what most who ask for JSON mean (IPIP-0524); no other encoding is made from files.
  if (request.kind === 'dag' && request.format !== 'json') throw new CafeError('UNSUPPORTED', { what: 'format' })
  if (keys && found.kind !== 'directory') throw new CafeError('BAD_REQUEST', { what: 'key' })
  if (keys && found.kind === 'directory') return answerEntry(found, keys, job)
  if (found.kind === 'directory') return key ? listing(found, job) : answerDirectory(found, job)
  if (found.kind === 'symlink') return answerSymlink(found, job)
  if (!key) assertWhole(found)
  if (found.rest.length > 1) throw new CafeError('NOT_FOUND', { what: 'path' })
  return key ? sealedFile(found, key, job) : plainFile(found, segments.at(-1), job)
}
