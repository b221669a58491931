/**
 * Where the host of this device runs, seen from a page: in the SharedWorker, or, where the browser has none
 * or runs no modules in it, in a dedicated worker of one of the tabs. Either way a page asks for a port and speaks the same calls over it.
 */
import { dedicatedHost } from './dedicated-host.ts'
import { runsModules } from './module-workers.ts'
import { sharedHost } from './shared-host.ts'

/** A port to the host. The host may still be starting: calls wait for it. */
export interface HostPort {
  readonly port: MessagePort
  /**
   * Never resolves. Rejects with CafeError INTERNAL `{what: 'worker'}` if its script does not run, with UNREACHABLE
   * `{what: 'worker'}` if the tab that runs it went before it said how its end is noticed: then open again.
   */
  readonly failed: Promise<never>
}

export interface HostLink {
  /** The host lives on for a while when its last page goes, so a reload does not stop it. */
  readonly outlivesPages: boolean
  /**
   * A new port to the one host there is, which is started if need be.
   * @throws CafeError CONFLICT `{what: 'tab'}` if it runs in a tab that cannot be reached from here; TIMEOUT if that tab
   * does not answer.
   */
  open(): Promise<HostPort>
}

export const createHostLink = (): HostLink =>
  'SharedWorker' in globalThis && runsModules(SharedWorker) ? sharedHost() : dedicatedHost()
