/** What the gateway tells the app about content, and the page of a folder: order, looks, ten thousand entries. */
import { beforeAll, describe, expect, it } from 'vitest'
import { ABOUT_TYPE, aboutSchema, readTried, troubleSchema, writeTried } from '../../src/core/about.ts'
import { CafeError } from '../../src/core/errors.ts'
import { parse } from '../../src/core/schema.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import { shapeOf } from '../../src/gateway/mime.ts'
import {
  type Ask,
  asker,
  importNames,
  importSealed,
  importTree,
  KIB,
  MemorySource,
  noise,
  utf8,
} from './gateway-help.ts'

const TELL = { headers: { Accept: ABOUT_TYPE } }
const names = (html: string): string[] =>
  [...html.matchAll(/<a class="name" href="\.\/([^"]*)"/g)].map(([, name = '']) => decodeURIComponent(name))

describe('about a folder', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  let root = ''
  beforeAll(async () => {
    const files = {
      'a.jpg': noise(3 * KIB),
      'b.mp3': noise(2 * KIB),
      'c.txt': utf8('text'),
      'notes/x.txt': utf8('x'),
      'large and nameless': noise(600 * KIB),
      'index.html': utf8('<!doctype html>'),
    }
    root = `/ipfs/${await importTree(source, files)}`
  })

  it('its entries are told, and of those without an ending what they are', async () => {
    const response = await ask(root, TELL)
    expect(response.headers.get('Content-Type')).toBe(ABOUT_TYPE)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    const about = parse(aboutSchema, await response.json())
    if (about.kind !== 'folder') throw new Error('no folder')
    expect([about.index, about.more]).toEqual([true, false])
    expect(about.entries.map(({ name, shape }) => [name, shape])).toEqual([
      ['a.jpg', 'image'],
      ['b.mp3', 'audio'],
      ['c.txt', 'text'],
      ['index.html', 'page'],
      ['large and nameless', 'other'],
      ['notes', 'folder'],
    ])
    expect(about.entries[0]?.size).toBe(3 * KIB)
  })

  it('what cannot be looked at stays unknown, and the listing is there all the same', async () => {
    const lonely = new MemorySource()
    const tree = await importTree(lonely, { 'gone/x': utf8('x'), 'here.txt': utf8('y') })
    for (const cid of [...lonely.blocks.keys()]) if (cid !== `${tree}`) lonely.failing.set(cid, 'UNREACHABLE')
    const about = parse(aboutSchema, await (await asker(lonely)(`/ipfs/${tree}`, TELL)).json())
    expect(about).toMatchObject({ entries: [{ name: 'gone' }, { name: 'here.txt', shape: 'text' }] })
    expect(about.kind === 'folder' && about.entries[0]?.shape).toBeUndefined()
  })

  it('a file is told by its type and size, an encrypted one by what is in it', async () => {
    const told = parse(aboutSchema, await (await ask(`${root}/c.txt`, TELL)).json())
    expect(told).toMatchObject({ kind: 'file', size: 4, type: 'text/plain; charset=utf-8', shape: 'text' })
    const { cid, key } = await importSealed(source, noise(300 * KIB))
    const sealed = parse(aboutSchema, await (await ask(`/ipfs/${cid}/film.mp4#key=${key}`, TELL)).json())
    expect(sealed).toMatchObject({ kind: 'file', size: 300 * KIB, type: 'video/mp4', shape: 'video' })
  })

  it('failures are told in JSON: the wrong key, nothing there, nobody reached', async () => {
    const { cid } = await importSealed(source, noise(10))
    const wrong = await ask(`/ipfs/${cid}/x#key=${formatFileKey(createFileKey().reveal())}`, TELL)
    expect(parse(troubleSchema, await wrong.json())).toMatchObject({ error: 'SEALED' })
    expect(parse(troubleSchema, await (await ask(`${root}/none`, TELL)).json())).toMatchObject({
      ...{ error: 'NOT_FOUND', what: 'path' },
    })
    const tried = writeTried([{ who: '12D3KooWx', how: 'TIMEOUT' }])
    const failing = asker({
      async get() {
        throw new CafeError('UNREACHABLE', { tried })
      },
    })
    const trouble = parse(troubleSchema, await (await failing(root, TELL)).json())
    expect(trouble.tried).toEqual([{ who: '12D3KooWx', how: 'TIMEOUT' }])
  })

  it('its page is sorted by name, size or kind, and shows pictures if asked to', async () => {
    const tree = `/ipfs/${await importTree(source, { 'b.txt': utf8('1'), 'a.png': utf8('22'), 'c/x': utf8('4444') })}/`
    const page = async (query: string) => (await ask(tree + query)).text()
    expect(names(await page(''))).toEqual(['a.png', 'b.txt', 'c'])
    expect(names(await page('?sort=size'))).toEqual(['c', 'a.png', 'b.txt'])
    expect(names(await page('?sort=type'))).toEqual(['c', 'a.png', 'b.txt'])
    expect(names(await page('?sort=nonsense'))).toEqual(['a.png', 'b.txt', 'c'])
    expect(await page('')).not.toContain('<img')
    expect(await page('?view=pictures')).toContain('<img src="./a.png" alt="" loading="lazy"')
    expect(await page('')).toContain(`href="/#open=${tree}"`)
    expect(await page('')).toContain(`href="?format=tar&amp;download=true"`)
    const tags = await Promise.all(
      ['', '?sort=size', '?view=pictures'].map(async (q) => (await ask(tree + q)).headers.get('ETag')),
    )
    expect(new Set(tags).size).toBe(3)
  })

  it('ten thousand entries are all listed, without being fetched', async () => {
    const many = new MemorySource()
    const tree = await importNames(
      many,
      Array.from({ length: 10_000 }, (_, i) => `${i}.jpg`),
    )
    many.asked.length = 0
    expect(names(await (await asker(many)(`/ipfs/${tree}/?view=pictures`)).text())).toHaveLength(10_000)
    const about = parse(aboutSchema, await (await asker(many)(`/ipfs/${tree}`, TELL)).json())
    expect(about.kind === 'folder' && about.entries.length).toBe(10_000)
    // The leaf they share is not among what was read.
    expect(many.asked.some(({ cid }) => cid === many.leaves()[0])).toBe(false)
  })
})

describe('what was tried', () => {
  it('goes through an error as text, and nothing else comes out', () => {
    const tried = [
      { who: '12D3KooWabc', how: 'NOT_FOUND' },
      { who: 'relay', how: 'TIMEOUT' },
    ]
    expect(readTried(writeTried(tried))).toEqual(tried)
    expect(readTried(writeTried(Array.from({ length: 40 }, () => ({ who: 'a', how: 'BUSY' }))))).toHaveLength(16)
    for (const odd of [undefined, 7, '', 'a b c', '<i> BUSY', 'http://h/#key=u BUSY', 'a busy']) {
      expect(readTried(odd)).toEqual([])
    }
  })
})

it.each([
  ['image/svg+xml', 'image'],
  ['text/html; charset=utf-8', 'page'],
  ['text/markdown', 'text'],
  ['application/ld+json', 'text'],
  ['application/pdf', 'pdf'],
  ['application/zip', 'archive'],
  ['application/wasm', 'other'],
  ['audio/ogg', 'audio'],
])('%s is to people: %s', (type, shape) => {
  expect(shapeOf(type)).toBe(shape)
})
