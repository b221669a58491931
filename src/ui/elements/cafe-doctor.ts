/** `<cafe-doctor>`: looks at everything between this device and others, shows each finding as it is there, and has a report. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { BUILD } from '../build.ts'
import { examine } from '../doctor/examine.ts'
import { type Finding, report } from '../doctor/finding.ts'
import { browserPlace } from '../doctor/place.ts'
import { doctor as english } from '../texts/en/doctor.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('doctor', english)
const LOOK = { good: 'good', attention: 'part', bad: 'bad' } as const

export class CafeDoctor extends Plain {
  static override properties = {
    cafe: { attribute: false },
    findings: { state: true },
    running: { state: true },
    copied: { state: true },
  }
  declare cafe: CafeConsole
  declare findings: readonly Finding[]
  declare running: boolean
  /** Whether the report could be copied; undefined before that was tried. */
  declare copied: boolean | undefined
  #stop: AbortController | undefined

  constructor() {
    super()
    this.findings = []
    this.running = false
  }

  protected override firstUpdated(): void {
    void this.#examine()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop?.abort()
  }

  override render(): TemplateResult {
    return html`<h1 tabindex="-1">${text.title}</h1>
      <p class="lead">${text.lead}</p>
      <section class="card stack" aria-label=${text.title} aria-busy=${this.running ? 'true' : 'false'}>
        <ul class="rows">
          ${this.findings.map((finding) => this.#line(finding))}
        </ul>
        <p role="status" class="quiet">${this.running ? text.running : text.done}</p>
        ${this.running ? nothing : this.#after()}
      </section>`
  }

  #line({ check, level, text: said, advice }: Finding): TemplateResult {
    return html`<li data-check=${check} data-level=${level}>
      <div class="grow">
        <p class="title">${text.names[check]} <span class="tag ${LOOK[level]}">${text.levels[level]}</span></p>
        <p>${said}</p>
        ${advice === undefined ? nothing : html`<p class="quiet small">${advice}</p>`}
      </div>
    </li>`
  }

  #after(): TemplateResult {
    return html`<div class="actions">
        <button type="button" class="button" @click=${this.#examine}>${icon('again')}${text.again}</button>
        <button type="button" class="button" @click=${this.#copy}>${icon('copy')}${text.copy}</button>
      </div>
      <p class="quiet small">${text.reportAbout}</p>
      <p role="status" class="small">
        ${this.copied === undefined ? nothing : this.copied ? text.copied : text.notCopied}
      </p>
      <details>
        <summary>${text.reportShow}</summary>
        <pre class="report" tabindex="0" aria-label=${text.reportShow}>${report(this.findings, BUILD.version)}</pre>
      </details>`
  }

  async #examine(): Promise<void> {
    this.#stop?.abort()
    const stop = new AbortController()
    this.#stop = stop
    this.findings = []
    this.running = true
    this.copied = undefined
    for await (const finding of examine({ cafe: this.cafe, place: browserPlace }, { signal: stop.signal })) {
      if (stop.signal.aborted) return
      this.findings = [...this.findings, finding]
    }
    if (!stop.signal.aborted) this.running = false
  }

  async #copy(): Promise<void> {
    this.copied = await navigator.clipboard.writeText(report(this.findings, BUILD.version)).then(
      () => true,
      () => false, // said on the page
    )
  }
}
customElements.define('cafe-doctor', CafeDoctor)
