/** `<cafe-recover-report>`: which threads are back and how far, and what each cafe showed; cafes that are behind are named. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RecoverCafe, RecoverResult, RecoverThread } from '../../worker/recover-api.ts'
import { plainName, short } from '../format.ts'
import { cafeName, cafeVerdict, percent, recoverVerdict, threadVerdict, usable } from '../recover-words.ts'
import { threadHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { recover as recoverEnglish } from '../texts/en/recover.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('recover', recoverEnglish)

export class CafeRecoverReport extends Plain {
  static override properties = { threads: { attribute: false }, result: { attribute: false } }
  declare threads: readonly RecoverThread[]
  /** Undefined while it is going on. */
  declare result: RecoverResult | undefined

  override render(): TemplateResult {
    const { result, threads } = this
    return html`${result === undefined ? nothing : verdict(result)}
      ${
        threads.length === 0
          ? nothing
          : html`<section class="card" aria-labelledby="back-heading">
              <h2 id="back-heading">${common.threads}</h2>
              <ul class="rows">
                ${repeat(
                  threads,
                  ({ id }) => id,
                  (thread) => html`<li>${row(thread)}</li>`,
                )}
              </ul>
            </section>`
      }
      ${result === undefined || result.cafes.length === 0 ? nothing : cafes(result.cafes)}`
  }
}

function verdict(result: RecoverResult): TemplateResult {
  const { level, text: line } = recoverVerdict(result)
  return html`<div class="notice ${level}" role="status">
    ${icon(level === 'good' ? 'check' : 'warning')}
    <p>${line}</p>
    ${result.threads.some(usable) ? html`<a class="button small" href="#threads">${common.seeThreads}</a>` : nothing}
  </div>`
}

function row(thread: RecoverThread): TemplateResult {
  const { level, text: line } = threadVerdict(thread)
  const name = thread.name === '' ? text.unnamed(short(thread.id)) : plainName(thread.name)
  const running = thread.state === 'running'
  return html`<span class="mark small ${level === 'bad' ? 'bad' : ''}" aria-hidden="true">
      ${icon(level === 'bad' ? 'warning' : 'threads')}
    </span>
    <div class="grow">
      <p class="title"><bdi>${name}</bdi></p>
      <p class="small ${level === 'good' ? 'quiet' : level === 'part' ? 'quiet' : 'field-error'}">${line}</p>
      ${
        running
          ? html`<wa-progress-bar
              .value=${percent(thread.blocks, thread.of)}
              label=${text.bringing(name)}
              ?indeterminate=${thread.of === 0}
            ></wa-progress-bar>`
          : nothing
      }
    </div>
    ${usable(thread) ? html`<a class="button small" href=${threadHash(thread.id)} aria-label=${text.openLabel(name)}>${text.open}</a>` : nothing}`
}

function cafes(all: readonly RecoverCafe[]): TemplateResult {
  return html`<section class="card" aria-labelledby="asked-heading">
    <h2 id="asked-heading">${text.cafesShowed}</h2>
    <ul class="rows">
      ${all.map((cafe) => {
        const { level, text: line } = cafeVerdict(cafe)
        return html`<li>
          <span class="mark small ${level === 'bad' ? 'bad' : ''}" aria-hidden="true">${icon(level === 'bad' ? 'warning' : 'cup')}</span>
          <div class="grow">
            <p class="title"><bdi title=${cafe.cafe}>${cafeName(cafe)}</bdi></p>
            <p class="small ${level === 'bad' ? 'field-error' : 'quiet'}">${line}</p>
          </div>
        </li>`
      })}
    </ul>
    ${
      all.some(({ behind }) => behind === 'told')
        ? html`<p class="small">
            ${text.oldState((name) => html`<a href="#you">${name}</a>`)}
          </p>`
        : nothing
    }
  </section>`
}
customElements.define('cafe-recover-report', CafeRecoverReport)
