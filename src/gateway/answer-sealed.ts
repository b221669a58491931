/** An encrypted file, opened with the key of its link. */
import { saveAs, typeOf } from './answer-file.ts'
import { fileResponse } from './content.ts'
import { keyDigest } from './decrypt.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import { classOf } from './mime.ts'
import type { LinkKey } from './request.ts'
import type { ResolvedFile } from './resolve.ts'
import { openFile } from './unixfs.ts'

export async function sealedFile(found: ResolvedFile, key: LinkKey, job: Job): Promise<Response> {
  const { request, read, signal, open } = job
  const name = request.segments.at(-1)
  // A reader that may ask nobody is another one than a reader that may.
  const from = request.local ? [...request.from, 'local'] : request.from
  const content = await open(openFile(found.node, read), found.cid, key, { signal, from })
  const etag = `"dec-${await keyDigest([found.cid, ...found.rest].join('/'), key)}"`
  const type = await typeOf(request.filename ?? name, content, signal, { html: false })
  const kind = classOf(type)
  const headers = { 'Content-Type': type, ...headersOf(job, found.roots), ...saveAs(kind, request, name) }
  return fileResponse({ content, class: kind, headers, etag }, request, job)
}
