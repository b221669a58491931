/** One block as it is, for whoever verifies it himself (https://specs.ipfs.tech/http-gateways/trustless-gateway/). */
import { contentOf } from './bytes-content.ts'
import { fileResponse } from './content.ts'
import { MEDIA_TYPES } from './format.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import type { RawRequest } from './request.ts'
import { locateAll } from './resolve.ts'
import { disposition } from './respond.ts'

export async function answerRaw(job: Job<RawRequest>): Promise<Response> {
  const { request, root, segments, read, signal, trace } = job
  const { cid, roots } = await locateAll(root, segments, read, signal)
  const block = await read(cid, { signal })
  trace.resolved()
  const etag = `"${cid}.raw"`
  const headers = headersOf(job, roots)
  return fileResponse(
    {
      content: contentOf(block),
      class: 'download',
      headers: {
        ...headers,
        'Content-Type': MEDIA_TYPES.raw,
        'Content-Disposition': disposition('attachment', request.filename ?? `${cid}.bin`),
      },
      etag,
    },
    request,
    job,
  )
}
