/**
 * A symbolic link. It is never followed, since it may point anywhere (security rule G4): a person is told so, a program gets
 * what the block says, as from other gateways.
 */
import { CafeError } from '../core/errors.ts'
import { contentOf } from './bytes-content.ts'
import { fileResponse } from './content.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import type { ResolvedSymlink } from './resolve.ts'

/** @throws CafeError NOT_FOUND `{what: 'symlink'}` for people. */
export async function answerSymlink(found: ResolvedSymlink, job: Job): Promise<Response> {
  const { request, page } = job
  if (page) throw new CafeError('NOT_FOUND', { what: 'symlink' })
  const etag = `"${found.cid}"`
  const headers = headersOf(job, found.roots)
  const content = contentOf(new TextEncoder().encode(found.node.target))
  const typed = { ...headers, 'Content-Type': 'inode/symlink' }
  return fileResponse({ content, class: 'download', headers: typed, etag }, request, job)
}
