/**
 * Content types: from the name, else from the first bytes by a short list; and what a browser may do with each. Nothing
 * is ever sent without a type, since browsers then look for HTML (security rule A2).
 */
import { lookup } from 'mrmime'
import type { Shape } from '../core/about.ts'

/** Bytes looked at when the name says nothing: text is judged by them, every signature lies within. */
export const SNIFF_SIZE = 512

export const UNKNOWN = 'application/octet-stream'

/** What isolation a response needs (see respond.ts) and whether it may be shown at all. */
export type ContentClass = 'document' | 'image' | 'media' | 'download'

/** The type that a file's name tells, or undefined. */
export function typeByName(name: string): string | undefined {
  const dot = name.lastIndexOf('.')
  // The table is a plain object, so a name like `x.constructor` finds a function.
  const type: unknown = dot < 0 ? undefined : lookup(name.slice(dot + 1))
  return typeof type === 'string' ? withCharset(type) : undefined
}

/** Signatures at fixed places; `.` stands for any byte, `\cZ` for 1A. Only types that are shown and harmless, and PDF. */
const SIGNATURES: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^\x89PNG\r\n\cZ\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF....WEBP/s, 'image/webp'],
  [/^RIFF....WAVE/s, 'audio/wav'],
  [/^....ftypavi[fs]/s, 'image/avif'],
  [/^....ftypM4A/s, 'audio/mp4'],
  [/^....ftyp/s, 'video/mp4'],
  [/^\cZE\xdf\xa3/, 'video/webm'],
  [/^OggS/, 'audio/ogg'],
  [/^fLaC/, 'audio/flac'],
  [/^(?:ID3|\xff[\xfa\xfb\xf2\xf3])/, 'audio/mpeg'],
  [/^%PDF-/, 'application/pdf'],
]
const HTML = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)[\s>]/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary data from text
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/

/**
 * The type that a file's first bytes tell, or {@link UNKNOWN}. HTML is recognised only if `html`: what was encrypted is
 * somebody's private file and never becomes a page unless its name says so.
 */
export function typeByContent(head: Uint8Array, options: { readonly html: boolean; readonly whole?: boolean }): string {
  // One character per byte, so that patterns speak of bytes.
  const bytes = String.fromCharCode(...head.subarray(0, SNIFF_SIZE))
  for (const [pattern, type] of SIGNATURES) if (pattern.test(bytes)) return type
  if (options.html && HTML.test(bytes)) return 'text/html; charset=utf-8'
  if (options.whole && isJson(head)) return 'application/json'
  return isText(head, bytes) ? 'text/plain; charset=utf-8' : UNKNOWN
}

/** Told from a whole small file only: the beginning of a big one could be anything. */
function isJson(whole: Uint8Array): boolean {
  if (whole[0] !== 0x7b && whole[0] !== 0x5b) return false
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(whole))
    return true
  } catch {
    return false
  }
}

function isText(head: Uint8Array, bytes: string): boolean {
  if (head.byteLength === 0 || BINARY.test(bytes)) return false
  try {
    // A character cut at the end of what we look at is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, SNIFF_SIZE), { stream: true })
    return true
  } catch {
    return false
  }
}

function withCharset(type: string): string {
  const textual = type.startsWith('text/') || /^application\/(?:xml|xhtml\+xml)$/.test(type)
  return textual ? `${type}; charset=utf-8` : type
}

/** What a browser may do with a type. What is not known to be harmless inside its isolation is saved, not shown. */
export function classOf(type: string): ContentClass {
  const essence = type.split(';', 1)[0] ?? ''
  // An SVG opened by itself is a document with scripts; as an <img> it is the same response.
  if (essence === 'image/svg+xml') return 'document'
  if (essence.startsWith('image/')) return 'image'
  if (essence.startsWith('audio/') || essence.startsWith('video/')) return 'media'
  if (essence.startsWith('font/')) return 'document'
  if (essence.startsWith('text/') || /^application\/(?:.+\+)?(?:json|xml)$/.test(essence)) return 'document'
  // Archives, programs, unknown data; PDF too, since browsers' viewers do not run in a sandbox.
  return 'download'
}

const ARCHIVE =
  /^application\/(?:zip|gzip|x-(?:tar|7z-compressed|bzip2?|xz|rar-compressed)|vnd\.(?:rar|ipld\.car)|java-archive)$/

/** What a file of this type is to a person. */
export function shapeOf(type: string): Exclude<Shape, 'folder'> {
  const essence = type.split(';', 1)[0] ?? ''
  if (essence === 'text/html' || essence === 'application/xhtml+xml') return 'page'
  if (essence === 'application/pdf') return 'pdf'
  if (essence === 'image/svg+xml') return 'image'
  const family = essence.split('/', 1)[0]
  if (family === 'image' || family === 'audio' || family === 'video' || family === 'text') return family
  if (/^application\/(?:.+\+)?(?:json|xml|javascript|toml|yaml|x-sh|sql)$/.test(essence)) return 'text'
  return ARCHIVE.test(essence) ? 'archive' : 'other'
}
