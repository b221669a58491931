/** `<cafe-devices>`: the devices that have this account, a way to put one out, and to give the account to another. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { DeviceInfo, Revoked } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { readDeviceLink } from '../link.ts'
import './cafe-confirm.ts'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

export class CafeDevices extends Plain {
  static override properties = {
    cafe: { attribute: false },
    lock: { type: Boolean },
    revoking: { state: true },
    asking: { state: true },
    linking: { state: true },
    wrong: { state: true },
    told: { state: true },
  }
  declare cafe: CafeConsole
  /** The account has a passphrase, which is asked for again. */
  declare lock: boolean
  /** The device the dialog is about; stays while the dialog fades. */
  declare revoking: DeviceInfo | undefined
  declare asking: boolean
  /** Asks for the link of the other device. */
  declare linking: boolean
  declare wrong: boolean
  declare told: Revoked | undefined
  readonly #devices = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.devices.list(),
  )
  readonly #revoke = new Action<DeviceInfo>(this, 'device', async ({ peerId }) => {
    const proof = this.querySelector<HTMLInputElement>('input[name=revoke-proof]')?.value ?? ''
    this.told = await this.cafe.devices.revoke(peerId, this.lock ? { proof } : {})
    this.asking = false
  })

  override render(): TemplateResult {
    const devices = this.#devices.value
    return html`<section class="card" aria-labelledby="devices-heading">
      <h2 id="devices-heading">${text.devices}</h2>
      ${failure(this.#devices.problem)}
      ${
        devices === undefined
          ? waiting(common.looking)
          : html`<ul class="rows">
              ${devices.map((device) => this.#device(device))}
            </ul>`
      }
      <p class="quiet small" role="status" ?hidden=${this.told === undefined}>${toldLine(this.told)}</p>
      ${this.linking ? this.#paste() : this.#link()} ${this.#dialog()}
    </section>`
  }

  #device(device: DeviceInfo): TemplateResult {
    const { name, here, revoked, since } = device
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon('device')}</span>
      <div class="grow">
        <p class="title">
          <bdi>${plainName(name)}</bdi>
          ${here ? html`<span class="tag good">${text.thisDevice}</span>` : nothing}
          ${revoked === null ? nothing : html`<span class="tag bad">${text.removedTag}</span>`}
        </p>
        <p class="quiet small">
          ${(revoked === null ? text.linked : text.removedOn)(
            html`<wa-relative-time .date=${new Date(revoked ?? since)} sync></wa-relative-time>`,
          )}
        </p>
      </div>
      ${
        here || revoked !== null
          ? nothing
          : html`<button
              type="button"
              class="button small"
              aria-label=${text.removeDevice(plainName(name))}
              @click=${() => {
                this.revoking = device
                this.asking = true
              }}
            >
              ${common.remove}
            </button>`
      }
    </li>`
  }

  #link(): TemplateResult {
    return html`<div class="row">
      <button
        type="button"
        class="button"
        @click=${() => {
          this.linking = true
        }}
      >
        ${icon('device')}${text.link}
      </button>
    </div>`
  }

  #paste(): TemplateResult {
    return html`<form class="stack narrow" novalidate @submit=${this.#submit}>
      <p>
        ${text.linkText(html`<strong>${text.onDevice}</strong>`)}
      </p>
      <label class="field">
        <span>${text.otherLink}</span>
        <input
          name="link"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-invalid=${this.wrong ? 'true' : nothing}
        />
      </label>
      <p class="field-error" role="alert" ?hidden=${!this.wrong}>
        ${this.wrong ? text.wrongLink : nothing}
      </p>
      <div class="row">
        <button class="button loud">${text.goOn}</button>
        <button
          type="button"
          class="button"
          @click=${() => {
            this.linking = false
          }}
        >
          ${common.cancel}
        </button>
      </div>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const code = readDeviceLink(String(new FormData(event.currentTarget).get('link') ?? ''))
    this.wrong = code === undefined
    if (code === undefined) return
    this.linking = false
    location.hash = `#link=${code}`
  }

  #dialog(): TemplateResult {
    const { revoking } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.removeTitle(revoking === undefined ? undefined : plainName(revoking.name))}
      .text=${text.removeText}
      .more=${
        this.lock
          ? html`<label class="field">
              <span>${text.yourPassphrase}</span>
              <input name="revoke-proof" type="password" autocomplete="current-password" />
            </label>`
          : undefined
      }
      .verb=${text.removeVerb}
      .running=${this.#revoke.running}
      .problem=${this.#revoke.problem}
      @agreed=${() => revoking && this.#revoke.run(revoking)}
      @left=${() => {
        this.asking = false
        this.#revoke.clear()
        const input = this.querySelector<HTMLInputElement>('input[name=revoke-proof]')
        if (input) input.value = ''
      }}
    ></cafe-confirm>`
  }
}

/** How far the news has come. */
function toldLine(revoked: Revoked | undefined): string {
  if (revoked === undefined) return ''
  const { told, waiting } = revoked
  const lines = [text.removedNow]
  if (told > 0) lines.push(text.refusedBy(told))
  if (waiting > 0) lines.push(text.toldLater(waiting))
  return lines.join(' ')
}
customElements.define('cafe-devices', CafeDevices)
