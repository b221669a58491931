/** Marks beside the lines of the navigation: what waits there, and what is going on. */
import { html, nothing, type TemplateResult } from 'lit'
import type { HostStatus } from '../../worker/api.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'

const text = spoken('frame', english)

/** Something is on its way. */
export const busy = (): TemplateResult => html`<span class="dot part"><span class="sr">${text.busy}</span></span>`

/** A mark beside the way to the cafe when somebody waits for its host's answer. */
export function asked(host: HostStatus | undefined): TemplateResult | typeof nothing {
  if (!host?.open || host.requests === 0) return nothing
  return html`<span class="dot part"><span class="sr">${text.requests(host.requests)}</span></span>`
}

export function unread(lines: number | undefined): TemplateResult | typeof nothing {
  if (!lines) return nothing
  return html`<span class="badge">${lines > 99 ? '99+' : lines}<span class="sr">${text.unread}</span></span>`
}
