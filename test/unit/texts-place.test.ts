/** What people read and hear has one place, the catalogue: the rest of the UI has no words of its own. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ownTexts } from './own-texts.ts'

const UI = new URL('../../src/ui/', import.meta.url).pathname

/** The same in all languages: a name, and how addresses begin. */
const SAME = new Set(['Popup Cafe', 'ipfs/…', '/ipfs/…#key=…'])

const drawing = globSync('**/*.ts', { cwd: UI })
  .filter((file) => !file.startsWith('texts/'))
  .sort()

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

test('what draws the screens is looked at', () => {
  expect(drawing).toContain('elements/cafe-app.ts')
  expect(drawing.length).toBeGreaterThan(150)
})

test.each(drawing)('%s says nothing of its own', (file) => {
  const said = ownTexts(readFileSync(`${UI}${file}`, 'utf8'))
  expect(said.filter((one) => !SAME.has(one))).toEqual([])
})
