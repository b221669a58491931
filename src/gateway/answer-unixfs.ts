/** What is there, shown as people know it: a file, an encrypted file with its key, a folder's page or its `index.html`. */
import { CafeError } from '../core/errors.ts'
import { answerDirectory, listing } from './answer-directory.ts'
import { plainFile } from './answer-file.ts'
import { answerRedirected, isMissing } from './answer-redirects.ts'
import { sealedFile } from './answer-sealed.ts'
import type { Job } from './job.ts'
import type { DagRequest, UnixfsRequest } from './request.ts'
import { resolve } from './resolve.ts'

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
  const { key } = request
  const found = await resolve(root, segments, read, signal)
  trace.resolved()
  if (found.kind === 'directory') return key ? listing(found, job) : answerDirectory(found, job)
  if (found.rest.length > (key ? 1 : 0)) throw new CafeError('NOT_FOUND', { what: 'path' })
  return key ? sealedFile(found, key, job) : plainFile(found, segments.at(-1), job)
}
