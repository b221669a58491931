/** What the page of somebody is made of: their address with its picture, how they are known, how fresh their card is. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/qr-code/qr-code.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { ContactInfo, KnownVia } from '../../worker/contact-api.ts'
import { viaLine } from '../people-words.ts'
import { contactHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { contact as contactEnglish } from '../texts/en/contact.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { icon } from './parts.ts'
import { art, groups } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('contact', contactEnglish)
const people = spoken('people', peopleEnglish)

export function address({ address }: ContactInfo): TemplateResult {
  const link = `${location.origin}/${contactHash(address)}`
  return html`<section class="card stack" aria-labelledby="address-heading">
    <h2 id="address-heading" class="minor">${people.address}</h2>
    <div class="address">${art(address)}${groups(address)}</div>
    <p class="quiet small">${text.compare}</p>
    <wa-copy-button .value=${address} copy-label=${common.copyAddress} success-label=${common.copied} tooltip="copy">
      <button type="button" class="button small">${icon('copy')}${common.copyAddress}</button>
    </wa-copy-button>
    <details class="more">
      <summary>${text.showQr}</summary>
      <div class="qr centred">
        <wa-qr-code .value=${link} size="208" error-correction="M" label=${text.qr}></wa-qr-code>
      </div>
    </details>
  </section>`
}

export function known(via: KnownVia): TemplateResult {
  const time = via.kind === 'book' ? via.since : via.kind === 'thread' ? null : via.time
  return html`<li>${icon(VIA_ICONS[via.kind])}<span>${viaLine(via)}${time === null ? nothing : html` · ${when(time)}`}</span></li>`
}

const VIA_ICONS = { book: 'person', thread: 'threads', cafe: 'cup', link: 'link' } as const

export function cardState({ card }: ContactInfo): TemplateResult | string {
  if (card === null) return text.noCard
  if (card.gone) return text.cardGone
  return text.cardOf(when(card.made), when(card.checked))
}

export function blocked(): TemplateResult {
  return html`<div class="notice bad">
    ${icon('hide')}
    <p>${text.blocked}</p>
  </div>`
}

export function self(): TemplateResult {
  return html`<p class="row"><a class="button" href="#you">${icon('pencil')}${people.profile}</a></p>`
}

export function back(): TemplateResult {
  return html`<p><a class="button" href="#people">${text.seeAll}</a></p>`
}
