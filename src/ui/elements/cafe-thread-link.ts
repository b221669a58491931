/** `<cafe-thread-link>`: a place to paste the link of an invite to a thread. */
import { html, nothing, type TemplateResult } from 'lit'
import { readThreadCode } from '../link.ts'
import { threadHash } from '../route.ts'
import { threads as english } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('threads', english)

export class CafeThreadLink extends Plain {
  static override properties = { wrong: { state: true } }
  declare wrong: boolean

  override render(): TemplateResult {
    return html`<form class="paste card" novalidate @submit=${this.#submit}>
      <label for="thread-link">${text.gotLink}</label>
      <div class="row">
        <input
          id="thread-link"
          class="grow"
          name="link"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          placeholder=${text.paste}
          aria-invalid=${this.wrong ? 'true' : nothing}
          aria-describedby=${this.wrong ? 'thread-link-wrong' : nothing}
          @input=${() => {
            this.wrong = false
          }}
        />
        <button class="button">${text.open}</button>
      </div>
      ${
        this.wrong
          ? html`<p class="field-error" id="thread-link-wrong" role="alert">
              ${text.wrongLink}
            </p>`
          : nothing
      }
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const input = this.querySelector('input')
    const code = readThreadCode(input?.value ?? '')
    this.wrong = code === undefined
    if (code !== undefined) location.hash = threadHash(code)
    else input?.focus()
  }
}
customElements.define('cafe-thread-link', CafeThreadLink)
