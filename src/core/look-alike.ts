/**
 * Names that look like other names. After the idea of Unicode's confusables (UTS 39): each character is replaced by the one
 * it is drawn like, and names with the same result look alike. The whole table of Unicode is 6000 characters and 20 kB; this
 * one has those of the scripts in which Latin, Greek, Cyrillic and Armenian names are forged. Full width, mathematical,
 * ringed and other dressed-up letters need no table: compatibility normalization undresses them.
 */
import { fold, visible } from './words.ts'

/** Pairs of strings of equal length: below each character the Latin one it is drawn like. */
const DRAWN_LIKE: ReadonlyArray<readonly [script: string, latin: string]> = [
  // Cyrillic
  ['асԁеһіјӏкорԛѕԝхуѵԍүзьѡ', 'acdehijlkopqswxyvgy3bw'],
  ['АВСЕНІЈӀКМОРԚЅТԜХУѴԌҮЗЬԀ', 'ABCEHlJlKMOPQSTWXYVGY3bd'],
  // Greek
  ['αβγεικνορτυχωϲϳη', 'aByeikvoptuxwcjn'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ', 'ABEZHlKMNOPTYXCJ'],
  // Armenian
  ['ոսօհցզյք', 'nuohgqjp'],
  ['ՍՕՏԼ', 'UOSL'],
  // Latin letters of another form: small capitals, the phonetic ones, clicks
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz'],
  ['ɑɡɩɪȷƖǀƿʋɯ', 'agiijllpvw'],
  // Signs and digits that stand in for letters
  ['0O1I|∣', 'oolll' + 'l'],
]

const LATIN = new Map(
  DRAWN_LIKE.flatMap(([script, latin]) => [...script].map((letter, i) => [letter, [...latin][i] as string] as const)),
)

/** Two letters drawn like one. */
const TOGETHER: ReadonlyArray<readonly [RegExp, string]> = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
]

/**
 * What a name is drawn like: the same for names that look alike. For comparing only, never for showing.
 *
 * @example
 * ```ts
 * drawnLike('Аdа') // 'ada', though its first and last letters are Cyrillic
 * ```
 */
export function drawnLike(name: string): string {
  const plain = visible(name).normalize('NFD')
  const latin = [...plain].map((letter) => LATIN.get(letter) ?? letter).join('')
  return TOGETHER.reduce((text, [two, one]) => text.replace(two, one), fold(latin))
}

/**
 * How a name compares to one that is known: `same` if people would not tell them apart when searching (case, diacritics),
 * `alike` if it only looks like it.
 */
export function likeness(name: string, known: string): 'same' | 'alike' | undefined {
  if (fold(name) === fold(known)) return 'same'
  return drawnLike(name) === drawnLike(known) ? 'alike' : undefined
}

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u, /\p{Script=Armenian}/u]

/** Has it a word of letters from scripts that nobody mixes in a word, but who wants to deceive? */
export const mixesScripts = (name: string): boolean =>
  visible(name)
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1)
