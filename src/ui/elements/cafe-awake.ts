/** `<cafe-awake>`: the switch that keeps this device awake while the cafe is open, and what happens when its tab does not stay. */
import { html, type TemplateResult } from 'lit'
import type { Awake, AwakeState } from '../controllers/awake.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('settings', english)

export class CafeAwake extends Plain {
  static override properties = { awake: { attribute: false }, state: { attribute: false } }
  declare awake: Awake
  /** `awake.state` of this moment, so that a change draws the element. */
  declare state: AwakeState

  override render(): TemplateResult {
    return html`<section class="card stack" aria-label=${text.awake}>
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.awake.wanted}
          ?disabled=${this.state === 'unsupported'}
          aria-describedby="awake-about"
          @change=${this.#turn}
        />
        <span>${text.awake}</span>
      </label>
      <p id="awake-about" class="quiet small" role="status">${this.#about()}</p>
      <details>
        <summary>${text.open}</summary>
        <ul class="stack small">
          <li>${text.openDesktop}</li>
          <li>${text.openAndroid}</li>
          <li>${text.openIos}</li>
        </ul>
        <p class="small">${text.openLost}</p>
      </details>
    </section>`
  }

  #about(): string {
    if (this.state === 'refused') return text.awakeRefused
    if (this.state === 'unsupported') return text.awakeNone
    return this.state === 'hidden' ? text.awakeHidden : text.awakeText
  }

  async #turn(event: Event): Promise<void> {
    if (event.target instanceof HTMLInputElement) await this.awake.choose(event.target.checked)
    this.requestUpdate()
  }
}
customElements.define('cafe-awake', CafeAwake)
