/**
 * To disk, whatever the size: a file in steps of some megabytes, a folder as one ZIP, both streamed and never collected.
 * A step that breaks off is asked for again from where it ended, so a sleeping cafe costs a wait and no second start.
 */
import { makeZip } from 'client-zip'
import { CafeError, toCafeError } from '../../core/errors.ts'
import { MiB, WALK_DEPTH, WALK_LINKS } from '../../core/limits.ts'
import { delay, type Pauses, pauseAfter } from '../../core/pause.ts'
import { ask, type Item, itemsOf, withQuery } from './content.ts'
import { responseError, troubleError } from './failed.ts'

type Chunk = Uint8Array<ArrayBuffer>

/** Bytes of one request: so short that no browser stops the service worker meanwhile. */
const STEP = 32 * MiB
/** Times in a row that nothing came before it is given up. */
const AGAIN = 5
const PAUSES: Pauses = { first: 500, longest: 8_000 }

/**
 * The bytes of the file at `link`, of which there are `size`.
 * @throws CafeError what the gateway failed with; CORRUPT if it is another file meanwhile; ABORTED.
 */
export async function* readFile(link: string, size: number, signal: AbortSignal): AsyncGenerator<Chunk> {
  let etag = ''
  for (let at = 0, broken = 0; at < size; ) {
    const before = at
    try {
      const response = await step(link, at, Math.min(at + STEP, size), etag, signal)
      etag = response.headers.get('ETag') ?? ''
      for await (const chunk of chunksOf(response)) {
        at += chunk.byteLength
        yield chunk
      }
    } catch (error) {
      signal.throwIfAborted()
      const failure = toCafeError(error, 'UNREACHABLE')
      if (failure.code !== 'UNREACHABLE' && failure.code !== 'TIMEOUT') throw failure
    }
    broken = at > before ? 0 : broken + 1
    if (broken > AGAIN) throw new CafeError('UNREACHABLE')
    if (broken > 0) await delay(pauseAfter(broken, PAUSES), signal)
  }
}

async function step(link: string, from: number, to: number, etag: string, signal: AbortSignal): Promise<Response> {
  const headers = { Range: `bytes=${from}-${to - 1}`, ...(etag !== '' && { 'If-Range': etag }) }
  const response = await fetch(link, { headers: { ...headers, Accept: '*/*, application/json;q=0.1' }, signal })
  if (response.status === 206) return response
  if (response.ok) throw new CafeError('CORRUPT', { what: 'file' })
  throw await responseError(response)
}

async function* chunksOf({ body }: Response): AsyncGenerator<Chunk> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    // Whoever stops in the middle wants no more of it.
    void reader.cancel().catch(() => {})
  }
}

/** Writes all of it. A file that is not whole does not stay. */
export async function writeTo(
  file: FileSystemFileHandle,
  chunks: AsyncIterable<Chunk>,
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(bytes: number): void },
): Promise<void> {
  const writable = await file.createWritable()
  let done = 0
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted()
      await writable.write(chunk)
      done += chunk.byteLength
      onProgress(done)
    }
    await writable.close()
  } catch (error) {
    await writable.abort().catch(() => {}) // it was closed by the failure
    throw error
  }
}

/** Files for an archive, folders gone into. */
export interface Packed {
  /** With `/` between folders. */
  readonly path: string
  readonly link: string
  readonly size: number
}

/**
 * All files below the items, in their order.
 * @throws CafeError QUOTA `{what: 'entries'}` if there are more than an archive made here takes.
 */
export async function* filesOf(items: readonly Item[], signal: AbortSignal): AsyncGenerator<Packed> {
  const ahead = items.map((item) => ({ ...item, depth: 1 }))
  const taken = new Set<string>()
  for (let seen = 0; ahead.length > 0; seen++) {
    if (seen >= WALK_LINKS) throw new CafeError('QUOTA', { what: 'entries' })
    const next = ahead.shift()
    if (next?.link === undefined) continue
    const answer = await ask(next.link, signal)
    if (!answer.ok) throw troubleError(answer.trouble)
    const { about } = answer
    if (about.kind === 'file') {
      const path = unlike(next.name, taken)
      yield { path, link: next.link, size: about.size }
      continue
    }
    if (about.more || next.depth >= WALK_DEPTH) throw new CafeError('QUOTA', { what: 'entries' })
    const below = itemsOf(next.link, about.entries).map((item) => ({ ...item, name: `${next.name}/${item.name}` }))
    ahead.unshift(...below.map((item) => ({ ...item, depth: next.depth + 1 })))
  }
}

/** A path that was not taken yet, without what some system takes for a separator. */
function unlike(name: string, taken: Set<string>): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not reach a file system
  const plain = name.toWellFormed().replaceAll(/[\x00-\x1f\x7f\\:*?"<>|]/g, '_')
  let path = plain
  for (let n = 2; taken.has(path); n++) path = plain.replace(/(\.[^./]*)?$/, ` (${n})$1`)
  taken.add(path)
  return path
}

/** One ZIP of all files below the items. */
export async function* zipOf(items: readonly Item[], signal: AbortSignal): AsyncGenerator<Chunk> {
  const now = new Date()
  const entries = async function* () {
    for await (const { path, link, size } of filesOf(items, signal)) {
      yield { name: path, size, lastModified: now, input: readFile(link, size, signal) }
    }
  }
  yield* chunksOf(new Response(makeZip(entries())))
}

interface Picker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>
}

/** True where the page may write a file that the person has chosen a place for. */
export const canPick = (): boolean => 'showSaveFilePicker' in globalThis

/** Asks for a place. Undefined if the person wants none. Call it from a click. */
export async function pick(name: string): Promise<FileSystemFileHandle | undefined> {
  try {
    return await (globalThis as Picker).showSaveFilePicker?.({ suggestedName: fileNameOf(name) })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}

/** A name that every system takes. */
export function fileNameOf(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not reach a file system
  const plain = name.toWellFormed().replaceAll(/[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '_')
  return plain.replace(/^[.\s]+|[.\s]+$/g, '').slice(0, 120) || 'file'
}

/**
 * Lets the browser itself save what is at `link`: through the service worker, so in a frame, since links with `download`
 * go past it. `onFailed` is called if a page came in the place of a file. The frame goes with `signal`.
 */
export function saveByBrowser(link: string, onFailed: () => void): void {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = 'Download'
  frame.src = withQuery(link, { download: 'true' })
  frame.addEventListener('load', () => {
    frame.remove()
    onFailed()
  })
  document.body.append(frame)
}
