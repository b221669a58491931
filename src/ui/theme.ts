/** Light and dark: as the system says, also when it changes its mind, or as the person has chosen on this device. */
import { keepChoice, readChoice } from './choices.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEPT = 'cafe-theme'
/** The component library wants one of these; without either, what the system says holds for our own colours. */
const CLASSES = { dark: 'wa-dark', light: 'wa-light' } as const

/** Keeps the class of the root element in step with the choice and the system's colour scheme. Call once. */
export function followColorScheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
  apply()
}

/** What was chosen on this device; `system` while nothing was. */
export function chosenTheme(): Theme {
  const kept = readChoice(KEPT)
  return THEMES.find((theme) => theme === kept) ?? 'system'
}

/** Keeps the choice, and shows it at once. */
export function setTheme(theme: Theme): void {
  keepChoice(KEPT, theme === 'system' ? undefined : theme)
  apply()
}

function apply(): void {
  const chosen = chosenTheme()
  const dark = chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  const { classList, style } = document.documentElement
  classList.toggle(CLASSES.dark, dark)
  classList.toggle(CLASSES.light, !dark && chosen === 'light')
  style.colorScheme = chosen === 'system' ? '' : chosen
}
