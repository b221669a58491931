/**
 * The files of one thread block: each encrypted under its own key, or public on purpose, all in one directory that is one
 * backup: `<index>/raw/content` and `…/meta`, and for a picture `<index>/thumb/content` and `…/meta`. A meta is JSON under
 * the key of its content.
 *
 * They are read one after the other and stored here first; the cafes get them from the queue. Either all of them are listed
 * or, after a failure or an abort, nothing is left. Large ones that were cut off by the end of the page are encrypted into
 * the same blocks when they are given again (`draft.ts`); what the account has already is taken as it is (`same.ts`).
 */
import type { CID } from 'multiformats/cid'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { MAX_FILES } from '../core/limits.ts'
import { parse } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { utf8 } from '../crypto/bytes.ts'
import { fingerprintOf, sha256Of } from '../crypto/digest.ts'
import { createFileKey } from '../crypto/file-key.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Change, Rows } from '../store/rows.ts'
import { type Backup, fileName } from './backup-row.ts'
import { type Batch, createBatch, type Key } from './batch.ts'
import type { Part } from './directory.ts'
import type { Kept } from './kept.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Same, SameFile } from './same.ts'
import { readSealed, type Seal, type Sealing } from './sealing.ts'
import type { Thumbnails } from './thumbnail.ts'

export interface AddManyComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly own: OwnBlocks
  readonly kept: Pick<Kept, 'keep'>
  readonly same: Same
  readonly sealing: Seal
  readonly thumbnails: Thumbnails
  readonly get: (root: string) => Promise<Backup | undefined>
  readonly clock: Clock
  readonly random: Random
}

export interface GivenFile {
  readonly name: string
  readonly blob: Blob
  /** As the blob says without it. */
  readonly mime?: string | undefined
  /** When it was last changed, as its file system says. */
  readonly modified?: number | undefined
  /** Not encrypted: for what everybody may read, for good. */
  readonly plaintext?: boolean | undefined
}

export interface AddedThumb {
  readonly cid: CID
  readonly key: Uint8Array<ArrayBuffer> | null
  readonly size: number
  readonly mime: string
  readonly width: number
  readonly height: number
}

/** What a thread block says of a file. */
export interface AddedFile {
  readonly cid: CID
  /** Null for a public file. */
  readonly key: Uint8Array<ArrayBuffer> | null
  readonly size: number
  readonly sha256: Uint8Array<ArrayBuffer>
  readonly mime: string
  readonly name: string
  readonly thumb?: AddedThumb
}

export interface AddedFiles {
  /** Root of the directory. */
  readonly data: CID
  readonly files: readonly AddedFile[]
}

/** Bytes of the files stored here so far, of `total`. */
export interface AddManyProgress {
  readonly done: number
  readonly total: number
}

export interface AddManyOptions {
  /** The thread's id: the directory belongs to it (see `safety.ts`). */
  readonly thread: string
  readonly signal: AbortSignal
  readonly onProgress?: (progress: AddManyProgress) => void
}

/**
 * Stores the files and queues their directory at all cafes; resolves when that is on the medium.
 * @throws CafeError BAD_REQUEST {what: 'files'} for none, or more than a block can name; QUOTA if the disk is full; ABORTED.
 */
export type AddMany = (files: readonly GivenFile[], options: AddManyOptions) => Promise<AddedFiles>

/** A file with its blocks, as the directory has it. */
interface Stored {
  readonly known: SameFile
  readonly content: Part
  readonly thumb: Part | undefined
}

/** What is to be committed with the directory's row. */
interface Notes {
  /** By the name of `same.ts`: what is new in this call. */
  readonly fresh: Map<string, SameFile>
  readonly changes: Change[]
}

const MIME = /^[\w.+-]{1,63}\/[\w.+-]{1,63}$/
const UNKNOWN = 'application/octet-stream'

export function createAddMany(components: AddManyComponents): AddMany {
  const { rows, kept, same, sealing, thumbnails, get, clock, random } = components

  const storedBefore = async (batch: Batch, { fresh }: Notes, name: string): Promise<Stored | undefined> => {
    const listed = fresh.get(name) ?? (await same.get(name))
    if (!listed || (listed.root !== '' && !(await get(listed.root)))) return undefined
    const content = await batch.before(listed.cid)
    return content && { known: listed, content, thumb: listed.thumb && (await batch.before(listed.thumb.cid)) }
  }

  const store = async (batch: Batch, given: GivenFile, how: Sealing, onBytes: (n: number) => void): Promise<Stored> => {
    const { key, draft } = how
    const content = await batch.store(readSealed(given.blob, how), key, { random: draft?.random(), onBytes })
    return withThumb(batch, given.blob, { root: '', cid: content.cid.toString(), key: key?.reveal() }, content)
  }

  const withThumb = async (batch: Batch, blob: Blob, file: SameFile, content: Part): Promise<Stored> => {
    const drawn = await thumbnails(blob, { signal: batch.signal })
    const known = { ...file, ...drawn?.from }
    if (!drawn) return { known, content, thumb: undefined }
    const own = file.key ? createFileKey(random) : null
    const thumb = await batch.storeBytes(drawn.bytes, own)
    const { mime, width, height, bytes } = drawn
    const small = { cid: thumb.cid.toString(), key: own?.reveal(), size: bytes.byteLength, mime, width, height }
    return { known: { ...known, thumb: small }, content, thumb }
  }

  /** Stores a file; from the beginning if it is another than the one of its name that was cut off. */
  const storeAnew = async (
    batch: Batch,
    { changes }: Notes,
    given: GivenFile & { readonly name: string },
    progress: { back(): void; add(n: number): void },
  ): Promise<Stored> => {
    const { name, modified = 0, plaintext: isPublic = false } = given
    for (;;) {
      const how = await sealing(given.blob, { name, modified, isPublic })
      const takeBack = batch.mark()
      try {
        const stored = await store(batch, given, how, progress.add)
        changes.push(...((await how.draft?.end()) ?? []))
        return stored
      } catch (error) {
        if (how.draft) await rows.commit(await how.draft.end())
        if (!isCafeError(error) || error.code !== 'CONFLICT' || error.data.what !== 'draft') throw error
        takeBack()
        progress.back()
      }
    }
  }

  /** `content` and its `meta`, under one key: each is encrypted with a salt of its own. */
  const link = async (batch: Batch, content: Part, key: SameFile['key'], about: object): Promise<Part> => {
    const secret: Key = key ? new Secret(key.slice()) : null
    return batch.directory({ content, meta: await batch.storeBytes(utf8(JSON.stringify(about)), secret) })
  }

  /** One file's directory, and what the thread block says of it. */
  const one = async (
    batch: Batch,
    notes: Notes,
    given: GivenFile,
    progress: { back(): void; add(n: number): void },
  ): Promise<{ part: Part; file: AddedFile }> => {
    const { blob, plaintext: isPublic = false } = given
    const [name, mime, size] = [parse(fileName, given.name), mimeOf(given), blob.size]
    const digest = await sha256Of(blob, batch.signal)
    const sameName = await same.name(size, await fingerprintOf(blob, batch.signal), isPublic)
    const before = await storedBefore(batch, notes, sameName)
    if (before) progress.add(size)
    const stored = before ?? (await storeAnew(batch, notes, { ...given, name }, progress))
    if (!before) notes.fresh.set(sameName, stored.known)
    // What was kept by itself, and not posted before, has no small picture yet.
    const { known, content, thumb } = stored.thumb ? stored : await withThumb(batch, blob, stored.known, stored.content)

    const about = { name, size, mime, sha256: hex(digest), added: clock(), width: known.width, height: known.height }
    const links: Record<string, Part> = { raw: await link(batch, content, known.key, about) }
    const file: AddedFile = { cid: content.cid, key: known.key ?? null, size, sha256: digest, mime, name }
    if (!thumb || !known.thumb) return { part: await batch.directory(links), file }
    const { key, cid: _, ...small } = known.thumb
    links['thumb'] = await link(batch, thumb, key, { name, ...small, added: about.added })
    return {
      part: await batch.directory(links),
      file: { ...file, thumb: { ...small, cid: thumb.cid, key: key ?? null } },
    }
  }

  const all = async (
    batch: Batch,
    files: readonly GivenFile[],
    { thread, onProgress = () => {} }: AddManyOptions,
  ): Promise<AddedFiles> => {
    const notes: Notes = { fresh: new Map(), changes: [] }
    const total = files.reduce((sum, { blob }) => sum + blob.size, 0)
    const entries: Record<string, Part> = {}
    const added: AddedFile[] = []
    let done = 0
    for (const [index, given] of files.entries()) {
      let of = 0
      const report = (): void => onProgress({ done: done + of, total })
      const progress = {
        add(n: number): void {
          of += n
          report()
        },
        back(): void {
          of = 0
        },
      }
      const { part, file } = await one(batch, notes, given, progress)
      done += given.blob.size
      entries[String(index)] = part
      added.push(file)
    }
    const { cid: root } = await batch.directory(entries)
    const listed = [...notes.fresh].map(([name, known]) => same.put(name, { ...known, root: root.toString() }))
    batch.signal.throwIfAborted()
    await kept.keep({
      ...{ root, blocks: batch.blocks(), kind: 'folder', name: thread, same: [...notes.fresh.keys()] },
      more: [...listed, ...notes.changes],
    })
    return { data: root, files: added }
  }

  return async (files, options) => {
    if (files.length === 0 || files.length > MAX_FILES) throw new CafeError('BAD_REQUEST', { what: 'files' })
    const batch = createBatch(components, options.signal)
    let isListed = false
    try {
      const added = await all(batch, files, options)
      isListed = true
      return added
    } catch (error) {
      throw toCafeError(error, options.signal.aborted ? 'ABORTED' : 'INTERNAL')
    } finally {
      batch.end(isListed)
    }
  }
}

function mimeOf({ mime, blob }: GivenFile): string {
  const said = (mime ?? blob.type).split(';')[0]?.trim().toLowerCase() ?? ''
  return MIME.test(said) ? said : UNKNOWN
}
