/** The service worker's parts without a browser: blocks from here or from the node, ports that come and go, the shell. */
import { afterEach, describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { MiB } from '../../src/core/limits.ts'
import { peerId, text, v } from '../../src/core/schema.ts'
import { Secret } from '../../src/core/secret.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { serve } from '../../src/rpc/port.ts'
import { isNeedNode, isNodePort, isSkipWaiting, NEED_NODE, SKIP_WAITING } from '../../src/rpc/sw-messages.ts'
import type { GatewayApi } from '../../src/worker/api.ts'
import type { OpenedLink } from '../../src/worker/link-api.ts'
import { createBlockSource } from '../../sw/blocks.ts'
import { createHandler, type Fetch } from '../../sw/handler.ts'
import { createLinkSource } from '../../sw/links.ts'
import { createNodePort, type NodePort } from '../../sw/node-port.ts'
import { createPatience } from '../../sw/patience.ts'
import { bootstrapShell, createShell, type Shell, shellPart } from '../../sw/shell.ts'
import { createStreams } from '../../sw/streams.ts'
import {
  asker,
  bytesOf,
  expectIsolated,
  importFile,
  importTree,
  MemorySource,
  noise,
  ORIGIN,
  range,
  utf8,
} from './gateway-help.ts'

const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d' as PeerIdText
const never = new AbortController().signal
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

type BlockGet = (cid: string, from: readonly string[], alive: () => void) => Promise<Uint8Array<ArrayBuffer>>

type OpenSeal = (link: { readonly code: string; readonly from: readonly string[] }) => Promise<OpenedLink>
const noSeal: OpenSeal = async () => {
  throw new CafeError('NOT_FOUND', { what: 'link' })
}

/** One end of a channel whose other end is answered as by the node. */
function nodeEnd(get: BlockGet, openSeal: OpenSeal = noSeal): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const input = v.object({ cid: text(256), from: v.array(peerId) })
  const stop = serve<GatewayApi>(port1 as MessagePort, {
    'link.open': { input: v.object({ code: text(64), from: v.array(peerId) }), run: openSeal },
    'block.get': { input, run: ({ cid, from }, { progress }) => get(cid, from, () => progress('waiting')) },
    'name.resolve': { input: v.object({ name: text(128) }), run: () => Promise.reject(new CafeError('NOT_FOUND')) },
  })
  closing.push(() => stop())
  return port2 as MessagePort
}

/** Caches in memory: what was put under which name. */
function memoryCaches() {
  const stored = new Map<string, Map<string, Response>>()
  const open = async (name: string) => {
    const cache = stored.get(name) ?? new Map<string, Response>()
    stored.set(name, cache)
    return {
      match: async (url: string) => cache.get(url)?.clone(),
      put: async (url: string, response: Response) => void cache.set(url, response),
    } as unknown as Cache
  }
  const match = async (url: string, { cacheName }: { cacheName?: string } = {}) =>
    [...stored]
      .find(([name, cache]) => (!cacheName || name === cacheName) && cache.has(url))?.[1]
      .get(url)
      ?.clone()
  const caches = {
    open,
    match,
    keys: async () => [...stored.keys()],
    delete: async (name: string) => stored.delete(name),
  }
  return { stored, caches: caches as unknown as CacheStorage }
}

/** The shell without anything kept. */
const shellOf = (load: (url: string) => Promise<Response>): Shell =>
  createShell({ caches: memoryCaches().caches, load: load as typeof fetch })

/** Locks by hand: `die(life)` is the end of whoever holds it. */
function lives() {
  const waiting = new Map<string, () => void>()
  return {
    whenGone: (life: string) => new Promise<void>((resolve) => waiting.set(life, resolve)),
    die: (life: string) => waiting.get(life)?.(),
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
const noBlock: BlockGet = async () => {
  throw new CafeError('NOT_FOUND')
}

describe('the port to the node', () => {
  it('is asked for once by however many need it, and kept', async () => {
    let asked = 0
    const port: NodePort = createNodePort({
      askWindows: async () => {
        asked++
        setTimeout(() => port.accept(nodeEnd(noBlock), 'life-1'), 1)
        return 2
      },
      whenGone: lives().whenGone,
    })
    const nodes = await Promise.all([1, 2, 3].map(() => port.need({ signal: never })))
    expect(new Set(nodes).size).toBe(1)
    expect(await port.need({ signal: never })).toBe(nodes[0])
    expect(asked).toBe(1)
  })

  it('is unreachable at once without windows, and soon if none of them answers', async () => {
    const failure = { code: 'UNREACHABLE', data: { what: 'node' } }
    const none = createNodePort({ askWindows: async () => 0, whenGone: lives().whenGone, answerTime: 1e6 })
    await expect(none.need({ signal: never })).rejects.toMatchObject(failure)
    const silent = createNodePort({ askWindows: async () => 3, whenGone: lives().whenGone, answerTime: 5 })
    await expect(silent.need({ signal: never })).rejects.toMatchObject(failure)
    // It is asked for again the next time.
    await expect(silent.need({ signal: never })).rejects.toMatchObject(failure)
  })

  it('does not hold up who has left', async () => {
    const silent = createNodePort({ askWindows: async () => 3, whenGone: lives().whenGone, answerTime: 50 })
    await expect(silent.need({ signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('is dropped with the life of its node, and what was under way fails', async () => {
    const { whenGone, die } = lives()
    const port = createNodePort({ askWindows: async () => 0, whenGone })
    port.accept(
      nodeEnd(() => new Promise(() => {})),
      'life-1',
    )
    const node = await port.need({ signal: never })
    const call = node.call('block.get', { cid: 'x', from: [] })
    die('life-1')
    await expect(call).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(port.isCurrent(node)).toBe(false)
    await expect(port.need({ signal: never })).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  it('stays as it is when others lead to the same node, and changes when the node did', async () => {
    const port = createNodePort({ askWindows: async () => 0, whenGone: lives().whenGone })
    port.accept(nodeEnd(noBlock), 'life-1')
    const first = await port.need({ signal: never })
    port.accept(nodeEnd(noBlock), 'life-1')
    expect(await port.need({ signal: never })).toBe(first)
    port.accept(nodeEnd(noBlock), 'life-2')
    expect(await port.need({ signal: never })).not.toBe(first)
    await expect(first.call('block.get', { cid: 'x', from: [] })).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})

describe('blocks of the service worker', () => {
  const setup = async (options: { local?: boolean; node?: BlockGet; timeout?: number } = {}) => {
    const memory = new MemorySource()
    const cid = await importFile(memory, utf8('content of the block'))
    const good = memory.blocks.get(`${cid}`) as Uint8Array<ArrayBuffer>
    const asked: { cid: string; from: readonly string[] }[] = []
    const { whenGone, die } = lives()
    const nodePort = createNodePort({ askWindows: async () => 0, whenGone })
    const { node } = options
    if (node) {
      const get: BlockGet = (wanted, from, alive) => {
        asked.push({ cid: wanted, from })
        return node(wanted, from, alive)
      }
      nodePort.accept(nodeEnd(get), 'life-1')
    }
    let opened = 0
    const state = { bytes: options.local ? good : undefined, closed: false }
    const source = createBlockSource({
      nodePort,
      timeout: options.timeout ?? 1_000,
      async openLocal() {
        opened++
        state.closed = false
        return {
          async get() {
            if (state.closed) throw new DOMException('closed', 'InvalidStateError')
            return state.bytes
          },
          close() {},
        }
      },
    })
    return { source, cid, good, asked, state, nodePort, die, opened: () => opened }
  }

  it('come from this device without any node', async () => {
    const { source, cid, good } = await setup({ local: true })
    expect(await source.get(cid, { signal: never })).toEqual(good)
  })

  it('say where they come from, and are asked of nobody if that is what the reader wants', async () => {
    const came: string[] = []
    const onSource = (from: string): void => void came.push(from)
    const here = await setup({ local: true })
    await here.source.get(here.cid, { signal: never, local: true, onSource })
    const there = await setup({ node: async () => utf8('content of the block') })
    const refused = { code: 'NOT_FOUND', data: { what: 'local' } }
    await expect(there.source.get(there.cid, { signal: never, local: true, onSource })).rejects.toMatchObject(refused)
    expect(there.asked).toEqual([])
    await there.source.get(there.cid, { signal: never, onSource })
    expect(came).toEqual(['local', 'network'])
  })

  it('come from the node with the cafes of the link, and are hashed whatever the reader says', async () => {
    const good = await setup({ node: async () => utf8('content of the block') })
    expect(await good.source.get(good.cid, { signal: never, from: [PEER] })).toEqual(good.good)
    expect(good.asked).toEqual([{ cid: `${good.cid}`, from: [PEER] }])
    const bad = await setup({ node: async () => utf8('another content') })
    const wanted = bad.source.get(bad.cid, { signal: never, unchecked: true })
    await expect(wanted).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('that rotted here come from the node, and are never served', async () => {
    const { source, cid, good, state } = await setup({ local: true, node: async () => utf8('content of the block') })
    state.bytes = utf8('content of the blocK')
    expect(await source.get(cid, { signal: never })).toEqual(good)
    const alone = await setup({ local: true })
    alone.state.bytes = utf8('content of the blocK')
    await expect(alone.source.get(alone.cid, { signal: never })).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  it('survive that the database is closed under us', async () => {
    const { source, cid, good, state, opened } = await setup({ local: true })
    await source.get(cid, { signal: never })
    state.closed = true
    expect(await source.get(cid, { signal: never })).toEqual(good)
    expect(opened()).toBe(2)
  })

  it('keep the reason of the node', async () => {
    const { source, cid } = await setup({ node: noBlock })
    await expect(source.get(cid, { signal: never })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('are given up after their time, even if nobody answers any more', async () => {
    const { source, cid } = await setup({ node: () => new Promise(() => {}), timeout: 5 })
    await expect(source.get(cid, { signal: never })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('are waited for as long as the node says that they are on their way', async () => {
    const node: BlockGet = async (_cid, _from, alive) => {
      for (let i = 0; i < 20; i++) {
        alive()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return utf8('content of the block')
    }
    const { source, cid, good } = await setup({ node, timeout: 1_000 })
    expect(await source.get(cid, { signal: never })).toEqual(good)
  })

  it('are asked for again from the next node if the first one died', async () => {
    const { source, cid, good, nodePort, die } = await setup({ node: () => new Promise(() => {}) })
    const block = source.get(cid, { signal: never })
    await settled()
    nodePort.accept(
      nodeEnd(async () => utf8('content of the block')),
      'life-2',
    )
    die('life-1')
    expect(await block).toEqual(good)
  })
})

describe('a fetch for /ipfs', () => {
  const memory = new MemorySource()
  const shellPage = () => Promise.resolve(new Response('the shell', { status: 503 }))
  const handlerOver = (source: MemorySource, clients: Record<string, string> = {}) =>
    createHandler({
      gateway: createGateway({ blocks: source }),
      urlOfClient: async (id) => clients[id],
      shell: shellPage,
    })
  // Node's Request has neither destination nor the mode of navigations.
  const fetchOf = (path: string, about: Partial<Request>, clientId = ''): Fetch => {
    const request = new Request(`${ORIGIN}${path}`)
    const facts = new Map<PropertyKey, unknown>(Object.entries(about))
    const seen = new Proxy(request, {
      get: (target, name) => {
        const value = facts.has(name) ? facts.get(name) : Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { request: seen, clientId }
  }

  it('that only a node could answer gets the shell if it is a page of its own, else an error', async () => {
    const cid = await importFile(memory, utf8('far away'))
    const gone = new MemorySource()
    gone.get = async () => {
      throw new CafeError('UNREACHABLE', { what: 'node' })
    }
    const handle = handlerOver(gone)
    const page = await handle(fetchOf(`/ipfs/${cid}`, { mode: 'navigate', destination: 'document' }))
    expect(await page.text()).toBe('the shell')
    for (const about of [
      { mode: 'navigate', destination: 'iframe' },
      { mode: 'no-cors', destination: 'image' },
    ] as const) {
      const response = await handle(fetchOf(`/ipfs/${cid}`, about))
      expect(response.status).toBe(504)
      expectIsolated(response)
    }
  })

  it('that fails for another reason gets a page, never the shell', async () => {
    const handle = handlerOver(new MemorySource())
    const cid = await importFile(memory, utf8('nowhere'))
    const response = await handle(fetchOf(`/ipfs/${cid}`, { mode: 'navigate', destination: 'document' }))
    expect(response.status).toBe(404)
    expect(response.headers.get('Content-Type')).toContain('text/html')
  })

  it('gives styles to content, and neither styles nor scripts to the app', async () => {
    const root = await importTree(memory, { 'style.css': utf8('body{}') })
    const handle = handlerOver(memory, { content: `${ORIGIN}/ipfs/x/`, app: `${ORIGIN}/` })
    const status = async (destination: RequestDestination, client: string) =>
      (await handle(fetchOf(`/ipfs/${root}/style.css`, { destination }, client))).status
    expect(await status('style', 'content')).toBe(200)
    expect(await status('style', 'app')).toBe(403)
    expect(await status('style', 'unknown')).toBe(403)
    expect(await status('script', 'content')).toBe(403)
  })

  it('redirects to a whole address, without the fragment, which the browser keeps', async () => {
    const root = await importTree(memory, { 'site/index.html': utf8('<!doctype html>') })
    const handle = handlerOver(memory)
    const response = await handle(fetchOf(`/ipfs/${root}/site?x=1#part`, { mode: 'navigate', destination: 'document' }))
    expect(response.status).toBe(301)
    expect(response.headers.get('Location')).toBe(`${ORIGIN}/ipfs/${root}/site/?x=1`)
    expectIsolated(response)
  })
})

describe('the bootstrap shell', () => {
  it('is the app page with its policy, kept nowhere', async () => {
    const policy = "script-src 'self'"
    const headers = {
      'Content-Type': 'text/html',
      'Content-Security-Policy': policy,
      'Content-Encoding': 'gzip',
      ETag: '"x"',
      'Cache-Control': 'public, max-age=60',
    }
    const asked: unknown[] = []
    const shell = await bootstrapShell(
      shellOf(async (url) => {
        asked.push(url)
        return new Response('<!doctype html>app', { headers })
      }),
    )
    expect(asked).toEqual(['/index.html'])
    expect(shell?.status).toBe(503)
    expect(await shell?.text()).toBe('<!doctype html>app')
    expect(Object.fromEntries(shell?.headers ?? [])).toEqual({
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'content-type': 'text/html',
    })
  })

  it('is not there offline, or if the host has no such page', async () => {
    const offline = async () => {
      throw new TypeError('Failed to fetch')
    }
    expect(await bootstrapShell(shellOf(offline))).toBeUndefined()
    expect(await bootstrapShell(shellOf(async () => new Response('no', { status: 404 })))).toBeUndefined()
  })
})

describe('the files of the app', () => {
  const FILES = ['/index.html', '/assets/a-1.js', '/assets/b-2.js']
  const setup = (options: { offline?: boolean; version?: string } = {}) => {
    const memory = memoryCaches()
    const asked: string[] = []
    const state = { offline: options.offline ?? false }
    const load = async (input: string | Request) => {
      const url = typeof input === 'string' ? input : new URL(input.url).pathname
      asked.push(url)
      if (state.offline) throw new TypeError('Failed to fetch')
      return url.includes('gone') ? new Response('', { status: 404 }) : new Response(`file ${url}`)
    }
    const shell = createShell({
      caches: memory.caches,
      load: load as typeof fetch,
      files: FILES,
      version: options.version ?? '1',
    })
    return { ...memory, shell, asked, state }
  }
  const file = (path: string) => new Request(`${ORIGIN}${path}`)

  it('are kept once, and are there without the host', async () => {
    const { shell, asked, state } = setup()
    await shell.keep()
    await shell.keep()
    expect(asked.toSorted()).toEqual(FILES.toSorted())
    state.offline = true
    expect(await (await shell.page())?.text()).toBe('file /index.html')
    expect(await (await shell.file(file('/assets/b-2.js'))).text()).toBe('file /assets/b-2.js')
    await expect(shell.file(file('/assets/c-3.js'))).rejects.toThrow()
  })

  it('are fetched the next time if the host was away, and nothing that it does not have is kept', async () => {
    const { shell, stored, state } = setup({ offline: true })
    await shell.keep()
    expect([...(stored.get('popup-cafe/shell/1') ?? [])]).toEqual([])
    expect(await shell.page()).toBeUndefined()
    state.offline = false
    await shell.keep()
    expect(stored.get('popup-cafe/shell/1')?.size).toBe(FILES.length)
  })

  describe('where Cache Storage has stopped answering', () => {
    const silent = {
      open: () => new Promise<Cache>(() => {}),
      match: () => new Promise<undefined>(() => {}),
      keys: () => new Promise<string[]>(() => {}),
      delete: () => new Promise<boolean>(() => {}),
    }
    const shellBy = (load: (url: string) => Promise<Response>, caches: typeof silent = silent) =>
      createShell({ caches, load: load as typeof fetch, patience: createPatience({ soon: 20, last: 60 }) })

    it('come from their host, and only the first waits', async () => {
      const shell = shellBy(async () => new Response('of the host'))
      expect(await (await shell.file(file('/assets/b-2.js'))).text()).toBe('of the host')
      const files = Array.from({ length: 50 }, () => shell.file(file('/assets/b-2.js')))
      const late = new Promise((resolve) => setTimeout(resolve, 15, 'late'))
      expect(await Promise.race([Promise.all(files), late])).toHaveLength(50)
      await shell.tidy() // nobody waits for ever
    })

    it('fail at last without their host, and come from the cache if it was only slow', async () => {
      const offline = async (): Promise<Response> => {
        throw new TypeError('Failed to fetch')
      }
      await expect(shellBy(offline).file(file('/assets/b-2.js'))).rejects.toThrow('Failed to fetch')
      expect(await shellBy(offline).page()).toBeUndefined()
      const match = () => new Promise<Response>((resolve) => setTimeout(resolve, 40, new Response('kept')))
      const slow = shellBy(offline, { ...silent, match } as unknown as typeof silent)
      expect(await (await slow.file(file('/assets/b-2.js'))).text()).toBe('kept')
    })
  })

  it('of the version before stay for pages that are still open, older ones go; other caches are left alone', async () => {
    const { shell, stored, caches } = setup({ version: '3' })
    for (const name of ['shared-files', 'popup-cafe/shell/1', 'popup-cafe/shell/2', 'popup-cafe/shell/3'])
      await caches.open(name)
    await shell.tidy()
    expect([...stored.keys()]).toEqual(['shared-files', 'popup-cafe/shell/2', 'popup-cafe/shell/3'])
  })

  it.each([
    ['/', 'navigate', 'page'],
    ['/index.html', 'navigate', 'page'],
    ['/?x=y', 'navigate', 'page'],
    ['/assets/a.js', 'no-cors', 'file'],
    ['/?sw-unregister', 'navigate', undefined],
    ['/reset.html', 'navigate', undefined],
    ['/reset.js', 'no-cors', undefined],
    ['/sw.js', 'same-origin', undefined],
    ['/', 'cors', undefined],
    ['/config.json', 'cors', undefined],
    ['/ipfs/x', 'navigate', undefined],
  ] as const)('%s asked by %s is %s', (path, mode, part) => {
    expect(shellPart(new URL(path, ORIGIN), mode)).toBe(part)
  })
})

describe('streams on their way', () => {
  const parts = async () => {
    const source = new MemorySource()
    const root = await importTree(source, { 'file.bin': noise(8 * MiB) })
    const streams = createStreams()
    const ask = asker(source)
    const get = (path: string, init?: RequestInit) => ask(`/ipfs/${root}${path}`, init, { begin: streams.begin })
    return { source, streams, get }
  }
  const BODIES = [
    { name: 'a file', path: '/file.bin', init: {} },
    { name: 'a range', path: '/file.bin', init: range('bytes=1-7000000') },
    { name: 'ranges', path: '/file.bin', init: range('bytes=1-9000,20000-7000000') },
    { name: 'a CAR', path: '?format=car', init: {} },
    { name: 'a TAR', path: '?format=tar', init: {} },
  ]

  it.each(BODIES)('of $name are counted until they end', async ({ path, init }) => {
    const { streams, get } = await parts()
    const response = await get(path, init)
    expect(streams.live).toBe(1)
    expect((await bytesOf(response)).byteLength).toBeGreaterThan(6_000_000)
    expect(streams.live).toBe(0)
  })

  it.each(BODIES)('of $name are counted until they fail', async ({ path, init }) => {
    const { source, streams, get } = await parts()
    const response = await get(path, init)
    for (const cid of source.blocks.keys()) source.failing.set(cid, 'CORRUPT')
    await expect(response.arrayBuffer()).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(streams.live).toBe(0)
  })

  it.each(BODIES)('of $name are counted until nobody wants them', async ({ path, init }) => {
    const { streams, get } = await parts()
    const { body } = await get(path, init)
    await body?.cancel()
    expect(streams.live).toBe(0)
  })

  it.each(BODIES)('of $name are none where there is no body', async ({ path, init }) => {
    const { streams, get } = await parts()
    expect((await get(path, { ...init, method: 'HEAD' })).body).toBeNull()
    expect((await get('/missing')).status).toBe(404)
    expect(streams.live).toBe(0)
  })
})

describe('messages of the service worker', () => {
  it('are told apart from anything else a page may send', () => {
    expect(isNeedNode(NEED_NODE)).toBe(true)
    expect(isSkipWaiting(SKIP_WAITING)).toBe(true)
    expect(isNodePort({ type: 'cafe:node-port', life: 'popup-cafe:worker:1' })).toBe(true)
    for (const data of [
      undefined,
      null,
      'cafe:node-port',
      { type: 'cafe:node-port' },
      { type: 'cafe:node-port', life: 7 },
      { type: 'cafe:node-port', life: 'x'.repeat(200) },
    ]) {
      expect(isNodePort(data) || isNeedNode(data) || isSkipWaiting(data)).toBe(false)
    }
  })
})

describe('sealed links', () => {
  it('are opened by the node; one that died meanwhile is asked for again, cafes that are away are not', async () => {
    const { whenGone, die } = lives()
    let asked = 0
    const codes: string[] = []
    const port: NodePort = createNodePort({
      askWindows: async () => {
        asked++
        const life = `life-${asked}`
        const first: OpenSeal = () => new Promise(() => die(life))
        const second: OpenSeal = async ({ code }) => {
          codes.push(code)
          if (code === 'away') throw new CafeError('UNREACHABLE', { what: 'link' })
          return { key: 'a key', name: 'photo.jpg' }
        }
        setTimeout(() => port.accept(nodeEnd(noBlock, asked === 1 ? first : second), life), 1)
        return 1
      },
      whenGone,
    })
    const links = createLinkSource({ nodePort: port })
    const { key, name } = await links.open({ code: new Secret('a code'), from: [PEER] }, { signal: never })
    expect([key.reveal(), name, asked]).toEqual(['a key', 'photo.jpg', 2])
    const away = links.open({ code: new Secret('away'), from: [PEER] }, { signal: never })
    await expect(away).rejects.toMatchObject({ code: 'UNREACHABLE', data: { what: 'link' } })
    expect(codes).toEqual(['a code', 'away'])
  })
})
