/** Signs of life while a task runs and nothing else is said: a silence of IDLE_TIMEOUT would end the call. */
import { IDLE_TIMEOUT } from '../../core/limits.ts'

/** Milliseconds between two signs. */
export const PULSE = IDLE_TIMEOUT / 4

/** Runs a task that may take long while the client hears nothing else. */
export async function atWork<Item, T>(
  send: (item: Item) => Promise<void>,
  sign: Item,
  task: () => Promise<T>,
): Promise<T> {
  // Where the client is gone, the task finds out itself.
  const pulse = setInterval(() => void send(sign).catch(() => {}), PULSE)
  try {
    return await task()
  } finally {
    clearInterval(pulse)
  }
}
