/**
 * Room on the disk below a folder, for stores of Node: they stop before the disk is full, since what removes has to write
 * too, and a database that ran out of room in the middle of a record is damaged until it is opened again.
 */
import { statfs } from 'node:fs/promises'
import { CafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import type { Change } from './rows.ts'

/** Bytes written after which the disk is asked again: others write to it too. */
const ASK_AFTER = 4 * MiB
/** And milliseconds. */
const ASK_EVERY = 1000

export interface Room {
  /**
   * Resolves if there are `reserve` bytes beside those that are to be written now.
   * @throws CafeError QUOTA {disk: true}.
   */
  need(reserve: number, writing: number | readonly Change[]): Promise<void>
}

export function createRoom(folder: string): Room {
  let free = 0
  let asked = Number.NEGATIVE_INFINITY
  let written = 0
  return {
    async need(reserve, writing) {
      const size = typeof writing === 'number' ? writing : sizeOf(writing)
      written += size
      const now = performance.now()
      if (written > ASK_AFTER || now - asked > ASK_EVERY || free - written < reserve) {
        const { bavail, bsize } = await statfs(folder)
        free = bavail * bsize
        asked = now
        written = size
      }
      if (free - written < reserve) throw new CafeError('QUOTA', { disk: true })
    },
  }
}

const sizeOf = (changes: readonly Change[]): number =>
  changes.reduce((sum, { key, value }) => sum + key.length + (value?.byteLength ?? 0), 0)

/** Is that the failure of a full disk, or of a full share of it? LevelDB has no code for it, only the system's words. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (code === 'ENOSPC' || code === 'EDQUOT') return true
  return code === 'LEVEL_IO_ERROR' && /No space left|quota exceeded/i.test(error.message)
}
