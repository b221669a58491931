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
import { failure, icon, Plain } from './parts.ts'
import { face } from './person.ts'

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
      <h2 id="profile-heading">How others see you</h2>
      <div class="profile">
        ${face({ address, name: name === '' ? null : name, avatar }, 'large')}
        <div class="row">
          <button type="button" class="button small" aria-busy=${this.#picture.running ? 'true' : 'false'} @click=${this.#pick}>
            ${icon('image')}${avatar === null ? 'Add a picture' : 'Change'}
          </button>
          <input type="file" accept="image/*" hidden aria-label="Your picture" @change=${this.#picked} />
          ${
            avatar === null
              ? nothing
              : html`<button type="button" class="button small" @click=${() => this.#picture.run(null)}>Remove</button>`
          }
        </div>
      </div>
      <form class="stack" @submit=${this.#submit}>
        <label class="field">
          <span>Name <small>members of your threads see it</small></span>
          <div class="row">
            <input class="grow" name="name" type="text" maxlength=${MAX_NAME} autocomplete="nickname" .value=${name} />
            <button class="button" aria-busy=${this.#name.running ? 'true' : 'false'}>Save</button>
          </div>
        </label>
      </form>
      ${failure(this.#name.problem ?? this.#picture.problem)}
      <div class="field">
        <label for="my-address">Address <small>give it to people who want to invite you; it can be known to anybody</small></label>
        <div class="row">
          <input id="my-address" class="grow" type="text" readonly .value=${address} @focus=${selectAll} />
          <wa-copy-button .value=${address} copy-label="Copy the address" success-label="Copied" tooltip="copy">
            <button type="button" class="button">${icon('copy')}Copy</button>
          </wa-copy-button>
        </div>
      </div>
      <p class="sr" role="status">${this.done}</p>
    </section>`
  }

  async #set(change: { name?: string; avatar?: Blob | null }): Promise<void> {
    await this.cafe.profile.set(change)
    this.#profile.refresh()
    this.done = 'Saved.'
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
