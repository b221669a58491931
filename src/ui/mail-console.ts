/** The calls about mail as plain functions: `cafe.mail`. */
import type { Client } from '../rpc/port.ts'
import type { MailApi, MailConsole } from '../worker/mail-api.ts'

export function mailConsole(call: Client<MailApi>['call']): MailConsole {
  return {
    outgoing: (options = {}) => call('mail.outgoing', options),
    retry: async () => void (await call('mail.retry', {})),
    quarantine: {
      list: () => call('mail.quarantine', {}),
      retry: async (id) => void (await call('mail.reopen', { id })),
      remove: async (id) => void (await call('mail.discard', { id })),
      raw: (id) => call('mail.raw', { id }),
    },
    settings: () => call('mail.settings', {}),
    set: (input) => call('mail.set', input),
    room: () => call('mail.room', {}),
    requests: () => call('mail.requests', {}),
    states: (id, target) => call('mail.states', { id, target }),
    seen: async (id, targets) => void (await call('mail.seen', { id, targets })),
  }
}
