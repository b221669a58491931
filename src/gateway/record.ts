/** The signed record of a name, as whoever verifies it himself wants it (https://specs.ipfs.tech/ipns/ipns-record/). */
import { CafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { sha256 } from '../crypto/bytes.ts'
import { contentOf } from './bytes-content.ts'
import { fileResponse } from './content.ts'
import { MEDIA_TYPES } from './format.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import type { RecordRequest } from './request.ts'
import { disposition } from './respond.ts'

/**
 * @throws CafeError BAD_REQUEST `{what: 'record'}` for content and for a path below a name; UNSUPPORTED `{what: 'format'}`
 * for a name that has no record.
 */
export async function answerRecord(job: Job<RecordRequest>): Promise<Response> {
  const { request, name, root, trace } = job
  const { target, segments } = request
  if (target.namespace !== 'ipns' || segments.length > 0) throw new CafeError('BAD_REQUEST', { what: 'record' })
  if (!name?.record) throw new CafeError('UNSUPPORTED', { what: 'format' })
  trace.resolved()
  const etag = `"${hex((await sha256(name.record)).subarray(0, 12))}.ipns-record"`
  const headers = headersOf(job, [root])
  return fileResponse(
    {
      content: contentOf(name.record),
      class: 'download',
      headers: {
        ...headers,
        'Content-Type': MEDIA_TYPES['ipns-record'],
        'Content-Disposition': disposition('attachment', request.filename ?? `${target.name.text}.ipns-record`),
      },
      etag,
    },
    request,
    job,
  )
}
