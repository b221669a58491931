/**
 * `<cafe-post>`: one post with its files, likes and comments, and what can be said about it. Fires `said` when something
 * was.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { AnnotatedPost, Post, ThreadRights } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Undoing } from '../controllers/undo.ts'
import { personName } from '../thread-words.ts'
import './cafe-comment.ts'
import './cafe-confirm.ts'
import './cafe-post-files.ts'
import './cafe-post-state.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'
import { face, who } from './person.ts'
import { likedBy, names, prose, when } from './post-parts.ts'

const text = spoken('posts', english)

/** Comments shown before somebody asks for all. */
const LAST = 3

interface Question {
  readonly what: 'hide' | 'report'
  readonly post: Post
}

export class CafePost extends Plain {
  static override properties = {
    cafe: { attribute: false },
    post: { attribute: false },
    can: { attribute: false },
    where: { attribute: false },
    all: { state: true },
    answering: { state: true },
    unveiled: { state: true },
    question: { state: true },
    asking: { state: true },
  }
  declare cafe: CafeConsole
  declare post: AnnotatedPost
  declare can: ThreadRights | undefined
  /** Which thread it is in, where that is not plain. */
  declare where: TemplateResult | undefined
  /** All comments are shown. */
  declare all: boolean
  declare answering: boolean
  /** It was reported, and is shown nevertheless. */
  declare unveiled: boolean
  /** What the dialog is about; stays while the dialog fades. */
  declare question: Question | undefined
  declare asking: boolean
  readonly #like = new Action<void>(this, 'annotate', async () => {
    await this.cafe.thread.like(this.post.thread, this.post.cid)
    this.#said()
  })
  readonly #act = new Action<Question>(this, 'annotate', async ({ what, post: { thread, cid } }) => {
    if (what === 'hide') await this.cafe.thread.ignore(thread, cid)
    else await this.cafe.thread.flag(thread, cid)
    this.asking = false
    this.#said()
  })

  readonly #going = new Undoing(this)

  override render(): TemplateResult {
    const { post } = this
    if (this.#going.isGone(post.cid)) return html`<p class="post quiet small">${text.hidingPost}</p>`
    const veiled = post.flags.length > 0 && !this.unveiled
    return html`<div class="post">
      <header>
        ${face(post.author)}
        <div class="grow">
          <p class="title">${who(post.author, post.self)}</p>
          <p class="quiet small">${this.where}${when(post.time)}</p>
        </div>
        ${this.#more()}
      </header>
      ${veiled ? this.#veil() : html`${prose(post.text)}<cafe-post-files .files=${post.files}></cafe-post-files>`}
      ${post.self && post.sent !== null ? html`<cafe-post-state .cafe=${this.cafe} .post=${post}></cafe-post-state>` : nothing}
      ${failure(this.#like.problem)} ${veiled ? nothing : this.#answers()} ${this.#dialog()}
    </div>`
  }

  #veil(): TemplateResult {
    const { flags } = this.post
    return html`<div class="notice part">
      ${icon('flag')}
      <p>${text.reportedBy(...names(flags))}</p>
      <button type="button" class="button small" @click=${this.#unveil}>${text.showAnyway}</button>
    </div>`
  }

  #answers(): TemplateResult {
    const { post } = this
    const mine = post.likes.some(({ self }) => self)
    const annotate = this.can?.annotate ?? false
    return html`<div class="row said-row">
        ${
          annotate
            ? html`<button
                type="button"
                class="button small quiet-button ${mine ? 'on' : ''}"
                aria-pressed=${mine ? 'true' : 'false'}
                aria-label=${text.likeLabel(mine, post.likes.length)}
                aria-disabled=${mine ? 'true' : nothing}
                @click=${() => mine || this.#like.run()}
              >
                ${icon(mine ? 'heart-full' : 'heart')}${post.likes.length === 0 ? text.like : post.likes.length}
              </button>`
            : nothing
        }
        ${
          annotate
            ? html`<button
                type="button"
                class="button small quiet-button"
                aria-expanded=${this.answering ? 'true' : 'false'}
                @click=${this.#answer}
              >
                ${icon('comment')}${text.comment}
              </button>`
            : nothing
        }
        ${post.likes.length === 0 ? nothing : html`<p class="quiet small liked">${likedBy(post.likes)}</p>`}
      </div>
      ${this.#comments()}
      ${
        this.answering
          ? html`<cafe-comment .cafe=${this.cafe} .post=${post} @said=${this.#answered} @left=${this.#stop}></cafe-comment>`
          : nothing
      }`
  }

  #comments(): TemplateResult | typeof nothing {
    const comments = this.post.comments.filter(({ cid }) => !this.#going.isGone(cid))
    if (comments.length === 0) return nothing
    const shown = this.all ? comments : comments.slice(-LAST)
    const older = comments.length - shown.length
    return html`${
      older === 0
        ? nothing
        : html`<button type="button" class="button small quiet-button start" @click=${this.#showAll}>
              ${text.earlier(older)}
            </button>`
    }
      <ol class="comments" aria-label=${text.comments}>
        ${repeat(
          shown,
          ({ cid }) => cid,
          (comment) => html`<li>
            ${face(comment.author, 'small')}
            <div class="grow">
              <p class="small"><span class="title">${who(comment.author, comment.self)}</span> <span class="quiet">${when(comment.time)}</span></p>
              ${prose(comment.text)}
            </div>
            ${
              this.can?.annotate
                ? html`<button
                    type="button"
                    class="button icon-only"
                    aria-label=${text.hideComment(personName(comment.author))}
                    title=${text.hide}
                    @click=${() => this.#hide(comment)}
                  >
                    ${icon('hide')}
                  </button>`
                : nothing
            }
          </li>`,
        )}
      </ol>`
  }

  #more(): TemplateResult | typeof nothing {
    if (!this.can?.annotate) return nothing
    const { post } = this
    const reported = post.flags.some(({ self }) => self)
    return html`<div class="actions">
      ${
        post.self || reported
          ? nothing
          : html`<button
              type="button"
              class="button icon-only"
              aria-label=${text.reportPost(personName(post.author))}
              title=${text.report}
              @click=${() => this.#ask('report', post)}
            >
              ${icon('flag')}
            </button>`
      }
      <button
        type="button"
        class="button icon-only"
        aria-label=${text.hidePost(personName(post.author))}
        title=${text.hide}
        @click=${() => this.#hide(post)}
      >
        ${icon('hide')}
      </button>
    </div>`
  }

  #dialog(): TemplateResult | typeof nothing {
    const { question } = this
    if (question === undefined) return nothing
    const says = words(question)
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${says.heading}
      .text=${says.text}
      .verb=${says.verb}
      .running=${this.#act.running}
      .problem=${this.#act.problem}
      @agreed=${() => this.#act.run(question)}
      @left=${() => {
        this.asking = false
        this.#act.clear()
      }}
    ></cafe-confirm>`
  }

  /** What is somebody else's is asked about; one's own can be taken back. */
  #hide(post: Post): void {
    if (!post.self) {
      this.#ask('hide', post)
      return
    }
    const { cafe } = this
    const { thread, cid, kind } = post
    const work = async (): Promise<void> => {
      await cafe.thread.ignore(thread, cid)
    }
    const said = kind === 'comment' ? text.hidingComment : text.hidingPost
    this.#going.begin({ key: cid, text: said, doing: 'annotate', work })
    void this.updateComplete.then(() => {
      if (document.activeElement === document.body) this.closest<HTMLElement>('[data-at]')?.focus()
    })
  }

  #ask(what: Question['what'], post: Post): void {
    this.question = { what, post }
    this.asking = true
  }

  #showAll(): void {
    this.all = true
  }

  #unveil(): void {
    this.unveiled = true
  }

  #answer(): void {
    this.answering = !this.answering
  }

  #answered(): void {
    this.answering = false
    this.all = true
    this.#said()
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('[aria-expanded]')?.focus())
  }

  #stop(): void {
    this.answering = false
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('[aria-expanded]')?.focus())
  }

  #said(): void {
    this.dispatchEvent(new Event('said'))
  }
}

/** What the dialog says. */
function words({ what, post }: Question): { heading: string; text: string; verb: string } {
  const isComment = post.kind === 'comment'
  return what === 'hide'
    ? {
        heading: isComment ? text.hideCommentTitle : text.hidePostTitle,
        text: text.hideText,
        verb: text.hideVerb,
      }
    : {
        heading: isComment ? text.reportCommentTitle : text.reportPostTitle,
        text: text.reportText,
        verb: text.reportVerb,
      }
}
customElements.define('cafe-post', CafePost)
