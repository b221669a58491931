/**
 * What is there, told instead of given: the app shows folders, players and pictures by it (core/about.ts). Nothing of it is
 * kept: what an entry is may be known better a moment later.
 */
import { ABOUT_TYPE, type About } from '../core/about.ts'
import { CafeError } from '../core/errors.ts'
import type { KeyMap } from '../crypto/key-map.ts'
import { typeOf } from './answer-file.ts'
import { listEntries, shapeEntries } from './directory.ts'
import { readEntry } from './entry.ts'
import type { Job } from './job.ts'
import { shapeOf, typeByName, UNKNOWN } from './mime.ts'
import type { AboutRequest } from './request.ts'
import { type ResolvedDirectory, type ResolvedFile, resolve } from './resolve.ts'
import { isolation, PRIVATE } from './respond.ts'
import { openFile } from './unixfs.ts'

export async function answerAbout(job: Job<AboutRequest>): Promise<Response> {
  const { request, root, segments, read, signal, trace } = job
  const found = await resolve(root, segments, read, signal)
  trace.resolved()
  if (found.kind === 'symlink') throw new CafeError('NOT_FOUND', { what: 'symlink' })
  // Structured data is neither shown nor played; a program asks for it by its format.
  if (found.kind === 'data') throw new CafeError('UNSUPPORTED', { what: 'codec' })
  const about = found.kind === 'directory' ? await aboutFolder(found, job) : await aboutFile(found, job)
  const body = new TextEncoder().encode(JSON.stringify(about))
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: {
      ...isolation('page'),
      'Content-Type': ABOUT_TYPE,
      'Content-Length': String(body.byteLength),
      'Cache-Control': PRIVATE,
    },
  })
}

async function aboutFolder(found: ResolvedDirectory, job: Job): Promise<About> {
  const { read, signal } = job
  const { keys } = job.request
  if (keys) return aboutEntry(found, keys, job)
  const { entries, more } = await listEntries(found.node, read, signal)
  const shaped = await shapeEntries(entries, read, signal)
  return {
    kind: 'folder',
    cid: `${found.cid}`,
    index: entries.some(({ name }) => name === 'index.html'),
    more,
    entries: shaped.map(({ name, cid, size, shape }) => ({ name, cid: `${cid}`, size, shape })),
  }
}

/** The files of a thread's entry, which the keys in the link open. */
async function aboutEntry(found: ResolvedDirectory, keys: KeyMap, job: Job): Promise<About> {
  const items = await readEntry(found, keys, job)
  const entries = items.flatMap(({ index, file, thumbnail }) => {
    if (!file) return []
    const { name, size, type, href } = file
    const shape = shapeOf(type || (typeByName(name) ?? UNKNOWN))
    return [{ name: name || index, cid: `${found.cid}`, size, shape, href, thumbnail: thumbnail?.href }]
  })
  return { kind: 'folder', cid: `${found.cid}`, index: false, more: false, entries }
}

async function aboutFile(found: ResolvedFile, { request, read, signal, open }: Job): Promise<About> {
  const { key, from, filename } = request
  if (found.rest.length > (key ? 1 : 0)) throw new CafeError('NOT_FOUND', { what: 'path' })
  const plain = openFile(found.node, read)
  const content = key ? await open(plain, found.cid, key, { signal, from }) : plain
  const type = await typeOf(filename ?? request.segments.at(-1), content, signal, { html: key === undefined })
  return {
    kind: 'file',
    cid: `${found.cid}`,
    size: content.size,
    type,
    shape: shapeOf(type),
    ...(request.link && { name: filename }),
  }
}
