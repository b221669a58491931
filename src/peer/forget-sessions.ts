/**
 * This device becomes another peer, since a cafe took its name along or brought one: sessions at cafes belong to the peer
 * that made them. Those of every account on this device are ended here; each is made anew with the first call, by the
 * account's signature alone, as for any further device of a client.
 */
import type { Rows } from '../store/rows.ts'
import { scopedRows } from '../store/scope.ts'
import { type Table, table } from '../store/table.ts'
import { type Joined, joinedRow } from './cafe-row.ts'

const SCOPES = '/scope/'

export async function forgetSessions(rows: Rows): Promise<void> {
  for (const scope of [rows, ...(await scopesOf(rows)).map((name) => scopedRows(rows, name))]) {
    const joined: Table<Joined> = table(scope, 'joined', joinedRow)
    const found = await joined.list([], { damaged: () => {} })
    const ended = { access: '', accessEnds: 0, refresh: '', refreshEnds: 0 }
    const active = found.filter(({ row }) => row.state === 'active')
    if (active.length > 0) await scope.commit(active.map(({ key, row }) => joined.put(key, { ...row, ...ended })))
  }
}

/** Names of scopes, each looked for right after all rows of the one before. */
async function scopesOf(rows: Rows): Promise<string[]> {
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const [key] = await rows.keys(SCOPES, { after, limit: 1 })
    if (key === undefined) return names
    const name = key.slice(SCOPES.length).split('/')[0] as string
    names.push(name)
    after = `${SCOPES}${name}/\uffff`
  }
}
