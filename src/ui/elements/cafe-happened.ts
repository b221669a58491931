/**
 * `<cafe-happened>`: what happened when a link was opened: each request and how it was answered, each block and from whom it
 * came; and a button that fetches the whole through the gateway. Closed until somebody wants to know. No key is in it.
 */
import '../tester.css'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { type Watched, type WatchedBlock, type WatchedRequest, withWatch } from '../../core/watched.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes, plainName, short } from '../format.ts'
import { tester as english } from '../texts/en/tester.ts'
import { list, number, spoken } from '../texts/say.ts'
import { requestLine } from '../viewer/request-line.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('tester', english)

/** Milliseconds between two numbers of a running fetch. */
const STEP = 200

export class CafeHappened extends Plain {
  static override properties = {
    cafe: { attribute: false },
    link: {},
    watch: {},
    seen: { attribute: false },
    names: { state: true },
    got: { state: true },
  }
  declare cafe: CafeConsole
  /** With its key. */
  declare link: string
  /** By which the link is watched. */
  declare watch: string | undefined
  declare seen: Watched | undefined
  /** Names of the account's cafes by peer id. */
  declare names: ReadonlyMap<string, string>
  /** Bytes that a fetch of the whole has brought. */
  declare got: number | undefined
  readonly #fetch = new Action<void>(this, 'link', (_, signal) => this.#fetchAll(signal))

  /** What has the focus and is seen; whoever has scrolled away from it is not brought back. */
  #inSight: Element | undefined

  constructor() {
    super()
    this.names = new Map()
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#inSight = buttonInSight(this)
    if (!changed.has('watch') || changed.get('watch') === undefined) return
    this.#fetch.abort()
    this.got = undefined
  }

  protected override updated(): void {
    // What comes meanwhile must not push the button away from under who has just pressed it.
    this.#inSight?.scrollIntoView({ block: 'nearest' })
  }

  override render(): TemplateResult {
    return html`<details class="happened" @toggle=${this.#opened}>
      <summary>${text.happened}</summary>
      <div class="stack">
        <p class="quiet small">${text.happenedText}</p>
        ${this.seen === undefined ? html`<p>${text.nothingTold}</p>` : this.#told(this.seen)}
        <div class="row">
          <button type="button" class="button" @click=${this.#toggle}>
            ${this.#fetch.running ? text.stop : html`${icon('again')}${text.fetchAll}`}
          </button>
          <span role="status" class="quiet small tabular">
            ${this.got === undefined ? nothing : this.#fetch.running ? text.got(bytes(this.got)) : text.gotAll(bytes(this.got))}
          </span>
        </div>
        ${failure(this.#fetch.problem)}
      </div>
    </details>`
  }

  #told({ requests, moreRequests, blocks, moreBlocks, local, network }: Watched): TemplateResult {
    const came = [
      ...(local.blocks > 0 ? [text.blocksHere(local.blocks, bytes(local.bytes))] : []),
      ...(network.blocks > 0 ? [text.blocksOthers(network.blocks, bytes(network.bytes))] : []),
    ]
    return html`<ol class="requests" aria-label=${text.requests}>
        ${requests.map((request) => this.#request(request))}
      </ol>
      ${moreRequests === 0 ? nothing : html`<p class="quiet small">${text.moreRequests(moreRequests)}</p>`}
      <h3>${text.blocks}</h3>
      <p class="tabular">${came.length === 0 ? text.noBlocks : `${list(came)}.`}</p>
      ${blocks.length === 0 ? nothing : this.#table(blocks)}
      ${
        moreBlocks.blocks === 0
          ? nothing
          : html`<p class="quiet small">${text.moreBlocks(moreBlocks.blocks, bytes(moreBlocks.bytes))}</p>`
      }`
  }

  #request({ method, asked, status, headers, first, whole }: WatchedRequest): TemplateResult {
    return html`<li>
      <p class="request"><code>${requestLine(method, this.link)}</code></p>
      <p class="facts-line small">
        <span>${text.asked[asked]}</span>
        ${status === undefined ? html`<span class="quiet">${text.noAnswer}</span>` : html`<span class="tag ${status < 400 ? 'good' : 'bad'}">${status}</span>`}
        ${first === undefined ? nothing : html`<span class="tabular">${text.firstByte(number(first))}</span>`}
        ${whole === undefined ? nothing : html`<span class="tabular">${text.wholeTime(number(whole))}</span>`}
      </p>
      ${
        headers.length === 0
          ? nothing
          : html`<details class="headers">
              <summary>${text.headers(headers.length)}</summary>
              <dl>
                ${headers.map(
                  ([name, value]) => html`<div>
                    <dt>${name}</dt>
                    <dd>${value}</dd>
                  </div>`,
                )}
              </dl>
            </details>`
      }
    </li>`
  }

  #table(blocks: readonly WatchedBlock[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${text.blocks}>
      <table class="blocks">
        <thead>
          <tr>
            <th scope="col">${text.block}</th>
            <th scope="col">${text.from}</th>
            <th scope="col" class="amount">${text.size}</th>
            <th scope="col" class="amount">${text.time}</th>
          </tr>
        </thead>
        <tbody>
          ${blocks.map(
            (block) => html`<tr>
              <td><code title=${block.cid}>${short(block.cid)}</code></td>
              <td>${this.#source(block)}</td>
              <td class="amount">${bytes(block.size)}</td>
              <td class="amount">${text.ms(number(block.ms))}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  #source({ from, giver }: WatchedBlock): string {
    if (from === 'local') return text.thisDevice
    if (giver === undefined) return text.someNode
    const name = this.names.get(giver.peer)
    const who = name === undefined ? text.peer(short(giver.peer)) : text.cafeCalled(plainName(name))
    return text.by[giver.path](who)
  }

  async #opened({ currentTarget }: Event): Promise<void> {
    if (!(currentTarget instanceof HTMLDetailsElement) || !currentTarget.open) return
    const cafes = await this.cafe.account.cafes().catch(() => []) // then they are told by their ids
    this.names = new Map(cafes.map((session) => [session.cafe as string, session.name]))
  }

  async #fetchAll(signal: AbortSignal): Promise<void> {
    const { link, watch } = this
    this.got = 0
    const response = await fetch(watch === undefined ? link : withWatch(link, watch), { signal })
    let got = 0
    let told = 0
    // Read and dropped: nothing is held.
    for await (const part of partsIn(response)) {
      got += part.byteLength
      if (performance.now() - told < STEP) continue
      told = performance.now()
      this.got = got
    }
    this.got = got
  }

  /** One button, which keeps the focus. */
  #toggle(): void {
    if (!this.#fetch.running) {
      void this.#fetch.run()
      return
    }
    this.#fetch.abort()
    this.got = undefined
  }
}

async function* partsIn({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    reader.cancel().catch(() => {}) // it may be at its end
  }
}

/** The button in `part` that has the focus, if it is on the screen. */
function buttonInSight(part: Element): Element | undefined {
  const at = document.activeElement
  if (at?.localName !== 'button' || !part.contains(at)) return undefined
  const { top, bottom } = at.getBoundingClientRect()
  return bottom > 0 && top < innerHeight ? at : undefined
}

customElements.define('cafe-happened', CafeHappened)
