/**
 * One entry of a thread: a directory of encrypted files, opened with the keys of all of them. What Textile and we wrote is
 * laid out alike: `<index>/[<link>/]content` is a file, `…/meta` what is known of it as JSON under the same key (in older
 * ones `d` and `f`). Of the links of one index, which are made from one another, one is the file and a small one its picture.
 */
import { CafeError, isCafeError } from '../core/errors.ts'
import { decodeJson } from '../core/json.ts'
import { KiB } from '../core/limits.ts'
import { count, parse, text, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { parseFileKey } from '../crypto/file-key.ts'
import type { KeyMap } from '../crypto/key-map.ts'
import { findEntry } from './directory.ts'
import type { Job } from './job.ts'
import type { LinkKey } from './request.ts'
import { type ResolvedDirectory, resolve } from './resolve.ts'
import { openFile } from './unixfs.ts'

/** A file of an entry, or one of its likenesses. */
export interface EntryFile {
  /** As its author called it; empty if it had no name. */
  readonly name: string
  readonly type: string
  /** Bytes, as its author said. */
  readonly size: number | undefined
  /** Below the entry's directory, with its key in the fragment: `0/raw/content/photo.jpg#key=…`. */
  readonly href: string
}

export interface EntryItem {
  readonly index: string
  /** Undefined if its key does not open it, or it is not there. */
  readonly file: EntryFile | undefined
  readonly thumbnail: EntryFile | undefined
}

/** Directories read at once. */
const AT_ONCE = 8
/** What is known of a file is some hundred bytes; Textile's may have what its program made of the file. */
const MAX_META = 64 * KiB
/** The link that is the file itself, in ours and in Textile's presets; else it is the largest. */
const WHOLE: readonly string[] = ['', 'raw', 'large']

/** Of ours and of Textile's `FileIndex`; whatever else is in it is ignored. */
const metaSchema = v.object({
  name: v.optional(text(255)),
  size: v.optional(count()),
  mime: v.optional(text(128)),
  media: v.optional(text(128)),
})

interface Opened {
  readonly index: string
  readonly link: string
  readonly file: (EntryFile & { readonly bare: string }) | undefined
}

/**
 * The entry's files, by index.
 * @throws CafeError SEALED if none of the keys opens anything, BAD_REQUEST `{what: 'key'}` for a key that is none; what
 * reading blocks fails with, if it fails for all.
 */
export async function readEntry(found: ResolvedDirectory, keys: KeyMap, job: Job): Promise<EntryItem[]> {
  const paths = [...keys].map(([path, key]) => ({ path, key: linkKey(key) }))
  const opened: Opened[] = []
  let failure: unknown
  const work = paths.values()
  const openSome = async (): Promise<void> => {
    for (const { path, key } of work) {
      const [, index = '', link = ''] = path.split('/')
      const file = await openOne(found, { index, link, key }, job).catch((error) => {
        job.signal.throwIfAborted()
        failure ??= error
        return undefined
      })
      opened.push({ index, link, file })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, openSome))
  if (!opened.some(({ file }) => file)) throw failure
  return itemsOf(opened)
}

const linkKey = (key: string): LinkKey | undefined =>
  key === '' ? undefined : { text: new Secret(key), file: parseFileKey(key) }

interface One {
  readonly index: string
  readonly link: string
  readonly key: LinkKey | undefined
}

async function openOne(found: ResolvedDirectory, one: One, job: Job): Promise<Opened['file']> {
  const { read, signal } = job
  const names = one.link === '' ? [one.index] : [one.index, one.link]
  const place = await resolve(found.cid, names, read, signal)
  if (place.kind !== 'directory') throw new CafeError('NOT_FOUND', { what: 'path' })
  const [content, old] = [
    await findEntry(place.node, 'content', read, signal),
    await findEntry(place.node, 'd', read, signal),
  ]
  const named = (content ?? old)?.name
  if (named === undefined) throw new CafeError('NOT_FOUND', { what: 'path' })
  const meta = await readMeta(place, named === 'content' ? 'meta' : 'f', one.key, job)
  const { name = '', size, mime, media } = meta
  const path = [...names, named].map(encodeURIComponent).join('/')
  const fragment = fragmentOf(one.key, job)
  // After a file that is not encrypted there are no names.
  const label = one.key && isLabel(name) ? `/${encodeURIComponent(name)}` : ''
  return { name, type: mime ?? media ?? '', size, href: path + label + fragment, bare: path + fragment }
}

async function readMeta(
  place: ResolvedDirectory,
  name: string,
  key: LinkKey | undefined,
  { request, read, signal, open }: Job,
): Promise<v.InferOutput<typeof metaSchema>> {
  const found = await resolve(place.cid, [name], read, signal)
  if (found.kind !== 'file') throw new CafeError('NOT_FOUND', { what: 'path' })
  const sealed = openFile(found.node, read)
  // Before it is decrypted: a cipher adds some bytes only.
  if (sealed.size > MAX_META) throw new CafeError('CORRUPT', { what: 'size', limit: MAX_META })
  const content = key ? await open(sealed, found.cid, key, { signal, from: request.from }) : sealed
  const bytes = new Uint8Array(content.size)
  let filled = 0
  const reader = content.stream(0, content.size, { signal }).getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes.set(next.value, filled)
    filled += next.value.byteLength
  }
  try {
    return parse(metaSchema, decodeJson(bytes, MAX_META))
  } catch (cause) {
    throw isCafeError(cause) ? new CafeError('CORRUPT', { what: 'meta' }, { cause }) : cause
  }
}

/** Names that a path can hold; others are shown, but a link has none. */
const isLabel = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[/\0]/.test(name)

function fragmentOf(key: LinkKey | undefined, { request }: Job): string {
  const said = [...(key ? [`key=${key.text.reveal()}`] : []), ...request.from.map((cafe) => `from=${cafe}`)]
  return said.length === 0 ? '' : `#${said.join('&')}`
}

/** By index, numbers as numbers. Data about a file, as Textile's `exif`, is not a file of its own. */
function itemsOf(opened: readonly Opened[]): EntryItem[] {
  const groups = new Map<string, Opened[]>()
  for (const one of opened) groups.set(one.index, [...(groups.get(one.index) ?? []), one])
  const byIndex = [...groups].sort(([a], [b]) => Number(a) - Number(b) || (a < b ? -1 : 1))
  return byIndex.map(([index, links]) => {
    const bySize = links.filter(({ file }) => file).sort((a, b) => (b.file?.size ?? 0) - (a.file?.size ?? 0))
    const whole = WHOLE.map((name) => bySize.find(({ link }) => link === name)).find((one) => one) ?? bySize[0]
    const small = bySize.findLast((one) => one !== whole && one.file?.type.startsWith('image/'))
    // Without the name, which tells the type of the whole: a picture is known by its first bytes.
    return { index, file: whole?.file, thumbnail: small?.file && { ...small.file, href: small.file.bare } }
  })
}
