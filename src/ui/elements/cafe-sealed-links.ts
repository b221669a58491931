/** `<cafe-sealed-links>`: the sealed links this account gave: how each stands, how often it was opened, and a way to take it back. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { LinkInfo } from '../../worker/link-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { standingText } from '../link-words.ts'
import './cafe-confirm.ts'
import { links as english } from '../texts/en/links.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('links', english)

/** Milliseconds between two looks at the cafes while the list is seen: they tell nobody by themselves that a link was opened. */
const LOOK = 10_000

export class CafeSealedLinks extends Plain {
  static override properties = { cafe: { attribute: false }, revoking: { state: true }, asking: { state: true } }
  declare cafe: CafeConsole
  /** The link the dialog is about; stays while the dialog fades. */
  declare revoking: LinkInfo | undefined
  declare asking: boolean
  readonly #links = new Live(
    this,
    () => this.cafe,
    ['links', 'account'],
    (cafe) => cafe.links.list(),
  )
  readonly #revoke = new Action<LinkInfo>(this, 'seal', async ({ id }) => {
    await this.cafe.links.revoke(id)
    this.asking = false
  })

  #looking: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#looking = setInterval(() => {
      // Reading has the node ask; what has changed is drawn when it is told.
      if (document.visibilityState === 'visible' && this.#links.value?.some(isLive)) this.#links.refresh()
    }, LOOK)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#looking)
  }

  override render(): TemplateResult | typeof nothing {
    const links = this.#links.value ?? []
    if (links.length === 0 && this.revoking === undefined) return nothing
    return html`<section class="card" aria-labelledby="sealed-links-heading">
        <h2 id="sealed-links-heading">${text.gave}</h2>
        ${failure(this.#links.problem)}
        <ul class="rows">
          ${repeat(
            links,
            ({ id }) => id,
            (link) => this.#row(link),
          )}
        </ul>
      </section>
      ${this.#dialog()}`
  }

  #row(link: LinkInfo): TemplateResult {
    const { state, openings, opened, expires, last } = link
    const name = nameOf(link)
    const often = opened === 0 ? (isLive(link) ? text.notOpened : text.neverOpened) : text.opened(opened)
    const times = openings === null ? often : text.openedOf(opened, openings)
    return html`<li data-state=${state}>
      <span class="mark small" aria-hidden="true">${icon(link.password ? 'lock' : 'link')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        <p class="quiet small">
          ${standingText(link)} · ${times}${
            last === null
              ? nothing
              : text.last(html`<wa-relative-time .date=${new Date(last)} sync></wa-relative-time>`)
          }${
            isLive(link) && expires !== null
              ? text.ends(html`<wa-relative-time .date=${new Date(expires)} numeric="always" sync></wa-relative-time>`)
              : nothing
          }
        </p>
      </div>
      ${isLive(link) ? this.#actions(link, name) : nothing}
    </li>`
  }

  #actions(link: LinkInfo, name: string): TemplateResult {
    return html`<div class="actions">
      <wa-copy-button .value=${new URL(link.link, location.href).href} copy-label=${text.copyTitle} success-label=${text.copied} tooltip="copy">
        <button type="button" class="button small" aria-label=${text.copyLabel(name)}>${icon('copy')}${text.copy}</button>
      </wa-copy-button>
      <button type="button" class="button small" aria-label=${text.takeBackLabel(name)} @click=${() => this.#ask(link)}>
        ${text.takeBack}
      </button>
    </div>`
  }

  #dialog(): TemplateResult {
    const { revoking } = this
    const opened = revoking?.opened ?? 0
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.takeBackTitle(revoking === undefined ? '' : nameOf(revoking))}
      .text=${opened === 0 ? text.takeBackUnopened : text.takeBackOpened}
      .verb=${text.takeBackVerb}
      .running=${this.#revoke.running}
      .problem=${this.#revoke.problem}
      @agreed=${() => revoking && void this.#revoke.run(revoking)}
      @left=${() => {
        this.asking = false
        this.#revoke.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(link: LinkInfo): void {
    this.revoking = link
    this.asking = true
  }
}

/** Can it still be opened, now or later? */
const isLive = ({ state }: LinkInfo): boolean => state === 'open' || state === 'waiting'

function nameOf({ label, name }: LinkInfo): string {
  const file = name === null ? text.aFile : plainName(name, 60)
  return label === '' ? file : `${plainName(label, 60)} (${file})`
}
customElements.define('cafe-sealed-links', CafeSealedLinks)
