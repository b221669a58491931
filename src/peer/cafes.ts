/**
 * The cafes this account is registered with, or was, or has asked: their sessions, refreshed before they end, and started
 * anew when they have. Rows are written before an answer is used, so that a crash never loses a rotated token. When a cafe
 * does not admit us any more, the row stays and says why, until the person has decided what to do.
 */
import type { SessionClient } from '../cafe/session/client.ts'
import type { Grant, Receipt, Waiting } from '../cafe/session/protocol.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import { parseToken, tokenHash } from '../crypto/token.ts'
import { accountVoucher } from '../crypto/voucher.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { type Joined, joinedRow, type Left, leftRow, refreshDue, whyEnded } from './cafe-row.ts'
import { insist } from './insist.ts'

/** Milliseconds a person who joins waits for a cafe that is just coming back: its tab or the relay was restarted. */
const JOIN_PATIENCE = 15_000

/** What an invite says, without its token. */
export interface CafeAddress {
  readonly cafe: PeerIdText
  readonly addresses: readonly string[]
  readonly name?: string
}

export interface CafesComponents {
  readonly rows: Rows
  readonly client: SessionClient
  readonly account: () => Account
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** We have this for a cafe, of a token or of the account: relays may ask for that. */
  readonly hold?: ((cafe: PeerIdText, secret: Uint8Array) => void) | undefined
  readonly clock: Clock
  /** A row has changed. */
  readonly onChange?: () => void
  /** What was kept at this cafe is not kept there any more; `left` if we have left it. */
  readonly onErased?: (cafe: PeerIdText, left: boolean) => Promise<void>
  /** A cafe admits us that did not before: for the first time, or again. */
  readonly onReadmitted?: (cafe: PeerIdText) => Promise<void>
}

export interface Cafes {
  list(): Promise<readonly Joined[]>
  /**
   * Registers with a token; without one the host may have to be asked, is told `greeting`, and the row is `waiting` then.
   * With `quietly` nobody is asked: it works only where the account is known, or everybody is welcome.
   * @throws CafeError FORBIDDEN {why}.
   */
  register(
    to: CafeAddress,
    token: string | undefined,
    options: { signal?: AbortSignal; greeting?: string | undefined; quietly?: boolean },
  ): Promise<Joined>
  /**
   * A valid access token for a cafe, silently refreshed from 80 % of its life on, or if it is the one that the cafe has
   * just `refused`.
   * @throws CafeError NOT_FOUND if not registered there; UNAUTHORIZED {why} if the cafe does not admit us any more.
   */
  access(cafe: PeerIdText, options: { signal?: AbortSignal; refused?: string | undefined }): Promise<string>
  /** Finds out how we stand at a cafe, and begins what can be begun. Nothing happens where we have no row. */
  check(cafe: PeerIdText, options: { signal?: AbortSignal }): Promise<void>
  /**
   * Leaves a cafe and gives what it has signed to have erased; null where there was nothing to leave. With `force` it is
   * forgotten here even if it cannot be told, or signs nothing.
   */
  deregister(
    cafe: PeerIdText,
    options: { signal?: AbortSignal; force?: boolean | undefined },
  ): Promise<{ receipt: Receipt | null }>
  /**
   * A cafe is in this storage epoch. Is it newer than the one we knew, the cafe has lost something: `mend` sees to it that
   * it gets all again, and until that has worked it is called each time.
   */
  epoch(cafe: PeerIdText, epoch: number, mend: () => Promise<void>): Promise<void>
  /** Notes what a cafe has said of itself. Nothing happens where we have no row, or it says nothing new. */
  heard(cafe: PeerIdText, said: Pick<Joined, 'paused' | 'farewell'>): Promise<void>
  /** Receipts of the cafes that were left last, newest first. */
  receipts(): Promise<readonly Left[]>
}

/** Receipts kept. */
const MAX_RECEIPTS = 20

/**
 * A relay lets nobody like us through to a cafe. An invite that is new may be told there in a moment; whoever looks for
 * its account at all cafes of a relay goes on to the next.
 */
const isTurnedAway = ({ code, data }: CafeError): boolean => code === 'UNREACHABLE' && data['why'] === 'guests'

export async function createCafes(components: CafesComponents): Promise<Cafes> {
  const { rows, client, account, know, clock, onChange = () => {}, onErased = async () => {} } = components
  const { onReadmitted = async () => {} } = components
  const joined = table(rows, 'joined', joinedRow)
  const left = table(rows, 'left', leftRow)
  const serial = createSerial()
  for (const { row } of await joined.list([])) know(row.cafe, row.addresses)

  /** Cafes that have been told, since the start, by what our further devices come through relays. */
  const told = new Set<PeerIdText>()

  /** What relays on the way to a cafe that may not know this device yet are shown. */
  const showUs = async (cafe: PeerIdText, token?: string): Promise<void> => {
    if (!components.hold) return
    components.hold(cafe, await accountVoucher(account(), cafe))
    if (token !== undefined) components.hold(cafe, await tokenHash(parseToken(token).secret))
  }

  /** Tells a cafe that admits us what it needs for that. Nobody waits for it: what fails is done at the next call. */
  const tell = ({ cafe, access: auth }: Joined): void => {
    if (told.has(cafe)) return
    told.add(cafe)
    accountVoucher(account(), cafe)
      .then((secret) => client.putVoucher(cafe, secret, { auth }))
      // An earlier version of a cafe has no use for it, until it is a later one.
      .catch((error) => toCafeError(error).code !== 'UNSUPPORTED' && told.delete(cafe))
  }

  const save = async (row: Joined): Promise<Joined> => {
    await rows.commit([joined.put([row.cafe], row)])
    onChange()
    return row
  }

  const granted = ({ name, access, accessEnds, refresh, refreshEnds, quota }: Grant) => ({
    ...{ name, access, accessEnds, refresh, refreshEnds, quota },
    ...({ issued: clock(), state: 'active', why: null, notice: '', until: null } as const),
  })

  /** Notes that we are not admitted any more, and gives the error that says so. */
  const end = async (row: Joined, cause: CafeError): Promise<CafeError> => {
    const why = whyEnded(row, cause)
    const said = cause.data['notice']
    await save({
      ...{ ...row, state: 'ended', why, notice: typeof said === 'string' ? said : '', until: null },
      ...{ access: '', accessEnds: 0, refresh: '', refreshEnds: 0 },
    })
    if (row.state === 'active' && (why === 'evicted' || why === 'unknown')) await onErased(row.cafe, false)
    return new CafeError('UNAUTHORIZED', { why }, { cause })
  }

  /** A new session where the cafe still knows us, or its host has said yes. */
  const again = async (row: Joined, signal: AbortSignal | undefined): Promise<Joined> => {
    await showUs(row.cafe)
    try {
      const entered = await save({
        ...row,
        ...granted(await client.register(row.cafe, account(), undefined, { signal })),
      })
      if (row.state !== 'active') await onReadmitted(row.cafe)
      return entered
    } catch (cause) {
      if (!isCafeError(cause) || cause.code !== 'FORBIDDEN') throw cause
      if (cause.data['why'] === 'waiting') throw new CafeError('UNAUTHORIZED', { why: 'waiting' }, { cause })
      throw await end(row, cause)
    }
  }

  /** The session's next generation; where refresh is over but the cafe still knows us, a new session. */
  const renew = async (row: Joined, signal: AbortSignal | undefined): Promise<Joined> => {
    // This device was another peer before (`forget-sessions.ts`).
    if (row.refresh === '') return again(row, signal)
    try {
      return await save({ ...row, ...granted(await client.refresh(row.cafe, row.refresh, { signal })) })
    } catch (error) {
      if (!isCafeError(error) || error.code !== 'UNAUTHORIZED') throw error
      // It says why already: a registration would be refused for the same.
      if (error.data['why'] === 'evicted' || error.data['why'] === 'revoked') throw await end(row, error)
      const alarm = error.data['reused'] === true ? clock() : row.alarm
      return again({ ...row, alarm }, signal)
    }
  }

  const find = async (cafe: PeerIdText): Promise<Joined> => {
    const row = await joined.get(cafe)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    return row
  }

  const current = async (row: Joined, signal?: AbortSignal, refused?: string): Promise<Joined> => {
    if (row.state !== 'active') throw new CafeError('UNAUTHORIZED', { why: row.why ?? row.state })
    return clock() < refreshDue(row) && row.access !== refused ? row : renew(row, signal)
  }

  /** Asks the cafe to erase; with the token we have, since after a lost answer there is no other. */
  const leave = async (row: Joined, signal: AbortSignal | undefined): Promise<Left | undefined> => {
    if (row.state === 'ended') return undefined
    if (row.state === 'waiting') {
      await client.withdraw(row.cafe, row.address, { signal })
      return undefined
    }
    const ask = async (access: string): Promise<Left> => {
      const signed = await client.deregister(row.cafe, row.address, access, { signal })
      return { cafe: row.cafe, name: row.name, at: clock(), ...signed }
    }
    try {
      return await ask(row.access)
    } catch (error) {
      if (!isCafeError(error) || error.code !== 'UNAUTHORIZED') throw error
      return ask((await renew(row, signal)).access)
    }
  }

  const deregister: Cafes['deregister'] = (cafe, { signal, force = false }) =>
    serial(cafe, async () => {
      const row = await find(cafe)
      let receipt: Left | undefined
      try {
        receipt = await leave(row, signal)
      } catch (error) {
        // A cafe that does not know us has nothing to erase.
        const isOver = isCafeError(error) && error.code === 'UNAUTHORIZED'
        if (signal?.aborted || !(force || isOver)) throw error
      }
      const old = await left.list([])
      const over = old.sort((a, b) => b.row.at - a.row.at).slice(MAX_RECEIPTS - 1)
      const kept: Change[] = receipt ? [...over.map(({ key }) => left.remove(...key)), left.put([cafe], receipt)] : []
      await rows.commit([joined.remove(cafe), ...kept])
      onChange()
      await onErased(cafe, true)
      return { receipt: receipt?.receipt ?? null }
    })

  return {
    list: async () => (await joined.list([])).map(({ row }) => row),
    register: ({ cafe, addresses, name = 'A cafe' }, token, { signal, greeting = '', quietly = false }) =>
      serial(cafe, async () => {
        know(cafe, addresses)
        await showUs(cafe, token)
        const knock = (): Promise<Grant | Waiting> =>
          token === undefined && !quietly
            ? client.ask(cafe, account(), greeting, { signal })
            : client.register(cafe, account(), token, { signal })
        const answer = await insist(knock, {
          patience: JOIN_PATIENCE,
          isOver: (error) => quietly && isTurnedAway(error),
          signal,
        })
        const before = await joined.get(cafe)
        const base = {
          ...{
            cafe,
            name,
            address: account().address,
            addresses: [...addresses],
            alarm: before?.alarm ?? null,
            epoch: before?.epoch ?? 0,
            paused: before?.paused ?? false,
            farewell: null,
          },
          since: before?.state === 'active' ? before.since : clock(),
        }
        if (!('waiting' in answer)) {
          const row = await save({ ...base, ...granted(answer) })
          told.delete(cafe)
          tell(row)
          if (before?.state !== 'active') await onReadmitted(cafe)
          return row
        }
        return save({
          ...{ ...base, name: answer.name, state: 'waiting', until: answer.waiting, why: null, notice: '' },
          ...{ access: '', accessEnds: 0, refresh: '', refreshEnds: 0, quota: 0, issued: clock() },
        })
      }),
    access: (cafe, { signal, refused }) =>
      serial(cafe, async () => {
        const row = await current(await find(cafe), signal, refused)
        tell(row)
        return row.access
      }),
    check: (cafe, { signal }) =>
      serial(cafe, async () => {
        const row = await joined.get(cafe)
        if (row) await (row.state === 'active' ? renew(row, signal) : again(row, signal))
      }),
    epoch: (cafe, epoch, mend) =>
      serial(`epoch/${cafe}`, async () => {
        const known = (await joined.get(cafe))?.epoch ?? 0
        if (known === epoch) return
        if (known > 0 && epoch > known) await mend()
        await serial(cafe, async () => {
          const row = await joined.get(cafe)
          if (row) await save({ ...row, epoch })
        })
      }),
    heard: (cafe, { paused, farewell }) =>
      serial(cafe, async () => {
        const row = await joined.get(cafe)
        if (!row || (row.paused === paused && row.farewell === null && farewell === null)) return
        await save({ ...row, paused, farewell })
      }),
    deregister,
    receipts: async () => (await left.list([])).map(({ row }) => row).sort((a, b) => b.at - a.at),
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
