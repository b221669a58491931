/** Which language the gateway's own pages are in: what the reader's browser asks for, else English (RFC 9110 §12.5.4). */
import { german } from './de.ts'
import { english } from './en.ts'

export interface Explanation {
  readonly title: string
  /** What to do next. */
  readonly next: string
}

export type GatewayWords = typeof english

const ALL: readonly GatewayWords[] = [english, german]

/**
 * The words for an `Accept-Language`; without one, for the first of `otherwise` that there is.
 *
 * @example
 * ```ts
 * wordsFor('fr, de;q=0.7, en;q=0.3').language // 'de'
 * ```
 */
export function wordsFor(accept: string | null, otherwise: readonly string[] = []): GatewayWords {
  const wanted = accept === null ? otherwise : ranked(accept.slice(0, MAX_ACCEPT))
  for (const tag of wanted) {
    const base = tag.trim().toLowerCase().split('-', 1)[0]
    const known = ALL.find(({ language }) => language === base)
    if (known) return known
  }
  return english
}

/** What an entity tag ends with, since a page in another language is another one; nothing for English. */
export const spokenIn = ({ language }: GatewayWords): string => (language === 'en' ? '' : `_${language}`)

/** More languages than anybody speaks. */
const MAX_ACCEPT = 1024

/** Tags by their weight; those of weight 0 are not wanted. */
function ranked(accept: string): string[] {
  return accept
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';')
      const q = parameters.map((one) => /^\s*q=([\d.]+)\s*$/i.exec(one)?.[1]).find((value) => value !== undefined)
      return { tag, weight: q === undefined ? 1 : Number(q) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
