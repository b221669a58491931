/**
 * Large files that are being read: what it takes to go on with one after the page was closed in the middle. The file itself
 * is gone with the page, so the person has to give it again; it is then encrypted under the same key into the same blocks,
 * and nothing that a cafe has is sent twice.
 *
 * The same key and nonces are only ever used for the same bytes: a digest of every piece is on the medium before the piece is
 * encrypted for the first time, and a piece that differs ends the draft before anything of it is encrypted.
 */
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { hex, sameBytes } from '../core/ids.ts'
import { MiB } from '../core/limits.ts'
import { bytes, count, text, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

/** Smaller files are read again in a moment. */
export const DRAFT_MIN = 8 * MiB
const PIECE = 1 * MiB
/** Pieces noted in one commit, and held in memory until it is done. */
const BATCH = 4
const DIGEST = 32
/** What the cipher draws for a stream: 32 bytes of salt and 7 of nonce prefix. */
const HEADER = 39

const draftRow = v.strictObject({
  name: text(512),
  size: count(),
  /** As the file system says; 0 where it says nothing. */
  modified: count(),
  since: count(),
  key: bytes(32, 32),
  header: bytes(HEADER, HEADER),
})
/** Digests of pieces in order. */
const piecesRow = v.strictObject({ digests: bytes(BATCH * DIGEST) })

/** What identifies a file that is given again, before its content is looked at. */
export interface GivenFile {
  readonly name: string
  readonly size: number
  readonly modified: number
}

/** A file whose reading was cut off. */
export interface Unfinished extends GivenFile {
  readonly id: string
  readonly since: number
  /** Bytes that need not be sent again, at most. */
  readonly read: number
}

export interface Draft {
  /** The same whenever the same file is given again: names its uploads. */
  readonly id: string
  readonly key: Secret<Uint8Array<ArrayBuffer>>
  /** Gives the cipher what it drew for this file before. */
  random(): Random
  /**
   * Passes the file's bytes on once they are noted, or known to be the same as before.
   * The stream errors with CafeError CONFLICT {what: 'draft'} where they are not.
   */
  guard(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>
  /** Changes that forget it: the file is whole, or given up. */
  end(): Promise<Change[]>
}

export interface Drafts {
  /** The draft of a file: one that was cut off, or a new one. In use until its `end`. */
  open(file: GivenFile): Promise<Draft>
  unfinished(): Promise<readonly Unfinished[]>
  forget(id: string): Promise<void>
}

export function createDrafts({ rows, clock, random }: { rows: Rows; clock: Clock; random: Random }): Drafts {
  const drafts = table(rows, 'draft', draftRow)
  const pieces = table(rows, 'draft-piece', piecesRow)
  const busy = new Set<string>()

  const removal = async (id: string): Promise<Change[]> => {
    const noted = await pieces.list([id])
    return [drafts.remove(id), ...noted.map(({ key }) => pieces.remove(...key))]
  }
  const digestsOf = async (id: string): Promise<Uint8Array[]> =>
    (await pieces.list([id])).flatMap(({ row: { digests } }) =>
      Array.from({ length: digests.byteLength / DIGEST }, (_, i) => digests.subarray(i * DIGEST, (i + 1) * DIGEST)),
    )
  const placeOf = (batch: number): string => String(batch).padStart(6, '0')

  /** Batches of pieces, each noted before it is passed on. */
  const guard = (id: string): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> => {
    type Out = TransformStreamDefaultController<Uint8Array<ArrayBuffer>>
    let known: Uint8Array[] = []
    let batch = 0
    let held = new Uint8Array(BATCH * PIECE)
    let used = 0
    const flush = async (out: Out): Promise<void> => {
      if (used === 0) return
      const ready = held.subarray(0, used)
      const digests: Uint8Array[] = []
      for (let at = 0; at < used; at += PIECE) {
        digests.push(
          new Uint8Array(await crypto.subtle.digest('SHA-256', ready.subarray(at, Math.min(used, at + PIECE)))),
        )
      }
      const before = known.slice(batch * BATCH, (batch + 1) * BATCH)
      const same =
        before.length === digests.length && before.every((one, i) => sameBytes(one, digests[i] as Uint8Array))
      if (before.length > 0 && !same) throw new CafeError('CONFLICT', { what: 'draft' })
      if (before.length === 0) {
        const row = { digests: new Uint8Array(await new Blob(digests as BlobPart[]).arrayBuffer()) }
        await rows.commit([pieces.put([id, placeOf(batch)], row)])
      }
      batch++
      used = 0
      held = new Uint8Array(BATCH * PIECE)
      out.enqueue(ready)
    }
    return new TransformStream({
      async start() {
        known = await digestsOf(id)
      },
      async transform(chunk, out) {
        for (let at = 0; at < chunk.byteLength; ) {
          const part = chunk.subarray(at, at + held.byteLength - used)
          held.set(part, used)
          used += part.byteLength
          at += part.byteLength
          if (used === held.byteLength) await flush(out)
        }
      },
      flush,
    })
  }

  return {
    async open(file) {
      const found = (await drafts.list([])).find(
        ({ key, row }) =>
          !busy.has(key[0] as string) &&
          row.name === file.name &&
          row.size === file.size &&
          row.modified === file.modified,
      )
      const id = found?.key[0] ?? hex(random(16))
      busy.add(id)
      const row = found?.row ?? { ...file, since: clock(), key: random(32), header: random(HEADER) }
      if (!found) await rows.commit([drafts.put([id], row)])
      return {
        id,
        key: new Secret(row.key.slice()),
        random() {
          let at = 0
          return (n) => {
            at += n
            if (at > HEADER) throw new CafeError('INTERNAL', { what: 'draft' })
            return row.header.slice(at - n, at)
          }
        },
        guard: () => guard(id),
        async end() {
          busy.delete(id)
          return removal(id)
        },
      }
    },
    async unfinished() {
      const rest = (await drafts.list([])).filter(({ key }) => !busy.has(key[0] as string))
      return Promise.all(
        rest.map(async ({ key, row: { name, size, modified, since } }) => {
          const id = key[0] as string
          return { id, name, size, modified, since, read: Math.min(size, (await digestsOf(id)).length * PIECE) }
        }),
      )
    },
    async forget(id) {
      if (!busy.has(id)) await rows.commit(await removal(id))
    },
  }
}
