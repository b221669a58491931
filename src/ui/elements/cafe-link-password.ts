/** `<cafe-link-password>`: asks for the password of a sealed link, and opens it. Fires `opened` when the key is in the node's memory. */
import { html, type TemplateResult } from 'lit'
import { MAX_LINK_PASSWORD, MIN_LINK_PASSWORD } from '../../core/limits.ts'
import { Action } from '../controllers/action.ts'
import { links as english } from '../texts/en/links.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('links', english)

export class CafeLinkPassword extends Plain {
  static override properties = { link: {} }
  /** The whole address. */
  declare link: string
  readonly #open = new Action<string>(this, 'unseal', async (password) => {
    const { connectCafe } = await import('../connect.ts')
    await (await connectCafe()).links.open(this.link, { password })
    this.dispatchEvent(new Event('opened'))
  })

  override render(): TemplateResult {
    return html`<form class="stack link-password" @submit=${this.#submit}>
      <label class="field">
        <span>${icon('lock')}${text.passwordOf}</span>
        <input name="password" type="password" required minlength=${MIN_LINK_PASSWORD} maxlength=${MAX_LINK_PASSWORD} autocomplete="off" autofocus />
      </label>
      <p class="quiet small">${text.passwordFrom}</p>
      ${failure(this.#open.problem)}
      <p class="row"><button class="button loud" aria-busy=${this.#open.running ? 'true' : 'false'}>${text.openIt}</button></p>
    </form>`
  }

  /** Whoever mistyped can type at once. */
  async #try(input: HTMLInputElement): Promise<void> {
    if (await this.#open.run(input.value)) return
    input.focus()
    input.select()
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const input = this.querySelector('input')
    if (input) void this.#try(input)
  }
}
customElements.define('cafe-link-password', CafeLinkPassword)
