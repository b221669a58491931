/**
 * Every screen of the table can be used by everybody: no rule of axe-core is broken on phones and desktops, in light and
 * dark; contrast grows for who asks for more; nothing moves for who wants no motion; and nothing reaches over the edge of
 * narrow screens, read from either side, in a language with long words.
 *
 * With `SCREENSHOTS=<folder>` a picture of each is left there.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit, overflow, restless, still, stretch } from '../fixtures/audit.ts'
import { LONG } from '../fixtures/long.ts'
import { present, type Screen } from '../fixtures/screens/screen.ts'
import { openStage, type Stage } from '../fixtures/screens/stage.ts'
import { SCREENS } from '../fixtures/screens/table.ts'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const
const SCHEMES = ['light', 'dark'] as const
const NARROW = [390, 320]
const PICTURES = process.env.SCREENSHOTS
/** What a page is shown with but for what a test asks for. */
const USUAL = {
  colorScheme: 'light',
  contrast: 'no-preference',
  forcedColors: 'none',
  reducedMotion: 'reduce',
} as const

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  if (PICTURES !== undefined) await mkdir(PICTURES, { recursive: true })
}, 120_000)
afterAll(() => stage?.close())

test('what is looked for is found', async () => {
  const page = stage.pages.fresh
  await page.evaluate(() => {
    const text = Object.assign(document.createElement('p'), { id: 'planted', innerText: 'Hardly to be read' })
    text.style.cssText = 'color: #eee; background: #fff; width: 3000px; font-size: 1rem'
    document.querySelector('main')?.append(text, document.createElement('img'), document.createElement('button'))
    document.querySelector('main > button')?.animate({ opacity: [0, 1] }, { duration: 1000, iterations: Infinity })
  })
  const found = [...(await audit(page)), ...(await restless(page)), ...(await overflow(page))].join('\n')
  for (const one of ['color-contrast at #planted', 'image-alt at', 'button-name at', 'moves: BUTTON', 'the page is'])
    expect(found).toContain(one)
  await page.reload()
  await page.locator('cafe-home h1').waitFor()
})

test.each(SCREENS)('$name', async (screen) => {
  const page = stage.pages[screen.who]
  await page.setViewportSize(SIZES.desktop)
  await page.emulateMedia(USUAL)
  await screen.show(page, stage)
  await present(page, screen.shows)
  const found = [...(await looks(page, screen)), ...(await wishes(page)), ...(await edges(page))]
  expect(found).toEqual([])
})

/** In both sizes and both schemes: in all four pairs where it may take long, else in the two that the screen's place says. */
async function looks(page: Page, screen: Screen): Promise<string[]> {
  const { name } = screen
  const found: string[] = []
  for (const [place, [size, viewport]] of Object.entries(SIZES).entries()) {
    await page.setViewportSize(viewport)
    const turn = SCHEMES[(SCREENS.indexOf(screen) + place) % SCHEMES.length]
    const schemes = LONG || PICTURES !== undefined ? SCHEMES : SCHEMES.filter((scheme) => scheme === turn)
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      await still(page)
      const path = PICTURES === undefined ? undefined : join(PICTURES, `${name}-${size}-${colorScheme}.png`)
      if (path !== undefined) await page.screenshot({ path, fullPage: true, animations: 'disabled' })
      found.push(
        // What is not about colours is the same in both schemes.
        ...(await audit(page, colorScheme === schemes[0] ? 'all' : 'colours')).map(
          (line) => `${size} ${colorScheme}: ${line}`,
        ),
      )
    }
  }
  return found
}

/** What the person has told the system: more contrast, colours of their own, no motion. */
async function wishes(page: Page): Promise<string[]> {
  const found: string[] = await restless(page)
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, contrast: 'more' })
    await still(page)
    found.push(...(await audit(page, 'more')).map((line) => `more contrast ${colorScheme}: ${line}`))
  }
  await page.emulateMedia({ ...USUAL, forcedColors: 'active' })
  await still(page)
  found.push(...(await audit(page, 'colours')).map((line) => `forced colours: ${line}`))
  await page.emulateMedia(USUAL)
  return found
}

/** On narrow screens, from left to right and from right to left, with words twice as long. */
async function edges(page: Page): Promise<string[]> {
  const found: string[] = []
  const relax = await stretch(page)
  for (const direction of ['ltr', 'rtl']) {
    await page.evaluate((dir) => document.documentElement.setAttribute('dir', dir), direction)
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: 800 })
      found.push(...(await overflow(page)).map((line) => `${direction} ${width}: ${line}`))
    }
  }
  await page.evaluate(() => document.documentElement.removeAttribute('dir'))
  await relax()
  return found
}
