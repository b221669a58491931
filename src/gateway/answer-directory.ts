/** A folder: its `index.html` if it has one, else a page that lists it. */
import { plainFile } from './answer-file.ts'
import { notModified } from './content.ts'
import { findEntry, listEntries, shapeEntries } from './directory.ts'
import { headersOf } from './headers.ts'
import { cacheOf, type Job } from './job.ts'
import { listingPage, readLooks } from './listing-page.ts'
import { type ResolvedDirectory, resolve } from './resolve.ts'
import { GENERATED, isolation, matchesNone } from './respond.ts'
import { spokenIn } from './words/words.ts'

/** `index.html` if there is one, else a listing. */
export async function answerDirectory(found: ResolvedDirectory, job: Job): Promise<Response> {
  const { request, read, signal } = job
  // Relative links need the slash. Relative itself, so that it holds below any prefix.
  if (!request.slash) {
    const location = `./${request.pathname.split('/').at(-1)}/${request.search}`
    return new Response(null, { status: 301, headers: { ...isolation('page'), Location: location } })
  }
  const entry = await findEntry(found.node, 'index.html', read, signal)
  const index = entry && (await resolve(entry.cid, [], read, signal))
  // As other gateways have it, the page is the folder: its tag and its roots are the folder's.
  return index?.kind === 'file'
    ? plainFile({ ...index, cid: found.cid, roots: found.roots }, 'index.html', job)
    : listing(found, job)
}

/** The page that lists a folder. */
export async function listing(found: ResolvedDirectory, job: Job): Promise<Response> {
  const { request, read, signal, words } = job
  const { slash, pathname, method } = request
  const { segments } = request
  const looks = readLooks(request.search)
  // The number is that of the page's looks: count it up when they change.
  const etag = `"DirIndex-2_CID-${found.cid}_${looks.sort}_${looks.view}${spokenIn(words)}"`
  const cache = cacheOf(job, GENERATED)
  // Who has another gateway's page of the same folder knows it by its CID.
  const known = matchesNone(request.ifNoneMatch, `"${found.cid}"`) ? '*' : request.ifNoneMatch
  const unchanged = notModified('gallery', etag, cache, known)
  if (unchanged) return unchanged
  const cid = `${found.cid}`
  const { entries, more } = await listEntries(found.node, read, signal)
  const html = listingPage({
    entries: await shapeEntries(entries, read, signal),
    ...{ more, looks, words, path: job.origin ? undefined : pathname },
    title: segments.at(-1) ?? words.folder,
    cid,
    base: slash ? './' : `./${pathname.split('/').at(-1)}/`,
    parent: segments.length === 0 ? undefined : slash ? '../' : './',
  })
  const body = new TextEncoder().encode(html)
  return new Response(method === 'HEAD' ? null : body, {
    headers: {
      ...isolation('gallery'),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': String(body.byteLength),
      ...headersOf(job, found.roots, cache),
      Vary: 'Accept, Accept-Language',
      ETag: etag,
    },
  })
}
