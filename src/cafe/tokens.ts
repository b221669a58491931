/** What the host of a cafe does with access tokens: makes them, shows each once, lists them. Only hashes are kept. */
import type { Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { CLIENT_QUOTA, MAX_TOKENS, QUOTAS } from '../core/limits.ts'
import { createToken } from '../crypto/token.ts'
import type { SessionStore, TokenRow } from './session/store.ts'
import type { CafeTime } from './session/time.ts'

/** Room by name or in bytes. */
export type Quota = keyof typeof QUOTAS | number

export interface TokenOptions {
  readonly label?: string | undefined
  /** Registrations it admits; any number without it. */
  readonly uses?: number | undefined
  /** Milliseconds since the epoch. */
  readonly expires?: number | undefined
  /** What each client that registers with it may pin. */
  readonly quota?: Quota | undefined
  /** Services such a client may use, such as `pin`; all without it. */
  readonly services?: readonly string[] | undefined
}

/** A token as its host may see it again: without its text, which is kept nowhere. */
export interface Token extends Omit<TokenRow, 'hash'> {
  readonly id: string
  /** Clients that are here by it. */
  readonly clients: number
}

export interface TokenComponents {
  readonly store: SessionStore
  readonly time: CafeTime
  readonly random: Random
}

export const bytesOfQuota = (quota: Quota): number => (typeof quota === 'number' ? quota : QUOTAS[quota])

/**
 * Creates and stores a token; the text is in the result and nowhere else. Tokens that are over and that nobody came with
 * are forgotten then.
 * @throws CafeError QUOTA {tokens} if there are too many that still count.
 */
export async function issueToken(
  { store, time, random }: TokenComponents,
  { label, uses, expires, quota = CLIENT_QUOTA, services }: TokenOptions,
): Promise<{ id: string; token: string }> {
  const created = time.issue()
  const all = await listTokens({ store })
  const over = all.filter(
    (token) => token.clients === 0 && (token.revoked !== null || (token.expires !== null && token.expires < created)),
  )
  if (all.length - over.length >= MAX_TOKENS) throw new CafeError('QUOTA', { tokens: MAX_TOKENS })
  const { id, text, hash } = await createToken(random)
  const row: TokenRow = {
    hash,
    label: label ?? null,
    uses: uses ?? null,
    expires: expires ?? null,
    quota: bytesOfQuota(quota),
    services: services ? [...services] : null,
    created,
    revoked: null,
  }
  await store.rows.commit([...over.map((token) => store.tokens.remove(token.id)), store.tokens.put([id], row)])
  return { id, token: text }
}

/** All tokens, newest first. */
export async function listTokens({ store }: Pick<TokenComponents, 'store'>): Promise<readonly Token[]> {
  const [tokens, clients] = await Promise.all([store.tokens.list([]), store.clients.list([])])
  const here = Map.groupBy(clients, ({ row }) => row.token)
  return tokens
    .map(({ key: [id = ''], row: { hash: _, ...row } }) => ({ ...row, id, clients: here.get(id)?.length ?? 0 }))
    .sort((a, b) => b.created - a.created)
}
