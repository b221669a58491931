/**
 * Every case of path and trustless gateways through the service worker, as a page of the app asks: one profile, the
 * archives in its store, and no relay, cafe or peer that has them too. Cases of hosts are not a page's to ask: its hosts
 * are origins of their own, which other tests open. Then what a page gets by going there, once for every group.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case, Seen } from '../conformance/case.ts'
import { check, type World } from '../conformance/check.ts'
import { exceptionFor } from '../conformance/exceptions.ts'
import { loadBlocks, missing, records } from '../conformance/fixtures.ts'
import { BY_HOST, CASES, keyOf } from '../conformance/table.ts'
import { headersOf, TWIN_REQUESTS, TWINS, type TwinRequest, twinFaults } from '../conformance/twin.ts'
import { putBlocks } from '../fixtures/local-blocks.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importSealed, MemorySource } from '../unit/gateway-help.ts'

const cases = CASES.filter(({ group }) => !BY_HOST.has(group))

/** What a person sees who goes there: one for every group whose answers are shown. */
const SHOWN: ReadonlyArray<readonly [group: string, path: string, text: string]> = [
  ['unixfs', '/ipfs/bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i/%C4%85/%C4%99/', 'file-źł.txt'],
  ['ipns-cache', '/ipns/k51qzi5uqu5dlxdsdu5fpuu7h69wu4ohp32iwm9pdt9nq3y5rpn3ln9j12zfhe/root2/root3/', 'root4'],
  ['range', '/ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy/ascii.txt', 'hello application'],
  ['dag', '/ipfs/bafyreibs4utpgbn7uqegmd2goqz4bkyflre2ek2iwv743fhvylwi4zeeim/', 'foo'],
  ['dag-ipns', '/ipns/k51qzi5uqu5dghjous0agrwavl8vzl64xckoqzwqeqwudfr74kfd11zcyk3b7l/', 'foo'],
  ['ipns', '/ipns/k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w', 'record'],
]
/** And one for every group whose answers are saved, with what it is saved as. */
const SAVED: ReadonlyArray<readonly [group: string, path: string, name: RegExp]> = [
  ['raw', '/ipfs/bafybeie72edlprgtlwwctzljf6gkn2wnlrddqjbkxo3jomh4n7omwblxly/dir?format=raw', /\.bin$/],
  ['block', '/ipfs/bafkreihhpc5y2pqvl5rbe5uuyhqjouybfs3rvlmisccgzue2kkt5zq6upq?format=raw', /\.bin$/],
  ['car', '/ipfs/bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu/subdir?format=car', /\.car$/],
  ['car-optional', '/ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy?format=car&car-dups=y', /\.car$/],
  ['tar', '/ipfs/bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i?format=tar', /\.tar$/],
  [
    'record',
    '/ipns/k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w?format=ipns-record',
    /\.ipns-record$/,
  ],
]

let relay: RelayProcess
let person: Person
let world: World

/** A request as it goes into the page, and what comes out of it. */
interface Asked {
  readonly path: string
  readonly method?: string | undefined
  readonly headers?: Record<string, string> | undefined
}

/** Asks in the page, without following redirects. */
async function fetchInPage({ path, method = 'GET', headers = {} }: Asked): Promise<Seen> {
  const seen = await person.page.evaluate(
    async (asked) => {
      const response = await fetch(asked.path, { method: asked.method, headers: asked.headers, redirect: 'manual' })
      const body = new Uint8Array(await response.arrayBuffer())
      // Strings of one character per byte are what crosses to the test unharmed.
      let binary = ''
      for (let at = 0; at < body.byteLength; at += 8192) binary += String.fromCharCode(...body.subarray(at, at + 8192))
      return { status: response.status, headers: [...response.headers], body: btoa(binary) }
    },
    { path, method, headers },
  )
  return {
    status: seen.status,
    headers: new Headers(seen.headers),
    body: new Uint8Array(Buffer.from(seen.body, 'base64')),
  }
}

const ask: World['ask'] = async ({ path, method, headers, tagOf }) => {
  const tag = tagOf && (await fetchInPage({ path: tagOf.path })).headers.get('etag')
  return fetchInPage({
    path,
    method,
    headers: { ...headers, ...(tag && { 'if-none-match': tagOf.weak ? `W/${tag}` : tag }) },
  })
}

describe.skipIf(missing)('in Chromium', () => {
  beforeAll(async () => {
    relay = await startRelay()
    person = await visit(relay.url)
    const source = await loadBlocks()
    const known = records()
    world = { source, records: known, ask }
    await putBlocks(person.page, source.blocks)
    // Records that do not verify are refused, as they must be: what they were for is then not known here.
    const refused = await person.page.evaluate(
      async (all) => {
        let refused = 0
        for (const [name, record] of all) {
          await cafe.names.add(name, Uint8Array.from(record)).catch(() => refused++)
        }
        return refused
      },
      [...known].map(([name, record]) => [name, [...record]] as const),
    )
    expect(refused).toBe(3)
  }, 120_000)

  afterAll(async () => {
    await person?.browser.close()
    await relay?.close()
  })

  it.each(cases.map((one): [string, Case] => [keyOf(one), one]))('%s', async (key, one) => {
    const wrong = await check(one, world)
    if (exceptionFor(key, 'browser') === undefined) expect(wrong.join('\n')).toBe('')
    else expect(wrong, 'is excepted, but passes').not.toEqual([])
  })

  it.each(
    cases.flatMap(({ request, expect: { headers } }) => {
      const location = headers?.['location']
      return typeof location === 'string' ? [[request.path, location] as const] : []
    }),
  )('%s leads to %s', async (path, location) => {
    const end = await person.page.evaluate(async (asked) => {
      const response = await fetch(asked)
      await response.arrayBuffer()
      return { url: response.url, redirected: response.redirected }
    }, path)
    expect(end).toEqual({ url: new URL(location, relay.url).href, redirected: true })
  })

  it.each(TWINS)('the keyed twin of $name is the same bytes, by its fragment', async ({ name, bytes }) => {
    const source = new MemorySource()
    const plain = await importFile(source, bytes)
    const { cid, key } = await importSealed(source, bytes)
    await putBlocks(person.page, source.blocks)
    const query = `filename=${encodeURIComponent(name)}`
    const links = { plain: `/ipfs/${plain}?${query}`, keyed: `/ipfs/${cid}?${query}#key=${key}` }
    const tags = { plain: '', keyed: '' }
    const answer = async (which: 'plain' | 'keyed', request: TwinRequest): Promise<Seen> => {
      const headers = headersOf(request, bytes.byteLength, tags[which])
      const seen = await fetchInPage({ path: links[which], method: request.method, headers })
      tags[which] ||= seen.headers.get('etag') ?? ''
      return seen
    }
    for (const request of TWIN_REQUESTS) {
      const [plain, keyed] = [await answer('plain', request), await answer('keyed', request)]
      expect(twinFaults(plain, keyed), request.name).toEqual([])
      if (request.name === 'all of it') expect(Buffer.compare(keyed.body, bytes)).toBe(0)
    }
  })

  it.each(SHOWN)('going to content of %s shows it', async (_group, path, text) => {
    const page = await person.browser.context.newPage()
    try {
      const response = await page.goto(new URL(path, relay.url).href)
      expect(response?.status()).toBe(200)
      expect(await page.content()).toContain(text)
    } finally {
      await page.close()
    }
  })

  it.each(SAVED)('going to content of %s saves it', async (_group, path, name) => {
    const page = await person.browser.context.newPage()
    try {
      const download = page.waitForEvent('download')
      // What is saved ends the navigation, and that is told as a failure of it.
      await page.goto(new URL(path, relay.url).href).catch(() => undefined)
      const saved = await download
      expect(saved.suggestedFilename()).toMatch(name)
      const { body } = await fetchInPage({ path })
      expect(Buffer.compare(readFileSync(await saved.path()), body)).toBe(0)
    } finally {
      await page.close()
    }
  })
})
