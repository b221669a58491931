/** `<cafe-talk>`: a thread with somebody has begun, but no device of theirs has taken the invite yet: what happens now. */
import { html, type TemplateResult } from 'lit'
import type { TalkInfo } from '../../worker/contact-api.ts'
import { threadHash } from '../route.ts'
import './cafe-invite.ts'
import { threads as english } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('threads', english)

export class CafeTalk extends Plain {
  static override properties = { talk: { attribute: false }, name: {} }
  declare talk: TalkInfo
  declare name: string

  override render(): TemplateResult {
    return html`<section class="card stack" aria-labelledby="talk-heading">
      <h2 id="talk-heading" tabindex="-1">${text.talkTitle}</h2>
      <p role="status">
        ${text.talkText(this.name)}
      </p>
      <div class="row">
        <a class="button loud" href=${threadHash(this.talk.thread)}>${icon('threads')}${text.talkGo}</a>
      </div>
      <details class="more">
        <summary>${text.talkLink}</summary>
        <cafe-invite
          .link=${this.talk.invite?.link ?? ''}
          .name=${this.name}
          .help=${text.talkHelp}
        ></cafe-invite>
      </details>
    </section>`
  }
}
customElements.define('cafe-talk', CafeTalk)
