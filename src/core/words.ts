/**
 * Names as words that can be compared, whatever the script: the same for who indexes, who searches and who checks a result.
 *
 * A word is a run of letters and digits without case, diacritics, width and apostrophes. Chinese, Japanese and Korean are
 * written without spaces, so a run of theirs is cut into overlapping pairs. Names are plain text: no character means
 * anything to a search.
 */

/** What is not seen: bidi controls, joiners, soft hyphens, tags, variation selectors, Hangul fillers. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]/gu
const CONTROLS = /\p{Cc}/gu
/** Marks that people leave out when they type. Vowel signs, as of Devanagari and Thai, are letters and stay. */
const MARKS =
  /[[[\p{Script=Inherited}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]&&\p{Mn}]--[\u3099\u309a]]/gv
/** Letters that stand for others without being made of them. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ŋ: 'n', ŧ: 't', ı: 'i', ς: 'σ' },
  ...{ أ: 'ا', إ: 'ا', آ: 'ا', ى: 'ي', ة: 'ه' },
}
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')
const KATAKANA = /[\u30a1-\u30f6]/g
const KANA_DISTANCE = 0x60

const APOSTROPHES = /['’‘ʼʻ`´]/g
const RUNS = /[\p{L}\p{N}\p{M}]+/gu
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々〆]+/gu

/** Words of a name, and characters of a word, that count: what is longer is cut, in names and in queries alike. */
export const MAX_WORDS = 64
export const MAX_WORD = 32

/** `text` as it is seen: without what has no shape of its own, such as controls that turn the direction of writing. */
export const visible = (text: string): string =>
  text.normalize('NFKC').replace(CONTROLS, ' ').replace(INVISIBLE, '').trim()

/** `text` without what people do not distinguish when they search: case, diacritics, width, ligatures, the two kana. */
export function fold(text: string): string {
  const cased = visible(text).toUpperCase().toLowerCase()
  return cased
    .normalize('NFD')
    .replace(MARKS, '')
    .normalize('NFKC')
    .replace(LETTER, (letter) => LETTERS[letter] as string)
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - KANA_DISTANCE))
}

/** The different words of a text, in its order. */
export function wordsOf(text: string): readonly string[] {
  const words = new Set<string>()
  for (const [run] of fold(text).replace(APOSTROPHES, '').matchAll(RUNS)) {
    let from = 0
    for (const { 0: cjk, index } of run.matchAll(CJK)) {
      add(words, run.slice(from, index))
      for (const pair of pairsOf([...cjk])) words.add(pair)
      from = index + cjk.length
    }
    add(words, run.slice(from))
  }
  return [...words].slice(0, MAX_WORDS)
}

function add(words: Set<string>, word: string): void {
  if (word !== '') words.add([...word].slice(0, MAX_WORD).join(''))
}

const pairsOf = (characters: readonly string[]): readonly string[] =>
  characters.length < 2 ? characters : characters.slice(1).map((character, i) => `${characters[i]}${character}`)

/** Is it a word, or part of one, of a script that is cut into pairs? */
export const isCjk = (word: string): boolean => word.search(CJK) === 0

/** Letters below which a query finds nobody by name: three, or two where a character says more. */
export function isTooShort(words: readonly string[]): boolean {
  const letters = words.reduce((sum, word) => sum + [...word].length, 0)
  return letters < (words.some(isCjk) ? 2 : 3)
}

/** Letters a word must have so that it is also found with a slip of the pen. */
export const MIN_TYPO = 5

/**
 * How well a query fits a name: 0 if each of its words is one of the name, more for each that is only the beginning of one,
 * and more yet for each that is one letter away; undefined if one is nowhere. The order of words does not count.
 *
 * @example
 * ```ts
 * gradeOf(wordsOf('lovelace ada'), wordsOf('Ada Lovelace')) // 0
 * gradeOf(wordsOf('ada lov'), wordsOf('Ada Lovelace')) // 1
 * gradeOf(wordsOf('lovelase'), wordsOf('Ada Lovelace')) // 8
 * ```
 */
export function gradeOf(query: readonly string[], name: readonly string[]): number | undefined {
  let grade = 0
  for (const word of query) {
    if (name.includes(word)) continue
    if (name.some((other) => other.startsWith(word))) grade += 1
    else if (name.some((other) => isSlip(word, other))) grade += 8
    else return undefined
  }
  return query.length === 0 ? undefined : grade
}

/** Is `written` the word but for one letter: missing, too many, another, or two of them exchanged? */
export function isSlip(written: string, word: string): boolean {
  // Most pairs end here; a letter is one or two units.
  if (word.length < MIN_TYPO || Math.abs(written.length - word.length) > 2) return false
  const [a, b] = [[...written], [...word]]
  if (b.length < MIN_TYPO || Math.abs(a.length - b.length) > 1 || isCjk(word)) return false
  let from = 0
  while (from < a.length && a[from] === b[from]) from++
  const rest = (letters: readonly string[], skip: number): string => letters.slice(from + skip).join('')
  if (a.length < b.length) return rest(a, 0) === rest(b, 1)
  if (a.length > b.length) return rest(a, 1) === rest(b, 0)
  if (rest(a, 1) === rest(b, 1)) return true
  return a[from] === b[from + 1] && a[from + 1] === b[from] && rest(a, 2) === rest(b, 2)
}
