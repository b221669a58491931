/** `<cafe-settings>`: what holds on this device: language and look, storage, relays, version; and where the rest is. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { BUILD } from '../build.ts'
import { lookForUpdate } from '../service-worker.ts'
import { areShortcutsOn, setShortcuts } from '../shortcuts.ts'
import { keys as keysEnglish } from '../texts/en/keys.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { chosenLanguage, LANGUAGES, type Language, setLanguage } from '../texts/tongue.ts'
import { chosenTheme, setTheme, THEMES } from '../theme.ts'
import './cafe-relays.ts'
import './cafe-storage.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('settings', english)
const keys = spoken('keys', keysEnglish)

export class CafeSettings extends Plain {
  static override properties = { cafe: { attribute: false }, checked: { state: true } }
  declare cafe: CafeConsole
  /** What the last look for a newer version came to. */
  declare checked: 'looking' | 'newest' | 'newer' | 'failed' | undefined

  override render(): TemplateResult {
    return html`<h1 tabindex="-1">${text.title}</h1>
      <p class="lead">${text.lead}</p>
      ${this.#looks()}
      <cafe-storage></cafe-storage>
      <cafe-relays .cafe=${this.cafe}></cafe-relays>
      ${this.#version()}
      <nav class="card stack links" aria-labelledby="elsewhere-heading">
        <h2 id="elsewhere-heading">${text.elsewhere}</h2>
        <a class="button" href="#doctor">${icon('device')}${text.doctor}</a>
        <a class="button" href="#account">${icon('lock')}${text.account}</a>
        <a class="button" href="#recover">${icon('again')}${text.recover}</a>
        <a class="button" href="#host">${icon('cup')}${text.carry}</a>
        <a class="button" href="#you">${icon('bell')}${text.notices}</a>
      </nav>`
  }

  #looks(): TemplateResult {
    const language = chosenLanguage()
    const theme = chosenTheme()
    return html`<section class="card stack" aria-labelledby="looks-heading">
      <h2 id="looks-heading">${text.looks}</h2>
      <div class="stack narrow">
        <label class="field">
          <span>${text.language}</span>
          <select name="language" @change=${this.#speak}>
            <option value="" ?selected=${language === undefined}>${text.asBrowser}</option>
            ${Object.entries(LANGUAGES).map(
              ([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${language === tag}>${name}</option>`,
            )}
          </select>
        </label>
        <label class="field">
          <span>${text.theme}</span>
          <select name="theme" @change=${choose}>
            ${THEMES.map((name) => html`<option value=${name} ?selected=${theme === name}>${text.themes[name]}</option>`)}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="shortcuts" .checked=${areShortcutsOn()} @change=${switchKeys} />
          <span>${keys.use}</span>
        </label>
      </div>
    </section>`
  }

  #version(): TemplateResult {
    const looking = this.checked === 'looking'
    return html`<section class="card stack" aria-labelledby="version-heading">
      <h2 id="version-heading">${text.version}</h2>
      <p>${text.versionLine(BUILD.version, BUILD.date)}</p>
      <div class="row">
        <button type="button" class="button" aria-busy=${looking ? 'true' : 'false'} @click=${this.#check}>
          ${text.check}
        </button>
      </div>
      <p role="status" class="small">${this.checked === undefined ? nothing : this.#news(this.checked)}</p>
    </section>`
  }

  #news(checked: NonNullable<CafeSettings['checked']>): string {
    if (checked === 'looking') return text.checking
    if (checked === 'failed') return text.noCheck
    return checked === 'newer' ? text.newer : text.newest
  }

  async #check(): Promise<void> {
    if (this.checked === 'looking') return
    this.checked = 'looking'
    this.checked = await lookForUpdate().then(
      (newer) => (newer ? 'newer' : 'newest'),
      () => 'failed' as const,
    )
  }

  async #speak(event: Event): Promise<void> {
    if (!(event.target instanceof HTMLSelectElement)) return
    const { value } = event.target
    const choice = Object.keys(LANGUAGES).find((tag) => tag === value) as Language | undefined
    await setLanguage(choice).catch(() => undefined) // its words cannot be fetched now: the next start has them
  }
}

function choose(event: Event): void {
  if (!(event.target instanceof HTMLSelectElement)) return
  const { value } = event.target
  setTheme(THEMES.find((theme) => theme === value) ?? 'system')
}

function switchKeys(event: Event): void {
  if (event.target instanceof HTMLInputElement) setShortcuts(event.target.checked)
}
customElements.define('cafe-settings', CafeSettings)
