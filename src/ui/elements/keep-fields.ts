/**
 * How an account is kept on this device: the two choices, what each means, and the passphrase for the first. Fields of a
 * form, the same wherever an account comes to a device. Nothing is chosen for the person.
 */

import { html, type TemplateResult } from 'lit'
import { keep as english } from '../texts/en/keep.ts'
import { spoken } from '../texts/say.ts'

const text = spoken('keep', english)

/** Characters of a passphrase; the worker checks the same. */
export const MIN_PASSPHRASE = 8

export function keepFields(): TemplateResult {
  return html`<fieldset class="modes keep">
    <legend>${text.when}</legend>
    <label class="mode">
      <input type="radio" name="keep" value="lock" required @change=${chosen} />
      <span>
        <strong>${text.ask}</strong>
        <span class="quiet small">${text.askText}</span>
      </span>
    </label>
    ${newPassphrase(true)}
    <label class="mode">
      <input type="radio" name="keep" value="open" required @change=${chosen} />
      <span>
        <strong>${text.stay}</strong>
        <span class="quiet small">${text.stayText}</span>
      </span>
    </label>
  </fieldset>`
}

/** A field for a new passphrase; `off`: until its choice is made. */
export function newPassphrase(off = false): TemplateResult {
  return html`<div class="stack passphrase" ?hidden=${off}>
    <label class="field">
      <span>${text.passphrase} <small>${text.passphraseHint(MIN_PASSPHRASE)}</small></span>
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
    <label class="show"><input type="checkbox" @change=${show} />${text.show}</label>
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
