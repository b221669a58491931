/**
 * What the gateway tells the app about content instead of giving it: the shape of a file, or the entries of a folder; and
 * why it cannot be given. Asked for with `Accept: application/vnd.popup-cafe.about+json`.
 */
import { MAX_BLOCK, WALK_LINKS } from './limits.ts'
import { count, text, v } from './schema.ts'

export const ABOUT_TYPE = 'application/vnd.popup-cafe.about+json'

/** What something is to a person. `page` is HTML, `other` whatever can only be saved. */
export const SHAPES = ['folder', 'image', 'audio', 'video', 'text', 'page', 'pdf', 'archive', 'other'] as const
export type Shape = (typeof SHAPES)[number]

/** A path of a few names and a key. */
const MAX_HREF = 2048

/** One entry of a folder. */
export const entrySchema = v.strictObject({
  /** As its author wrote it: of any length that fits a block, and of any characters. */
  name: text(MAX_BLOCK),
  cid: text(256),
  /** Bytes of everything below, as its author counted them; a claim. */
  size: v.optional(count()),
  /** Absent if it could not be told without fetching it. */
  shape: v.optional(v.picklist(SHAPES)),
  /** Of an encrypted entry of a thread: where the file is, below the folder, with its key in the fragment. */
  href: v.optional(text(MAX_HREF)),
  /** The same of a small picture of it. */
  thumbnail: v.optional(text(MAX_HREF)),
})
export type Entry = v.InferOutput<typeof entrySchema>

export const aboutSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('file'),
    cid: text(256),
    /** Bytes as they are read, so after decryption. */
    size: count(),
    type: text(255),
    shape: v.picklist(SHAPES),
    /** Of a sealed link, which may name it in the seal alone. */
    name: v.optional(text(1024)),
  }),
  v.strictObject({
    kind: v.literal('folder'),
    cid: text(256),
    /** It has an `index.html`: it is meant to be shown as a website. */
    index: v.boolean(),
    /** There are more entries than we list. */
    more: v.boolean(),
    entries: v.pipe(v.array(entrySchema), v.maxLength(WALK_LINKS)),
  }),
])
export type About = v.InferOutput<typeof aboutSchema>

/** Parties named in a failure: as many as are asked for one block. */
const MAX_TRIED = 16

/** Who was asked for what is missing, and how that ended: an error's code. */
const triedSchema = v.strictObject({ who: text(64), how: text(32) })
export type Tried = v.InferOutput<typeof triedSchema>

/** A failure in the gateway's JSON. */
export const troubleSchema = v.strictObject({
  error: text(32),
  message: text(512),
  next: text(1024),
  what: v.optional(text(64)),
  tried: v.optional(v.pipe(v.array(triedSchema), v.maxLength(MAX_TRIED))),
})
export type Trouble = v.InferOutput<typeof troubleSchema>

/**
 * Parties and how asking them ended as a short text for an error's data, which holds no lists.
 *
 * @example
 * ```ts
 * writeTried([{ who: '12D3…', how: 'TIMEOUT' }]) // '12D3… TIMEOUT'
 * ```
 */
export function writeTried(tried: readonly Tried[]): string {
  return tried
    .slice(0, MAX_TRIED)
    .map(({ who, how }) => `${who} ${how}`)
    .join('\n')
}

/** The reverse of {@link writeTried}; what is none of it is left out. */
export function readTried(data: unknown): Tried[] {
  if (typeof data !== 'string') return []
  return data.split('\n', MAX_TRIED).flatMap((line) => {
    const [, who, how] = /^([\w-]{1,64}) ([A-Z_]{1,32})$/.exec(line) ?? []
    return who === undefined || how === undefined ? [] : [{ who, how }]
  })
}
