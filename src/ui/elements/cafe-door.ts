/** `<cafe-door>`: whether anybody on the web reaches the cafe without the app, and whether the relay may see what it opens. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { DoorStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import { failure, icon, Plain } from './parts.ts'

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
    this.said = 'Saved.'
  })

  constructor() {
    super()
    this.said = ''
  }

  override render(): TemplateResult {
    const { open, decrypt, daily, url } = this.door
    return html`<section class="card" aria-labelledby="door-heading">
      <h2 id="door-heading">Door to the web</h2>
      ${this.#box(
        'open',
        open,
        'Let anybody on the web in through the relay',
        `Links to what is kept here then open in any browser and program, without Popup Cafe. Encrypted files stay encrypted. At most ${bytes(daily)} go out in a day.`,
      )}
      ${open ? this.#address(url) : nothing}
      ${
        open
          ? this.#box(
              'decrypt',
              decrypt,
              'Decrypt here if the key is in the address (trusted decryption)',
              'Otherwise only the reader’s own device decrypts.',
            )
          : nothing
      }
      ${
        open && decrypt
          ? html`<p class="warn small">
              ${icon('warning')}Whoever opens a link with ?key= trusts you and the relay: both see the key and the file.
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
      <wa-copy-button .value=${url} copy-label="Copy the address of the door" success-label="Copied"></wa-copy-button>
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
