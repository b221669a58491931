/**
 * Draws the icons of the manifest from `public/favicon.svg`, in the Chromium that the tests use: run it after the drawing has
 * changed, and commit what it wrote. Maskable ones have the cup within the circle that every mask leaves, on the same ground.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const ROOT = new URL('../', import.meta.url).pathname
const GROUND = '#fbf3e6'
/** Part of a maskable icon's side that the drawing takes: a square in the safe circle, whose diameter is 80 %. */
const SAFE = 0.6

const drawing = Buffer.from(readFileSync(`${ROOT}public/favicon.svg`)).toString('base64')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
mkdirSync(`${ROOT}public/icons`, { recursive: true })
for (const size of [180, 192, 512]) {
  for (const maskable of [false, true]) {
    // The one of 180 is for iOS, which cuts the corners itself and shows no transparency.
    if ((size === 180) !== maskable && size === 180) continue
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    const side = maskable ? size * (size === 180 ? 0.8 : SAFE) : size
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${maskable ? GROUND : 'transparent'}">` +
        `<img width="${side}" height="${side}" src="data:image/svg+xml;base64,${drawing}">`,
    )
    await page.locator('img').evaluate((image) => image.decode())
    const name = size === 180 ? 'touch-180' : `${maskable ? 'maskable' : 'icon'}-${size}`
    writeFileSync(`${ROOT}public/icons/${name}.png`, await page.screenshot({ omitBackground: true }))
    await page.close()
  }
}
await browser.close()
