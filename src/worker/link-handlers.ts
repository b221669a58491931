/** The answers to {@link LinkApi}: each checks its input by schema. */
import { MAX_OPENINGS } from '../core/limits.ts'
import { count, text, v } from '../core/schema.ts'
import { MAX_LINK_LABEL } from '../peer/link-row.ts'
import type { Peer } from '../peer/peer.ts'
import type { Handlers } from '../rpc/port.ts'
import type { LinkApi } from './link-api.ts'
import { MAX_PASSWORD } from './link-open-handlers.ts'

const MAX_TARGET = 8192

const id = text(32)
const terms = {
  label: v.optional(text(MAX_LINK_LABEL)),
  expires: v.optional(v.nullable(count())),
  openings: v.optional(v.nullable(count(MAX_OPENINGS, 1))),
}
export function linkHandlers({ peer }: { readonly peer: () => Pick<Peer, 'links'> }): Handlers<LinkApi> {
  const links = () => peer().links
  return {
    'links.make': {
      input: v.strictObject({ target: text(MAX_TARGET), password: v.optional(text(MAX_PASSWORD)), ...terms }),
      run: (wishes, { signal }) => links().make(wishes, { signal }),
    },
    'links.list': {
      input: v.strictObject({}),
      run() {
        // What has changed there is told by `watch`, and read then.
        links().due()
        return links().list()
      },
    },
    'links.change': {
      input: v.strictObject({ id, ...terms }),
      run: ({ id, ...change }) => links().change(id, change),
    },
    'links.revoke': { input: v.strictObject({ id }), run: ({ id }) => links().revoke(id) },
  }
}
