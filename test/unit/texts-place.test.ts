/** What people read and hear has one place, the catalogue: elements have no words of their own. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ownTexts } from './own-texts.ts'

const UI = new URL('../../src/ui/', import.meta.url).pathname

/** Elements whose words are not in the catalogue yet. Nothing is added here. */
const NOT_YET: readonly string[] = [
  ...['cafe-alarms', 'cafe-app', 'cafe-budget', 'cafe-cafes', 'cafe-carry', 'cafe-clients'],
  ...['cafe-door', 'cafe-host', 'cafe-invite', 'cafe-join', 'cafe-look', 'cafe-mode'],
  ...['cafe-move', 'cafe-neighbours', 'cafe-network', 'cafe-offer', 'cafe-opening', 'cafe-pair'],
  ...['cafe-requests', 'cafe-room', 'cafe-safety', 'cafe-scan', 'cafe-status', 'cafe-token'],
  ...['cafe-tokens', 'cafe-turn', 'cafe-update', 'cafe-why', 'cafe-you', 'nav-marks'],
].map((name) => `elements/${name}.ts`)

/** Examples of addresses begin so in every language. */
const ADDRESS = /^\/?ipfs\//

const spoken = globSync('**/*.ts', { cwd: UI })
  .filter((file) => !file.startsWith('texts/'))
  .sort()
  .map((file) => ({
    file,
    texts: ownTexts(readFileSync(`${UI}${file}`, 'utf8')).filter((text) => !ADDRESS.test(text)),
  }))
  .filter(({ texts }) => texts.length > 0)

test('words are found between tags, in what is read out, and in strings that go there as they are', () => {
  // `@{` stands for the beginning of an expression.
  const found = (template: string): string[] => ownTexts(`const one = ${template.replaceAll('@{', '${')}`)
  expect(found('html`<p class="quiet">Hello <b>you</b> @{text.there}&nbsp;· 5%</p><!-- not this -->`')).toEqual([
    ...['Hello', 'you'],
  ])
  expect(found('html`<input placeholder="Ada" name="who" aria-label=@{`Name of @{who}`} />`')).toEqual([
    ...['Ada', 'Name of'],
  ])
  expect(found("html`<a @click=@{() => go('there')} class=@{on ? 'on' : 'off'}>@{on ? 'Stop' : text.go}</a>`")).toEqual(
    ['Stop'],
  )
  expect(found("html`<cafe-confirm .heading=@{'Sure?'} .open=@{open}></cafe-confirm>@{waiting('Looking…')}`")).toEqual([
    ...['Sure?', 'Looking…'],
  ])
  expect(found("html`<ul>@{all.map((one) => html`<li>@{one} is here</li>`)}</ul>@{icon('cup')}`")).toEqual(['is here'])
  expect(found("html`<b>@{kind === 'cup' && html`@{text.cup}`}</b><i title='@{text.a}, @{'or b'}'></i>`")).toEqual([
    'or b',
  ])
  expect(found('html`<p title=@{text.title}>@{text.all(html`<bdi>@{name}</bdi>`)}</p>`')).toEqual([])
})

test('no element has words of its own, but for those whose words are still to be moved', () => {
  const unexpected = spoken.filter(({ file }) => !NOT_YET.includes(file))
  expect(unexpected).toEqual([])
})

test('elements that have no words of their own any more are off the list', () => {
  const files = spoken.map(({ file }) => file)
  expect(NOT_YET.filter((file) => !files.includes(file))).toEqual([])
})
