/** What a website's service worker may ask of the node; nothing in it but its own content (see `site.ts`). Types only. */
import type { Call } from '../rpc/port.ts'

export type SiteApi = {
  /** Where the website's content is, `/ipfs/<cid>[/…]`, and for how many seconds. */
  'site.root': Call<Record<never, never>, { path: string; ttl: number }>
  /** One verified block of it. FORBIDDEN {what: 'unlinked'} if nothing of the website that was asked for leads there. */
  'block.get': Call<{ cid: string }, Uint8Array<ArrayBuffer>, 'waiting'>
}
