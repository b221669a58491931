/**
 * How soon the worker knows that a tab has gone with the connections it lent, by the way it went. The limit is what the
 * platform itself needs to give the Web Lock of a tab that goes likewise to one who waits for it in another tab.
 *
 * The clock of a close starts in the page, at `pagehide`; that of a crash here, with the order to crash.
 */
import type { Page } from 'playwright-core'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { compare, type Figure } from './figure.ts'
import type { LendPage } from './pages/lend.ts'

/** Makes a page go. @returns when it began to, if that can be said here. */
export type Go = (page: Page, browser: Browser) => Promise<number | undefined>

type Call = Awaited<ReturnType<LendPage['join']>>
type Scope = typeof globalThis & { lend: LendPage; call: Call }

const LOCK = 'bench-life'
const RUNS = 9
/** Milliseconds after which it is not noticed at all: a hung tab would be by then. */
const GIVE_UP = 20_000

export function lostFigure(name: string, go: Go): Figure {
  return {
    name,
    unit: 'ms',
    async run(context) {
      const { origin } = await context.pages()
      const browser = await launch()
      const open = async (): Promise<Page> => {
        const page = await browser.context.newPage()
        await page.goto(`${origin}/lend.html`)
        await page.waitForFunction(() => 'lend' in globalThis)
        return page
      }
      /** Milliseconds from the going of `page` to what `noticed` says. */
      const time = async (page: Page, noticed: Promise<number>): Promise<number> => {
        const [began, at] = await Promise.all([go(page, browser), Promise.race([noticed, late()])])
        return at - (began ?? (await watcher.evaluate(() => (globalThis as Scope).lend.hidden())))
      }
      const watcher = await open()
      try {
        // First of all: the worker runs in the process of the tab that makes it.
        await watcher.evaluate(join)
        const lost = async (): Promise<number> => {
          const page = await open()
          await page.evaluate(join)
          await watcher.evaluate(() => (globalThis as Scope).call('connect'))
          return time(
            page,
            watcher.evaluate(() => (globalThis as Scope).call('lost') as Promise<number>),
          )
        }
        const free = async (): Promise<number> => {
          const page = await open()
          await page.evaluate((lock) => (globalThis as Scope).lend.hold(lock), LOCK)
          return time(
            page,
            watcher.evaluate((lock) => (globalThis as Scope).lend.free(lock), LOCK),
          )
        }
        return await compare(RUNS, lost, free)
      } finally {
        await browser.close()
      }
    },
  }
}

async function join(): Promise<void> {
  const scope = globalThis as Scope
  scope.call = await scope.lend.join()
}

const late = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`not noticed in ${GIVE_UP} ms`)), GIVE_UP).unref()
  })
