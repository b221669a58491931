/** The table of screens and the elements of the UI: what must hold on all screens is looked at on new ones too. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCREENS } from '../fixtures/screens/table.ts'

const ELEMENTS = globSync('cafe-*.ts', { cwd: new URL('../../src/ui/elements/', import.meta.url).pathname })
  .map((file) => file.replace(/\.ts$/, ''))
  .sort()

test('every element is on a screen of the table', () => {
  expect(ELEMENTS.length).toBeGreaterThan(80)
  expect([...new Set(SCREENS.flatMap(({ shows }) => shows))].sort()).toEqual(ELEMENTS)
})

test('screens have names of their own', () => {
  const names = SCREENS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
