/**
 * One writer per origin. The browser runs one SharedWorker per script address, so two builds of the app can run one each;
 * only the one that holds the lock opens the stores. A worker that no page uses any more (its lifetime may be extended by
 * minutes) gives way at once; one in use does not, and the newcomer says that another version is open.
 */
import { CafeError } from '../core/errors.ts'

const NAME = 'popup-cafe:writer'
/** Milliseconds between two requests: a page that reloads is noticed as gone within 100 ms. */
const ASK_AGAIN = 150
/** Milliseconds after which a writer that is still in use, or does not answer, is a failure for the person to solve. */
const GIVE_UP = 5000

/** Answers requests to give way. `idle` says whether no page uses this worker; `leave` must end it. */
export interface Holder {
  readonly idle: () => boolean
  readonly leave: () => void
}

/**
 * Resolves when this worker is the writer; from then on it answers others that ask.
 * @throws CafeError CONFLICT {what: 'version'} if another one is in use.
 */
export async function becomeWriter({ idle, leave }: Holder): Promise<void> {
  const channel = new BroadcastChannel(NAME)
  const asking = setInterval(() => channel.postMessage('give way'), ASK_AGAIN)
  try {
    await hold()
  } catch (cause) {
    channel.close()
    throw new CafeError('CONFLICT', { what: 'version' }, { cause })
  } finally {
    clearInterval(asking)
  }
  channel.onmessage = () => {
    if (idle()) leave()
  }
}

/** Takes the lock and keeps it until this worker ends. */
function hold(): Promise<void> {
  const signal = AbortSignal.timeout(GIVE_UP)
  return new Promise((held, failed) => {
    navigator.locks
      .request(NAME, { signal }, () => {
        held()
        return new Promise<never>(() => {})
      })
      .catch(failed)
  })
}
