/** Archives of blocks: read back by the common library, in the order and with the blocks that the specification names. */
import { CarReader } from '@ipld/car'
import * as dagCbor from '@ipld/dag-cbor'
import * as dagPb from '@ipld/dag-pb'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGateway } from '../../src/gateway/gateway.ts'
import {
  type Ask,
  asker,
  bodyError,
  bytesOf,
  importFile,
  importTree,
  KIB,
  MemorySource,
  noise,
  utf8,
} from './gateway-help.ts'

/** CIDs in an archive, in order. */
async function cidsOf(response: Response): Promise<string[]> {
  expect(response.status).toBe(200)
  const reader = await CarReader.fromBytes(await bytesOf(response))
  const cids: string[] = []
  for await (const { cid, bytes } of reader.blocks()) {
    if (cid.multihash.code === sha256.code) expect((await sha256.digest(bytes)).digest).toEqual(cid.multihash.digest)
    cids.push(`${cid}`)
  }
  return cids
}

async function put(source: MemorySource, code: number, bytes: Uint8Array): Promise<CID> {
  return source.put(CID.createV1(code, await sha256.digest(bytes)), bytes)
}

const pbNode = (links: readonly CID[], data = new UnixFS({ type: 'directory' }).marshal()): Uint8Array =>
  dagPb.encode({ Data: data, Links: links.map((Hash, i) => ({ Name: `${i}`, Tsize: 1, Hash })) })

describe('an archive', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  const big = noise(10 * KIB)
  let root: string
  let dir: string
  let file: string
  let leaves: string[]
  beforeAll(async () => {
    const cid = await importFile(source, big, { leaf: KIB, fanout: 174 })
    file = `${cid}`
    leaves = source.leaves()
    const small = await put(source, 0x55, utf8('small'))
    const folder = await put(source, dagPb.code, pbNode([cid, small]))
    dir = `${folder}`
    root = `${await put(source, dagPb.code, pbNode([folder, small]))}`
  })

  it('says what it is', async () => {
    const response = await ask(`/ipfs/${root}/0/0?format=car`)
    expect(response.headers.get('Content-Type')).toBe('application/vnd.ipld.car; version=1; order=dfs; dups=n')
    expect(response.headers.get('Content-Disposition')).toContain(`attachment; filename="${file}.car"`)
    expect(response.headers.get('Accept-Ranges')).toBe('none')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=29030400, immutable')
    expect(response.headers.get('X-Ipfs-Roots')).toBe([root, dir, file].join(','))
    expect(response.headers.get('Content-Length')).toBeNull()
    const reader = await CarReader.fromBytes(await bytesOf(response))
    expect((await reader.getRoots()).map(String)).toEqual([file])
    expect(reader.version).toBe(1)
  })

  it('has the path and then all below it, depth first', async () => {
    expect(await cidsOf(await ask(`/ipfs/${root}/0/0?format=car`))).toEqual([root, dir, file, ...leaves])
    const all = await cidsOf(await ask(`/ipfs/${root}?format=car`))
    expect(all.slice(0, 3 + leaves.length)).toEqual([root, dir, file, ...leaves])
    expect(all).toHaveLength(4 + leaves.length)
    expect(await cidsOf(await ask(`/ipfs/${root}`, { headers: { Accept: 'application/vnd.ipld.car' } }))).toEqual(all)
  })

  it('has duplicates if they are wanted', async () => {
    const accept = { headers: { Accept: 'application/vnd.ipld.car; version=1; order=dfs; dups=y' } }
    for (const [path, init] of [
      [`/ipfs/${root}?format=car&car-dups=y`, {}],
      [`/ipfs/${root}?format=car`, accept],
      [`/ipfs/${root}`, accept],
    ] as const) {
      const response = await ask(path, init)
      expect(response.headers.get('Content-Type')).toContain('dups=y')
      expect(await cidsOf(response)).toHaveLength(5 + leaves.length)
    }
  })

  it('of the scope block or entity has less', async () => {
    expect(await cidsOf(await ask(`/ipfs/${root}/0?format=car&dag-scope=block`))).toEqual([root, dir])
    expect(await cidsOf(await ask(`/ipfs/${root}/0?format=car&dag-scope=entity`))).toEqual([root, dir])
    expect(await cidsOf(await ask(`/ipfs/${root}/0/0?format=car&dag-scope=block`))).toEqual([root, dir, file])
    expect(await cidsOf(await ask(`/ipfs/${root}/0/0?format=car&dag-scope=entity`))).toEqual([
      root,
      dir,
      file,
      ...leaves,
    ])
    // bytes of what has none are no restriction
    expect(await cidsOf(await ask(`/ipfs/${root}/0?format=car&entity-bytes=5:7`))).toEqual([root, dir])
  })

  it.each([
    ['0:*', 0, 10],
    ['0:0', 0, 1],
    ['1023:1024', 0, 2],
    ['1024:2047', 1, 2],
    ['9000:*', 8, 10],
    ['-1:*', 9, 10],
    ['-1025:-1025', 8, 9],
    ['-999999:*', 0, 10],
    ['-999999:-9217', 0, 1],
    ['512:-9000', 0, 2],
    ['0:99999999', 0, 10],
    // nothing at all: the block that tells why
    ['500:400', 0, 0],
    ['0:-999999', 0, 0],
  ])('of the bytes %s has only the leaves they need', async (bytes, from, to) => {
    const cids = await cidsOf(await ask(`/ipfs/${file}?format=car&entity-bytes=${bytes}`))
    expect(cids).toEqual([file, ...leaves.slice(from, to)])
  })

  it('of bytes behind the end is refused', async () => {
    expect((await ask(`/ipfs/${file}?format=car&entity-bytes=10240:*`)).status).toBe(400)
    expect((await ask(`/ipfs/${leaves[0]}?format=car&entity-bytes=1024:*`)).status).toBe(400)
  })

  it('of a version that nobody knows is refused', async () => {
    expect((await ask(`/ipfs/${file}?format=car&car-version=3`)).status).toBe(400)
  })

  it('of what is not there is a page', async () => {
    expect((await ask(`/ipfs/${root}/none?format=car`)).status).toBe(404)
    expect((await ask(`/ipfs/${root}/0/0/below?format=car`)).status).toBe(404)
    expect((await ask(`/ipfs/bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e?format=car`)).status).toBe(404)
  })

  it('has a tag for each selection, and none is sent twice', async () => {
    const queries = [
      '',
      '&dag-scope=block',
      '&dag-scope=entity',
      '&entity-bytes=0:5',
      '&entity-bytes=0:6',
      '&car-dups=y',
    ]
    const tags = await Promise.all(
      queries.map(async (query) => (await ask(`/ipfs/${file}?format=car${query}`)).headers.get('ETag') ?? ''),
    )
    expect(new Set(tags).size).toBe(queries.length)
    expect(new Set([...tags, (await ask(`/ipfs/${root}/0/0?format=car`)).headers.get('ETag')]).size).toBe(7)
    for (const tag of tags) expect(tag).toMatch(new RegExp(`^"${file}\\.car\\.`))
    const again = await ask(`/ipfs/${file}?format=car`, { headers: { 'If-None-Match': tags[0] ?? '' } })
    expect(again.status).toBe(304)
  })

  it('answers HEAD without reading what is below', async () => {
    const asked = source.asked.length
    const response = await ask(`/ipfs/${file}?format=car`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toBeTruthy()
    expect((await bytesOf(response)).byteLength).toBe(0)
    expect(source.asked.length - asked).toBeLessThanOrEqual(1)
  })
})

describe('an archive that cannot be made', () => {
  it('breaks off where a block is missing, and is no good end', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(8 * KIB), { leaf: KIB })
    source.blocks.delete(source.leaves()[5] ?? '')
    const ask = asker(source)
    expect(await bodyError(await ask(`/ipfs/${cid}?format=car`))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await cidsOf(await ask(`/ipfs/${cid}?format=car&entity-bytes=0:5000`))).toHaveLength(6)
  })

  it('of a graph made to have no end comes to one', async () => {
    const source = new MemorySource()
    let cid = await put(source, 0x55, utf8('x'))
    for (let i = 0; i < 40; i++) cid = await put(source, dagPb.code, pbNode([cid, cid]))
    const ask = asker(source)
    expect(await cidsOf(await ask(`/ipfs/${cid}?format=car`))).toHaveLength(41)
    for (let i = 0; i < 40; i++) cid = await put(source, dagPb.code, pbNode([cid]))
    expect(await bodyError(await ask(`/ipfs/${cid}?format=car`))).toMatchObject({
      code: 'CORRUPT',
      data: { what: 'tree' },
    })
  })

  it('stops reading when nobody reads on', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(400 * KIB), { leaf: KIB })
    const response = await asker(source)(`/ipfs/${cid}?format=car`)
    const reader = response.body?.getReader()
    for (let i = 0; i < 3; i++) await reader?.read()
    await reader?.cancel()
    const asked = source.asked.length
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(asked).toBeLessThan(20)
    expect(source.asked.length - asked).toBeLessThanOrEqual(8)
  })
})

describe('what an archive leads through', () => {
  it('structured data by its links, and nothing that is in its own name', async () => {
    const source = new MemorySource()
    const inline = CID.createV1(0x55, identity.digest(utf8('inline')))
    const leaf = await put(source, 0x55, utf8('leaf'))
    const inner = await put(source, dagCbor.code, dagCbor.encode({ list: [1, leaf, { deep: inline }], leaf }))
    const outer = await put(source, dagCbor.code, dagCbor.encode({ to: { inner } }))
    const ask = asker(source)
    const chain = [outer, inner].map(String)
    expect(await cidsOf(await ask(`/ipfs/${outer}/to/inner?format=car`))).toEqual([...chain, `${leaf}`])
    expect(await cidsOf(await ask(`/ipfs/${outer}/to/inner?format=car&dag-scope=entity`))).toEqual(chain)
    expect(await cidsOf(await ask(`/ipfs/${outer}/to/inner/list/1?format=car`))).toEqual([...chain, `${leaf}`])
    expect(await cidsOf(await ask(`/ipfs/${inline}?format=car&car-dups=y`))).toEqual([])
    expect((await ask(`/ipfs/${outer}/to?format=car`)).status).toBe(501)
    expect((await ask(`/ipfs/${outer}/from?format=car`)).status).toBe(404)
    expect(await cidsOf(await ask('/ipfs/bafkqaaa?format=car'))).toEqual([])
  })

  it('a sharded folder by the shards that lead there, or all of them', async () => {
    const source = new MemorySource()
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`file ${i}`, utf8(`content ${i}`)]))
    const root = await importTree(source, files, { shardAbove: 0, bits: 2 })
    const ask = asker(source)
    const path = await cidsOf(await ask(`/ipfs/${root}/file%2041?format=car&dag-scope=block`))
    expect(path.length).toBeGreaterThan(2)
    expect(new Set(path).size).toBe(path.length)
    expect(source.blocks.get(path.at(-1) ?? '')).toEqual(utf8('content 41'))
    const entity = await cidsOf(await ask(`/ipfs/${root}?format=car&dag-scope=entity`))
    expect(entity.every((cid) => CID.parse(cid).code === dagPb.code)).toBe(true)
    for (const cid of path.slice(0, -1)) expect(entity).toContain(cid)
    const all = await cidsOf(await ask(`/ipfs/${root}?format=car`))
    expect(all.length).toBe(entity.length + 60)
  })

  it('any graph: each block once, parents before children, and with duplicates every occurrence', async () => {
    const shape = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(shape, fc.boolean(), async (nodes, cbor) => {
        const source = new MemorySource()
        const made: CID[] = []
        for (const [i, links] of nodes.entries()) {
          const to = i === 0 ? [] : links.map((n) => made[n % i] as CID)
          const bytes = cbor ? dagCbor.encode({ i, to }) : pbNode(to, utf8(`${i}`))
          made.push(await put(source, cbor ? dagCbor.code : dagPb.code, bytes))
        }
        const childrenOf = new Map(
          nodes.map((links, i) => [`${made[i]}`, i === 0 ? [] : links.map((n) => `${made[n % i]}`)]),
        )
        const walk = (cid: string): string[] => [cid, ...(childrenOf.get(cid) ?? []).flatMap(walk)]
        const root = `${made.at(-1)}`
        const ask = asker(source)
        const every = walk(root)
        expect(await cidsOf(await ask(`/ipfs/${root}?format=car&car-dups=y`))).toEqual(every)
        expect(await cidsOf(await ask(`/ipfs/${root}?format=car&car-dups=n`))).toEqual([...new Set(every)])
      }),
      { numRuns: 40 },
    )
  })
})

describe('a source that has only some blocks here', () => {
  it('is asked for those alone if nothing else is wanted', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(3 * KIB), { leaf: KIB })
    const wanted: boolean[] = []
    const gateway = createGateway({
      blocks: {
        get(at, options) {
          wanted.push(options.local ?? false)
          return source.get(at, options)
        },
      },
    })
    const headers = { 'Cache-Control': 'only-if-cached' }
    const response = await gateway(new Request(`http://cafe.localhost/ipfs/${cid}?format=car`, { headers }))
    expect(await cidsOf(response)).toHaveLength(4)
    expect(wanted.length).toBeGreaterThanOrEqual(4)
    expect(wanted.every(Boolean)).toBe(true)
  })
})
