/** Both languages whole: the same texts in each, none empty, and none that was left in English without a reason. */
import { html } from 'lit'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { words as german } from '../../src/ui/texts/de/words.ts'
import { tongue } from '../../src/ui/texts/tongue.ts'

/** What is the same in both languages, and why. */
const SAME: Readonly<Record<string, string>> = {
  'common.name': 'the same word',
  'common.threads': 'a thread is a Thread',
  'frame.threads': 'a thread is a Thread',
  'frame.node.offline': 'the same word',
  'carry.passphrase': 'the same word',
  'threads.thread': 'a thread is a Thread',
  'threads.addressExample': 'addresses begin so everywhere',
  'threads.safeSince': 'two things beside each other',
  'threadLines.said': 'a name before what was said',
  'people.handleExample': 'a name',
  'posts.inThread': 'the same word',
  'mail.since': 'two things beside each other',
  'mail.roomAt': 'a name and numbers',
  'recover.unnamed': 'a thread is a Thread',
  'links.link': 'a link is a Link',
  'settings.relayExample': 'an address',
  'tester.block': 'the same word',
  'tester.ms': 'a unit',
  'viewer.orders.name': 'the same word',
  'viewer.shapes.pdf': 'a name',
  'viewer.shapes.text': 'the same word',
  'viewer.shapes.video': 'the same word',
  'doctor.names.relay': 'a relay is a Relay',
  'settings.relays': 'a relay is a Relay',
  'settings.version': 'the same word',
}

const english = Object.assign(
  {},
  ...Object.values(import.meta.glob<object>('../../src/ui/texts/en/*.ts', { eager: true })),
) as Record<string, unknown>

/** Stands for whatever a text is given: a number, a name, several names, markup, a function that makes some. */
const SAMPLE = Object.assign(() => html`<b>Ada</b>`, {
  names: ['Ada'],
  more: 2,
  [Symbol.iterator]: () => ['Ada', 'Ben'][Symbol.iterator](),
  [Symbol.toPrimitive]: (hint: string) => (hint === 'string' ? 'Ada' : 2),
})

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: { lang: 'en' } })
})
afterEach(() => tongue.speak('en', {}))

/** What is read in the end, by the path of each text. */
function texts(of: unknown, path = ''): Map<string, string> {
  const said = typeof of === 'function' ? of(...Array.from({ length: 4 }, () => SAMPLE)) : of
  if (typeof said === 'string') return new Map([[path, said]])
  if (isTemplate(said)) return new Map([[path, read(said)]])
  const entries = Object.entries(said as object)
  return new Map(entries.flatMap(([key, inner]) => [...texts(inner, path === '' ? key : `${path}.${key}`)]))
}

const isTemplate = (value: unknown): value is ReturnType<typeof html> =>
  typeof value === 'object' && value !== null && 'strings' in value && 'values' in value

function read({ strings, values }: ReturnType<typeof html>): string {
  return strings.reduce((text, part, i) => {
    const value = values[i - 1]
    return `${text}${isTemplate(value) ? read(value) : value === SAMPLE ? 'Ada' : String(value)}${part}`
  })
}

test('each text is there in both languages, and says something', () => {
  const one = texts(english)
  tongue.speak('de', german)
  const other = texts(german)
  expect([...other.keys()].toSorted()).toEqual([...one.keys()].toSorted())
  expect(one.size).toBeGreaterThan(300)
  for (const [path, text] of [...one, ...other]) expect(text.trim(), path).not.toBe('')
})

test('what is the same in German has a reason', () => {
  const one = texts(english)
  tongue.speak('de', german)
  const same = [...texts(german)].filter(([path, text]) => one.get(path) === text).map(([path]) => path)
  expect(same.toSorted()).toEqual(Object.keys(SAME).toSorted())
})
