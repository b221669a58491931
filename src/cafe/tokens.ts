/** What the host of a cafe does with access tokens: makes them, and shows each once. Only hashes are kept. */
import type { Clock, Random } from '../core/clock.ts'
import { CLIENT_QUOTA } from '../core/limits.ts'
import { createToken } from '../crypto/token.ts'
import type { SessionStore } from './session/store.ts'

export interface TokenOptions {
  readonly label?: string | undefined
  /** Registrations it admits; any number without it. */
  readonly uses?: number | undefined
  /** Milliseconds since the epoch. */
  readonly expires?: number | undefined
  /** Bytes each client that registers with it may pin. */
  readonly quota?: number | undefined
}

/** Creates and stores a token; the text is in the result and nowhere else. */
export async function issueToken(
  { store, clock, random }: { store: SessionStore; clock: Clock; random: Random },
  { label, uses, expires, quota = CLIENT_QUOTA }: TokenOptions,
): Promise<{ id: string; token: string }> {
  const { id, text, hash } = await createToken(random)
  const row = { hash, label: label ?? null, uses: uses ?? null, expires: expires ?? null, quota, created: clock() }
  await store.rows.commit([store.tokens.put([id], row)])
  return { id, token: text }
}
