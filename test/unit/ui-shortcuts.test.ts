/** Which keys ask for what, in which time, and that every place they lead to is one. */
import { expect, test } from 'vitest'
import { readRoute } from '../../src/ui/route.ts'
import { GO, Keys, PAUSE } from '../../src/ui/shortcuts.ts'

test.each(Object.entries(GO))('g %s leads to %s', (key, view) => {
  const keys = new Keys()
  expect([keys.press('g', 0), keys.press(key, PAUSE)]).toEqual([undefined, view])
  expect(readRoute(view === 'home' ? '#' : `#${view}`)).toEqual({ view })
})

test('a letter alone does nothing, nor one that comes too late, nor one after something else', () => {
  const keys = new Keys()
  expect(keys.press('h', 0)).toBeUndefined()
  keys.press('g', 10)
  expect(keys.press('h', 11 + PAUSE)).toBeUndefined()
  keys.press('g', 5000)
  keys.press('x', 5001)
  expect(keys.press('h', 5002)).toBeUndefined()
  keys.press('g', 6000)
  keys.clear()
  expect(keys.press('h', 6001)).toBeUndefined()
})

test('names that objects have by themselves are no keys', () => {
  const keys = new Keys()
  keys.press('g', 0)
  expect(keys.press('constructor', 1)).toBeUndefined()
})

test('? asks for help, also after g', () => {
  const keys = new Keys()
  keys.press('g', 0)
  expect(keys.press('?', 1)).toBe('help')
})
