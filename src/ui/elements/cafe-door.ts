/** `<cafe-door>`: whether anybody on the web reaches the cafe without the app, and whether the relay may see what it opens. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { DoorStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('admit', english)

type Change = { readonly open?: boolean; readonly decrypt?: boolean }

export class CafeDoor extends Plain {
  static override properties = { cafe: { attribute: false }, door: { attribute: false }, said: { state: true } }
  declare cafe: CafeConsole
  declare door: DoorStatus
  /** For the live region. */
  declare said: string
  readonly #set = new Action<Change>(this, 'open', async (change) => {
    this.said = ''
    await this.cafe.host.setDoor(change)
    this.said = text.saved
  })

  constructor() {
    super()
    this.said = ''
  }

  override render(): TemplateResult {
    const { open, decrypt, daily, url } = this.door
    return html`<section class="card" aria-labelledby="door-heading">
      <h2 id="door-heading">${text.doorTitle}</h2>
      ${this.#box('open', open, text.doorOpen, text.doorOpenHint(bytes(daily)))}
      ${open ? this.#address(url) : nothing}
      ${open ? this.#box('decrypt', decrypt, text.doorDecrypt, text.doorDecryptHint) : nothing}
      ${
        open && decrypt
          ? html`<p class="warn small">
              ${icon('warning')}${text.doorWarn}
            </p>`
          : nothing
      }
      ${failure(this.#set.problem)}
      <p class="sr" role="status">${this.said}</p>
    </section>`
  }

  #address(url: string): TemplateResult {
    return html`<p class="small peer">
      <code>${url}ipfs/…</code>
      <wa-copy-button .value=${url} copy-label=${text.copyDoor} success-label=${text.copied}></wa-copy-button>
    </p>`
  }

  #box(name: keyof Change, on: boolean, label: string, hint: string): TemplateResult {
    return html`<div>
      <label class="check">
        <input
          type="checkbox"
          name=${name}
          .checked=${on}
          ?disabled=${this.#set.running}
          aria-describedby=${`door-${name}`}
          @change=${(event: Event) => this.#turn(name, event)}
        />
        <span>${label}</span>
      </label>
      <p id=${`door-${name}`} class="quiet small hint">${hint}</p>
    </div>`
  }

  async #turn(name: keyof Change, { target }: Event): Promise<void> {
    if (!(target instanceof HTMLInputElement)) return
    const { checked } = target
    // What was not saved is not shown as if it were.
    if (!(await this.#set.run({ [name]: checked }))) target.checked = !checked
    target.focus()
  }
}
customElements.define('cafe-door', CafeDoor)
