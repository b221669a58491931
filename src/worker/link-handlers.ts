/** The answers to {@link LinkApi} and {@link LinkOpenApi}: each checks its input by schema. */
import { MAX_OPENINGS } from '../core/limits.ts'
import { count, peerId, text, v } from '../core/schema.ts'
import type { LinkOpener } from '../peer/link-open.ts'
import { MAX_LINK_LABEL } from '../peer/link-row.ts'
import type { Peer } from '../peer/peer.ts'
import type { Handlers } from '../rpc/port.ts'
import type { LinkApi, LinkOpenApi } from './link-api.ts'

/** Longer than any password that is taken, so that those too long are told by what is wrong with them. */
const MAX_PASSWORD = 1024
const MAX_TARGET = 8192
const MAX_FROM = 4

const id = text(32)
const terms = {
  label: v.optional(text(MAX_LINK_LABEL)),
  expires: v.optional(v.nullable(count())),
  openings: v.optional(v.nullable(count(MAX_OPENINGS, 1))),
}
export const linkOpening = { code: text(64), from: v.pipe(v.array(peerId), v.maxLength(MAX_FROM)) }

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

export function linkOpenHandlers(opener: LinkOpener): Handlers<LinkOpenApi> {
  return {
    'links.open': {
      input: v.strictObject({ ...linkOpening, password: v.optional(text(MAX_PASSWORD)) }),
      run: (link, { signal }) => opener.open(link, { signal }),
    },
  }
}
