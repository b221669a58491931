/** What catalogues are written with: words of an area in the language of the page, plural forms, lists and numbers. */
import { tongue } from './tongue.ts'
import type { Words } from './words.ts'

/**
 * The words of an area, looked up each time: in the language of the page, else in `english`. Never keep what it returns
 * in a constant of a module, which is made before the language is known.
 *
 * @example
 * ```ts
 * export const home = spoken('home', english)
 * home.title // 'Ein Café in einem Browser-Tab'
 * ```
 */
export function spoken<A extends keyof Words>(area: A, english: Words[A]): Words[A] {
  return new Proxy(english, {
    get: (own, name) => Reflect.get(tongue.area(area) ?? own, name) ?? Reflect.get(own, name),
  })
}

/** Forms of a text by the rules of CLDR; a language has those it knows. `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }

/**
 * The form for `amount`, with the number as people write it.
 *
 * @example
 * ```ts
 * plural(1200, { one: '# file', other: '# files' }) // '1,200 files'
 * ```
 */
export function plural(amount: number, forms: Forms): string {
  return (forms[tongue.plural(amount)] ?? forms.other).replaceAll('#', tongue.number(amount))
}

/** A number as people write it. */
export function number(amount: number): string {
  return tongue.number(amount)
}

/** `A, B and C`; with `type: 'disjunction'`, `A, B or C`. */
export function list(items: Iterable<string>, type: 'conjunction' | 'disjunction' = 'conjunction'): string {
  return new Intl.ListFormat(tongue.language, { type }).format(items)
}
