/** A file that was not encrypted, as it is. */
import { type Content, fileResponse } from './content.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import { classOf, SNIFF_SIZE, typeByContent, typeByName } from './mime.ts'
import type { GatewayRequest } from './request.ts'
import type { ResolvedFile } from './resolve.ts'
import { disposition, type ResponseClass } from './respond.ts'
import { openFile, type UnixFile } from './unixfs.ts'

export async function plainFile(found: ResolvedFile, name: string | undefined, job: Job): Promise<Response> {
  const { request, read, signal } = job
  const etag = `"${found.cid}"`
  const content = openFile(found.node, read)
  const type = await typeOf(request.filename ?? name, content, signal, { html: true })
  // Only a page in a directory has relatives to show; see respond.ts.
  const kind = job.origin ? 'web' : type.startsWith('text/html') && name !== undefined ? 'site' : classOf(type)
  const headers = {
    'Content-Type': type,
    ...headersOf(job, found.roots),
    ...saveAs(kind, request, name),
  }
  return fileResponse({ content, class: kind, headers, etag }, request, job)
}

/** The type by the name people gave it, else by its first bytes. */
export async function typeOf(
  name: string | undefined,
  content: UnixFile | Content,
  signal: AbortSignal,
  options: { readonly html: boolean },
): Promise<string> {
  const named = name === undefined ? undefined : typeByName(name)
  if (named) return named
  const head = await headOf(content, signal)
  return typeByContent(head, { ...options, whole: head.byteLength === content.size })
}

/** The first bytes of a file: SNIFF_SIZE of them, or all there are. */
async function headOf(content: UnixFile | Content, signal: AbortSignal): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(SNIFF_SIZE, content.size))
  let filled = 0
  const reader = content.stream(0, head.byteLength, { signal }).getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    head.set(next.value, filled)
    filled += next.value.byteLength
  }
  return head
}

/** `Content-Disposition` for a file called `name`, which a link may overrule. */
export function saveAs(
  kind: ResponseClass,
  { filename, download }: Pick<GatewayRequest, 'filename' | 'download'>,
  name: string | undefined,
): Record<string, string> {
  const attached = download || kind === 'download'
  const title = filename ?? name
  if (!attached && title === undefined) return {}
  return { 'Content-Disposition': disposition(attached ? 'attachment' : 'inline', title) }
}
