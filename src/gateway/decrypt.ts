/**
 * Encrypted files as seekable plaintext. What has been opened stays open for a while, in memory only, so that a player
 * that asks for a hundred ranges derives the key and proves the length once.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { isCafeError } from '../core/errors.ts'
import { sha256, utf8 } from '../crypto/bytes.ts'
import { openLegacy } from '../crypto/legacy.ts'
import type { Ciphertext, Plaintext } from '../crypto/plaintext.ts'
import { openStream } from '../crypto/stream-cipher.ts'
import type { LinkKey } from './request.ts'
import type { UnixFile } from './unixfs.ts'

/** A plaintext that wants to hear how reading it went. */
export interface Opened extends Plaintext {
  /** To be told when a stream of it failed. */
  failed(error: unknown): void
}

/** Opens the file `cid` with a key; `from` tells apart readers that know different cafes. */
export type OpenSealed = (
  file: UnixFile,
  cid: CID,
  key: LinkKey,
  options: { readonly signal: AbortSignal; readonly from: readonly string[] },
) => Promise<Opened>

/** Opened files kept: each holds its first and last segment, so at most 32 MiB. */
const KEPT = 64
/** A legacy file is held whole (up to 64 MiB), so only one, and not given out again when it is older than this. */
const LEGACY_TTL = 60_000

interface Kept {
  readonly opened: Opened
  readonly legacy: boolean
  readonly until: number
}

/** An {@link OpenSealed} with its memory. */
export function createOpener(clock: Clock): OpenSealed {
  const kept = new Map<string, Kept>()

  const recall = (name: string): Opened | undefined => {
    for (const [other, { until }] of kept) if (until < clock()) kept.delete(other)
    const hit = kept.get(name)
    if (!hit) return undefined
    kept.delete(name)
    kept.set(name, hit)
    return hit.opened
  }

  const keep = (name: string, opened: Opened, legacy: boolean): void => {
    if (legacy) for (const [other, entry] of kept) if (entry.legacy) kept.delete(other)
    kept.set(name, { opened, legacy, until: legacy ? clock() + LEGACY_TTL : Number.POSITIVE_INFINITY })
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest)
  }

  return async (file, cid, key, { signal, from }) => {
    const name = `${await keyDigest(`${cid}`, key)} ${from}`
    const known = recall(name)
    if (known) return known
    const opened = await open(file, key, signal)
    keep(name, opened, key.file.kind === 'legacy')
    return opened
  }
}

/** 96 bits that tell content and key pairs apart without telling either: for caches and entity tags (rule B5). */
export async function keyDigest(content: string, key: LinkKey): Promise<string> {
  const digest = await sha256(utf8(`${content}\0${key.text.reveal()}`))
  return btoa(String.fromCharCode(...digest.subarray(0, 12)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

/**
 * Leaves are read without hashing at first, because the cipher authenticates them. If it refuses them, either the key
 * is wrong or a block has rotted on this device: reading again with hashes tells which, and lets the source heal it.
 * @throws CafeError SEALED for a wrong key, CORRUPT for rotten blocks, and what reading fails with.
 */
async function open(file: UnixFile, key: LinkKey, signal: AbortSignal): Promise<Opened> {
  let unchecked = true
  const source: Ciphertext = {
    size: file.size,
    read: (start, end, options = {}) => file.read(start, end, { ...options, unchecked }),
  }
  const attempt = (): Promise<Plaintext> =>
    key.file.kind === 'stream' ? openStream(key.file.key, source, { signal }) : openLegacy(key.file, source, { signal })
  const opened = await attempt().catch((error) => {
    if (!isSealed(error)) throw error
    unchecked = false
    return attempt()
  })
  return {
    size: opened.size,
    stream: opened.stream,
    failed(error) {
      if (isSealed(error)) unchecked = false
    },
  }
}

const isSealed = (error: unknown): boolean => isCafeError(error) && error.code === 'SEALED'
