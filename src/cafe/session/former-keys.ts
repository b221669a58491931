/**
 * Keys that signed sessions at places this cafe has been before. A key that signs never leaves its place (in a browser it
 * cannot); its public half goes along, so that clients notice nothing: the next refresh gives them tokens of the new key.
 */
import { REFRESH_TTL } from '../../core/limits.ts'
import { exportVerifier, importVerifier, type JwtVerifier } from '../../crypto/jwt.ts'
import type { Change } from '../../store/rows.ts'
import type { SessionStore } from './store.ts'

/** Places: who moves more often than this in a month lets the clients of the first register again, which they do alone. */
const MAX_FORMER = 8

/** Those whose sessions may still run. */
export async function formerKeys({ formerKeys: table }: SessionStore, now: number): Promise<readonly JwtVerifier[]> {
  const rows = (await table.list([])).map(({ row }) => row).filter(({ until }) => until > now)
  const latest = rows.sort((a, b) => b.until - a.until).slice(0, MAX_FORMER)
  return Promise.all(latest.map(({ key }) => importVerifier(key)))
}

/** The change that makes `key` a former one, at the place the cafe goes to. */
export async function leaveKey(store: SessionStore, key: JwtVerifier, now: number): Promise<Change> {
  return store.formerKeys.put([key.kid], { key: await exportVerifier(key), until: now + REFRESH_TTL })
}
