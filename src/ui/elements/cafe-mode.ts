/** `<cafe-mode>`: whom the cafe admits, as three choices that take effect at once. */
import { html, type TemplateResult } from 'lit'
import type { HostStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { failure, Plain } from './parts.ts'

type Mode = Extract<HostStatus, { open: true }>['mode']

export const MODES: ReadonlyArray<{ readonly mode: Mode; readonly title: string; readonly text: string }> = [
  { mode: 'invite', title: 'By invite', text: 'Whoever has an invite link of yours can join.' },
  { mode: 'ask', title: 'Ask me', text: 'Anybody with the link can ask. You say yes or no here.' },
  { mode: 'open', title: 'Everybody', text: 'Anybody with the link joins at once, with a little room.' },
]

/** The three choices as radio buttons of a form. */
export function modeChoices(chosen: Mode, pick?: (mode: Mode) => void): TemplateResult {
  return html`<fieldset class="modes">
    <legend>Who may come</legend>
    ${MODES.map(
      ({ mode, title, text }) => html`<label class="mode">
        <input
          type="radio"
          name="mode"
          value=${mode}
          .checked=${mode === chosen}
          @change=${() => pick?.(mode)}
        />
        <span><strong>${title}</strong><span class="quiet small">${text}</span></span>
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
