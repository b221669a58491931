/**
 * `<cafe-trial>`: one file that is tried: its link, opened by the gateway here; what a cafe would see of it beside what its key
 * gives; and what happened. Fires `remove`.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { About, Trouble } from '../../core/about.ts'
import { hex } from '../../core/ids.ts'
import { withWatch } from '../../core/watched.ts'
import type { Trial } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Watching } from '../controllers/watching.ts'
import { bytes, plainName } from '../format.ts'
import { tester as english } from '../texts/en/tester.ts'
import { spoken } from '../texts/say.ts'
import { ask } from '../viewer/content.ts'
import { responseError } from '../viewer/failed.ts'
import './cafe-happened.ts'
import './cafe-look.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('tester', english)

/** Bytes of the ciphertext that are shown: enough to see that nothing is to be seen. */
const HEAD = 64

/** The same content without its key. */
interface Sealed {
  readonly size: number
  readonly head: string
}

export class CafeTrial extends Plain {
  static override properties = {
    cafe: { attribute: false },
    trial: { attribute: false },
    busy: { attribute: false },
    about: { state: true },
    trouble: { state: true },
    sealed: { state: true },
  }
  declare cafe: CafeConsole
  declare trial: Trial
  declare busy: boolean
  declare about: About | undefined
  declare trouble: Trouble | undefined
  declare sealed: Sealed | undefined
  readonly #watching = new Watching(this)
  readonly #open = new Action<void>(this, 'link', async (_, signal) => {
    const { cid, link } = this.trial
    // First, so that its blocks are told of: the gateway reads none twice that it still has at hand.
    const answer = await ask(withWatch(link, this.#watching.begin()), signal)
    this.sealed = await sealedOf(cid, signal)
    if (answer.ok) this.about = answer.about
    else this.trouble = answer.trouble
  })

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('trial') || changed.get('trial')?.cid === this.trial.cid) return
    this.about = undefined
    this.trouble = undefined
    this.sealed = undefined
    this.#open.abort()
    void this.#open.run()
  }

  override render(): TemplateResult {
    const { trial, about, sealed } = this
    const { name, seen } = this.#watching
    return html`<h3><bdi>${plainName(trial.name, 120)}</bdi></h3>
      <p class="facts-line">
        <span class="tag good">${text.onlyHere}</span>
        ${trial.kind === 'sample' ? html`<span class="tag part">${text.oldForm}</span>` : nothing}
      </p>
      <label class="field">
        <span>${text.link}</span>
        <input type="text" readonly .value=${trial.link} @focus=${selectAll} />
      </label>
      ${failure(this.#open.problem, () => void this.#open.run())}
      ${this.trouble === undefined ? nothing : html`<p class="warn" role="alert">${icon('warning')}${text.closed} ${this.trouble.message}</p>`}
      ${this.#open.running ? waiting(text.opening) : nothing}
      ${sealed === undefined || about?.kind !== 'file' ? nothing : this.#both(sealed, about)}
      <cafe-happened .cafe=${this.cafe} .link=${trial.link} .watch=${name} .seen=${seen}></cafe-happened>
      <div class="row">
        <button type="button" class="button" aria-busy=${this.busy ? 'true' : 'false'} @click=${this.#remove}>
          ${icon('trash')}${text.remove}
        </button>
      </div>`
  }

  #both({ size, head }: Sealed, about: Extract<About, { kind: 'file' }>): TemplateResult {
    const { link, name } = this.trial
    return html`<div class="both">
      <div>
        <h3>${text.sees}</h3>
        <p>${text.seesText(bytes(size))}</p>
        <pre class="cipher">${head}</pre>
      </div>
      <div>
        <h3>${text.gives}</h3>
        <p>${text.givesText(bytes(about.size))}</p>
        <cafe-look
          .link=${link}
          .name=${name}
          .size=${about.size}
          .shape=${about.shape}
          .watch=${this.#watching.name}
        ></cafe-look>
      </div>
    </div>`
  }

  #remove(): void {
    this.dispatchEvent(new Event('remove'))
  }
}

/** What the gateway gives without a key. */
async function sealedOf(cid: string, signal: AbortSignal): Promise<Sealed> {
  const response = await fetch(`/ipfs/${cid}`, { headers: { Range: `bytes=0-${HEAD - 1}` }, signal })
  if (response.status !== 206) throw await responseError(response)
  const size = Number(response.headers.get('Content-Range')?.split('/')[1])
  const digits = hex(new Uint8Array(await response.arrayBuffer()))
  return { size, head: (digits.match(/.{1,8}/g) ?? []).join(' ') }
}

function selectAll({ target }: Event): void {
  if (target instanceof HTMLInputElement) target.select()
}

customElements.define('cafe-trial', CafeTrial)
