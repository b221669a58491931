/** `<cafe-invited>`: an invite to a thread that came as a link: what it is to, from whom, and a button that joins. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadInvitePreview } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { explain, type Problem } from '../explain.ts'
import { plainName } from '../format.ts'
import { threadHash } from '../route.ts'
import { personName, terms } from '../thread-words.ts'
import './cafe-account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face, tail, who } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

export class CafeInvited extends Plain {
  static override properties = {
    cafe: { attribute: false },
    code: { attribute: false },
    preview: { state: true },
    problem: { state: true },
  }
  declare cafe: CafeConsole
  /** Of the link that was opened. */
  declare code: string
  declare preview: ThreadInvitePreview | undefined
  declare problem: Problem | undefined
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  readonly #join = new Action<string>(this, 'enter', async (code) => {
    const { id } = await this.cafe.thread.join(code)
    // Whoever has the invite gets in, so it does not stay in the history.
    location.replace(threadHash(id))
  })
  #read: string | undefined

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('code')) {
      this.preview = undefined
      this.problem = undefined
      this.#read = undefined
    }
    // A direct invite opens with the account only.
    const { code } = this
    if (!this.#account.value || this.#read === code) return
    this.#read = code
    void this.#look(code)
  }

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">${text.invitedTitle}</h1>
      ${failure(this.#account.problem)}
      ${
        account === undefined
          ? waiting(common.looking)
          : account === null
            ? html`<p class="lead">${text.invitedLead}</p>
                <cafe-account .cafe=${this.cafe}></cafe-account>`
            : this.#content()
      }`
  }

  #content(): TemplateResult {
    const { preview, problem } = this
    if (problem) return html`${failure(problem)}<p><a class="button" href="#threads">${common.seeThreads}</a></p>`
    if (preview === undefined) return waiting(text.reading)
    return html`<section class="card stack narrow">
      <div class="invited">
        <span class="mark" aria-hidden="true">${icon('threads')}</span>
        <div>
          <p class="cafe-name"><bdi>${plainName(preview.name)}</bdi></p>
          <p class="quiet small">${terms({ ...preview, starter: personName(preview.from) })}</p>
        </div>
      </div>
      <div class="row">
        ${face(preview.from)}
        <p class="grow small">${text.from(who(preview.from), tail(preview.from))}</p>
      </div>
      ${preview.known ? known(preview) : this.#ready()}
    </section>`
  }

  #ready(): TemplateResult {
    const { running, problem } = this.#join
    return html`<p class="quiet small">${text.membersSee}</p>
      ${failure(problem, () => void this.#join.run(this.code))}
      <button
        type="button"
        class="button loud big"
        aria-busy=${running ? 'true' : 'false'}
        @click=${() => this.#join.run(this.code)}
      >
        ${running ? text.joiningNow : text.join}
      </button>
      ${running ? html`<p class="sr" role="status">${text.lookingFor}</p>` : nothing}`
  }

  async #look(code: string): Promise<void> {
    try {
      const preview = await this.cafe.thread.preview(code)
      if (this.code === code) this.preview = preview
    } catch (error) {
      if (this.code === code) this.problem = explain(error, 'enter')
    }
  }
}

function known({ thread }: ThreadInvitePreview): TemplateResult {
  return html`<div class="notice good">
      ${icon('check')}
      <p>${text.inIt}</p>
    </div>
    <a class="button loud" href=${threadHash(thread)}>${text.openThread}</a>`
}
customElements.define('cafe-invited', CafeInvited)
