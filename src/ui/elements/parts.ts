/**
 * What the elements share: a base class that renders into the page (so one style sheet, labels and the tab order reach
 * everything), icons from our own sprite, and the one way a failure looks.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Problem } from '../explain.ts'
import sprite from '../icons.svg?no-inline'
import { common as english } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { tongue } from '../texts/tongue.ts'

const common = spoken('common', english)

/** A Lit element without a shadow root of its own, drawn anew when the page speaks another language. */
export class Plain extends LitElement {
  readonly #retold = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    tongue.addEventListener('change', this.#retold)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    tongue.removeEventListener('change', this.#retold)
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }
}

/** Address of the sprite's drawing `name`. */
export function iconHref(name: string): string {
  return `${sprite}#${name}`
}

/** A decorative icon; whatever it stands for must also be said in words. */
export function icon(name: string): TemplateResult {
  return html`<svg class="icon" aria-hidden="true" focusable="false"><use href=${iconHref(name)}></use></svg>`
}

/** A failure, read out at once, with what to do next; `again` is offered if trying again can help. */
export function failure(problem: Problem | undefined, again?: () => void): TemplateResult | typeof nothing {
  if (problem === undefined) return nothing
  return html`<div class="notice bad" role="alert">
    ${icon('warning')}
    <p>${problem.text}</p>
    ${
      problem.retry && again !== undefined
        ? html`<button type="button" class="button small" @click=${again}>${common.again}</button>`
        : nothing
    }
  </div>`
}

/** When what had the focus is gone, it falls to the page; this moves it to the view's heading. */
export function catchFocus(view: Element): void {
  if (document.activeElement === document.body) view.querySelector<HTMLElement>('h1')?.focus()
}

/** Lines that are on their way, in the room they will take: nothing below them jumps when they come. */
export function skeleton(text: string, lines = 3, kind: 'rows' | 'posts' = 'rows'): TemplateResult {
  return html`<div class="waiting skeleton ${kind}">
    <p class="sr" role="status">${text}</p>
    ${Array.from({ length: lines }, () => html`<span class="bone" aria-hidden="true"></span>`)}
  </div>`
}

/** Says that something is on its way. */
export function waiting(text: string): TemplateResult {
  return html`<p class="waiting" role="status"><span class="dots" aria-hidden="true"></span>${text}</p>`
}
