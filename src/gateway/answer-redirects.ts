/** What a website's `_redirects` say for a path that is not there; asked only where the website has its origin to itself. */
import { CafeError } from '../core/errors.ts'
import { answerDirectory } from './answer-directory.ts'
import { plainFile } from './answer-file.ts'
import type { Job } from './job.ts'
import { applyRedirects, MAX_REDIRECTS, parseRedirects, type Redirected, tooLarge } from './redirects.ts'
import { decodeSegment, type GatewayRequest } from './request.ts'
import { isMissing, resolve } from './resolve.ts'
import { isolation } from './respond.ts'
import { openFile } from './unixfs.ts'

/**
 * The answer by the first rule that matches, or undefined if there is none.
 * @throws CafeError INTERNAL `{what: 'redirects', why}` for a file that cannot be parsed; what reading fails with.
 */
export async function answerRedirected(job: Job): Promise<Response | undefined> {
  const { request, root, segments } = job
  // A name may stand for a folder below a root: the website begins there.
  const base = segments.slice(0, segments.length - request.segments.length)
  const text = await readText(root, [...base, '_redirects'], job)
  if (text === undefined) return undefined
  const found = applyRedirects(parseRedirects(text), belowTarget(request.pathname))
  if (!found) return undefined
  if (found.status >= 300 && found.status < 400) return moved(found, request)
  return show(found, base, job)
}

/** The path as the website sees it. */
const belowTarget = (pathname: string): string => `/${pathname.split('/').slice(3).join('/')}`

async function readText(
  root: Job['root'],
  path: readonly string[],
  { read, signal }: Job,
): Promise<string | undefined> {
  const found = await present(resolve(root, path, read, signal))
  if (found?.kind !== 'file' || found.rest.length > 0) return undefined
  if (found.node.size > MAX_REDIRECTS) throw tooLarge()
  return new TextDecoder().decode(await openFile(found.node, read).read(0, found.node.size, { signal }))
}

async function present<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function moved({ status, to }: Redirected, { search }: GatewayRequest): Response {
  // What was asked comes along, unless the rule asks something itself.
  const location = to.includes('?') || to.includes('#') ? to : to + search
  return new Response(null, { status, headers: { ...isolation('web'), Location: location } })
}

/** Another file of the website under the address that was asked for, as 200 or as a failure. */
async function show({ status, to }: Redirected, base: readonly string[], job: Job): Promise<Response | undefined> {
  const { root, read, signal } = job
  const path = to.split(/[?#]/, 1)[0] as string
  const below = path.split('/').filter(Boolean).map(decodeSegment)
  const found = await present(resolve(root, [...base, ...below], read, signal))
  if (!found) return undefined
  const request = { ...job.request, slash: true, ...(status !== 200 && { range: null, ifNoneMatch: null }) }
  if (found.kind === 'directory') return withStatus(await answerDirectory(found, { ...job, request }), status)
  if (found.kind !== 'file' || found.rest.length > 0) throw new CafeError('NOT_FOUND', { what: 'path' })
  return withStatus(await plainFile(found, below.at(-1), { ...job, request }), status)
}

/** A page that says what is missing says so with its status too. */
const withStatus = (response: Response, status: number): Response =>
  status === 200 ? response : new Response(response.body, { status, headers: response.headers })
