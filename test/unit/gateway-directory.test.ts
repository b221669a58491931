/** Directories: pages of their own, listings, sharded ones of every width, and the isolation that fits each. */
import * as dagPb from '@ipld/dag-pb'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Ask,
  asker,
  bytesOf,
  importFile,
  importTree,
  KIB,
  lasting,
  MemorySource,
  noise,
  utf8,
} from './gateway-help.ts'

const policyOf = (response: Response): string => response.headers.get('Content-Security-Policy') ?? ''
const hrefs = (html: string): string[] =>
  [...html.matchAll(/<a class="(?:name|up)" href="([^"]*)"/g)].map(([, href]) => href ?? '')

async function putDirectory(source: MemorySource, names: readonly string[]): Promise<CID> {
  const file = await importFile(source, utf8('content'))
  const links = names.map((name) => ({ Hash: file, Name: name, Tsize: 7 }))
  const block = dagPb.encode(dagPb.prepare({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: links }))
  const cid = CID.createV1(dagPb.code, await sha256.digest(block))
  await source.put(cid, block)
  return cid
}

describe('a directory', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  let root = ''
  beforeAll(async () => {
    const cid = await importTree(source, {
      'docs/readme.txt': utf8('read me'),
      'docs/über uns.txt': utf8('about us'),
      'site/index.html': utf8('<!doctype html><link rel=stylesheet href=style.css><img src=a.png>'),
      'site/style.css': utf8('body{color:red}'),
      'big.bin': noise(700 * KIB),
    })
    root = `/ipfs/${cid}`
  })

  it('leads to its files, however deep and whatever they are called', async () => {
    const response = await ask(`${root}/docs/%C3%BCber%20uns.txt`)
    expect(await response.text()).toBe('about us')
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('Content-Disposition')).toContain("filename*=UTF-8''%C3%BCber%20uns.txt")
    expect(response.headers.get('X-Ipfs-Roots')?.split(',')).toHaveLength(3)
    expect((await ask(`${root}/docs/none.txt`)).status).toBe(404)
    expect((await ask(`${root}/docs/readme.txt/`)).status).toBe(200)
    expect((await ask(`${root}/docs/readme.txt/more`)).status).toBe(404)
  })

  it('is listed with names, sizes and links', async () => {
    const response = await ask(`${root}/`)
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=604800, stale-while-revalidate=2678400')
    const html = await response.text()
    const links = hrefs(html).map((href) => new URL(href, `http://h${root}/`).pathname)
    expect(links).toEqual([`${root}/big.bin`, `${root}/docs`, `${root}/site`])
    expect(html).toContain('717 kB')
    expect(policyOf(response)).toMatch(/^sandbox allow-same-origin allow-downloads;/)
    expect(policyOf(response)).toContain("script-src 'none'")
    const below = await (await ask(`${root}/docs/`)).text()
    expect(hrefs(below).map((href) => new URL(href, `http://h${root}/docs/`).pathname)).toEqual([
      `${root}/`,
      `${root}/docs/readme.txt`,
      `${root}/docs/%C3%BCber%20uns.txt`,
    ])
  })

  it.each(['', '/docs', '/site'])(
    'is found without its final slash at %s, and sent to where it has one',
    async (path) => {
      const response = await ask(`${root}${path}?x=1`)
      expect(response.status).toBe(301)
      const location = response.headers.get('Location') ?? ''
      expect(new URL(location, `http://h${root}${path}?x=1`).href).toBe(`http://h${root}${path}/?x=1`)
    },
  )

  it('answers conditions and HEAD on its listing', async () => {
    const [get, head] = [await ask(`${root}/`), await ask(`${root}/`, { method: 'HEAD' })]
    expect(lasting(head)).toEqual(lasting(get))
    expect(Number(get.headers.get('Content-Length'))).toBe((await bytesOf(get)).byteLength)
    const etag = get.headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"DirIndex-/)
    const cid = root.slice('/ipfs/'.length)
    for (const known of [etag, `W/${etag}`, `"other", "${cid}"`, '*']) {
      const unchanged = await ask(`${root}/`, { headers: { 'If-None-Match': known } })
      expect(unchanged.status).toBe(304)
      expect(unchanged.headers.get('ETag')).toBe(etag)
    }
  })

  it('shows its index.html, after a redirect to where its relative links hold', async () => {
    const redirect = await ask(`${root}/site?x=1`)
    expect(redirect.status).toBe(301)
    const location = new URL(redirect.headers.get('Location') ?? '', `http://h${root}/site?x=1`)
    expect(location.pathname + location.search).toBe(`${root}/site/?x=1`)
    const page = await ask(`${root}/site/`)
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toContain('style.css')
  })

  it('gives its pages our origin but no script, so that their styles and images come through us', async () => {
    for (const path of [`${root}/site/`, `${root}/site/index.html`]) {
      const policy = policyOf(await ask(path))
      expect(policy).toMatch(/^sandbox allow-same-origin; default-src 'none'/)
      for (const part of ["script-src 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'none'"]) {
        expect(policy).toContain(part)
      }
      expect(policy).toContain("img-src 'self' data:")
      expect(policy).not.toMatch(/connect-src|frame-src|worker-src/)
    }
    const css = `${root}/site/style.css`
    expect((await ask(css, {}, { destination: 'style', fromContent: true })).status).toBe(200)
    expect((await ask(css, {}, { destination: 'style' })).status).toBe(403)
    expect((await ask(css, {}, { destination: 'script', fromContent: true })).status).toBe(403)
  })

  it('never gives our origin to anything else', async () => {
    const cid = await importTree(source, {
      'a.svg': utf8('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
      'a.xhtml': utf8('<html xmlns="http://www.w3.org/1999/xhtml"/>'),
      'a.xml': utf8('<?xml-stylesheet href="a.xsl"?><x/>'),
      'a.txt': utf8('<html>'),
      'a.png': utf8('<html>'),
      'a.mp4': utf8('<html>'),
      a: utf8('<!doctype html><script>1</script>'),
      'a.pdf': utf8('%PDF'),
    })
    const policies = async (name: string) => policyOf(await ask(`/ipfs/${cid}/${name}`))
    for (const name of ['a.svg', 'a.xhtml', 'a.xml', 'a.txt', 'a.png', 'a.pdf']) {
      expect(await policies(name), name).toMatch(/^sandbox; default-src 'none'/)
      expect(await policies(name), name).not.toMatch(/-src[^;]*'self'/)
    }
    expect(await policies('a.mp4')).toContain("media-src 'self'")
    const lone = await importFile(source, utf8('<!doctype html><img src=x>'))
    expect(policyOf(await ask(`/ipfs/${lone}`))).toMatch(/^sandbox; /)
    expect((await ask(`/ipfs/${cid}/a.pdf`)).headers.get('Content-Disposition')).toMatch(/^attachment/)
  })

  it('saves under another name if the link says so', async () => {
    const response = await ask(`${root}/docs/readme.txt?filename=other.md&download=true`)
    expect(response.headers.get('Content-Type')).toBe('text/markdown; charset=utf-8')
    expect(response.headers.get('Content-Disposition')).toMatch(/^attachment; filename="other\.md"/)
  })

  it('takes hostile names for names', async () => {
    const names = ['"><script>x', 'javascript:x', '..', 'a?b#c', 'a%2Fb', '\u202eexe.txt', 'x'.repeat(4_000)]
    const cid = await putDirectory(source, names)
    const html = await (await ask(`/ipfs/${cid}/`)).text()
    expect(html).not.toContain('<script')
    const linkable = names.filter((name) => name !== '..').sort()
    expect(hrefs(html)).toEqual(linkable.map((name) => `./${encodeURIComponent(name)}`))
    for (const name of linkable) {
      expect((await ask(`/ipfs/${cid}/${encodeURIComponent(name)}`)).status, name).toBe(200)
    }
  })

  it('does not follow symbolic links, and says so', async () => {
    const block = dagPb.encode({
      Data: new UnixFS({ type: 'symlink', data: utf8('/etc/passwd') }).marshal(),
      Links: [],
    })
    const link = CID.createV1(dagPb.code, await sha256.digest(block))
    await source.put(link, block)
    const response = await ask(`/ipfs/${link}`, { headers: { Accept: 'text/html' } })
    expect(response.status).toBe(404)
    expect(await response.text()).toMatch(/symbolic link/)
    expect(await (await ask(`/ipfs/${link}`)).text()).toBe('/etc/passwd')
    expect((await ask(`/ipfs/${link}/x`)).status).toBe(404)
  })

  it('shows an empty one as empty', async () => {
    const cid = await putDirectory(source, [])
    expect(await (await ask(`/ipfs/${cid}/`)).text()).toContain('This folder is empty.')
  })
})

describe.each([2, 4, 8])('a directory sharded by %i bits', (bits) => {
  const source = new MemorySource()
  const ask = asker(source)
  const names = Array.from({ length: 400 }, (_, i) => `file ${(i * 7919) % 400} ü.txt`)
  let root: CID
  beforeAll(async () => {
    const files = Object.fromEntries(names.map((name) => [name, utf8(name)]))
    root = await importTree(source, files, { shardAbove: 0, bits })
  })

  it('finds every entry on the way of its hash, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), async (name) => {
        source.asked.length = 0
        const response = await ask(`/ipfs/${root}/${encodeURIComponent(name)}`)
        expect(await response.text()).toBe(name)
        // One shard for each level, and the file: far from all of them.
        expect(source.asked.length).toBeLessThan(12)
      }),
      { numRuns: 60 },
    )
    expect((await ask(`/ipfs/${root}/file%20400%20%C3%BC.txt`)).status).toBe(404)
    expect((await ask(`/ipfs/${root}/00`)).status).toBe(404)
  })

  it('is listed whole and in order', async () => {
    const html = await (await ask(`/ipfs/${root}/`)).text()
    expect(hrefs(html)).toEqual([...names].sort().map((name) => `./${encodeURIComponent(name)}`))
  })
})

describe('a sharded directory that lies', () => {
  const source = new MemorySource()
  const shard = async (links: { cid: CID; name: string }[], options: { fanout?: bigint; hash?: bigint } = {}) => {
    const { fanout = 256n, hash = 0x22n } = options
    const data = new UnixFS({ type: 'hamt-sharded-directory', fanout, hashType: hash }).marshal()
    const block = dagPb.encode({
      Data: data,
      Links: links.map(({ cid, name }) => ({ Hash: cid, Name: name, Tsize: 1 })),
    })
    const cid = CID.createV1(dagPb.code, await sha256.digest(block))
    await source.put(cid, block)
    return cid
  }

  it('about its width or its hash is refused', async () => {
    for (const lie of [{ fanout: 3n }, { fanout: 0n }, { fanout: 2n ** 40n }, { hash: 0x12n }]) {
      expect((await asker(source)(`/ipfs/${await shard([], lie)}/x`)).status).toBe(502)
    }
  })

  it('by going on for ever is given up when the hash is used up', async () => {
    const buckets = Array.from({ length: 256 }, (_, i) => i.toString(16).toUpperCase().padStart(2, '0'))
    let cid = await shard([])
    for (let depth = 0; depth < 12; depth++) cid = await shard(buckets.map((name) => ({ cid, name })))
    source.asked.length = 0
    expect((await asker(source)(`/ipfs/${cid}/x`)).status).toBe(502)
    expect(source.asked.length).toBeLessThan(20)
  })

  it('with another kind of node for a part of it is refused', async () => {
    const buckets = Array.from({ length: 256 }, (_, i) => i.toString(16).toUpperCase().padStart(2, '0'))
    const file = await importFile(source, utf8('no shard'))
    const cid = await shard(buckets.map((name) => ({ cid: file, name })))
    expect((await asker(source)(`/ipfs/${cid}/x`)).status).toBe(502)
  })
})
