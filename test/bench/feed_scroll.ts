/**
 * Frames for each second while a thread of 10 000 posts is scrolled by the wheel, as fast as one reads by glances. The limit
 * is a page of plain text as high as the screen can be scrolled, in the same browser: what it loses there is not the app's.
 */
import type { Page } from 'playwright-core'
import { visit } from '../fixtures/profiles.ts'
import { compare, type Figure } from './figure.ts'

const POSTS = 10_000
/** Turns of the wheel, what each scrolls in pixels, and milliseconds between them. */
const TURNS = 120
const STEP = 240
const BETWEEN = 25

export const figure: Figure = {
  name: 'feed_scroll',
  unit: 'frames/s',
  async run(context) {
    const { url } = await context.relay()
    const { browser, page } = await visit(url)
    try {
      const thread = await page.evaluate(async (count) => {
        await cafe.account.create()
        const { id } = await cafe.thread.create({ name: 'Ten thousand', type: 'open', sharing: 'shared' })
        for (let number = 1; number <= count; number++) {
          await cafe.thread.post(id, `Post ${number}. ${'And a line of it.\n'.repeat(number % 6)}`)
        }
        return id
      }, POSTS)
      await page.evaluate((hash) => {
        location.hash = hash
      }, `#thread=${thread}`)
      await page.locator('.feed > article').first().waitFor()
      const plain = await browser.context.newPage()
      await plain.setContent(
        `<style>article { padding: 2rem; border-bottom: 1px solid }</style>${Array.from({ length: 2000 }, (_, i) => `<article>Post ${i}. ${'And a line of it.<br>'.repeat(i % 6)}</article>`).join('')}`,
      )
      return await compare(
        3,
        () => framesOf(page),
        () => framesOf(plain),
      )
    } finally {
      await browser.close()
    }
  },
}

/** Frames for each second while the page is scrolled down. @throws if it did not move. */
async function framesOf(page: Page): Promise<number> {
  await page.bringToFront()
  await page.mouse.move(400, 300)
  const before = await page.evaluate(() => {
    const scope = globalThis as { counted?: number[] }
    const frames: number[] = []
    scope.counted = frames
    const count = (now: number): void => {
      frames.push(now)
      if (scope.counted === frames) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
    return scrollY
  })
  for (let turn = 0; turn < TURNS; turn++) {
    await page.mouse.wheel(0, STEP)
    await page.waitForTimeout(BETWEEN)
  }
  const { frames, moved } = await page.evaluate((before) => {
    const scope = globalThis as { counted?: number[] }
    const frames = scope.counted ?? []
    delete scope.counted
    return { frames, moved: scrollY - before }
  }, before)
  if (moved < 1000) throw new Error(`the page moved by ${moved} pixels only`)
  return ((frames.length - 1) * 1000) / ((frames.at(-1) as number) - (frames[0] as number))
}
