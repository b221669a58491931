/** Where an entry of an archive lands when it is unpacked: names come from strangers and may be paths themselves. */
import { CafeError } from '../core/errors.ts'

/** A path as its names; the first is that of the archive's own folder. */
export type TarPath = readonly string[]

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not become names of files
const UNSAFE = /[\x00-\x1f\x7f\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The archive's folder, or its only file. */
export const topPath = (name: string): TarPath => [clean(name)]

/**
 * The path of the entry `name` in `folder`.
 * @throws CafeError BAD_REQUEST `{what: 'outside-root'}` if it is not below the archive's own folder.
 */
export function entryPath(folder: TarPath, name: string): TarPath {
  const path = walk(folder, name)
  if (path.length < 2) throw outside()
  return path
}

/**
 * Passes if a symbolic link in `folder` stays within the archive's own folder. `..` may only come first: what is after a
 * name may be reached through another link, whose target's parent is not the link's.
 * @throws CafeError BAD_REQUEST `{what: 'outside-root'}`.
 */
export function assertTarget(folder: TarPath, target: string): void {
  if (target === '' || target.startsWith('/') || /[\\\0]/.test(target)) throw outside()
  const parts = target.split('/')
  const first = parts.findIndex((part) => part !== '' && part !== '.' && part !== '..')
  if (first >= 0 && parts.indexOf('..', first) >= 0) throw outside()
  walk(folder, target)
}

function walk(folder: TarPath, name: string): TarPath {
  const path = [...folder]
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') path.push(clean(part))
    else if (path.length > 1) path.pop()
    else throw outside()
  }
  return path
}

const clean = (name: string): string => name.replaceAll(UNSAFE, '_')

const outside = (): CafeError => new CafeError('BAD_REQUEST', { what: 'outside-root' })
