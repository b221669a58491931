/** `<cafe-comment>`: a comment being written. Fires `said` when it is in the thread and `left` when the person lets it be. */
import { html, type TemplateResult } from 'lit'
import { MAX_TEXT } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Post } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { personName } from '../thread-words.ts'
import { failure, Plain } from './parts.ts'

export class CafeComment extends Plain {
  static override properties = { cafe: { attribute: false }, post: { attribute: false } }
  declare cafe: CafeConsole
  declare post: Post
  readonly #send = new Action<string>(this, 'annotate', async (text) => {
    await this.cafe.thread.comment(this.post.thread, this.post.cid, text)
    this.dispatchEvent(new Event('said'))
  })

  override firstUpdated(): void {
    this.querySelector('textarea')?.focus()
  }

  override render(): TemplateResult {
    const { running, problem } = this.#send
    return html`<form class="stack comment-form" @submit=${this.#submit} @keydown=${this.#key}>
      <label class="field">
        <span class="sr">${`Your comment on the post of ${personName(this.post.author)}`}</span>
        <textarea name="text" rows="2" required maxlength=${MAX_TEXT} dir="auto" placeholder="Write a comment"></textarea>
      </label>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button small" @click=${this.#leave}>Cancel</button>
        <button class="button small loud" aria-busy=${running ? 'true' : 'false'}>${running ? 'Sending…' : 'Send'}</button>
      </div>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const text = this.querySelector('textarea')?.value.trim() ?? ''
    if (text !== '') void this.#send.run(text)
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#leave()
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.querySelector('form')?.requestSubmit()
  }

  #leave(): void {
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-comment', CafeComment)
