/** How letters have ended, for as long as somebody may want to know: the newest some thousand. */
import type { Clock } from '../../core/clock.ts'
import { type Address, hex } from '../../core/ids.ts'
import { MAX_ENDED } from '../../core/limits.ts'
import { createSerial } from '../../core/serial.ts'
import { sha256, utf8 } from '../../crypto/bytes.ts'
import type { Change } from '../../store/rows.ts'
import type { EndedRow, OutStore } from './out-rows.ts'
import type { LetterState } from './types.ts'

export interface Endings {
  /** To be committed with what ends the letter. */
  note(to: Address, row: EndedRow): Promise<Change[]>
  of(about: string): Promise<LetterState[]>
  /** Somebody has looked at these: gives those that are news. */
  read(from: Address, abouts: readonly string[]): Promise<string[]>
}

/** Endings between two looks at how many there are. */
const LOOK = 500

export function createEndings({ rows, ended }: Pick<OutStore, 'rows' | 'ended'>, clock: Clock): Endings {
  const serial = createSerial()
  let added = 0

  const hashOf = async (about: string): Promise<string> => hex((await sha256(utf8(about))).slice(0, 16))

  const prune = async (): Promise<void> => {
    const all = await ended.list([])
    const old = all.sort((a, b) => b.row.since - a.row.since).slice(MAX_ENDED)
    if (old.length > 0) await rows.commit(old.map(({ key }) => ended.remove(...key)))
  }

  return {
    async note(to, row) {
      // What is too many for a while hurts nobody.
      if (++added % LOOK === 0) void serial('prune', prune).catch(() => {})
      return [ended.put([await hashOf(row.about), to], row)]
    },
    async of(about) {
      const found = await ended.list([await hashOf(about)])
      return found.map(({ key, row: { state, cafes, since } }) => ({ to: key[1] as Address, state, cafes, since }))
    },
    read: (from, abouts) =>
      serial(from, async () => {
        const news: string[] = []
        const changes: Change[] = []
        for (const about of abouts) {
          const key = [await hashOf(about), from] as const
          const row = await ended.get(...key)
          if (row?.state !== 'fetched') continue
          changes.push(ended.put(key, { ...row, state: 'read', since: clock() }))
          news.push(about)
        }
        if (changes.length > 0) await rows.commit(changes)
        return news
      }),
  }
}
