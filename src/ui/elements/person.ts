/**
 * How people are shown: a picture or their initials on a colour of their own, the name they give themselves (always through
 * `personName`, which cleans it), the picture of their address, and a warning where a name looks like somebody else's.
 */
import { html, nothing, svg, type TemplateResult } from 'lit'
import type { LooksLike } from '../../worker/contact-api.ts'
import type { Person } from '../../worker/thread-api.ts'
import { addressArt, SHAPES, SIDE } from '../address-art.ts'
import { short } from '../format.ts'
import { safeHref } from '../link.ts'
import { addressGroups, alikeText } from '../people-words.ts'
import { contactHash } from '../route.ts'
import { contact as english } from '../texts/en/contact.ts'
import { spoken } from '../texts/say.ts'
import { hue, initials, personName } from '../thread-words.ts'
import { icon } from './parts.ts'

const text = spoken('contact', english)

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
  return html`<bdi class="who" title=${person.address}>${personName(person)}</bdi>${self ? html` <span class="quiet">${text.youMark}</span>` : ''}`
}

/** The address, short, for where two people could have one name, and what parts it from more. Who has none is called by it already. */
export function tail({ name, address }: Person, then = ''): TemplateResult {
  return name === null ? html`` : html`<code title=${address}>${short(address)}</code>${then}`
}

/** The name, leading to the person's page. */
export function whoLink(person: Person, self = false): TemplateResult {
  return html`<a class="who-link" href=${contactHash(person.address)}>${who(person)}</a>${self ? html` <span class="quiet">${text.youMark}</span>` : ''}`
}

/** The picture of an address; decorative, as the address itself is beside it. */
export function art(address: string): TemplateResult {
  const { colours, tiles } = addressArt(address)
  return html`<svg class="art" viewBox=${`0 0 ${SIDE} ${SIDE}`} aria-hidden="true" focusable="false">
    ${tiles.map(
      ({ x, y, shape, turn, ground, figure }) => svg`<g transform=${`translate(${x} ${y}) rotate(${90 * turn} .5 .5)`}>
        <rect width="1.01" height="1.01" fill=${colours[ground]}></rect>
        <path d=${SHAPES[shape]} fill=${colours[figure]}></path>
      </g>`,
    )}
  </svg>`
}

/** The whole address, in groups that can be compared and read out. */
export function groups(address: string): TemplateResult {
  // Copied, it is one word again: the gaps are drawn.
  return html`<code class="groups" aria-label=${text.addressLabel(addressGroups(address).join(' '))}
    >${addressGroups(address).map((group) => html`<span>${group}</span>`)}</code
  >`
}

/** Warns of a name that looks like that of somebody this account knows. */
export function lookalikes(alike: readonly LooksLike[]): TemplateResult | typeof nothing {
  if (alike.length === 0) return nothing
  return html`${alike.map((one) => html`<p class="warn small">${icon('warning')}${alikeText(one)}</p>`)}`
}

function drop(event: Event): void {
  if (event.target instanceof HTMLImageElement) event.target.hidden = true
}
