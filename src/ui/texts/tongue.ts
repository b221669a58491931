/**
 * The language of the page. English is part of each view; another language is one chunk, fetched before the first view is
 * drawn, and whatever it does not have is said in English. A page has one language, as the document has one `lang`, so
 * this is the one place that holds it; elements look words up each time they are drawn.
 */
import { keepChoice, readChoice } from '../choices.ts'
import type { Words } from './words.ts'

/** Languages there are, by their BCP 47 tag, each named in itself. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const

export type Language = keyof typeof LANGUAGES

/** Where the choice of a person is kept; nothing is kept while they have made none. */
const KEPT = 'cafe-language'

/** Words of an area, or of all but English, which needs none. */
const LOADERS: { readonly [L in Exclude<Language, 'en'>]: () => Promise<{ readonly words: Words }> } = {
  de: () => import('./de/words.ts'),
}

class Tongue extends EventTarget {
  #language: Language = 'en'
  #words: Partial<Words> = {}
  /** Made when first asked for: each loads rules of its language. */
  #plurals: Intl.PluralRules | undefined
  #numbers: Intl.NumberFormat | undefined
  #moments: Intl.DateTimeFormat | undefined

  get language(): Language {
    return this.#language
  }

  /** Words of `area`, undefined where English is spoken. */
  area<A extends keyof Words>(area: A): Words[A] | undefined {
    return this.#words[area]
  }

  plural(amount: number): Intl.LDMLPluralRule {
    this.#plurals ??= new Intl.PluralRules(this.#language)
    return this.#plurals.select(amount)
  }

  number(amount: number): string {
    this.#numbers ??= new Intl.NumberFormat(this.#language)
    return this.#numbers.format(amount)
  }

  /** A point in time in full, to the minute. */
  moment(time: number): string {
    this.#moments ??= new Intl.DateTimeFormat(this.#language, { dateStyle: 'full', timeStyle: 'short' })
    return this.#moments.format(time)
  }

  /** Changes the language: elements hear `change` and draw themselves anew. */
  speak(language: Language, words: Partial<Words>): void {
    this.#language = language
    this.#words = words
    this.#plurals = undefined
    this.#numbers = undefined
    this.#moments = undefined
    document.documentElement.lang = language
    this.dispatchEvent(new Event('change'))
  }
}

export const tongue = new Tongue()

/**
 * The first language of `wanted` that there is; English if there is none.
 *
 * @example
 * ```ts
 * bestOf(['fr-CA', 'de-CH', 'en']) // 'de'
 * ```
 */
export function bestOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0]
    const known = Object.keys(LANGUAGES).find((language) => language === base)
    if (known !== undefined) return known as Language
  }
  return 'en'
}

/** The language that a person chose on this device; undefined while they follow the browser. */
export function chosenLanguage(): Language | undefined {
  const kept = readChoice(KEPT)
  return kept !== undefined && Object.hasOwn(LANGUAGES, kept) ? (kept as Language) : undefined
}

/** Speaks what was chosen, else what the browser asks for. English waits for nothing; what cannot be fetched is English. */
export async function speakFirst(): Promise<void> {
  const language = chosenLanguage() ?? bestOf(navigator.languages)
  if (language !== 'en') await speak(language).catch(() => undefined)
}

/**
 * Keeps the choice and speaks it at once; `undefined` follows the browser again.
 *
 * @throws what fetching the words threw; the choice is kept, so that the next start has it.
 */
export async function setLanguage(choice: Language | undefined): Promise<void> {
  keepChoice(KEPT, choice)
  await speak(choice ?? bestOf(navigator.languages))
}

async function speak(language: Language): Promise<void> {
  tongue.speak(language, language === 'en' ? {} : (await LOADERS[language]()).words)
}
