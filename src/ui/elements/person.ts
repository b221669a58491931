/** How people are shown: a picture or their initials on a colour of their own, and the name they give themselves. */
import { html, type TemplateResult } from 'lit'
import type { Person } from '../../worker/thread-api.ts'
import { short } from '../format.ts'
import { safeHref } from '../link.ts'
import { hue, initials, personName } from '../thread-words.ts'

/** Decorative: the name is beside it. A picture that cannot be had leaves the initials. */
export function face(person: Person, size: 'small' | 'normal' | 'large' = 'normal'): TemplateResult {
  const src = person.avatar === null ? undefined : safeHref(`/ipfs/${encodeURIComponent(person.avatar)}`)
  return html`<span class="face ${size} hue-${hue(person.address)}" aria-hidden="true">
    ${initials(person)}
    ${src === undefined ? '' : html`<img src=${src} alt="" loading="lazy" decoding="async" @error=${drop} />`}
  </span>`
}

/** A name is a claim: whoever wonders finds the address under the pointer. */
export function who(person: Person, self = false): TemplateResult {
  return html`<bdi class="who" title=${person.address}>${personName(person)}</bdi>${self ? html` <span class="quiet">(you)</span>` : ''}`
}

/** The address, short, for where two people could have one name. */
export function tail({ address }: Person): TemplateResult {
  return html`<code title=${address}>${short(address)}</code>`
}

function drop(event: Event): void {
  if (event.target instanceof HTMLImageElement) event.target.hidden = true
}
