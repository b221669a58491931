/**
 * Versions of slots on this device: sealed anew when what they say has changed, above every version that is known; and those
 * of other devices, taken in and taken over where they say the same.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { sha256 } from '../crypto/bytes.ts'
import { MANIFEST, type SlotStore } from './slot-row.ts'
import type { Content, Opened, Subjects } from './slot-subject.ts'

export interface SealingComponents {
  readonly store: SlotStore
  readonly subjects: Subjects
  readonly clock: Clock
}

export interface Sealing {
  /**
   * Seals a slot anew if what it says has changed; true if it has.
   * @throws CafeError QUOTA or BAD_REQUEST if it does not fit a slot.
   */
  renew(key: string): Promise<boolean>
  /**
   * Takes in a body that is said to be version `seq` of a slot. `overOurs`: it was written over the version that is ours now,
   * so whoever wrote it had all of that.
   * @throws CafeError CORRUPT, UNSUPPORTED; NOT_FOUND if it is of a thread that was left.
   */
  absorb(
    slot: Uint8Array,
    found: { readonly seq: number; readonly body: Uint8Array },
    overOurs?: boolean,
  ): Promise<Opened>
}

export function createSealing({ store, subjects, clock }: SealingComponents): Sealing {
  const sealAbove = async (key: string, content: Content, seq: number): Promise<void> => {
    const [row, kept] = [await store.slots.get(key), await store.kept.get(key)]
    const version = { seq: Math.max(seq, row?.seq ?? 0, kept?.seq ?? 0) + 1, ts: clock() }
    const body = await content.seal(version)
    const hash = await sha256(body)
    await store.seal(key, { seq: version.seq, hash, plain: content.plain, sealed: version.ts }, body)
  }

  const renew: Sealing['renew'] = (key) =>
    store.serial(key, async () => {
      const content = (await subjects.isGone(key)) ? undefined : await subjects.content(key)
      const row = await store.slots.get(key)
      if (!content || (row && sameBytes(row.plain, content.plain))) return false
      await sealAbove(key, content, 0)
      return true
    })

  const absorb: Sealing['absorb'] = async (slot, { seq, body }, overOurs = false) => {
    const opened = await subjects.open(slot, body)
    if (opened.seq !== seq) throw new CafeError('CORRUPT', { what: 'version' })
    const { key } = opened
    return store.serial(key, async () => {
      const row = await store.slots.get(key)
      const before = overOurs ? await subjects.content(key) : undefined
      const nothingNew = before && row && sameBytes(before.plain, row.plain)
      await opened.merge()
      const hash = await sha256(body)
      if (key !== MANIFEST) await store.learn(new Map([[key, { seq, hash }]]))
      const content = await subjects.content(key)
      const above = row?.seq ?? 0
      // What is theirs has all of ours, also where ours says it otherwise: as long as it names heads that are not here yet.
      if (content && seq > above && (nothingNew || sameBytes(content.plain, opened.plain)))
        await store.seal(key, { seq, hash, plain: content.plain, sealed: clock() }, body)
      else if (
        content &&
        (!row || !sameBytes(content.plain, row.plain) || (seq >= above && !sameBytes(hash, row.hash)))
      )
        await sealAbove(key, content, seq)
      return opened
    })
  }

  return { renew, absorb }
}
