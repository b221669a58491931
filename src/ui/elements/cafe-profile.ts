/** `<cafe-profile>`: how others see this account: its name, its picture, and its address to hand on. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Profile } from '../../worker/recover-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { smallPicture } from '../picture.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'
import { face } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('people', peopleEnglish)

export class CafeProfile extends Plain {
  static override properties = { cafe: { attribute: false }, done: { state: true } }
  declare cafe: CafeConsole
  /** For the live region. */
  declare done: string
  readonly #profile = new Live<Profile>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.profile.get(),
  )
  readonly #name = new Action<string>(this, 'profile', async (name) => this.#set({ name }))
  readonly #picture = new Action<File | null>(this, 'profile', async (file) =>
    this.#set({ avatar: file === null ? null : await smallPicture(file) }),
  )

  constructor() {
    super()
    this.done = ''
  }

  override render(): TemplateResult {
    const profile = this.#profile.value
    if (profile === undefined) return html`${failure(this.#profile.problem)}`
    const { address, name, avatar } = profile
    return html`<section class="card stack" aria-labelledby="profile-heading">
      <h2 id="profile-heading">${text.profile}</h2>
      <div class="profile">
        ${face({ address, name: name === '' ? null : name, avatar }, 'large')}
        <div class="row">
          <button type="button" class="button small" aria-busy=${this.#picture.running ? 'true' : 'false'} @click=${this.#pick}>
            ${icon('image')}${avatar === null ? text.addPicture : common.change}
          </button>
          <input type="file" accept="image/*" hidden aria-label=${text.picture} @change=${this.#picked} />
          ${
            avatar === null
              ? nothing
              : html`<button type="button" class="button small" @click=${() => this.#picture.run(null)}>${common.remove}</button>`
          }
        </div>
      </div>
      <form class="stack" @submit=${this.#submit}>
        <label class="field">
          <span>${common.name} <small>${text.nameHint}</small></span>
          <div class="row">
            <input class="grow" name="name" type="text" maxlength=${MAX_NAME} autocomplete="nickname" .value=${name} />
            <button class="button" aria-busy=${this.#name.running ? 'true' : 'false'}>${common.save}</button>
          </div>
        </label>
      </form>
      ${failure(this.#name.problem ?? this.#picture.problem)}
      <div class="field">
        <label for="my-address">${text.address} <small>${text.addressHint}</small></label>
        <div class="row">
          <input id="my-address" class="grow" type="text" readonly .value=${address} @focus=${selectAll} />
          <wa-copy-button .value=${address} copy-label=${common.copyAddress} success-label=${common.copied} tooltip="copy">
            <button type="button" class="button">${icon('copy')}${common.copy}</button>
          </wa-copy-button>
        </div>
      </div>
      <p class="sr" role="status">${this.done}</p>
    </section>`
  }

  async #set(change: { name?: string; avatar?: Blob | null }): Promise<void> {
    await this.cafe.profile.set(change)
    this.#profile.refresh()
    this.done = common.saved
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.done = ''
    void this.#name.run(this.querySelector<HTMLInputElement>('input[name=name]')?.value.trim() ?? '')
  }

  #pick(): void {
    this.querySelector<HTMLInputElement>('input[type=file]')?.click()
  }

  #picked(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return
    const [file] = event.target.files ?? []
    event.target.value = ''
    this.done = ''
    if (file) void this.#picture.run(file)
  }
}

function selectAll(event: FocusEvent): void {
  if (event.target instanceof HTMLInputElement) event.target.select()
}
customElements.define('cafe-profile', CafeProfile)
