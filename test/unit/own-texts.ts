/**
 * What a source file of the UI says in words of its own, where a person would see or hear it: between the tags of its Lit
 * templates, in attributes that are read out or shown, and in strings that go there as they are. What comes from the
 * catalogue is an expression and is not found.
 */
import { parseAst } from 'vite'

/** Attributes and properties that a person sees or hears; those of our own elements and of the component library too. */
const SPOKEN = new Set([
  ...['alt', 'label', 'placeholder', 'summary', 'title'],
  ...['aria-description', 'aria-label', 'aria-placeholder', 'aria-roledescription', 'aria-valuetext'],
  ...['copy-label', 'error-label', 'success-label', 'heading', 'help', 'more', 'text', 'verb', 'what'],
])
/** Functions that show the text they are given. */
const SHOWING = new Set(['waiting'])

/** An expression of a template while its HTML is read: one character, so that no expression is taken for HTML. */
const HOLE = 0xe000
const ANY_HOLE = /[\ue000-\uf8ff]/gu

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/**
 * @example
 * ```ts
 * ownTexts("html`<p title=${text.name}>Hello ${yes ? 'you' : text.all}</p>`") // ['Hello', 'you']
 * ```
 */
export function ownTexts(source: string): string[] {
  const found: string[] = []
  const say = (text: string): void => {
    const words = text
      .replace(/&#?\w+;/g, '')
      .replace(/\s+/g, ' ')
      .trim()
    if (/\p{L}/u.test(words)) found.push(words)
  }
  visit(parseAst(source, { lang: 'ts' }), (node) => {
    if (node.type === 'TaggedTemplateExpression' && isNamed(node['tag'], TAGS)) {
      for (const place of spokenPlaces(node['quasi'] as Node)) {
        say(place.text)
        for (const hole of place.holes) for (const text of strings(hole)) say(text)
      }
    }
    if (node.type === 'CallExpression' && isNamed(node['callee'], SHOWING)) {
      for (const given of node['arguments'] as Node[]) for (const text of strings(given)) say(text)
    }
  })
  return found
}

const TAGS = new Set(['html', 'svg'])

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const isNamed = (value: unknown, names: ReadonlySet<string>): boolean =>
  isNode(value) && value.type === 'Identifier' && names.has(String(value['name']))

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) visit(one, see)
  if (!isNode(value)) return
  see(value)
  for (const inner of Object.values(value)) visit(inner, see)
}

/** Text between tags and values of attributes that are spoken, each with the expressions in it. */
function spokenPlaces(template: Node): Array<{ readonly text: string; readonly holes: readonly Node[] }> {
  const expressions = template['expressions'] as Node[]
  const source = quasis(template).reduce((all, part, i) => `${all}${String.fromCodePoint(HOLE + i - 1)}${part}`)
  return parts(source.replace(/<!--[\s\S]*?-->/g, '')).map((part) => ({
    text: part.replace(ANY_HOLE, ' '),
    holes: [...part.matchAll(ANY_HOLE)].flatMap(([hole]) => expressions[(hole.codePointAt(0) ?? 0) - HOLE] ?? []),
  }))
}

function parts(source: string): string[] {
  const tag = /<\/?[a-z][\w-]*((?:[^>"']|"[^"]*"|'[^']*')*)>/gi
  const spoken: string[] = []
  for (const [, attributes = ''] of source.matchAll(tag)) {
    for (const [, name = '', value = ''] of attributes.matchAll(/([^\s=]+)=("[^"]*"|'[^']*'|\S+)/g)) {
      if (SPOKEN.has(name.replace(/^\./, ''))) spoken.push(value.replace(/^["']|["']$/g, ''))
    }
  }
  return [...source.split(new RegExp(tag.source.replace('((?:', '(?:(?:'), 'gi')), ...spoken]
}

const quasis = (template: Node): string[] =>
  (template['quasis'] as Node[]).map(({ value }) => (value as { readonly cooked: string }).cooked)

/** Strings that an expression may come to as it stands. What is looked up or computed is not here. */
function strings(node: Node): string[] {
  const of = (...keys: readonly string[]): string[] => keys.flatMap((key) => strings(node[key] as Node))
  switch (node.type) {
    case 'Literal':
      return typeof node['value'] === 'string' ? [node['value']] : []
    case 'TemplateLiteral':
      return [quasis(node).join(' '), ...(node['expressions'] as Node[]).flatMap(strings)]
    case 'ConditionalExpression':
      return of('consequent', 'alternate')
    case 'BinaryExpression':
      return node['operator'] === '+' ? of('left', 'right') : []
    case 'LogicalExpression':
      return of('left', 'right')
    case 'ParenthesizedExpression':
      return of('expression')
    default:
      return []
  }
}
