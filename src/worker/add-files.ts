/** Files that a page gives for a thread, as the account peer takes them. */
import type { Backups } from '../peer/backup.ts'
import type { ThreadHandlerComponents } from './thread-handlers.ts'
import { throttled } from './throttled.ts'

/** A blob has no name, and clipboards have many. */
const NAMELESS = 'file'

export const createAddFiles =
  (backups: () => Pick<Backups, 'addMany'>): ThreadHandlerComponents['addFiles'] =>
  (files, { thread, plaintext, signal, onProgress }) => {
    const given = files.map((blob) =>
      blob instanceof File
        ? { name: blob.name, blob, modified: blob.lastModified, plaintext }
        : { name: NAMELESS, blob, plaintext },
    )
    return backups().addMany(given, { thread, signal, onProgress: throttled(onProgress) })
  }
