/** `<cafe-tokens>`: the invites the host has given away, who came with them, and a way to withdraw each. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { TokenInfo } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { Undoing } from '../controllers/undo.ts'
import { bytes, plainName } from '../format.ts'
import './cafe-confirm.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain } from './parts.ts'

const text = spoken('admit', english)

export class CafeTokens extends Plain {
  static override properties = { cafe: { attribute: false }, revoking: { state: true }, asking: { state: true } }
  declare cafe: CafeConsole
  /** The invite the dialog is about; stays while the dialog fades. */
  declare revoking: TokenInfo | undefined
  declare asking: boolean
  readonly #tokens = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.tokens(),
  )
  readonly #revoke = new Action<TokenInfo>(this, 'invite', async ({ id }) => {
    await this.cafe.host.revoke(id)
    this.asking = false
  })

  readonly #going = new Undoing(this)

  override render(): TemplateResult | typeof nothing {
    const tokens = (this.#tokens.value ?? []).filter((token) => isAlive(token) && !this.#going.isGone(token.id))
    if (tokens.length === 0 && this.revoking === undefined) return nothing
    return html`<section class="card" aria-labelledby="tokens-heading">
        <h2 id="tokens-heading">${text.gave}</h2>
        ${failure(this.#tokens.problem)}
        ${tokens.length === 0 ? html`<p class="quiet">${text.noneAdmits}</p>` : nothing}
        <ul class="rows">
          ${repeat(
            tokens,
            ({ id }) => id,
            (token) => this.#row(token),
          )}
        </ul>
      </section>
      ${this.#dialog()}`
  }

  #row(token: TokenInfo): TemplateResult {
    const name = nameOf(token)
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon('link')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        <p class="quiet small">
          ${token.clients === 0 ? text.nobodyCame : text.came(token.clients)} ·
          ${token.uses === null ? nothing : html`${token.uses === 0 ? text.usedUp : text.admits(token.uses)} · `}
          ${text.ofRoom(bytes(token.quota))}${
            token.expires === null
              ? nothing
              : html` · ${text.until(html`<wa-relative-time .date=${new Date(token.expires)} sync></wa-relative-time>`)}`
          }
        </p>
      </div>
      <button type="button" class="button small" aria-label=${text.withdrawLabel(name)} @click=${() => this.#withdraw(token)}>${text.withdraw}</button>
    </li>`
  }

  #dialog(): TemplateResult {
    const { revoking } = this
    const clients = revoking?.clients ?? 0
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.withdrawTitle(revoking === undefined ? '' : nameOf(revoking))}
      .text=${text.locksOut(clients)}
      .verb=${text.withdrawVerb}
      .running=${this.#revoke.running}
      .problem=${this.#revoke.problem}
      @agreed=${() => revoking && this.#revoke.run(revoking)}
      @left=${() => {
        this.asking = false
        this.#revoke.clear()
      }}
    ></cafe-confirm>`
  }

  /** Who would lock somebody out is asked; anything else can be taken back. */
  #withdraw(token: TokenInfo): void {
    if (token.clients > 0) {
      this.#ask(token)
      return
    }
    const { cafe } = this
    const work = async (): Promise<void> => {
      await cafe.host.revoke(token.id)
    }
    this.#going.begin({ key: token.id, text: text.withdrawing(nameOf(token)), doing: 'invite', work })
    const view = this.closest('cafe-host')
    if (view) void this.updateComplete.then(() => catchFocus(view))
  }

  #ask(token: TokenInfo): void {
    this.revoking = token
    this.asking = true
  }
}

/** Does it admit somebody, or has it admitted somebody who would be locked out with it? */
function isAlive({ revoked, uses, expires, clients }: TokenInfo): boolean {
  if (revoked !== null) return false
  return clients > 0 || (uses !== 0 && (expires === null || expires > Date.now()))
}

/** What the host called it; the one on the screen is made by the cafe itself. */
function nameOf({ label }: TokenInfo): string {
  if (label === null) return text.unnamed
  return label === 'invite' ? text.onScreen : plainName(label)
}
customElements.define('cafe-tokens', CafeTokens)
