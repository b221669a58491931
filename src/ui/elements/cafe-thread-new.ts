/**
 * `<cafe-thread-new>`: the dialog that starts a thread: its name, who may do what, who brings others, and who may ever be in
 * it. Fires `left` when it has closed; opens the thread when it is there.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadSharing, ThreadType } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { threadHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { type Choice, readAddresses, sharings, types } from '../thread-words.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

interface Wish {
  readonly name: string
  readonly members: readonly string[]
}

export class CafeThreadNew extends Plain {
  static override properties = {
    cafe: { attribute: false },
    open: { type: Boolean },
    type: { state: true },
    sharing: { state: true },
  }
  declare cafe: CafeConsole
  declare open: boolean
  declare type: ThreadType
  declare sharing: ThreadSharing
  readonly #create = new Action<Wish>(this, 'create', async ({ name, members }) => {
    const { type } = this
    // Nobody can be invited to a private thread, so there is nothing to choose.
    const sharing = type === 'private' ? 'not-shared' : this.sharing
    const info = await this.cafe.thread.create({ name, type, sharing, ...(members.length === 0 ? {} : { members }) })
    this.open = false
    location.hash = threadHash(info.id)
  })

  constructor() {
    super()
    this.type = 'open'
    this.sharing = 'shared'
  }

  override render(): TemplateResult {
    const { running, problem } = this.#create
    const alone = this.type === 'private'
    return html`<wa-dialog label=${text.newThread} ?open=${this.open} @wa-after-hide=${this.#hidden}>
      <form class="stack" @submit=${this.#submit}>
        <label class="field">
          <span>${common.name}</span>
          <input name="name" type="text" required maxlength=${MAX_NAME} autocomplete="off" autofocus placeholder=${text.nameExample} />
        </label>
        ${choices(text.whatMembers, 'type', types(), this.type, (type) => {
          this.type = type
        })}
        ${
          alone
            ? nothing
            : choices(text.whoBrings, 'sharing', sharings(), this.sharing, (sharing) => {
                this.sharing = sharing
              })
        }
        ${alone || this.sharing === 'not-shared' ? nothing : members()}
        <p class="quiet small">${text.later}</p>
        ${failure(problem)}
        <div class="row end">
          <button type="button" class="button" data-dialog="close">${common.cancel}</button>
          <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${running ? text.starting : text.startVerb}</button>
        </div>
      </form>
    </wa-dialog>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name') ?? '').trim()
    if (name !== '') void this.#create.run({ name, members: readAddresses(String(form.get('members') ?? '')) })
  }

  #hidden(event: Event): void {
    if (event.target !== event.currentTarget) return
    this.#create.clear()
    this.querySelector('form')?.reset()
    this.type = 'open'
    this.sharing = 'shared'
    this.dispatchEvent(new Event('left'))
  }
}

function choices<T extends string>(
  legend: string,
  name: string,
  all: readonly Choice<T>[],
  chosen: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`<fieldset class="modes">
    <legend>${legend}</legend>
    ${all.map(
      (choice) => html`<label class="mode">
        <input type="radio" name=${name} .value=${choice.value} .checked=${choice.value === chosen} @change=${() => choose(choice.value)} />
        <span><strong>${choice.name}</strong><small class="quiet">${choice.text}</small></span>
      </label>`,
    )}
  </fieldset>`
}

function members(): TemplateResult {
  return html`<details class="more">
    <summary>${text.certain}</summary>
    <label class="field">
      <span>${text.addresses} <small>${text.addressesHint}</small></span>
      <textarea name="members" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=${text.addressExample}></textarea>
    </label>
  </details>`
}
customElements.define('cafe-thread-new', CafeThreadNew)
