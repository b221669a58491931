/** Both ends of what test pages and their SharedWorker say to each other: lend WebRTC, call a command. */
import { lendRtc } from '../../../src/ui/rtc-tab.ts'
import type { RtcPool } from '../../../src/worker/rtc/pool.ts'

export type Commands = Record<string, (...args: never[]) => unknown>

interface Call {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

/**
 * Tab: joins the worker as a lender whose liveness is a Web Lock, and returns a caller of its commands. `createPump` as
 * in `lendRtc`.
 */
export async function join(
  worker: SharedWorker,
  createPump?: () => Worker,
): Promise<(name: string, ...args: unknown[]) => Promise<unknown>> {
  const id = crypto.randomUUID()
  await new Promise<void>((held) => {
    void navigator.locks.request(id, () => {
      held()
      return new Promise(() => {})
    })
  })
  const { port1, port2 } = new MessageChannel()
  lendRtc({ port: port1, ...(createPump ? { createPump } : {}) })
  worker.port.start()
  worker.port.postMessage({ lend: id, visible: document.visibilityState === 'visible', port: port2 }, [port2])
  let next = 0
  return (name, ...args) =>
    new Promise((resolve, reject) => {
      const call: Call = { id: next++, name, args }
      const listener = ({ data }: MessageEvent<{ id: number; value?: unknown; error?: string }>) => {
        if (data.id !== call.id) return
        worker.port.removeEventListener('message', listener)
        if (data.error === undefined) resolve(data.value)
        else reject(new Error(data.error))
      }
      worker.port.addEventListener('message', listener)
      worker.port.postMessage(call)
    })
}

/** Worker: takes in lenders and answers calls. Connects at once; call at top level. */
export function serve(pool: RtcPool, commands: Commands): void {
  const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void }
  scope.onconnect = ({ ports: [port] }) => {
    if (!port) return
    port.onmessage = async ({ data }) => {
      if (data.lend) {
        pool.add({ id: data.lend, port: data.port, visible: data.visible })
        void navigator.locks.request(data.lend, () => pool.remove(data.lend, 'lock'))
        return
      }
      const { id, name, args } = data as Call
      try {
        port.postMessage({ id, value: await commands[name]?.(...(args as never[])) })
      } catch (error) {
        port.postMessage({ id, error: String(error) })
      }
    }
  }
}
