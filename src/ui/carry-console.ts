/** The console API of carrying the whole cafe of this browser. */
import type { Client } from '../rpc/port.ts'
import type { PageApi } from '../worker/api.ts'
import type { CarryConsole } from '../worker/carry-api.ts'

export const carryConsole = (call: Client<PageApi>['call']): CarryConsole => ({
  async export({ passphrase, to, onProgress, signal }) {
    if (to)
      return {
        ...(await call('host.export', { passphrase, to }, { onProgress, signal, transfer: [to] })),
        file: undefined,
      }
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
    // The browser keeps a large one on disk.
    const gathered = new Response(readable).blob()
    gathered.catch(() => {}) // the call has the failure
    const transfer = [writable]
    const exported = await call('host.export', { passphrase, to: writable }, { onProgress, signal, transfer })
    return { ...exported, file: await gathered }
  },
  import: (file, options) => call('host.import', { file, passphrase: options.passphrase }, options),
  receive: () => call('host.receive', {}),
  move: (code, options = {}) => call('host.move', { code }, options),
  carried: () => call('host.carried', {}),
  giveUp: async () => void (await call('host.giveUp', {})),
})
