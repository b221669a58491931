/** The parts of the viewer that need no page: links, orders, words, and bytes on their way to disk. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ABOUT_TYPE } from '../../src/core/about.ts'
import { LinkKeys } from '../../src/ui/link-keys.ts'
import { openHash, readRoute } from '../../src/ui/route.ts'
import { asTarLink, crumbs, hasKey, type Item, itemsOf, titleOf, withQuery } from '../../src/ui/viewer/content.ts'
import { fileNameOf, filesOf, readFile, zipOf } from '../../src/ui/viewer/save.ts'
import { arrange, mayPass, report, triedLines } from '../../src/ui/viewer/words.ts'
import { noise, utf8 } from './gateway-help.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const never = new AbortController().signal

afterEach(() => vi.unstubAllGlobals())

describe('links', () => {
  it('are routes of the app, whose address loses the key', () => {
    const link = `/ipfs/${CID}/a%20b?filename=x%26y#key=u1&from=12D3`
    expect(readRoute(`#open=${link}`)).toEqual({ view: 'open', link })
    expect(openHash(link)).toBe(`#open=/ipfs/${CID}/a%20b?filename=x%26y`)
    for (const odd of ['', 'http://evil/ipfs/x', '//evil/ipfs/x', '/', `/ipfs/${'x'.repeat(9000)}`]) {
      expect(readRoute(`#open=${odd}`)).toEqual({ view: 'home' })
    }
  })

  it('name the way to what they lead to', () => {
    const link = `/ipfs/${CID}/a%20b/c.txt#key=u1`
    expect(crumbs(link)).toEqual([
      { name: undefined, link: `/ipfs/${CID}#key=u1` },
      { name: 'a b', link: `/ipfs/${CID}/a%20b#key=u1` },
      { name: 'c.txt', link: `/ipfs/${CID}/a%20b/c.txt#key=u1` },
    ])
    expect([titleOf(link), titleOf(`/ipfs/${CID}`), titleOf(`/ipfs/${CID}?filename=n%20m`)]).toEqual([
      'c.txt',
      undefined,
      'n m',
    ])
    expect([hasKey(link), hasKey(`/ipfs/${CID}#from=x`)]).toEqual([true, false])
    expect(withQuery(link, { download: 'true' })).toBe(`/ipfs/${CID}/a%20b/c.txt?download=true#key=u1`)
    expect(asTarLink(`/ipfs/${CID}/d/?filename=x#key=u1`)).toBe(`/ipfs/${CID}/d/?format=tar#key=u1`)
  })

  it('are remembered with their keys: each its own, and what lies below a root by that of the root', () => {
    const keys = new LinkKeys()
    const root = `/ipfs/${CID}`
    expect(keys.keep(`${root}#keys=all`)).toBe(root)
    keys.keep(`${root}/0/content/a.txt#key=one`)
    expect(keys.whole(`${root}/0/content/a.txt`)).toBe(`${root}/0/content/a.txt#key=one`)
    expect(keys.whole(`${root}/other`)).toBe(`${root}/other#keys=all`)
    expect(keys.whole(root)).toBe(`${root}#keys=all`)
    keys.keep(`${root}#keys=better`)
    expect(keys.whole(root)).toBe(`${root}#keys=better`)
    expect(keys.whole('/ipfs/unknown')).toBe('/ipfs/unknown')
    for (let i = 0; i < 400; i++) keys.keep(`/ipfs/c${i}#key=u`)
    expect(keys.whole('/ipfs/c399')).toContain('#key=u')
    expect(keys.whole(root)).toBe(root)
  })

  it('lead to entries by their names, and nowhere for names no address can have', () => {
    const items = itemsOf(
      `/ipfs/${CID}/d/#from=x`,
      ['a/b', '..', '', 'a?b#c', '\ud800'].map((name) => ({ name, cid: CID })),
    )
    expect(items.map(({ link }) => link)).toEqual([
      ...[undefined, undefined, undefined],
      `/ipfs/${CID}/d/a%3Fb%23c#from=x`,
      undefined,
    ])
  })
})

describe('a folder', () => {
  const item = (name: string, shape: Item['shape'], size?: number): Item => ({ name, shape, size, link: `/${name}` })
  const items = [
    item('b10.jpg', 'image', 5),
    item('b9.jpg', 'image', 9),
    item('Übung.txt', 'text', 1),
    item('z', 'folder', 2),
  ]
  const names = (change: Partial<Parameters<typeof arrange>[1]>): string[] =>
    arrange(items, { query: '', kind: 'all', order: 'name', ...change }).map(({ name }) => name)

  it('has its folders first, and numbers in names in their order', () => {
    expect(names({})).toEqual(['z', 'b9.jpg', 'b10.jpg', 'Übung.txt'])
    expect(names({ order: 'size' })).toEqual(['b9.jpg', 'b10.jpg', 'z', 'Übung.txt'])
    expect(names({ order: 'type' })).toEqual(['z', 'b9.jpg', 'b10.jpg', 'Übung.txt'])
  })

  it('is searched without case and accents, and by kind', () => {
    expect(names({ query: 'ubung ' })).toEqual(['Übung.txt'])
    expect(names({ kind: 'image' })).toEqual(['b9.jpg', 'b10.jpg'])
    expect(names({ kind: 'image', query: 'z' })).toEqual([])
  })
})

describe('why something does not open', () => {
  it('is told with the names of cafes we know, and what the link says', () => {
    const tried = [
      { who: '12D3KooWaaaaaaaaaaaaaaaaaaaa', how: 'UNREACHABLE' },
      { who: '12D3KooWbbbbbbbbbbbbbbbbbbbb', how: 'NOT_FOUND' },
      { who: 'relay', how: 'NOT_FOUND' },
    ]
    const lines = triedLines(tried, new Map([['12D3KooWbbbbbbbbbbbbbbbbbbbb', 'Blue Door']]), [tried[0]?.who ?? ''])
    expect(lines[0]).toMatch(/^The cafe named in the link \(12D3Ko…\w+\) could not be reached/)
    expect(lines.slice(1)).toEqual(['Blue Door does not have it.', 'The relay knows nobody who has it.'])
    const text = report({ error: 'UNREACHABLE', message: 'M', next: 'N' }, lines, new Date(0))
    expect(text).toContain('UNREACHABLE: M.\n- The cafe')
    expect([mayPass({ error: 'SEALED' }), mayPass({ error: 'UNREACHABLE' })]).toEqual([false, true])
  })
})

describe('bytes on their way to disk', () => {
  const bytes = noise(70_000)
  /** A gateway of one file that gives at most `most` bytes, then breaks off, and counts. */
  const serve = (most: number, etags = ['"a"']) => {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (_: string, { headers }: { headers: Record<string, string> }) => {
      asked.push(headers['Range'] ?? '')
      const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(headers['Range'] ?? '') ?? []
      const part = bytes.slice(Number(from), Number(to) + 1)
      const etag = etags[Math.min(asked.length, etags.length) - 1] ?? ''
      if (headers['If-Range'] && headers['If-Range'] !== etag) return new Response(bytes, { status: 200 })
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(part.slice(0, most))
        },
        pull(controller) {
          if (part.byteLength > most) controller.error(new TypeError('network error'))
          else controller.close()
        },
      })
      return new Response(body, { status: 206, headers: { ETag: etag } })
    })
    return asked
  }
  const all = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    return Buffer.concat(parts)
  }

  it('go on where they broke off, until all are there', async () => {
    const asked = serve(30_000)
    expect(Buffer.compare(await all(readFile('/x', bytes.byteLength, never)), bytes)).toBe(0)
    expect(asked).toEqual(['bytes=0-69999', 'bytes=30000-69999', 'bytes=60000-69999'])
  })

  it('are never joined from two different files', async () => {
    serve(30_000, ['"a"', '"b"'])
    await expect(all(readFile('/x', bytes.byteLength, never))).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('end with what the gateway says', async () => {
    const trouble = { error: 'SEALED', message: 'M', next: 'N' }
    vi.stubGlobal('fetch', async () => Response.json(trouble, { status: 403 }))
    await expect(all(readFile('/x', 10, never))).rejects.toMatchObject({ code: 'SEALED' })
  })

  it('of a folder come as one archive, its folders gone into and its names told apart', async () => {
    const folder = (names: Record<string, string>) => ({
      ...{ kind: 'folder', cid: CID, index: false, more: false },
      entries: Object.keys(names).map((name) => ({ name, cid: CID })),
    })
    const tree: Record<string, unknown> = {
      '/ipfs/c/sub': folder({ 'x.txt': '', 'y:.txt': '', 'y?.txt': '' }),
    }
    vi.stubGlobal('fetch', async (link: string, { headers }: { headers: Record<string, string> }) => {
      if (headers['Accept'] !== ABOUT_TYPE)
        return new Response(utf8('hello'), { status: 206, headers: { ETag: '"e"' } })
      const about = tree[link] ?? { kind: 'file', cid: CID, size: 5, type: 'text/plain', shape: 'text' }
      return Response.json(about, { headers: { 'Content-Type': ABOUT_TYPE } })
    })
    const items: Item[] = [
      { name: 'a.txt', link: '/ipfs/c/a.txt', size: 5, shape: 'text' },
      { name: 'sub', link: '/ipfs/c/sub', size: 9, shape: 'folder' },
      { name: '..', link: undefined, size: 1, shape: 'other' },
    ]
    const paths: string[] = []
    for await (const { path } of filesOf(items, never)) paths.push(path)
    expect(paths).toEqual(['a.txt', 'sub/x.txt', 'sub/y_.txt', 'sub/y_ (2).txt'])
    const zip = await all(zipOf(items, never))
    expect(zip.subarray(0, 2).toString()).toBe('PK')
    expect(zip.toString('latin1').match(/hello/g)).toHaveLength(4)
  })

  it('get a name that every system takes', () => {
    expect(['a/b:c', '..', ' .x. ', 'über uns.pdf', '\u202egpj.exe'].map(fileNameOf)).toEqual([
      ...['a_b_c', 'file', 'x', 'über uns.pdf', '_gpj.exe'],
    ])
  })
})
