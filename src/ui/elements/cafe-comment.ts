/** `<cafe-comment>`: a comment being written. Fires `said` when it is in the thread and `left` when the person lets it be. */
import { html, type TemplateResult } from 'lit'
import { MAX_TEXT } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Post } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { posts as postsEnglish } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { personName } from '../thread-words.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('posts', postsEnglish)

export class CafeComment extends Plain {
  static override properties = { cafe: { attribute: false }, post: { attribute: false } }
  declare cafe: CafeConsole
  declare post: Post
  readonly #send = new Action<string>(this, 'annotate', async (written) => {
    await this.cafe.thread.comment(this.post.thread, this.post.cid, written)
    this.dispatchEvent(new Event('said'))
  })

  override firstUpdated(): void {
    this.querySelector('textarea')?.focus()
  }

  override render(): TemplateResult {
    const { running, problem } = this.#send
    return html`<form class="stack comment-form" @submit=${this.#submit} @keydown=${this.#key}>
      <label class="field">
        <span class="sr">${text.yourComment(personName(this.post.author))}</span>
        <textarea name="text" rows="2" required maxlength=${MAX_TEXT} dir="auto" placeholder=${text.writeComment}></textarea>
      </label>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button small" @click=${this.#leave}>${common.cancel}</button>
        <button class="button small loud" aria-busy=${running ? 'true' : 'false'}>${running ? text.sending : text.send}</button>
      </div>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const written = this.querySelector('textarea')?.value.trim() ?? ''
    if (written !== '') void this.#send.run(written)
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
