/**
 * What is left behind: encrypted files are looked at in every way there is, then the browser is closed and its whole
 * profile searched. No plaintext is on the disk (rule A8), no key in the history (B3), none in what the static host was
 * asked or told (B1, B2); and a stranger's page cannot tell what is here from what is not (A9).
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { base58 } from '@scure/base'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ChangingHost, changingHost } from '../fixtures/changing-host.ts'
import { plant } from '../fixtures/plant.ts'
import { visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importSealed, MemorySource, utf8 } from '../unit/gateway-help.ts'

/** Something encrypted, with 32 random bytes in it that are nowhere else. */
interface Canary {
  readonly bytes: Buffer
  readonly link: string
  readonly key: string
}

const random = (): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(32)))
const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts))

/** A picture of one dot, its canary in a comment. */
function png(canary: Uint8Array): Uint8Array<ArrayBuffer> {
  const dot = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(canary.byteLength)
  // Browsers pass over the checksum of a chunk that they do not know.
  const chunk = joined(length, Buffer.from('caFe'), canary, Buffer.alloc(4))
  return joined(dot.subarray(0, 33), chunk, dot.subarray(33))
}

/** A second of sound, its canary among the samples. */
function wav(canary: Uint8Array): Uint8Array<ArrayBuffer> {
  const samples = Buffer.alloc(16_000)
  samples.set(canary, 8000)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(16_000, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.byteLength, 40)
  return joined(head, samples)
}

/** As Textile encrypted files. */
async function importLegacy(source: MemorySource, plain: Uint8Array<ArrayBuffer>) {
  const key = crypto.getRandomValues(new Uint8Array(44))
  const aes = await crypto.subtle.importKey('raw', key.slice(0, 32), 'AES-GCM', false, ['encrypt'])
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: key.slice(32) }, aes, plain)
  return { cid: await importFile(source, new Uint8Array(sealed)), key: base58.encode(key) }
}

async function makeCanaries(source: MemorySource): Promise<Canary[]> {
  const canaries: Canary[] = []
  for (let i = 0; i < 20; i++) {
    const bytes = [random(), Buffer.from(random().toString('base64url').slice(0, 32))][Number(i % 2 === 0)] as Buffer
    const kinds = [
      [`letter-${i}.txt`, joined(utf8('a letter: '), bytes, utf8('\n'.repeat(2000)))],
      [`photo-${i}.png`, png(bytes)],
      [`page-${i}.html`, joined(utf8('<!doctype html><p>page</p><pre>'), bytes)],
      [`sound-${i}.wav`, wav(bytes)],
    ] as const
    const [name, plain] = kinds[i % kinds.length] as (typeof kinds)[number]
    const { cid, key } = i >= 16 ? await importLegacy(source, plain) : await importSealed(source, plain)
    canaries.push({ bytes, key, link: `/ipfs/${cid}/${name}#key=${key}` })
  }
  return canaries
}

/** Files below `folder` that contain one of `needles`, with which. */
async function search(folder: string, needles: readonly (readonly [name: string, bytes: Buffer])[]): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path)
    for (const [name, bytes] of needles)
      if (content.includes(bytes)) found.push(`${name} in ${path.slice(folder.length)}`)
  }
  return found
}

/** Every address in the history of a closed browser. */
function historyOf(profile: string): string[] {
  const db = new DatabaseSync(join(profile, 'Default', 'History'), { readOnly: true })
  try {
    return db
      .prepare('select url from urls')
      .all()
      .map(({ url }) => String(url))
  } finally {
    db.close()
  }
}

let relay: RelayProcess
let host: ChangingHost
let source: MemorySource
let canaries: Canary[]
let open: { cid: string; bytes: Buffer }

beforeAll(async () => {
  relay = await startRelay()
  host = await changingHost(relay.url, () => {})
  source = new MemorySource()
  canaries = await makeCanaries(source)
  const bytes = random()
  open = { bytes, cid: `${await importFile(source, joined(utf8('public '), bytes, Buffer.alloc(90_000, 1)))}` }
})
afterAll(async () => {
  await host?.close()
  await relay?.close()
})

const profiles: string[] = []
afterAll(async () => {
  for (const folder of profiles) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

/** A profile that outlives its browser. */
async function begin() {
  const profile = await mkdtemp(join(tmpdir(), 'popup-cafe-kept-'))
  profiles.push(profile)
  const person = await visit(host.url, { profile })
  await plant(person.page, source.blocks)
  return person
}

const url = (link: string): string => host.url.slice(0, -1) + link

/** Looks at everything in the app's own viewer; what was shown. */
async function lookAt(page: Page, link: string): Promise<void> {
  // As a click on a link in the app does it.
  await page.locator('main').evaluate((main, link) => {
    main.dispatchEvent(Object.assign(new Event('cafe-open-link', { bubbles: true, composed: true }), { link }))
  }, link)
  const name = link.split(/[/#]/)[3] as string
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  const shown = { txt: 'cafe-text pre', png: 'img.look', html: '.framed iframe', wav: 'audio.look' }[
    name.split('.')[1] as string
  ]
  await page.locator(shown as string).waitFor()
  await page.waitForFunction((shown) => {
    const element = document.querySelector(shown)
    if (element instanceof HTMLImageElement) return element.complete && element.naturalWidth > 0
    if (element instanceof HTMLMediaElement) return element.duration > 0
    return element instanceof HTMLIFrameElement || (element?.textContent ?? '') !== ''
  }, shown as string)
}

describe('encrypted files that were looked at', () => {
  const needles = () => canaries.map(({ bytes, link }) => [link.split('#')[0] as string, bytes] as const)

  test('in the app, leave neither plaintext on the disk nor a key in the history', async () => {
    const { page, browser } = await begin()
    for (const { link } of canaries) await lookAt(page, link)
    await page.waitForTimeout(500)
    expect(page.url()).not.toContain('key=')
    const stored = await page.evaluate(async () => {
      const all: string[] = []
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname)
      }
      return all
    })
    expect(stored.filter((path) => path.startsWith('/ipfs'))).toEqual([])
    await browser.close()

    expect(await search(browser.profile, needles())).toEqual([])
    const history = historyOf(browser.profile)
    expect(history.some((address) => address.includes('#open=/ipfs/'))).toBe(true)
    const keys = canaries.map(({ key }) => key)
    expect(history.filter((address) => address.includes('key=') || keys.some((key) => address.includes(key)))).toEqual(
      [],
    )
    // The search can find: content that is public lies in the store as it is.
    expect(await search(browser.profile, [['public', open.bytes]])).not.toEqual([])
  })

  test('in tabs of their own, frames and by scripts, leave no plaintext either', async () => {
    const { page, browser } = await begin()
    const tab = await browser.context.newPage()
    for (const { link } of canaries) {
      await tab.goto(url(link))
      await tab.waitForTimeout(50)
      await page.evaluate(async (link) => {
        await (await fetch(link)).arrayBuffer()
        const frame = document.createElement('iframe')
        frame.src = link
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
        document.body.append(frame)
        await loaded
      }, link)
    }
    await tab.reload()
    await browser.close()
    expect(await search(browser.profile, needles())).toEqual([])
    // An address that somebody opened themselves is theirs to keep, and shows that the history can be read.
    expect(historyOf(browser.profile).some((address) => address.includes('key='))).toBe(true)
  })

  test('never told the static host a key, in what it was asked nor by a Referer', () => {
    const keys = canaries.map(({ key }) => key)
    expect(host.asked.length).toBeGreaterThan(10)
    const told = host.asked.map(({ url, headers }) => `${url} ${JSON.stringify(headers)}`)
    expect(told.filter((line) => keys.some((key) => line.includes(key)))).toEqual([])
    expect(
      relay
        .output()
        .split('\n')
        .filter((line) => keys.some((key) => line.includes(key))),
    ).toEqual([])
    const referred = host.asked.flatMap(({ url, headers }) => (headers.referer ? `${url} from ${headers.referer}` : []))
    // Of itself Chromium looks for a newer service worker some time after a visit, and names the script as its own referrer.
    const ownCheck = `/sw.js from ${url('/sw.js')}`
    expect(referred.filter((line) => line !== ownCheck)).toEqual([])
  })
})

describe('a link of the old kind', () => {
  test('whose key the host has seen is rewritten, and that is said', async () => {
    const { link, key } = canaries[0] as Canary
    const person = await begin()
    const before = host.asked.length
    // As on a first visit: nothing but the host answers.
    await person.page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister()
    })
    await person.page.goto('about:blank')
    const [path = ''] = link.split('#')
    await person.page.goto(url(`${path}?key=${key}`))
    await person.page.getByText('the host of this page has seen it').waitFor()
    expect(person.page.url()).toBe(url(`${path}#key=${key}`))
    await person.page.frameLocator('iframe.opened').getByText('a letter').waitFor()
    expect(host.asked.slice(before).filter(({ url }) => url.includes(key))).toHaveLength(1)
    await person.page.getByRole('button', { name: 'Got it' }).click()
    expect(await person.page.getByText('has seen it').count()).toBe(0)
    await person.browser.close()
  })
})

describe('other servers', () => {
  test('hear of no key and no address when a link in content leads to them', async () => {
    const referers: (string | undefined)[] = []
    const server = createServer(({ headers, url }, response) => {
      // Its own page then asks for its picture, and names itself.
      if (url === '/') referers.push(headers.referer)
      response.end('<!doctype html>there')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { page, browser } = await begin()
    try {
      const pages = new MemorySource()
      const html = utf8(`<!doctype html><a href="http://127.0.0.1:${port}/">away</a>`)
      const sealed = await importSealed(pages, html)
      await plant(page, pages.blocks)
      const address = url(`/ipfs/${sealed.cid}/page.html#key=${sealed.key}`)
      for (const policy of ['', `/ipfs/${await importFile(pages, html)}?filename=page.html`]) {
        await plant(page, pages.blocks)
        await page.goto(policy === '' ? address : url(policy))
        await page.getByRole('link', { name: 'away' }).click()
        await page.getByText('there').waitFor()
      }
      expect(referers.length).toBeGreaterThanOrEqual(2)
      expect(referers.filter(Boolean)).toEqual([])
    } finally {
      await browser.close()
      server.close()
    }
  })
})

describe('a page of another origin', () => {
  test('cannot tell what is on this device from what is nowhere', async () => {
    const { page, browser } = await begin()
    try {
      const stranger = createServer((_, response) =>
        response.setHeader('Content-Type', 'text/html').end('<!doctype html>'),
      )
      await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
      await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
      const picture = new MemorySource()
      const here = await importFile(picture, png(random()))
      const app = await browser.context.newPage()
      await app.goto(host.url)
      await plant(app, picture.blocks)
      expect(await app.evaluate(async (url) => (await fetch(url)).status, `/ipfs/${here}?filename=a.png`)).toBe(200)
      const before = host.asked.length
      const observe = (address: string) =>
        page.evaluate(async (address) => {
          const event = (name: string, attributes: Record<string, string>) =>
            new Promise<string>((resolve) => {
              const element = document.createElement(name)
              for (const type of ['load', 'error', 'loadedmetadata'])
                element.addEventListener(type, () => resolve(type))
              setTimeout(resolve, 3000, 'nothing')
              for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
              document.body.append(element)
            })
          const asked = async (mode: RequestMode) => {
            const response = await fetch(address, { mode }).catch((error: Error) => error.name)
            return typeof response === 'string' ? response : `${response.type} ${response.status}`
          }
          return {
            image: await event('img', { src: address }),
            script: await event('script', { src: address }),
            style: await event('link', { rel: 'stylesheet', href: address }),
            frame: await event('iframe', { src: address }),
            video: await event('video', { src: address }),
            object: await event('object', { data: address }),
            windows: window.length,
            noCors: await asked('no-cors'),
            cors: await asked('cors'),
          }
        }, address)
      const absent = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
      const [one, other] = [
        await observe(url(`/ipfs/${here}?filename=a.png`)),
        await observe(url(`/ipfs/${absent}?filename=a.png`)),
      ]
      expect({ ...one, windows: 0 }).toEqual({ ...other, windows: 0 })
      expect(one.image).toBe('error')
      // The service worker was not asked at all, so there is nothing to measure: every question went to the static host.
      const asked = host.asked.slice(before).map(({ url }) => url)
      expect(asked.filter((url) => url.includes(`${here}`)).length).toBe(
        asked.filter((url) => url.includes(absent)).length,
      )
      expect(asked.filter((url) => url.includes(`${here}`)).length).toBeGreaterThanOrEqual(6)
      stranger.close()
    } finally {
      await browser.close()
    }
  })
})
