/** The calls about people as plain functions: `cafe.contact`. */
import type { Address } from '../core/ids.ts'
import type { Client } from '../rpc/port.ts'
import type { ContactApi, ContactConsole } from '../worker/contact-api.ts'

export function contactConsole(call: Client<ContactApi>['call']): ContactConsole {
  return {
    list: () => call('contact.list', {}),
    get: (address) => call('contact.get', { address: address as Address }),
    known: (addresses) => call('contact.known', { addresses: addresses as readonly Address[] }),
    add: ({ address, ...rest }) => call('contact.add', { address: address as Address | undefined, ...rest }),
    remove: async (address) => void (await call('contact.remove', { address: address as Address })),
    block: (address) => call('contact.block', { address: address as Address }),
    unblock: (address) => call('contact.unblock', { address: address as Address }),
    refresh: (address) => call('contact.refresh', { address: address as Address }),
    find: (query, { limit, wait, exclude, onProgress, signal } = {}) =>
      call(
        'contact.find',
        { query, limit, wait, exclude: exclude as readonly Address[] | undefined },
        { onProgress, signal },
      ),
    talk: (address) => call('contact.talk', { address: address as Address }),
    link: () => call('contact.link', {}),
    preview: (link) => call('contact.preview', { link }),
    own: () => call('contact.own', {}),
    show: (change) => call('contact.show', change),
  }
}
