/** Names as words: what people do not distinguish when they search, and what only looks alike. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnLike, likeness, mixesScripts } from '../../src/core/look-alike.ts'
import { fitOf, nameWords, searchFor } from '../../src/core/name-search.ts'
import { fold, gradeOf, isSlip, isTooShort, visible, wordsOf } from '../../src/core/words.ts'

describe('a name is folded', () => {
  it.each([
    ['ÅSA Öberg', 'asa oberg'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['ΣΊΣΥΦΟΣ', 'σισυφοσ'],
    ['Ёлка Йод', 'елка иод'],
    ['İstanbul ılık', 'istanbul ilik'],
    ['ＡＤＡ ﬁn ①', 'ada fin 1'],
    ['𝓐𝓭𝓪', 'ada'],
    ['ガギグ', 'がぎぐ'],
    ['ｶﾞｷﾞ', 'がぎ'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['हिन्दी', 'हिन्दी'],
    ['a\u202ed\u200ba\u00ad', 'ada'],
    ['a\u0301\u0327', 'a'],
  ])('%s', (name, folded) => {
    expect(fold(name)).toBe(folded)
  })

  it('once and for all: again changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fold(fold(text)) === fold(text)))
  })

  it('so that nothing that is not seen is left in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/.test(fold(text)),
      ),
    )
    expect(visible('\u2067nimdA\u2069')).toBe('nimdA')
  })
})

describe('words', () => {
  it('are runs of letters and digits; apostrophes join, all else divides', () => {
    expect(wordsOf("O'Brien-Smith, Jr. 2nd")).toEqual(['obrien', 'smith', 'jr', '2nd'])
    expect(wordsOf("'; DROP TABLE contacts; --")).toEqual(['drop', 'table', 'contacts'])
    for (const name of ['%', '_', '\\', "'", '😀', '']) expect(wordsOf(name)).toEqual([])
  })

  it('of scripts without spaces are pairs', () => {
    expect(wordsOf('王小明')).toEqual(['王小', '小明'])
    expect(wordsOf('山田Taro')).toEqual(['山田', 'taro'])
    expect(wordsOf('김민수')).toEqual(['김민', '민수'])
    expect(wordsOf('王')).toEqual(['王'])
  })

  it('are never many nor long, whatever the name', () => {
    const words = wordsOf('ﷺ'.repeat(64) + Array.from({ length: 100 }, (_, n) => n).join(' ') + 'x'.repeat(500))
    expect(words.length).toBeLessThanOrEqual(64)
    for (const word of words) expect([...word].length).toBeLessThanOrEqual(32)
  })

  it('are enough to search with from three letters on, or two Chinese ones', () => {
    for (const query of ['', 'a', 'ab', '%%%', '王', ' - ']) expect(isTooShort(wordsOf(query))).toBe(true)
    for (const query of ['ada', 'a bc', '王小', '김민']) expect(isTooShort(wordsOf(query))).toBe(false)
  })
})

describe('a slip of the pen', () => {
  const word = fc
    .array(fc.constantFrom(...'abcdeé王'), { minLength: 5, maxLength: 12 })
    .map((letters) => letters.join(''))

  it('is one letter missing, too many, another, or two exchanged', () => {
    for (const written of ['lovelac', 'lovelacce', 'lovelase', 'loveleca', 'oblivious']) {
      expect(isSlip(written, 'lovelace'), written).toBe(['lovelac', 'lovelacce', 'lovelase'].includes(written))
    }
    expect(isSlip('lvoelace', 'lovelace')).toBe(true)
    expect(isSlip('adx', 'ada')).toBe(false)
  })

  it('agrees with the edit distance that counts exchanges', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        fc.pre(!/^王/.test(b))
        expect(isSlip(a, b)).toBe(distance([...a], [...b]) <= 1)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Optimal string alignment, by the book. */
function distance(a: readonly string[], b: readonly string[]): number {
  const at = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j))
  const cell = (i: number, j: number): number => (at[i] as number[])[j] as number
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, cell(i - 2, j - 2) + 1)
      ;(at[i] as number[])[j] = best
    }
  }
  return cell(a.length, b.length)
}

describe('a name fits', () => {
  const grade = (query: string, name: string) => gradeOf(wordsOf(query), wordsOf(name))

  it('better by whole words than by beginnings, and better by those than by slips; in any order', () => {
    expect(grade('lovelace ada', 'Ada Lovelace')).toBe(0)
    expect(grade('ada lov', 'Ada Lovelace')).toBe(1)
    expect(grade('lovelase', 'Ada Lovelace')).toBeGreaterThan(1)
    expect(grade('ada byron', 'Ada Lovelace')).toBeUndefined()
    expect(grade('', 'Ada Lovelace')).toBeUndefined()
    expect(grade('小明', '王小明')).toBe(0)
  })

  it('also when it is drawn with other letters, and that is said', () => {
    const how = (query: string, name: string) => {
      const search = searchFor(query)
      return search && fitOf(search, nameWords(name))
    }
    expect(how('ada', 'Ada')).toEqual({ grade: 0, alike: false })
    expect(how('ada', 'Аdа Lovelace')).toMatchObject({ alike: true })
    expect(how('сара', 'Capa')).toMatchObject({ alike: true })
    expect(how('paul', 'PauI')).toMatchObject({ alike: true })
    expect(how('анна', 'Анна')).toEqual({ grade: 0, alike: false })
    expect(how('анна', 'Hanna')).toBeUndefined()
    expect(how('ab', 'Abel')).toBeUndefined()
  })
})

describe('names that look alike', () => {
  it.each([
    ['Аdа', 'Ada'],
    ['Ηello', 'Hello'],
    ['НELLO', 'hello'],
    ['PauI', 'Paul'],
    ['Pau1', 'Paul'],
    ['B0b', 'Bob'],
    ['Bjorn', 'Bjom'],
    ['αnna', 'anna'],
    ['օlga', 'olga'],
    ['ᴀᴅᴀ', 'ada'],
  ])('%s and %s', (name, known) => {
    expect(likeness(name, known)).toBe('alike')
    expect(likeness(known, name)).toBe('alike')
    expect(drawnLike(name)).toBe(drawnLike(known))
  })

  it.each([
    ['ADA', 'Ada'],
    ['Àda', 'ada'],
    ['ａｄａ', 'Ada'],
    ['A\u202eda', 'Ada'],
  ])('are no others to a search: %s and %s', (name, known) => {
    expect(likeness(name, known)).toBe('same')
  })

  it('are not any two', () => {
    for (const [name, known] of [
      ['Anna', 'Hanna'],
      ['Анна', 'Anna'],
      ['Bob', 'Rob'],
      ['王', '玉'],
    ] as const)
      expect(likeness(name, known)).toBeUndefined()
  })

  it('are given away by words of two scripts', () => {
    expect(mixesScripts('Аdа')).toBe(true)
    expect(mixesScripts('Анна Smith')).toBe(false)
    expect(mixesScripts('山田Taro')).toBe(false)
  })
})
