/**
 * The cafes this account is registered with: their sessions, refreshed before they end, and started anew when they have.
 * Rows are written before an answer is used, so that a crash never loses a rotated token.
 */

import type { SessionClient } from '../cafe/session/client.ts'
import type { Grant } from '../cafe/session/protocol.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { ACCESS_TTL, MAX_ADDRESSES } from '../core/limits.ts'
import { address, count, multiaddrText, name, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { insist } from './insist.ts'

/** Milliseconds a person who joins waits for a cafe that is just coming back: its tab or the relay was restarted. */
const JOIN_PATIENCE = 15_000

const joinedRow = v.strictObject({
  cafe: peerId,
  name,
  address,
  addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
  access: text(2048),
  accessEnds: count(),
  refresh: text(2048),
  refreshEnds: count(),
  quota: count(),
  since: count(),
  issued: count(),
})

export type Joined = v.InferOutput<typeof joinedRow>

/** What an invite says, without its token. */
export interface CafeAddress {
  readonly cafe: PeerIdText
  readonly addresses: readonly string[]
}

export interface CafesComponents {
  readonly rows: Rows
  readonly client: SessionClient
  readonly account: () => Account
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  readonly clock: Clock
}

export interface Cafes {
  list(): Promise<readonly Joined[]>
  register(to: CafeAddress, token: string | undefined, options: { signal?: AbortSignal }): Promise<Joined>
  /**
   * A valid access token for a cafe, silently refreshed from 80 % of its life on, or if it is the one that the cafe has
   * just `refused`.
   * @throws CafeError NOT_FOUND if not registered there; UNAUTHORIZED if the cafe does not know us any more.
   */
  access(cafe: PeerIdText, options: { signal?: AbortSignal; refused?: string | undefined }): Promise<string>
  /** Leaves a cafe. With `force` it is forgotten here even if it cannot be told, or does not know us any more. */
  deregister(
    cafe: PeerIdText,
    options: { signal?: AbortSignal; force?: boolean | undefined },
  ): Promise<{ roots: number }>
}

export async function createCafes(components: CafesComponents): Promise<Cafes> {
  const { rows, client, account, know, clock } = components
  const joined = table(rows, 'joined', joinedRow)
  const serial = createSerial()
  for (const { row } of await joined.list([])) know(row.cafe, row.addresses)

  const save = async (row: Joined): Promise<Joined> => {
    await rows.commit([joined.put([row.cafe], row)])
    return row
  }

  const granted = ({ name, access, accessEnds, refresh, refreshEnds, quota }: Grant) => ({
    ...{ name, access, accessEnds, refresh, refreshEnds, quota },
    issued: clock(),
  })

  /** The session's next generation; where refresh is over but the cafe still knows us, a new session. */
  const renew = async (row: Joined, signal: AbortSignal | undefined): Promise<Joined> => {
    try {
      return await save({ ...row, ...granted(await client.refresh(row.cafe, row.refresh, { signal })) })
    } catch (error) {
      if (!isCafeError(error) || error.code !== 'UNAUTHORIZED') throw error
      return save({ ...row, ...granted(await again(row.cafe, signal)) })
    }
  }

  const again = async (cafe: PeerIdText, signal: AbortSignal | undefined): Promise<Grant> => {
    try {
      return await client.register(cafe, account(), undefined, { signal })
    } catch (cause) {
      // Asking for a token means that it does not know us.
      if (isCafeError(cause) && cause.data['why'] === 'token') throw new CafeError('UNAUTHORIZED', {}, { cause })
      throw cause
    }
  }

  const find = async (cafe: PeerIdText): Promise<Joined> => {
    const row = await joined.get(cafe)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    return row
  }

  const access: Cafes['access'] = (cafe, { signal, refused }) =>
    serial(cafe, async () => {
      const row = await find(cafe)
      // The end is by the cafe's clock, which may be hours off ours: what is sure is how long a token lives at most.
      const life = Math.min(row.accessEnds - row.issued, ACCESS_TTL)
      const due = row.issued + 0.8 * (life > 0 ? life : ACCESS_TTL)
      return (clock() < due && row.access !== refused ? row : await renew(row, signal)).access
    })

  return {
    list: async () => (await joined.list([])).map(({ row }) => row),
    async register({ cafe, addresses }, token, { signal }) {
      know(cafe, addresses)
      const { address } = account()
      const ask = () => client.register(cafe, account(), token, { signal })
      const grant = await insist(ask, { patience: JOIN_PATIENCE, signal })
      const before = await joined.get(cafe)
      return save({ cafe, address, addresses: [...addresses], since: before?.since ?? clock(), ...granted(grant) })
    },
    access,
    async deregister(cafe, { signal, force = false }) {
      await find(cafe)
      let erased = { roots: 0 }
      try {
        erased = await client.deregister(cafe, await access(cafe, { signal }), { signal })
      } catch (error) {
        if (!force || signal?.aborted) throw error
      }
      await rows.commit([joined.remove(cafe)])
      return erased
    },
  }
}

/** Calls a cafe with an access token; where the cafe refuses that one, once more with a fresh one. */
export async function authorized<T>(
  cafes: Pick<Cafes, 'access'>,
  cafe: PeerIdText,
  signal: AbortSignal,
  call: (auth: string) => Promise<T>,
): Promise<T> {
  const auth = await cafes.access(cafe, { signal })
  try {
    return await call(auth)
  } catch (error) {
    if (!isCafeError(error) || error.code !== 'UNAUTHORIZED') throw error
    return call(await cafes.access(cafe, { signal, refused: auth }))
  }
}
