/** `<cafe-members>`: who is in a thread and who was, with their addresses; the one who started it can put members out. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { MAX_MEMBERS } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo } from '../../worker/contact-api.ts'
import type { MemberInfo, ThreadInfo } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { personName } from '../thread-words.ts'
import './cafe-confirm.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, skeleton } from './parts.ts'
import { face, lookalikes, tail, whoLink } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

/** A member, and whom their name looks like among people this account knows. */
type Known = MemberInfo & Pick<ContactInfo, 'alike'>

export class CafeMembers extends Plain {
  static override properties = {
    cafe: { attribute: false },
    info: { attribute: false },
    removing: { state: true },
    asking: { state: true },
  }
  declare cafe: CafeConsole
  declare info: ThreadInfo
  /** Whom the dialog is about; stays while the dialog fades. */
  declare removing: MemberInfo | undefined
  declare asking: boolean
  readonly #members = new Live<readonly Known[]>(
    this,
    () => this.cafe,
    threadNews(['members', 'online', 'threads'], () => this.info.id),
    async (cafe) => {
      const members = await cafe.thread.members(this.info.id)
      const known = await cafe.contact.known(members.map(({ address }) => address).slice(0, MAX_MEMBERS))
      return members.map((member, i) => ({ ...member, alike: known[i]?.alike ?? [] }))
    },
  )
  readonly #remove = new Action<MemberInfo>(this, 'expel', async ({ address }) => {
    await this.cafe.thread.remove(this.info.id, address)
    this.asking = false
  })

  protected override updated(changed: Map<string, unknown>): void {
    const before = changed.get('info') as ThreadInfo | undefined
    if (before && before.id !== this.info.id) this.#members.refresh()
  }

  override render(): TemplateResult {
    const members = this.#members.value
    if (members === undefined)
      return html`${failure(this.#members.problem)}${this.#members.problem ? nothing : skeleton(common.looking)}`
    const inside = members.filter(({ standing }) => standing === 'in')
    const gone = members.filter(({ standing }) => standing !== 'in')
    return html`<h2 class="minor">${text.members}</h2>
      <ul class="rows people" aria-label=${text.members}>
        ${repeat(
          inside,
          ({ address }) => address,
          (member) => this.#row(member),
        )}
      </ul>
      ${
        gone.length === 0
          ? nothing
          : html`<details class="more">
              <summary>${text.gone}</summary>
              <ul class="rows people">
                ${gone.map((member) => this.#row(member))}
              </ul>
            </details>`
      }
      ${this.#dialog()}`
  }

  #row(member: Known): TemplateResult {
    const inside = member.standing === 'in'
    return html`<li>
      ${face(member)}
      <div class="grow">
        <p class="title">
          ${whoLink(member, member.self)}
          ${member.initiator ? html`<span class="tag">${text.starter}</span>` : nothing}
          ${member.online ? html`<span class="dot good" title=${text.connected}><span class="sr">, ${text.connected}</span></span>` : nothing}
          ${inside ? nothing : html`<span class="tag">${member.standing === 'left' ? text.left : text.removedTag}</span>`}
        </p>
        <p class="quiet small">${tail(member, ' · ')}${inside ? text.since(when(member.since)) : when(member.since)}</p>
        ${lookalikes(member.alike)}
      </div>
      ${
        inside && this.info.can.remove && !member.self
          ? html`<button
              type="button"
              class="button icon-only"
              aria-label=${text.removeMember(personName(member))}
              title=${common.remove}
              @click=${() => this.#ask(member)}
            >
              ${icon('xmark')}
            </button>`
          : nothing
      }
    </li>`
  }

  #dialog(): TemplateResult | typeof nothing {
    const { removing } = this
    if (removing === undefined) return nothing
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.removeTitle(personName(removing))}
      .text=${text.removeText}
      .verb=${text.removeVerb}
      .running=${this.#remove.running}
      .problem=${this.#remove.problem}
      @agreed=${() => this.#remove.run(removing)}
      @left=${() => {
        this.asking = false
        this.#remove.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(member: MemberInfo): void {
    this.removing = member
    this.asking = true
  }
}
customElements.define('cafe-members', CafeMembers)
