/** Websites' hosts, the bridge's messages, and what a website gets from the node: its own blocks, whatever it asks. */

import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSiteHost, sitePage, sitePolicy } from '../../relay/sites.ts'
import { CafeError } from '../../src/core/errors.ts'
import { parse } from '../../src/core/schema.ts'
import type { Bytes } from '../../src/gateway/blocks.ts'
import { serve } from '../../src/rpc/port.ts'
import { labelOfSite } from '../../src/rpc/site-messages.ts'
import { contentHost, offerSite } from '../../src/ui/site-link.ts'
import { siteHandlers } from '../../src/worker/site.ts'
import { createSiteBlocks, createSiteLink, type Kept } from '../../sw/site-blocks.ts'
import { importTree, KIB, MemorySource, noise, utf8 } from './gateway-help.ts'

const V1 = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const NAME = 'k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w'
const never = new AbortController().signal

describe('a host', () => {
  const read = (host: string) => readSiteHost(host, 'cafe.localhost')
  it('is the app’s, or one website’s', () => {
    expect(read('cafe.localhost:80')).toBeUndefined()
    expect(read('notcafe.localhost')).toBeUndefined()
    expect(readSiteHost(`${V1}.cafe.localhost`, undefined)).toBeUndefined()
    expect(read(`${V1}.cafe.localhost:8080`)).toEqual({ kind: 'site', label: V1 })
    expect(read(`${NAME}.cafe.localhost`)).toEqual({ kind: 'site', label: NAME })
  })

  it('has one form for each content', () => {
    const moved = { kind: 'moved', label: V1 }
    expect(read(`${V1}.ipfs.cafe.localhost:8080`)).toEqual(moved)
    expect(read(`${CID.parse(V1).toString(base36)}.cafe.localhost`)).toEqual(moved)
    expect(read(`${NAME}.ipns.cafe.localhost`)).toEqual({ kind: 'moved', label: NAME })
  })

  it('is nothing else', () => {
    for (const label of ['www', `a.${V1}`, `${V1}.ipns`, `${V1}.x`, `${NAME}.ipfs.x`, '']) {
      expect(read(`${label}.cafe.localhost`), label).toEqual({ kind: 'nothing' })
    }
  })
})

describe('the page of a website', () => {
  it('has one script, which its policy names, and cannot be broken out of', () => {
    const { bytes, scriptHash } = sitePage(utf8('const a = "</script><script>alert(1)</script>"'))
    const html = new TextDecoder().decode(bytes)
    expect(html.match(/<\/script/g)).toHaveLength(1)
    const policy = sitePolicy(`${V1}.cafe.localhost:8080`, scriptHash)
    expect(policy).toContain(`script-src ${scriptHash};`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('cafe.localhost:8080/site-bridge.html')
    expect(policy).not.toMatch(/script-src[^;]*('self'|unsafe)/)
  })
})

describe('the bridge', () => {
  it('takes the website’s name from its origin, and only from one right below the app', () => {
    const app = { protocol: 'http:', host: 'cafe.localhost:8080' }
    expect(labelOfSite(`http://${V1}.cafe.localhost:8080`, app)).toBe(V1)
    for (const origin of [
      'http://cafe.localhost:8080',
      `https://${V1}.cafe.localhost:8080`,
      `http://${V1}.cafe.localhost:8081`,
      `http://a.${V1}.cafe.localhost:8080`,
      `http://${V1}.evilcafe.localhost:8080`,
      `http://${V1}.cafe.localhost:8080.evil.example`,
      'null',
      '',
    ]) {
      expect(labelOfSite(origin, app), origin).toBeUndefined()
    }
  })
})

describe('"Open as website"', () => {
  const at = { protocol: 'http:', host: 'cafe.localhost:8080', hostname: 'cafe.localhost' }
  it('leads to the content’s own origin', () => {
    expect(offerSite({ cid: V1, keyed: false, contentHost: { name: 'cafe.localhost' }, at })).toEqual({
      href: `http://${V1}.cafe.localhost:8080/`,
    })
  })
  it('says why not: a key, no such host, another host, a name too long', () => {
    const long =
      'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'
    expect(offerSite({ cid: V1, keyed: true, contentHost: { name: 'cafe.localhost' }, at })).toEqual({ why: 'private' })
    expect(offerSite({ cid: V1, keyed: false, contentHost: { name: undefined }, at })).toEqual({ why: 'host' })
    expect(offerSite({ cid: V1, keyed: false, contentHost: { name: 'other.example' }, at })).toEqual({ why: 'host' })
    expect(offerSite({ cid: V1, keyed: false, contentHost: 'unknown', at })).toEqual({ why: 'unknown' })
    expect(offerSite({ cid: long, keyed: false, contentHost: { name: 'cafe.localhost' }, at })).toEqual({ why: 'long' })
  })
})

describe('the app’s host', () => {
  const asked = (answer: () => Response | Promise<Response>) =>
    contentHost(async (_, init) => {
      expect(init?.credentials).toBe('omit')
      return answer()
    })
  it('is asked where websites are, without cookies, and is not taken to have said no when it said nothing', async () => {
    expect(await asked(() => Response.json({ contentHost: 'cafe.localhost' }))).toEqual({ name: 'cafe.localhost' })
    for (const none of [{}, { contentHost: 1 }, 'x'.repeat(20_000)]) {
      expect(await asked(() => Response.json(none))).toEqual({ name: undefined })
    }
    expect(await asked(() => new Response('<!doctype html>'))).toEqual({ name: undefined })
    expect(await asked(() => new Response('', { status: 404 }))).toEqual({ name: undefined })
    expect(await asked(() => new Response('', { status: 431 }))).toBe('unknown')
    expect(await asked(() => Promise.reject(new TypeError('offline')))).toBe('unknown')
  })
})

describe('a website', () => {
  const source = new MemorySource()
  let root: CID
  let other: CID
  let everything: string[]
  beforeAll(async () => {
    other = await importTree(source, { 'secret.txt': utf8('nobody’s business') })
    const before = new Set(source.blocks.keys())
    root = await importTree(source, {
      'index.html': utf8('<h1>'),
      'a/b/film.bin': noise(900 * KIB),
      'c.txt': utf8('c'),
    })
    everything = [...source.blocks.keys()].filter((cid) => !before.has(cid))
  })
  const node = (label = `${root}`, clock = () => 0) =>
    siteHandlers(label, {
      get: (cid, options) => source.get(cid, options),
      names: { resolve: async () => Promise.reject(new CafeError('NOT_FOUND', { what: 'name' })) },
      clock,
    })
  const asking = (handlers: ReturnType<typeof node>) => async (cid: string) => {
    const { input, run } = handlers['block.get']
    return run(parse(input, { cid }) as { cid: string }, { signal: never, progress: () => {} })
  }
  const refused = expect.objectContaining({ code: 'FORBIDDEN', data: { what: 'unlinked' } })

  it('gets a block only after one that leads to it', async () => {
    const ask = asking(node())
    const below = everything.filter((cid) => cid !== `${root}`)
    for (const cid of [...below, `${other}`]) await expect(ask(cid)).rejects.toEqual(refused)
    await ask(`${root}`)
    // From the top down: what was stored last by the importer is nearest to the root.
    let left = below
    for (let round = 0; left.length > 0 && round < 10; round++) {
      const got = await Promise.all(
        left.map((cid) =>
          ask(cid).then(
            () => cid,
            () => undefined,
          ),
        ),
      )
      left = left.filter((cid) => !got.includes(cid))
    }
    expect(left).toEqual([])
    for (const cid of source.blocks.keys()) {
      if (!everything.includes(cid)) await expect(ask(cid)).rejects.toEqual(refused)
    }
  })

  it('must be one, and is not asked for without end', async () => {
    expect(() => node('www')).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    let now = 0
    const ask = asking(node(undefined, () => now))
    const many = async () => {
      for (let i = 0; i < 10_000; i++) await ask(`${root}`)
    }
    await expect(many()).rejects.toMatchObject({ code: 'BUSY' })
    now += 1000
    await ask(`${root}`)
  })

  it('finds its way again after the node has forgotten it, and keeps what it got', async () => {
    const stored = new Map<string, Bytes>()
    const kept: Kept = {
      get: async (cid) => stored.get(`${cid}`),
      put: async (cid, bytes) => void stored.set(`${cid}`, bytes),
    }
    const link = createSiteLink(200)
    const connect = () => {
      const { port1, port2 } = new MessageChannel()
      const stop = serve(port1 as MessagePort, node())
      link.accept(port2 as MessagePort)
      return stop
    }
    const blocks = createSiteBlocks({ link, kept })
    const options = { signal: never }
    await expect(blocks.get(root, options)).rejects.toMatchObject({ code: 'UNREACHABLE', data: { what: 'node' } })
    let stop = connect()
    await blocks.get(root, options)
    stop()
    // Another node, which has never heard of the root being asked for: the way is gone again from the top.
    stop = connect()
    for (let round = 0; round < 4; round++) {
      for (const cid of everything) await blocks.get(CID.parse(cid), options).catch(() => {})
    }
    expect(stored.size).toBe(everything.length)
    stop()
    // Nobody there: what was kept is enough; what somebody has spoilt is not taken.
    for (const cid of everything) await blocks.get(CID.parse(cid), options)
    stored.set(`${root}`, utf8('spoilt'))
    await expect(blocks.get(root, options)).rejects.toMatchObject({ code: 'UNREACHABLE' })
    await expect(blocks.get(other, options)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})
