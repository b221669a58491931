/** An entry of a thread opened with the keys of its files: names, kinds, sizes and pictures, of ours and of Textile's. */
import { createCipheriv } from 'node:crypto'
import { base58 } from '@scure/base'
import type { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it } from 'vitest'
import { ABOUT_TYPE, aboutSchema } from '../../src/core/about.ts'
import { parse } from '../../src/core/schema.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import { formatKeyMap, parseKeyMap } from '../../src/crypto/key-map.ts'
import { encryptStream } from '../../src/crypto/stream-cipher.ts'
import { entryLink } from '../../src/peer/backup-row.ts'
import { itemsOf } from '../../src/ui/viewer/content.ts'
import { asker, bytesOf, importTree, MemorySource, noise, utf8 } from './gateway-help.ts'

type Bytes = Uint8Array<ArrayBuffer>

interface Sealer {
  readonly text: string
  seal(plain: Bytes): Promise<Bytes>
}

function ours(): Sealer & { readonly raw: Bytes } {
  const key = createFileKey()
  return {
    text: formatFileKey(key.reveal()),
    raw: key.reveal(),
    seal: async (plain) =>
      new Uint8Array(await new Response(new Blob([plain]).stream().pipeThrough(encryptStream(key))).arrayBuffer()),
  }
}

/** Textile sealed a file and what is known of it with the same key and nonce. */
function textiles(seed: number): Sealer {
  const bytes = noise(44, seed)
  return {
    text: base58.encode(bytes),
    async seal(plain) {
      const cipher = createCipheriv('aes-256-gcm', bytes.subarray(0, 32), bytes.subarray(32))
      return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
    },
  }
}

const GIF = utf8('GIF89a: a small picture')
const json = (value: object): Bytes => utf8(JSON.stringify(value))

async function sealedDir(
  sealer: Sealer,
  path: string,
  content: Bytes,
  meta: object,
  names: readonly [string, string] = ['content', 'meta'],
) {
  return {
    [`${path}/${names[0]}`]: await sealer.seal(content),
    [`${path}/${names[1]}`]: await sealer.seal(json(meta)),
  }
}

const hrefs = (page: string): string[] =>
  [...page.matchAll(/(?:href|src)="(\.\/[^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))

describe('an entry of ours', () => {
  const source = new MemorySource()
  const ask = asker(source)
  const [film, small, letter] = [ours(), ours(), ours()]
  let data: CID
  let link = ''
  beforeAll(async () => {
    data = await importTree(source, {
      ...(await sealedDir(film, '0/raw', noise(5_000), {
        name: 'film & "fun".mp4',
        mime: 'video/mp4',
        size: 5_000,
        sha256: 'x',
      })),
      ...(await sealedDir(small, '0/thumb', GIF, {
        name: 'film & "fun".mp4',
        mime: 'image/gif',
        size: GIF.byteLength,
      })),
      ...(await sealedDir(letter, '1/raw', utf8('Dear all'), {
        name: '<b>letter</b>.txt',
        mime: 'text/plain',
        size: 8,
      })),
      '2/raw/content': utf8('for everybody'),
      '2/raw/meta': json({ name: 'public.txt', mime: 'text/plain', size: 13 }),
    })
    link = entryLink(data, [{ key: film.raw, thumb: { key: small.raw } }, { key: letter.raw }, { key: null }], [])
  })

  it('shows names, kinds, sizes and small pictures, and keeps none of it', async () => {
    const response = await ask(link)
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.get('X-Ipfs-Path')).toBeNull()
    const page = await response.text()
    expect(page).toContain('film &amp; &quot;fun&quot;.mp4')
    expect(page).toContain('video/mp4 · 5.0 kB')
    expect(page).toContain('&lt;b&gt;letter&lt;/b&gt;.txt')
    expect(page).toContain('public.txt')
    expect(page).not.toContain('<b>letter')
    expect(page.match(/<img /g)).toHaveLength(1)
  })

  it('links to each with its own key only', async () => {
    const page = await (await ask(link)).text()
    const [first = '', thumb = '', second = '', open = ''] = hrefs(page)
    const get = (href: string) => ask(new URL(href, `http://x/ipfs/${data}/`).href.slice('http://x'.length))
    const opened = await get(first)
    expect(opened.headers.get('Content-Type')).toBe('video/mp4')
    expect(Buffer.compare(await bytesOf(opened), noise(5_000))).toBe(0)
    const picture = await get(thumb)
    expect(picture.headers.get('Content-Type')).toBe('image/gif')
    expect(Buffer.compare(await bytesOf(picture), GIF)).toBe(0)
    // The slash in it is no part of a path.
    expect(await (await get(second)).text()).toBe('Dear all')
    expect(await (await get(open)).text()).toBe('for everybody')
    expect(first).not.toContain(small.text)
    expect(second.match(/key=/g)).toHaveLength(1)
  })

  it('is told to the app as a folder, each file with where it is and its own key', async () => {
    const told = await ask(link, { headers: { Accept: ABOUT_TYPE } })
    expect(told.headers.get('Cache-Control')).toBe('private, no-store')
    const about = parse(aboutSchema, await told.json())
    const items = about.kind === 'folder' ? itemsOf(link, about.entries) : []
    expect(items.map(({ name, shape, size }) => [name, shape, size])).toEqual([
      ['film & "fun".mp4', 'video', 5_000],
      ['<b>letter</b>.txt', 'text', 8],
      ['public.txt', 'text', 13],
    ])
    const [first, second] = items
    expect(Buffer.compare(await bytesOf(await ask(first?.link ?? '')), noise(5_000))).toBe(0)
    expect(Buffer.compare(await bytesOf(await ask(first?.thumbnail ?? '')), GIF)).toBe(0)
    expect(await (await ask(second?.link ?? '')).text()).toBe('Dear all')
  })

  it('passes on which cafes have it', async () => {
    const from = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
    source.asked.length = 0
    const page = await (await ask(`${link}&from=${from}`)).text()
    for (const href of hrefs(page)) expect(href).toMatch(new RegExp(`from=${from}$`))
    for (const block of source.asked) expect(block.from).toEqual([from])
  })

  it('shows which of its files a key does not open, and is refused if none does', async () => {
    const keys = { ...Object.fromEntries(parseKeyMap(keysOf(link))), '/1/raw/': ours().text }
    const page = await (await ask(`/ipfs/${data}/#keys=${formatKeyMap(new Map(Object.entries(keys)))}`)).text()
    expect(page).toContain('Does not open')
    expect(page).not.toContain('letter')
    expect(page).toContain('film')
    const wrong = formatKeyMap(
      new Map([
        ['/0/raw/', ours().text],
        ['/1/raw/', small.text],
      ]),
    )
    const refused = await ask(`/ipfs/${data}/#keys=${wrong}`)
    expect(refused.status).toBe(403)
    expect(await refused.text()).not.toContain(small.text)
    const missing = formatKeyMap(new Map([['/7/raw/', film.text]]))
    expect((await ask(`/ipfs/${data}/#keys=${missing}`)).status).toBe(404)
  })

  it('is a bad link with keys that are none, with a key besides, and for a file', async () => {
    const status = async (fragment: string, path = '/') => (await ask(`/ipfs/${data}${path}#${fragment}`)).status
    const map = (value: unknown) => `keys=${Buffer.from(JSON.stringify(value)).toString('base64url')}`
    for (const bad of [
      'keys=',
      'keys=!!',
      map([]),
      map({}),
      map({ '/0/raw/': 5 }),
      map({ '/0/raw/': 'no key' }),
      map({ '0/raw': film.text }),
      map({ '/../x/y/': film.text }),
      map(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`/${i}/`, '']))),
      `${map({ '/0/raw/': film.text })}&key=${film.text}`,
      `${map({ '/0/raw/': film.text })}&${map({ '/0/raw/': film.text })}`,
    ]) {
      expect(await status(bad), bad).toBe(400)
    }
    expect(await status(map({ '/0/raw/': film.text }), '/0/raw/content')).toBe(400)
  })
})

const keysOf = (link: string): string => new URLSearchParams(link.split('#')[1]).get('keys') ?? ''

describe("an entry of Textile's", () => {
  it('shows the large picture by the small one, and neither data about it nor the key that is in it', async () => {
    const source = new MemorySource()
    const [large, small, exif] = [textiles(1), textiles(2), textiles(3)]
    const index = (mill: string, media: string, size: number, key: string) => ({
      mill,
      checksum: 'c',
      source: 's',
      opts: 'o',
      hash: 'Qm',
      key,
      media,
      name: 'beach.gif',
      size,
      added: '2019-07-01T10:00:00Z',
      meta: { width: 1.5 },
    })
    const data = await importTree(source, {
      ...(await sealedDir(large, '0/large', noise(9_000), index('/image/resize', 'image/gif', 9_000, large.text))),
      ...(await sealedDir(small, '0/small', GIF, index('/image/resize', 'image/gif', 23, small.text))),
      ...(await sealedDir(exif, '0/exif', json({ a: 1 }), index('/image/exif', 'application/json', 99_000, exif.text))),
    })
    const keys = formatKeyMap(
      new Map([
        ['/0/exif/', exif.text],
        ['/0/large/', large.text],
        ['/0/small/', small.text],
      ]),
    )
    const page = await (await asker(source)(`/ipfs/${data}/#keys=${keys}`)).text()
    const [first = '', thumb = ''] = hrefs(page)
    expect(first).toBe(`./0/large/content/beach.gif#key=${large.text}`)
    expect(thumb).toBe(`./0/small/content#key=${small.text}`)
    expect(page).toContain('image/gif · 9.0 kB')
    expect(page).not.toContain(exif.text)
  })

  it('opens in its oldest form too, one directory for one file', async () => {
    const source = new MemorySource()
    const key = textiles(4)
    const about = { name: 'song.ogg', media: 'audio/ogg', size: 3 }
    const data = await importTree(source, await sealedDir(key, '0', utf8('Ogg'), about, ['d', 'f']))
    const page = await (await asker(source)(`/ipfs/${data}/#keys=${formatKeyMap(new Map([['/0/', key.text]]))}`)).text()
    expect(page).toContain('song.ogg')
    expect(hrefs(page)).toEqual([`./0/d/song.ogg#key=${key.text}`])
  })
})

describe("links to Textile's pictures", () => {
  const source = new MemorySource()
  const ask = asker(source)
  const key = textiles(5)
  const oldest: Sealer = {
    text: '17q9mTWHjSOIjWi0000000000000000000000000abcd',
    async seal(plain) {
      const bytes = Buffer.from(this.text)
      const cipher = createCipheriv('aes-256-gcm', bytes.subarray(0, 32), bytes.subarray(32))
      return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
    },
  }
  let root: CID
  beforeAll(async () => {
    root = await importTree(source, {
      ...(await sealedDir(key, '0/large', GIF, {})),
      ...(await sealedDir(oldest, '1/large', GIF, {}, ['d', 'meta'])),
      ...(await sealedDir(key, '1/other', GIF, {}, ['d', 'meta'])),
    })
  })

  it('open with keys of 44 bytes and of 44 characters', async () => {
    for (const path of [`0/large/content?key=${key.text}`, `1/large/d?key=${oldest.text}`]) {
      const response = await ask(`/ipfs/${root}/${path}`)
      expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/gif'])
      expect(Buffer.compare(await bytesOf(response), GIF)).toBe(0)
    }
  })

  it('to what older directories call `d` are sent there, with all that follows', async () => {
    for (const [path, location] of [
      [`1/large/content?key=${oldest.text}`, `./d?key=${oldest.text}`],
      [`1/large/content/beach.gif?key=${oldest.text}`, `../d/beach.gif?key=${oldest.text}`],
    ]) {
      const response = await ask(`/ipfs/${root}/${path}`)
      expect([response.status, response.headers.get('Location')]).toEqual([301, location])
      const target = new URL(location ?? '', `http://x/ipfs/${root}/${path}`)
      expect(Buffer.compare(await bytesOf(await ask(target.pathname + target.search)), GIF)).toBe(0)
    }
    for (const path of [
      '1/other/content',
      '1/large/content/a/b/c',
      '2/large/content',
      '0/large/x',
      '0/small/content',
    ]) {
      expect((await ask(`/ipfs/${root}/${path}?key=${oldest.text}`)).status, path).toBe(404)
    }
  })
})
