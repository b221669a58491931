/**
 * Who listens for letters right now. What is told is only that something may have come; what it is, whoever listens reads
 * from the rows, so a slow one costs nothing.
 */
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { MAX_WATCHES } from '../../core/limits.ts'

export interface Ear {
  /** True as soon as something may have come since the last call; false after `ms` milliseconds. @throws CafeError ABORTED. */
  next(ms: number): Promise<boolean>
  close(): void
}

export interface Ears {
  /** Listens for `account` as `who`, in place of one that did before. @throws CafeError BUSY {after} if there are too many. */
  listen(account: Address, who: string, signal: AbortSignal): Ear
  tell(account: Address): void
  close(): void
}

interface Own extends Ear {
  wake(): void
}

export function createEars(most = MAX_WATCHES): Ears {
  const accounts = new Map<Address, Map<string, Own>>()
  let size = 0

  const listen: Ears['listen'] = (account, who, signal) => {
    accounts.get(account)?.get(who)?.close()
    if (size >= most) throw new CafeError('BUSY', { after: 60_000 })
    const ears = accounts.get(account) ?? new Map<string, Own>()
    accounts.set(account, ears)
    size += 1
    let [news, closed] = [false, false]
    let wake = (): void => {}
    const close = (): void => {
      if (closed) return
      closed = true
      size -= 1
      ears.delete(who)
      if (ears.size === 0 && accounts.get(account) === ears) accounts.delete(account)
      signal.removeEventListener('abort', close)
      wake()
    }
    const ear: Own = {
      async next(ms) {
        if (!news && !closed) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, ms)
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
        if (closed) throw new CafeError('ABORTED')
        const heard = news
        news = false
        return heard
      },
      close,
      wake() {
        news = true
        wake()
      },
    }
    ears.set(who, ear)
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted) close()
    return ear
  }

  return {
    listen,
    tell(account) {
      for (const ear of accounts.get(account)?.values() ?? []) ear.wake()
    },
    close() {
      for (const ears of [...accounts.values()]) for (const ear of [...ears.values()]) ear.close()
    },
  }
}
