/**
 * Carries ports from pages to the tab that hosts, where there is no SharedWorker (see rpc/sw-messages.ts). Which tab that
 * is, is asked anew each time: this worker may be stopped between any two messages, and a remembered tab may be gone.
 */
import { PAGE_PORT } from '../src/rpc/sw-messages.ts'

/** Milliseconds a port waits for a host to say that it is there; the page asks again with a new one. */
const WAIT = 1_000
/** Ports that wait at once: far more than a person has tabs. */
const MAX_WAITING = 64

/** What we use of a window client. */
export interface HostWindow {
  postMessage(message: unknown, transfer: Transferable[]): void
}

export interface HostPorts {
  /** Takes a page's port and asks for the host; resolves when the port was handed over or given up. */
  carry(port: MessagePort): Promise<void>
  /** A window has said that it hosts: it gets every port that waits. */
  arrived(host: HostWindow): void
}

export interface HostPortsComponents {
  /** Asks every window whether it hosts. */
  askWindows(): Promise<void>
  readonly wait?: number
}

export function createHostPorts({ askWindows, wait = WAIT }: HostPortsComponents): HostPorts {
  const waiting = new Map<MessagePort, () => void>()
  return {
    async carry(port) {
      if (waiting.size >= MAX_WAITING) return port.close()
      const done = new Promise<void>((resolve) => waiting.set(port, resolve))
      const timer = setTimeout(() => {
        if (!waiting.has(port)) return
        port.close()
        settle(waiting, port)
      }, wait)
      // Nobody asked, nobody answers: the port then waits for its end.
      await askWindows().catch(() => {})
      await done
      clearTimeout(timer)
    },
    arrived(host) {
      for (const port of [...waiting.keys()]) {
        host.postMessage(PAGE_PORT, [port])
        settle(waiting, port)
      }
    },
  }
}

function settle(waiting: Map<MessagePort, () => void>, port: MessagePort): void {
  waiting.get(port)?.()
  waiting.delete(port)
}
