/** `<cafe-thread-about>`: what a thread is, who is in it, and what else can be done with it: invite, rename, leave. */
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadInfo } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { plainName } from '../format.ts'
import { starter, terms } from '../thread-words.ts'
import './cafe-confirm.ts'
import './cafe-members.ts'
import './cafe-thread-invite.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

export class CafeThreadAbout extends Plain {
  static override properties = {
    cafe: { attribute: false },
    info: { attribute: false },
    inviting: { state: true },
    renaming: { state: true },
    leaving: { state: true },
  }
  declare cafe: CafeConsole
  declare info: ThreadInfo
  declare inviting: boolean
  declare renaming: boolean
  declare leaving: boolean
  readonly #rename = new Action<string>(this, 'rename', async (name) => {
    await this.cafe.thread.rename(this.info.id, name)
    this.#renamed()
  })
  readonly #leave = new Action<void>(this, 'quit', async () => {
    await this.cafe.thread.leave(this.info.id)
    this.leaving = false
    location.replace('#threads')
  })

  override render(): TemplateResult {
    const { info } = this
    return html`<div class="stack">
      <p class="quiet small">${info.with === null ? terms({ ...info, starter: starter(info) }) : text.onlyTwo}</p>
      ${
        info.can.invite && (info.with === null || info.members < 2)
          ? html`<button type="button" class="button loud" @click=${this.#invite}>${icon('plus')}${text.invite}</button>`
          : nothing
      }
      <cafe-members .cafe=${this.cafe} .info=${info}></cafe-members>
      ${this.#naming()}
      <div class="row">
        ${
          info.can.rename && !this.renaming
            ? html`<button type="button" class="button small rename" @click=${this.#askName}>${icon('pencil')}${common.rename}</button>`
            : nothing
        }
        <button type="button" class="button small" @click=${this.#ask}>${icon('exit')}${text.leave}</button>
      </div>
    </div>
    ${this.#dialogs()}`
  }

  #naming(): TemplateResult | typeof nothing {
    if (!this.renaming) return nothing
    const { running, problem } = this.#rename
    return html`<form class="stack" @submit=${this.#submit} @keydown=${this.#key}>
      <label class="field">
        <span>${text.newName}</span>
        <input name="name" type="text" required maxlength=${MAX_NAME} autocomplete="off" .value=${this.info.name} />
      </label>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button small" @click=${this.#renamed}>${common.cancel}</button>
        <button class="button small loud" aria-busy=${running ? 'true' : 'false'}>${common.rename}</button>
      </div>
    </form>`
  }

  #dialogs(): TemplateResult {
    const { info } = this
    return html`<cafe-thread-invite
        .cafe=${this.cafe}
        .info=${info}
        .open=${this.inviting ?? false}
        @left=${() => {
          this.inviting = false
        }}
      ></cafe-thread-invite>
      <cafe-confirm
        .open=${this.leaving ?? false}
        .heading=${text.leaveTitle(plainName(info.name))}
        .text=${info.members <= 1 ? text.leaveAlone : text.leaveText}
        .verb=${text.leaveVerb}
        .running=${this.#leave.running}
        .problem=${this.#leave.problem}
        @agreed=${() => this.#leave.run()}
        @left=${() => {
          this.leaving = false
          this.#leave.clear()
        }}
      ></cafe-confirm>`
  }

  #invite(): void {
    this.inviting = true
  }

  #ask(): void {
    this.leaving = true
  }

  #askName(): void {
    this.renaming = true
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('input[name=name]')?.select())
  }

  #renamed(): void {
    this.renaming = false
    this.#rename.clear()
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.rename')?.focus())
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#renamed()
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const name = this.querySelector<HTMLInputElement>('input[name=name]')?.value.trim() ?? ''
    if (name === this.info.name) this.#renamed()
    else void this.#rename.run(name)
  }
}
customElements.define('cafe-thread-about', CafeThreadAbout)
