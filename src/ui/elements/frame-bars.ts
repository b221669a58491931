/** Bars of the frame about the account, above whatever view is shown. */
import { html, nothing, type TemplateResult } from 'lit'
import type { ErrandState } from '../controllers/errand.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import { icon } from './parts.ts'

const text = spoken('frame', english)

/** An account is being brought back, or was not wholly: it goes on wherever the person looks. */
export function recovering({ running, problem }: ErrandState<unknown, unknown>): TemplateResult | typeof nothing {
  if (!(running || problem)) return nothing
  return html`<div class="update" role="status">
    ${icon(running ? 'again' : 'warning')}
    <p>${running ? text.bringing : text.notAllBack}</p>
    <a class="button small" href="#recover">${text.howFar}</a>
  </div>`
}

/** The browser has thrown away what was kept here. */
export const thrownAway = (dismiss: () => void): TemplateResult => html`<div class="update" role="alert">
  ${icon('warning')}
  <p>${text.thrownAway}</p>
  <a class="button small loud" href="#account">${text.useWords}</a>
  <button type="button" class="button small" @click=${dismiss}>${text.later}</button>
</div>`
