/**
 * `<cafe-post-state>`: how far an own post is, in a few words; who has it and what is in the way, for whoever asks. Shows
 * nothing of a post that nobody else is to get.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { PostState } from '../../worker/mail-api.ts'
import type { Post } from '../../worker/thread-api.ts'
import { type SentLine, sentLine, stateText, whyText } from '../mail-words.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'
import { face, who } from './person.ts'
import { when } from './post-parts.ts'

const text = spoken('posts', english)

const SIGNS: Readonly<Record<SentLine['level'], string>> = { part: 'clock', kept: 'mail', has: 'check', read: 'checks' }

export class CafePostState extends Plain {
  static override properties = {
    cafe: { attribute: false },
    post: { attribute: false },
    states: { state: true },
  }
  declare cafe: CafeConsole
  declare post: Post
  /** For each other member, once it is known. */
  declare states: readonly PostState[]
  /** What `states` are of, and what they were read for. */
  #cid = ''
  #read = ''

  constructor() {
    super()
    this.states = []
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('post')) return
    const { cid, sent } = this.post
    const key = JSON.stringify([cid, sent])
    if (sent === null || sent.of === 0) return
    // It can come to more cafes, or something else get in its way, without another number.
    if (key === this.#read && sent.fetched + sent.read === sent.of) return
    if (cid !== this.#cid) this.states = []
    this.#cid = cid
    this.#read = key
    void this.#look(key)
  }

  override render(): TemplateResult | typeof nothing {
    const { sent } = this.post
    if (sent === null || sent.of === 0) return nothing
    const { level, text: line } = sentLine(sent, this.states)
    return html`<details class="sent ${level}">
      <summary class="small quiet">${icon(SIGNS[level])}<span>${line}</span></summary>
      ${
        this.states.length === 0
          ? html`<p class="small quiet">${text.notTold}</p>`
          : html`<ul class="plain-list stack" aria-label=${text.whoHasIt}>
              ${this.states.map(row)}
            </ul>`
      }
    </details>`
  }

  /** The line stands without it: whatever fails here is read with the next change. */
  async #look(key: string): Promise<void> {
    const { thread, cid } = this.post
    try {
      const states = await this.cafe.mail.states(thread, cid)
      if (key === this.#read) this.states = states
    } catch {
      if (key === this.#read) this.#read = ''
    }
  }
}

function row(state: PostState): TemplateResult {
  const why = state.state === 'fetched' || state.state === 'read' ? undefined : whyText(state.why)
  return html`<li class="row">
    ${face(state, 'small')}
    <div class="grow small">
      <p>${who(state)} <span class="quiet">${stateText(state)}${state.since === null ? nothing : html` · ${when(state.since)}`}</span></p>
      ${why === undefined ? nothing : html`<p class="quiet">${why}</p>`}
    </div>
  </li>`
}
customElements.define('cafe-post-state', CafePostState)
