/** `<cafe-link>`: paste a link, and see here what it leads to, without leaving a cafe that is open in this tab. */
import { html, nothing, type TemplateResult } from 'lit'
import { readJoin, readLink, readThreadCode } from '../link.ts'
import { OpenEvent } from '../link-keys.ts'
import { threadHash } from '../route.ts'
import { home as english } from '../texts/en/home.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const say = spoken('home', english)

export class CafeLink extends Plain {
  static override properties = { wrong: { state: true } }
  declare wrong: boolean

  constructor() {
    super()
    this.wrong = false
  }

  override render(): TemplateResult {
    return html`<form class="paste" novalidate @submit=${this.#submit}>
      <label for="paste-link">${say.paste}</label>
      <input
        id="paste-link"
        name="link"
        type="text"
        inputmode="url"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        placeholder="/ipfs/…#key=…"
        aria-invalid=${this.wrong ? 'true' : nothing}
        aria-describedby=${this.wrong ? 'paste-wrong' : nothing}
        @input=${() => {
          this.wrong = false
        }}
      />
      ${this.wrong ? html`<p class="field-error" id="paste-wrong" role="alert">${say.pasteWrong}</p>` : nothing}
      <button class="button">${say.pasteOpen}</button>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const input = this.querySelector('input')
    const text = input?.value ?? ''
    const path = readLink(text)
    if (path !== undefined) {
      this.dispatchEvent(new OpenEvent(path))
      if (input) input.value = ''
      return
    }
    const invite = text.includes('#join=') ? readJoin(text) : undefined
    if (invite !== undefined) {
      location.hash = `join=${invite}`
      return
    }
    const thread = text.includes('#thread=') ? readThreadCode(text) : undefined
    if (thread !== undefined) {
      location.hash = threadHash(thread)
      return
    }
    this.wrong = true
    input?.focus()
  }
}
customElements.define('cafe-link', CafeLink)
