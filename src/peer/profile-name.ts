/** What an account is called in its profile, read from its rows alone: also while it is locked or another one is in use. */
import { name, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

/** The one entry of the account's record (`record.ts`) that is read without it. */
const profileRow = v.looseObject({ value: v.unknown() })
const profile = v.looseObject({ name })

export async function profileName(rows: Rows): Promise<string | undefined> {
  const row = await table(rows, 'record', profileRow).get('profile', 'me')
  const read = v.safeParse(profile, row?.value)
  return read.success ? read.output.name : undefined
}
