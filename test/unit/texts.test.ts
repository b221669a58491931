/** The catalogue: which language is spoken, plural forms, what a language lacks, and that German is German. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { words as german } from '../../src/ui/texts/de/words.ts'
import { home as english } from '../../src/ui/texts/en/home.ts'
import { list, plural, spoken } from '../../src/ui/texts/say.ts'
import { bestOf, tongue } from '../../src/ui/texts/tongue.ts'

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: { lang: 'en' } })
})
afterEach(() => tongue.speak('en', {}))

test('the first language that there is, whatever its region', () => {
  expect(bestOf(['fr-CA', 'de-CH', 'en'])).toBe('de')
  expect(bestOf(['EN-gb', 'de'])).toBe('en')
  expect(bestOf(['', 'toString', 'fr'])).toBe('en')
})

test('words are looked up when they are said, and what a language lacks is English', () => {
  const home = spoken('home', english)
  const heard = vi.fn()
  tongue.addEventListener('change', heard, { once: true })
  expect(home.seeFiles(1)).toBe('See your 1 file')
  tongue.speak('de', german)
  expect(heard).toHaveBeenCalledOnce()
  expect(document.documentElement.lang).toBe('de')
  expect(home.seeFiles(1200)).toBe('Deine 1.200 Dateien ansehen')
  tongue.speak('de', {})
  expect(home.title).toBe(english.title)
})

test('numbers, plural forms and lists are those of the language', () => {
  const forms = { one: '# file', other: '# files' }
  expect([0, 1, 1200].map((amount) => plural(amount, forms))).toEqual(['0 files', '1 file', '1,200 files'])
  expect(list(['A', 'B', 'C'])).toBe('A, B, and C')
  tongue.speak('de', german)
  expect(list(['A', 'B', 'C'], 'disjunction')).toBe('A, B oder C')
})
