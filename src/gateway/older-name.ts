/**
 * Textile's oldest directories have a picture's file as `d`, where links to newer ones say `content`. Its gateway sent who
 * asked for `…/small/content` or `…/large/content` in vain to `…/d`; so do we, if that is there.
 */
import type { Job } from './job.ts'
import { isMissing, resolve } from './resolve.ts'
import { isolation } from './respond.ts'

const SIZES: readonly string[] = ['small', 'large']

/** Where the file is that `error` says is not there, if it is an old one. */
export async function olderName(
  error: unknown,
  { request, root, segments, read, signal }: Job,
): Promise<Response | undefined> {
  if (!isMissing(error)) return undefined
  const at = segments.findIndex((name, i) => name === 'content' && SIZES.includes(segments[i - 1] ?? ''))
  // Names of the request's own path only, which are the last ones.
  const raw = request.pathname.split('/')
  const place = raw.length - (request.slash ? 1 : 0) - (segments.length - at)
  if (at < 0 || raw[place] !== 'content') return undefined
  const old = segments.with(at, 'd')
  const found = await resolve(root, old, read, signal).catch(() => undefined)
  // One name after an encrypted file is its label.
  if (found?.kind !== 'file' || found.rest.length > (request.key ? 1 : 0)) return undefined
  // Relative, so that it holds below any prefix; the browser keeps the fragment.
  const below = raw.slice(place + 1)
  const location = `${'../'.repeat(below.length) || './'}${['d', ...below].join('/')}${request.search}`
  return new Response(null, { status: 301, headers: { ...isolation('page'), Location: location } })
}
