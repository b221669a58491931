/** What other programs ask of the installed app, and that its manifest asks for no more than there is. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { askedHash } from '../../src/ui/asked.ts'
import { readRoute } from '../../src/ui/route.ts'

const PUBLIC = new URL('../../public/', import.meta.url)
const CODE = 'pWFhYWFhYWFhYWFhYWFhYWFhYWFh'
const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const go = (link: string) => askedHash(`#go=${encodeURIComponent(link)}`)

test('a link of ours leads where it says, whatever way it is written', () => {
  expect(go(`web+cafe:join=${CODE}`)).toBe(`#join=${CODE}`)
  expect(go(`web+cafe://join=${CODE}`)).toBe(`#join=${CODE}`)
  expect(go(`web+cafe:https://cafe.example/#join=${CODE}`)).toBe(`#join=${CODE}`)
  expect(go(`web+cafe:thread=${CODE}`)).toBe(`#thread=${CODE}`)
  expect(go(`web+cafe:contact=${CODE}`)).toBe(`#contact=${CODE}`)
})

test('the key of content stays in the fragment', () => {
  for (const link of [
    `web+cafe:/ipfs/${CID}#key=uAg`,
    `web+cafe://ipfs/${CID}?key=uAg`,
    `web+cafe:ipfs/${CID}#key=uAg`,
  ]) {
    const asked = go(link)
    expect(asked).toBe(`#open=/ipfs/${CID}#key=uAg`)
    expect(readRoute(asked ?? '')).toEqual({ view: 'open', link: `/ipfs/${CID}#key=uAg` })
  }
})

test('what is no link of ours leads home, and other fragments are left alone', () => {
  for (const link of ['web+cafe:javascript:alert(1)', 'web+cafe:', 'https://example.org/', '%', 'web+cafe:link=abc']) {
    expect(go(link)).toBe('#')
  }
  expect(askedHash('#go=%E0%A4%A')).toBe('#')
  expect(askedHash('#join=abc')).toBeUndefined()
})

test('every picture of the manifest is there in the size it says, and every address is one of the app', () => {
  const manifest = JSON.parse(readFileSync(new URL('manifest.webmanifest', PUBLIC), 'utf8'))
  const pictures = [...manifest.icons, ...manifest.screenshots, ...manifest.shortcuts.flatMap(iconsOf)]
  expect(pictures.length).toBeGreaterThan(8)
  for (const { src, sizes } of pictures) {
    const file = new URL(`.${src}`, PUBLIC)
    expect(existsSync(file), src).toBe(true)
    if (src.endsWith('.png')) expect(pngSize(readFileSync(file)), src).toBe(sizes)
  }
  const purposes = manifest.icons.map(({ sizes, purpose }: Icon) => `${sizes} ${purpose}`)
  expect(purposes).toEqual(
    expect.arrayContaining(['192x192 any', '512x512 any', '192x192 maskable', '512x512 maskable']),
  )
  for (const { url } of manifest.shortcuts) {
    expect(url).toMatch(/^\/#/)
    if (url !== '/#go') expect(readRoute(url.slice(1)).view).toBe(url.slice(2))
  }
  // In a query it would reach the server.
  for (const { url } of manifest.protocol_handlers) expect(url).toMatch(/^\/#go=%s$/)
})

interface Icon {
  readonly src: string
  readonly sizes: string
  readonly purpose: string
}
const iconsOf = ({ icons }: { readonly icons: readonly Icon[] }): readonly Icon[] => icons

/** Width and height stand in the first chunk. */
const pngSize = (bytes: Buffer): string => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`
