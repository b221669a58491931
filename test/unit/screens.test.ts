/** The table of screens and the elements of the UI: what must hold on all screens is looked at on new ones too. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCREENS } from '../fixtures/screens/table.ts'

const ELEMENTS = globSync('cafe-*.ts', { cwd: new URL('../../src/ui/elements/', import.meta.url).pathname })
  .map((file) => file.replace(/\.ts$/, ''))
  .sort()

/** Elements whose screens are not in the table yet. Nothing is added here: a new element comes with its screen. */
const NOT_YET: readonly string[] = ['cafe-network']

test('every element is on a screen of the table, or among those that are still to come, and not on both', () => {
  expect(ELEMENTS.length).toBeGreaterThan(80)
  const shown = new Set(SCREENS.flatMap(({ shows }) => shows))
  expect([...shown, ...NOT_YET].sort()).toEqual(ELEMENTS)
})

test('screens have names of their own', () => {
  const names = SCREENS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
