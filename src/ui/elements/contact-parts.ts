/** What the page of somebody is made of: their address with its picture, how they are known, how fresh their card is. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/qr-code/qr-code.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { ContactInfo, KnownVia } from '../../worker/contact-api.ts'
import { viaLine } from '../people-words.ts'
import { contactHash } from '../route.ts'
import { icon } from './parts.ts'
import { art, groups } from './person.ts'
import { when } from './post-parts.ts'

export function address({ address }: ContactInfo): TemplateResult {
  const link = `${location.origin}/${contactHash(address)}`
  return html`<section class="card stack" aria-labelledby="address-heading">
    <h2 id="address-heading" class="minor">Address</h2>
    <div class="address">${art(address)}${groups(address)}</div>
    <p class="quiet small">The picture is made from the address. Compare both with what they show you, to be sure that it is them.</p>
    <wa-copy-button .value=${address} copy-label="Copy the address" success-label="Copied" tooltip="copy">
      <button type="button" class="button small">${icon('copy')}Copy the address</button>
    </wa-copy-button>
    <details class="more">
      <summary>Show as QR code</summary>
      <div class="qr centred">
        <wa-qr-code .value=${link} size="208" error-correction="M" label="QR code of this address"></wa-qr-code>
      </div>
    </details>
  </section>`
}

export function known(via: KnownVia): TemplateResult {
  const time = via.kind === 'book' ? via.since : via.kind === 'thread' ? null : via.time
  return html`<li>${icon(VIA_ICONS[via.kind])}<span>${viaLine(via)}${time === null ? nothing : html` · ${when(time)}`}</span></li>`
}

const VIA_ICONS = { book: 'person', thread: 'threads', cafe: 'cup', link: 'link' } as const

export function cardState({ card }: ContactInfo): TemplateResult {
  if (card === null) return html`No card of theirs is known here.`
  if (card.gone) return html`They have taken their card back.`
  return html`Their card is of ${when(card.made)}, last checked ${when(card.checked)}.`
}

export function blocked(): TemplateResult {
  return html`<div class="notice bad">
    ${icon('hide')}
    <p>You have blocked them: they cannot write to you. In common threads you still see each other.</p>
  </div>`
}

export function self(): TemplateResult {
  return html`<p class="row"><a class="button" href="#you">${icon('pencil')}How others see you</a></p>`
}

export function back(): TemplateResult {
  return html`<p><a class="button" href="#people">See all people</a></p>`
}
