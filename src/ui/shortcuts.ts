/**
 * Shortcuts of the keyboard: `?` shows them, `g` and a letter goes to a view. They can be switched off on a device, as keys
 * without Ctrl or Alt get in the way of who speaks to the computer (WCAG 2.1.4).
 */
import { keepChoice, readChoice } from './choices.ts'

/** Leads to the views, with a letter after it. */
export const LEAD = 'g'
/** Takes back, with Ctrl or Command. */
export const BACK = 'z'

/** What follows `g`, and the view it leads to. */
export const GO = {
  o: 'home',
  t: 'threads',
  p: 'people',
  n: 'news',
  f: 'files',
  h: 'host',
  y: 'you',
  s: 'settings',
} as const

export type Shortcut = 'help' | (typeof GO)[keyof typeof GO]

/** Milliseconds between the two keys: slow enough for one finger, too short to be surprised by an old `g`. */
export const PAUSE = 1_500

const CHOICE = 'cafe:shortcuts'

/** On unless the person has switched them off. */
export const areShortcutsOn = (): boolean => readChoice(CHOICE) !== 'off'

export function setShortcuts(on: boolean): void {
  keepChoice(CHOICE, on ? undefined : 'off')
}

/** Keys one after the other. */
export class Keys {
  #begun: number | undefined

  /** Key `key` was pressed at `time`. @returns what that asks for. */
  press(key: string, time: number): Shortcut | undefined {
    const begun = this.#begun
    this.#begun = undefined
    if (begun !== undefined && time - begun <= PAUSE && isGo(key)) return GO[key]
    if (key === '?') return 'help'
    if (key === LEAD) this.#begun = time
    return undefined
  }

  /** Something else has happened: what comes next begins anew. */
  clear(): void {
    this.#begun = undefined
  }
}

const isGo = (key: string): key is keyof typeof GO => Object.hasOwn(GO, key)
