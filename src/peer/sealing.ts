/** How a file is going to be read: under which key, if any, and whether it goes on where an earlier reading was cut off. */
import type { Random } from '../core/clock.ts'
import { hex } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import { createFileKey } from '../crypto/file-key.ts'
import { DRAFT_MIN, type Draft, type Drafts } from './draft.ts'

export interface Sealing {
  /** Names its uploads. */
  readonly id: string
  /** Null for a public file. */
  readonly key: Secret<Uint8Array<ArrayBuffer>> | null
  readonly draft: Draft | undefined
}

export interface Given {
  readonly name: string
  /** As its file system says; 0 where it says nothing. */
  readonly modified: number
  readonly isPublic: boolean
}

export type Seal = (file: Blob, given: Given) => Promise<Sealing>

export const createSealing =
  ({ drafts, random }: { readonly drafts: Drafts; readonly random: Random }): Seal =>
  async (file, { name, modified, isPublic }) => {
    const draft = file.size < DRAFT_MIN ? undefined : await drafts.open({ name, size: file.size, modified })
    const key = draft?.key ?? createFileKey(random)
    return { id: draft?.id ?? hex(random(16)), key: isPublic ? null : key, draft }
  }

/** The file's bytes, as far as they are what was read before. */
export function readSealed(file: Blob, { draft }: Sealing): ReadableStream<Uint8Array<ArrayBuffer>> {
  const plain = file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  return draft ? plain.pipeThrough(draft.guard()) : plain
}
