/** `<cafe-mode>`: whom the cafe admits, as three choices that take effect at once. */
import { html, type TemplateResult } from 'lit'
import type { HostStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('admit', english)

type Mode = Extract<HostStatus, { open: true }>['mode']

export const MODES: readonly Mode[] = ['invite', 'ask', 'open']

/** The three choices as radio buttons of a form. */
export function modeChoices(chosen: Mode, pick?: (mode: Mode) => void): TemplateResult {
  return html`<fieldset class="modes">
    <legend>${text.whoMayCome}</legend>
    ${MODES.map(
      (mode) => html`<label class="mode">
        <input
          type="radio"
          name="mode"
          value=${mode}
          .checked=${mode === chosen}
          @change=${() => pick?.(mode)}
        />
        <span><strong>${text.modes[mode].title}</strong><span class="quiet small">${text.modes[mode].text}</span></span>
      </label>`,
    )}
  </fieldset>`
}

export class CafeMode extends Plain {
  static override properties = { cafe: { attribute: false }, mode: {} }
  declare cafe: CafeConsole
  declare mode: Mode
  readonly #set = new Action<Mode>(this, 'open', (mode) => this.cafe.host.setMode(mode))

  override render(): TemplateResult {
    return html`${modeChoices(this.mode, (mode) => void this.#set.run(mode))} ${failure(this.#set.problem)}`
  }
}
customElements.define('cafe-mode', CafeMode)
