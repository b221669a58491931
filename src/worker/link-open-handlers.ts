/** The answers to {@link LinkOpenApi}, for everybody, whether they have an account or not. */
import { peerId, text, v } from '../core/schema.ts'
import type { LinkOpener } from '../peer/link-open.ts'
import type { Handlers } from '../rpc/port.ts'
import type { LinkOpenApi } from './link-api.ts'

/** Longer than any password that is taken, so that those too long are told by what is wrong with them. */
export const MAX_PASSWORD = 1024
const MAX_FROM = 4

export const linkOpening = { code: text(64), from: v.pipe(v.array(peerId), v.maxLength(MAX_FROM)) }

export function linkOpenHandlers(opener: LinkOpener): Handlers<LinkOpenApi> {
  return {
    'links.open': {
      input: v.strictObject({ ...linkOpening, password: v.optional(text(MAX_PASSWORD)) }),
      run: (link, { signal }) => opener.open(link, { signal }),
    },
  }
}
