/**
 * How an account is kept on this device: the two choices, what each means, and the passphrase for the first. Fields of a
 * form, the same wherever an account comes to a device. Nothing is chosen for the person.
 */
import { html, type TemplateResult } from 'lit'

/** Characters of a passphrase; the worker checks the same. */
export const MIN_PASSPHRASE = 8

export function keepFields(): TemplateResult {
  return html`<fieldset class="modes keep">
    <legend>When Popup Cafe starts on this device</legend>
    <label class="mode">
      <input type="radio" name="keep" value="lock" required @change=${chosen} />
      <span>
        <strong>Ask for a passphrase</strong>
        <span class="quiet small">
          Whoever gets this device cannot use your account. Nobody can reset the passphrase; your words still bring the account
          back.
        </span>
      </span>
    </label>
    ${newPassphrase(true)}
    <label class="mode">
      <input type="radio" name="keep" value="open" required @change=${chosen} />
      <span>
        <strong>Stay unlocked</strong>
        <span class="quiet small">
          Nothing to type. But whoever can open this browser, or read its files, has your account. For a device that is yours
          alone.
        </span>
      </span>
    </label>
  </fieldset>`
}

/** A field for a new passphrase; `off`: until its choice is made. */
export function newPassphrase(off = false): TemplateResult {
  return html`<div class="stack passphrase" ?hidden=${off}>
    <label class="field">
      <span>New passphrase <small>${MIN_PASSPHRASE} characters or more; a few words are best</small></span>
      <input
        name="lock"
        type="password"
        required
        minlength=${MIN_PASSPHRASE}
        maxlength="1024"
        autocomplete="new-password"
        ?disabled=${off}
      />
    </label>
    <label class="show"><input type="checkbox" @change=${show} />Show it</label>
  </div>`
}

/** A field for the passphrase there is. */
export function passphraseField(label: string): TemplateResult {
  return html`<label class="field">
    <span>${label}</span>
    <input name="proof" type="password" required maxlength="1024" autocomplete="current-password" />
  </label>`
}

/** What was chosen in {@link keepFields}, or the passphrase of {@link newPassphrase}. */
export function readLock(form: HTMLFormElement): { lock?: string } {
  const data = new FormData(form)
  const lock = data.get('lock')
  return typeof lock === 'string' && data.get('keep') !== 'open' ? { lock } : {}
}

/** The passphrase of {@link passphraseField}, if there is one. */
export function readProof(form: HTMLFormElement): { proof?: string } {
  const proof = new FormData(form).get('proof')
  return typeof proof === 'string' ? { proof } : {}
}

/** The passphrase is asked for where it is the choice, and nowhere else. */
function chosen({ currentTarget }: Event): void {
  if (!(currentTarget instanceof HTMLInputElement)) return
  const fields = currentTarget.closest('fieldset')?.querySelector<HTMLElement>('.passphrase')
  const input = fields?.querySelector<HTMLInputElement>('input[name=lock]')
  if (!fields || !input) return
  const isLock = currentTarget.value === 'lock'
  fields.hidden = !isLock
  // The focus stays: whoever goes through the choices by arrow keys has not chosen yet.
  input.disabled = !isLock
}

function show({ currentTarget }: Event): void {
  if (!(currentTarget instanceof HTMLInputElement)) return
  const input = currentTarget.closest('.passphrase')?.querySelector<HTMLInputElement>('input[name=lock]')
  if (input) input.type = currentTarget.checked ? 'text' : 'password'
}
