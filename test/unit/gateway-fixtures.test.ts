/**
 * Content that other implementations made: archives of the gateway-conformance suite. They lie outside the repository
 * (`CAFE_FIXTURES`, or `../shared/fixtures` beside it); without them these cases are skipped and say so.
 */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CarReader } from '@ipld/car'
import * as dagCbor from '@ipld/dag-cbor'
import { unpackTar } from 'modern-tar'
import { describe, expect, it } from 'vitest'
import { loadCar } from './gateway-car.ts'
import { type Ask, asker, bodyError, bytesOf, MemorySource, range } from './gateway-help.ts'

const given = process.env['CAFE_FIXTURES']
const folder = given ? pathToFileURL(`${given}/`) : new URL('../../../shared/fixtures/', import.meta.url)
const suite = new URL('gateway-conformance/', folder)
const missing = !existsSync(suite)
if (missing) console.log('skipped: no gateway-conformance archives; set CAFE_FIXTURES to the folder that has them')

async function load(name: string): Promise<{ ask: Ask; root: string }> {
  const source = new MemorySource()
  const [root] = await loadCar(source, new URL(`${name}.car`, suite))
  return { ask: asker(source), root: `/ipfs/${root}` }
}

const text = async (response: Promise<Response>): Promise<string> => (await response).text()

describe.skipIf(missing)('archives of the conformance suite', () => {
  it('give files of one and of several blocks, and their ranges', async () => {
    const { ask, root } = await load('path_gateway_unixfs/dir-with-files')
    expect(await text(ask(`${root}/ascii.txt`))).toBe('hello application/vnd.ipld.car\n')
    expect(await text(ask(`${root}/ascii.txt`, range('bytes=6-16')))).toBe('application')
    const whole = await text(ask(`${root}/multiblock.txt`))
    expect(whole).toHaveLength(1026)
    for (const [start, end] of [
      [0, 0],
      [255, 257],
      [200, 900],
      [1025, 1025],
    ] as const) {
      // biome-ignore format: pairs
      expect(await text(ask(`${root}/multiblock.txt`, range(`bytes=${start}-${end}`)))).toBe(whole.slice(start, end + 1))
    }
    const response = await ask(`${root}/multiblock.txt`, range('bytes=1276-2048'))
    expect(response.status).toBe(416)
  })

  it('give a file whose name has per cent signs', async () => {
    const { ask, root } = await load('path_gateway_unixfs/dir-with-percent-encoded-filename')
    const name = encodeURIComponent('Portugal%2C+España=Peninsula Ibérica.txt')
    expect((await ask(`${root}/${name}`)).status).toBe(200)
    expect(await text(ask(`${root}/`))).toContain(`./${name}`)
  })

  it('show a symbolic link as what it is', async () => {
    const { ask, root } = await load('path_gateway_unixfs/symlink')
    expect(await text(ask(`${root}/foo`))).toBe('content\n')
    expect(await text(ask(`${root}/bar`))).toBe('foo')
    expect((await ask(`${root}/bar`, { headers: { Accept: 'text/html' } })).status).toBe(404)
    expect((await ask(`${root}/bar/below`)).status).toBe(404)
  })

  it('are listed and walked by names of any script', async () => {
    const { ask, root } = await load('dir_listing/fixtures')
    expect(await text(ask(`${root}/`))).toContain('>ą</bdi>')
    expect((await ask(`${root}/ą/ę/file-źł.txt`)).status).toBe(200)
    expect(await text(ask(`${root}/%C4%85/%C4%99/`))).toContain('file-źł.txt')
  })

  it('give every entry of a sharded directory that Kubo made', async () => {
    const { ask, root } = await load('trustless_gateway_car/single-layer-hamt-with-multi-block-files')
    const names = [...(await text(ask(`${root}/`))).matchAll(/href="\.\/([^"]+)"/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(200)
    for (const name of [names[0], names[77], names.at(-1)]) {
      expect((await ask(`${root}/${name}`, { method: 'HEAD' })).status).not.toBe(404)
    }
    expect((await ask(`${root}/no-such-name`)).status).toBe(404)
  })

  it('become archives that say no to paths out of their folder, and yes to others', async () => {
    const outer = await load('path_gateway_tar/outside-root')
    expect((await outer.ask(`${outer.root}?format=tar`)).status).toBe(400)
    const inner = await load('path_gateway_tar/inside-root')
    const tar = await unpackTar(await bytesOf(await inner.ask(`${inner.root}?format=tar`)))
    expect(tar.map(({ header }) => header.name)).toContain(`${inner.root.slice(6)}/foobar/file`)
  })

  it.each(['dag-json', 'dag-cbor'])('lead through %s', async (format) => {
    const { ask, root } = await load(`path_gateway_dag/${format}-traversal`)
    const found = await bytesOf(await ask(`${root}/foo/link/bar?format=${format}`))
    const value = format === 'dag-json' ? JSON.parse(new TextDecoder().decode(found)) : dagCbor.decode(found)
    expect(value).toEqual({ hello: 'this is not a link' })
    expect((await ask(`${root}/foo/none`)).status).toBe(404)
    expect((await ask(`${root}/foo`)).status).toBe(501)
    expect((await ask(`${root}/`, { headers: { Accept: 'text/html' } })).headers.get('ETag')).toMatch(/^"DagIndex-/)
  })

  it('have blocks in archives as often as is wanted', async () => {
    const { ask, root } = await load('trustless_gateway_car/dir-with-duplicate-files')
    const count = async (dups: string): Promise<number> => {
      const reader = await CarReader.fromBytes(await bytesOf(await ask(`${root}?format=car&car-dups=${dups}`)))
      let found = 0
      for await (const _ of reader.cids()) found++
      return found
    }
    expect([await count('y'), await count('n')]).toEqual([10, 9])
  })

  it('lead through shards to a file, in an archive of just these blocks', async () => {
    const { ask, root } = await load('trustless_gateway_car/single-layer-hamt-with-multi-block-files')
    const response = await ask(`${root}/1.txt?format=car&dag-scope=block`)
    const reader = await CarReader.fromBytes(await bytesOf(response))
    const cids: string[] = []
    for await (const cid of reader.cids()) cids.push(`${cid}`)
    expect(cids[0]).toBe(root.slice(6))
    expect(cids).toHaveLength(3)
    expect((await ask(`${root}/685.txt?format=car`)).status).toBe(200)
  })

  it('show the page of a folder as the folder', async () => {
    const { ask, root } = await load('gateway-cache/fixtures')
    const response = await ask(`${root}/root2/root3/root4/`)
    const roots = response.headers.get('X-Ipfs-Roots')?.split(',')
    expect(roots).toHaveLength(4)
    expect(response.headers.get('ETag')).toBe(`"${roots?.at(-1)}"`)
    expect((await ask(`${root}/root2/root3/root4/?format=json`)).status).toBe(200)
  })

  it('give what is there of a file with a block missing, and break off at the gap', async () => {
    const { ask, root } = await load('trustless_gateway_car/file-3k-and-3-blocks-missing-block')
    expect((await ask(root, range('bytes=0-1000'))).status).toBe(206)
    expect((await ask(root, range('bytes=2048-'))).status).toBe(206)
    expect((await ask(root, range('bytes=1500-1600'))).status).toBe(404)
    expect(await bodyError(await ask(root))).toMatchObject({ code: 'NOT_FOUND' })
  })
})
