/** `<cafe-talk>`: a thread with somebody has begun, but no device of theirs has taken the invite yet: what happens now. */
import { html, type TemplateResult } from 'lit'
import type { TalkInfo } from '../../worker/contact-api.ts'
import { threadHash } from '../route.ts'
import './cafe-invite.ts'
import { icon, Plain } from './parts.ts'

export class CafeTalk extends Plain {
  static override properties = { talk: { attribute: false }, name: {} }
  declare talk: TalkInfo
  declare name: string

  override render(): TemplateResult {
    return html`<section class="card stack" aria-labelledby="talk-heading">
      <h2 id="talk-heading" tabindex="-1">The thread is there</h2>
      <p role="status">
        ${this.name} could not be reached just now. The invite goes to their cafes, if any is known; you can also send them this link
        yourself. Only they can use it.
      </p>
      <div class="row">
        <a class="button loud" href=${threadHash(this.talk.thread)}>${icon('threads')}Go to the thread</a>
      </div>
      <details class="more">
        <summary>Link for them</summary>
        <cafe-invite
          .link=${this.talk.invite?.link ?? ''}
          .name=${this.name}
          .help=${'It opens only with their account.'}
        ></cafe-invite>
      </details>
    </section>`
  }
}
customElements.define('cafe-talk', CafeTalk)
