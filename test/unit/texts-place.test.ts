/** Elements have no texts of their own: what people read and hear comes from the catalogue. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const FOLDER = new URL('../../src/ui/elements/', import.meta.url).pathname
const SPOKEN = ['aria-label', 'title', 'placeholder', 'alt', 'label', 'copy-label', 'success-label']

/** The static parts of all templates of a file, with a mark where values go. */
function templates(file: string): string[] {
  // Comments hold quotes that are none.
  const source = file.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/^\s*\/\/.*$/gm, '')
  const found: string[] = []
  /** Reads from behind the opening quote of a template; gives where it ends. */
  const read = (from: number, keep: boolean): number => {
    let text = ''
    let at = from
    while (at < source.length && source[at] !== '`') {
      if (source.startsWith('${', at)) {
        text += '\u0000'
        at = skip(at + 2)
        continue
      }
      if (source[at] === '\\') at++
      text += source[at++] ?? ''
    }
    if (keep) found.push(text)
    return at + 1
  }
  /** Reads code until the brace that closes it. */
  const skip = (from: number): number => {
    let at = from
    for (let depth = 1; at < source.length; ) {
      const sign = source[at]
      if (sign === '`') at = read(at + 1, /(?:html|svg)$/.test(source.slice(0, at)))
      else if (sign === "'") at = source.indexOf("'", at + 1) + 1
      else {
        if (sign === '{') depth++
        if (sign === '}' && --depth === 0) return at + 1
        at++
      }
    }
    return at
  }
  for (let at = source.indexOf('html`'); at >= 0; at = source.indexOf('html`', at)) at = read(at + 5, true)
  return found
}

/** What a person would read in a template. */
function words(template: string): string[] {
  const attributes = SPOKEN.flatMap((name) =>
    [...template.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value),
  )
  const texts = template.replaceAll(/<!--.*?-->/gs, '').split(/<[^>]*>/s)
  return [...attributes, ...texts]
    .map((one) => one.replaceAll('\u0000', ' ').trim())
    .filter((one) => /\p{L}{2}/u.test(one))
}

/** Names, which are the same in all languages. */
const SAME = new Set(['Popup Cafe', 'ipfs/…', '/ipfs/…#key=…'])

test('what a template says is seen', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template as it stands in a file
  const source = 'html`<p title="Hello">${name} is <b>here</b>${html`<i>now</i>`}</p>`'
  expect(templates(source).flatMap(words)).toEqual(['now', 'Hello', 'is', 'here'])
})

test.each(globSync('*.ts', { cwd: FOLDER }).sort())('%s says nothing of its own', (file) => {
  const said = templates(readFileSync(FOLDER + file, 'utf8')).flatMap(words)
  expect(said.filter((one) => !SAME.has(one))).toEqual([])
})
