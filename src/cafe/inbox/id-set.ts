/**
 * Which letters an inbox may know, in a few bytes for each: so that for a new one, as nearly all are, no row is looked for.
 * Says yes also for some that it does not know; never no for one that it does.
 */

export interface IdSet {
  /** False: it was not added, or removed again. */
  mayHave(id: Uint8Array): boolean
  /** Once for each letter. */
  add(id: Uint8Array): void
  remove(id: Uint8Array): void
}

/** The first 52 bits of an id, which is a hash. */
const markOf = (id: Uint8Array): number => {
  const view = new DataView(id.buffer, id.byteOffset, 8)
  return view.getUint32(0) * 2 ** 20 + (view.getUint32(4) >>> 12)
}

export function createIdSet(): IdSet {
  const marks = new Set<number>()
  /** Further ids of the same mark, since anybody can make two of them. */
  const more = new Map<number, number>()
  return {
    mayHave: (id) => marks.has(markOf(id)),
    add(id) {
      const mark = markOf(id)
      if (marks.has(mark)) more.set(mark, (more.get(mark) ?? 0) + 1)
      else marks.add(mark)
    },
    remove(id) {
      const mark = markOf(id)
      const others = more.get(mark)
      if (others === undefined) marks.delete(mark)
      else if (others > 1) more.set(mark, others - 1)
      else more.delete(mark)
    },
  }
}
