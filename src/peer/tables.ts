/**
 * The tables an account's rows are in. The first account of a device shares its rows with the cafe, so forgetting it means
 * to remove exactly these. A test reads the sources and says which is missing.
 */
import type { Rows } from '../store/rows.ts'
import { clear } from '../store/scope.ts'

/** Names of tables; one that ends in `-` stands for all that begin so. */
export const ACCOUNT_TABLES: readonly string[] = [
  'backup',
  'card-at',
  'contact-via',
  'draft',
  'draft-piece',
  'drill',
  'joined',
  'left',
  'letter-bad',
  'letter-body',
  'letter-card',
  'letter-cursor',
  'letter-door',
  'letter-doors',
  'letter-ended',
  'letter-held',
  'letter-hint',
  'letter-in',
  'letter-liar',
  'letter-line',
  'letter-out',
  'letter-parcel',
  'letter-read',
  'letter-sealed',
  'letter-set',
  'move',
  'own',
  'own-card',
  'own-link',
  'pack',
  'pack-block',
  'pack-fresh',
  'record',
  'recovery',
  'recovery-thread',
  'same',
  'slot-at',
  'slot-behind',
  'slot-heads',
  'slot-kept',
  'slot-own',
  'slot-receipt',
  'slot-sealed',
  'thread',
  'thread-about',
  'thread-alarm',
  'thread-block',
  'thread-device',
  'thread-given',
  'thread-head',
  'thread-invite',
  'thread-key',
  'thread-left',
  'thread-letter',
  'thread-link',
  'thread-mail',
  'thread-mail-late',
  'thread-note',
  'thread-origin',
  'thread-place',
  'thread-refused',
  'thread-said',
  'thread-seen',
  'thread-since',
  'thread-standings',
  'thread-tally',
  'thread-wait',
  'told',
  'unpin',
]

/** Rows removed in one commit. */
const AT_ONCE = 200

/** Removes all rows of an account. Interrupted, it is completed by calling it again. */
export async function clearAccount(rows: Rows, scope: string | null): Promise<void> {
  if (scope !== null) return clear(rows, scope)
  for (const name of ACCOUNT_TABLES) {
    const prefix = name.endsWith('-') ? `/cafe/${name}` : `/cafe/${name}/`
    for (;;) {
      const found = await rows.range(prefix, { limit: AT_ONCE })
      if (found.length === 0) break
      await rows.commit(found.map(([key]) => ({ key })))
    }
  }
}
