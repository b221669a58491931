/** The door of a real relay to a cafe in this process, asked by real HTTP clients. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cafeLabel } from '../../relay/door-address.ts'
import type { Relay } from '../../relay/relay.ts'
import { KiB, MiB } from '../../src/core/limits.ts'
import { createLog } from '../../src/core/log.ts'
import { importSealed, importTree, MemorySource, noise, utf8 } from '../unit/gateway-help.ts'
import { addAll, addFile, createDoorCafe, type DoorCafe, sha, startRelay } from './door-fixture.ts'
import { createTestNode, keep } from './fixture.ts'
import { ask } from './relay-fixture.ts'

const lines: string[] = []
let relay: Relay
let cafe: DoorCafe
const large = noise(5 * MiB + 123)
let file: string
let folder: string
let sealed: { cid: string; key: string }

beforeAll(async () => {
  relay = await startRelay(createLog((_, line) => void lines.push(line), 'debug'))
  cafe = await createDoorCafe(relay)
  file = `${await addFile(cafe.blocks, large)}`
  const source = new MemorySource()
  const page = utf8('<!doctype html><link rel=stylesheet href=s.css><script>document.title = 1</script>')
  folder = `${await importTree(source, { 'a b.txt': utf8('hello'), 'site/index.html': page, 'site/s.css': utf8('a{}') })}`
  const { cid, key } = await importSealed(source, utf8('a secret'))
  sealed = { cid: `${cid}`, key }
  await addAll(cafe.blocks, source)
})

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${cafe.door}${path}`, { redirect: 'manual', ...init })
const headers = (response: Response): Record<string, string> => Object.fromEntries(response.headers)
const hostOf = (): string => `${cafeLabel(cafe.node.peer)}.cafe.localhost:${new URL(relay.url).port}`

describe('content through the door', () => {
  it('is whole, in parts, known by its tag, or only told of', async () => {
    const whole = await get(`/ipfs/${file}`)
    expect(whole.status).toBe(200)
    expect(sha(new Uint8Array(await whole.arrayBuffer()))).toBe(sha(large))
    const part = await get(`/ipfs/${file}`, { headers: { range: 'bytes=300000-300009' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 300000-300009/${large.byteLength}`])
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(large.slice(300_000, 300_010))
    const etag = whole.headers.get('etag') as string
    expect((await get(`/ipfs/${file}`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const head = await get(`/ipfs/${file}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(large.byteLength)])
    expect((await get(`/ipfs/${file}`, { headers: { range: `bytes=${large.byteLength}-` } })).status).toBe(416)
  })

  it('has its query, its forms and its paths', async () => {
    const raw = await get(`/ipfs/${folder}/a%20b.txt?format=raw`)
    expect([await raw.text(), raw.headers.get('content-type')]).toEqual(['hello', 'application/vnd.ipld.raw'])
    const car = await get(`/ipfs/${file}`, { headers: { accept: 'application/vnd.ipld.car' } })
    expect(car.headers.get('content-type')).toContain('application/vnd.ipld.car')
    expect((await car.arrayBuffer()).byteLength).toBeGreaterThan(large.byteLength)
    expect((await get(`/ipfs/${folder}/none`)).status).toBe(404)
    expect((await get(`/ipfs/${folder}?format=nonsense`)).status).toBe(406)
  })

  it('leads to folders below the same door, by either address', async () => {
    const moved = await get(`/ipfs/${folder}`)
    expect([moved.status, moved.headers.get('location')]).toEqual([301, `/c/${cafe.node.peer}/ipfs/${folder}/`])
    const listed = await (await get(`/ipfs/${folder}/`)).text()
    expect(listed).toContain('a b.txt')
    expect(listed).not.toMatch(/(href|src)="\/(ipfs|ipns|c)\//)
    const own = await ask(relay.url, `/ipfs/${folder}`, { headers: { host: hostOf() } })
    expect([own.status, own.headers.location]).toEqual([301, `/ipfs/${folder}/`])
    const label = await get('').then(() =>
      fetch(`${new URL(cafe.door).origin}/c/${cafeLabel(cafe.node.peer)}/ipfs/${folder}/a%20b.txt`),
    )
    expect(await label.text()).toBe('hello')
  })

  it('is only what the cafe has: nothing is fetched for whoever knocks', async () => {
    const other = await createTestNode({ relays: relay.multiaddrs })
    keep({ stop: () => other.node.stop() })
    const elsewhere = `${await addFile(other.blocks, noise(1000, 7))}`
    const fetched = vi.spyOn(cafe.node.fetcher, 'fetch')
    expect((await get(`/ipfs/${elsewhere}`)).status).toBe(404)
    expect(fetched).not.toHaveBeenCalled()
  })

  it('is not decrypted unless the host trusts relay and cafe with it', async () => {
    const path = `/ipfs/${sealed.cid}?key=${sealed.key}`
    for (const query of [`key=${sealed.key}`, `%6bey=${sealed.key}`, 'a=1&key=']) {
      const refused = await get(`/ipfs/${sealed.cid}?${query}`, { headers: { accept: 'text/html' } })
      expect(refused.status).toBe(403)
      const page = await refused.text()
      expect(page).toContain('trusted decryption')
      expect(page).not.toContain(sealed.key)
    }
    const raw = await new Promise<string>((resolve) => {
      const { hostname, port, pathname } = new URL(`${cafe.door}/ipfs/${sealed.cid}`)
      const socket = connect(Number(port), hostname, () =>
        socket.end(`GET ${pathname}#key=${sealed.key} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`),
      )
      socket.setEncoding('utf8').on('data', resolve)
    })
    expect(raw).toMatch(/^HTTP\/1.1 400/)
    await cafe.shut()
    await cafe.open({ decrypts: () => true })
    const trusted = await get(path)
    expect([trusted.status, await trusted.text()]).toEqual([200, 'a secret'])
    expect(trusted.headers.get('cache-control')).toBe('private, no-store')
    await cafe.shut()
    await cafe.open()
    expect(lines.join('\n')).not.toContain(sealed.key.slice(0, 20))
    expect(lines.join('\n')).toContain(sealed.cid)
  })
})

describe('what comes through the door', () => {
  it('runs nothing and is nobody: whatever the cafe says of itself', async () => {
    await cafe.shut()
    const hostile = {
      'content-type': 'text/html',
      'content-security-policy': 'script-src *',
      'set-cookie': 'a=b',
      'clear-site-data': '"*"',
      'service-worker-allowed': '/',
      'access-control-allow-credentials': 'true',
      refresh: '0; url=https://elsewhere.example',
      link: '<https://elsewhere.example/x.js>; rel=modulepreload',
      'www-authenticate': 'Basic realm="your password"',
      'x-own': '1',
    }
    await cafe.open({
      cafe: {
        name: 'Hostile',
        fetch: async (request) => {
          const { pathname, searchParams } = new URL(request.url)
          if (pathname === '/away')
            return new Response(null, { status: 302, headers: { location: searchParams.get('to') ?? '' } })
          if (pathname === '/parts')
            return new Response('x', { headers: { 'content-type': 'multipart/x-mixed-replace; boundary=x' } })
          return new Response('<script>alert(1)</script>', { status: 401, headers: hostile })
        },
      },
    })
    const answer = await get('/anything')
    const seen = headers(answer)
    expect(seen['content-security-policy']).toMatch(/^sandbox allow-downloads; default-src 'none'; script-src 'none'/)
    expect(seen).toMatchObject({ 'x-content-type-options': 'nosniff', 'www-authenticate': 'Bearer' })
    for (const name of ['set-cookie', 'clear-site-data', 'service-worker-allowed', 'refresh', 'link', 'x-own'])
      expect(seen[name], name).toBeUndefined()
    expect(seen['access-control-allow-credentials']).toBeUndefined()
    for (const to of [
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      'javascript:alert(1)',
    ])
      expect((await get(`/away?to=${encodeURIComponent(to)}`)).status, to).toBe(502)
    const up = await get(`/away?to=${encodeURIComponent('../../../../health')}`)
    expect(up.headers.get('location')).toBe(`/c/${cafe.node.peer}/health`)
    expect((await get('/parts')).headers.get('content-type')).toBe('application/octet-stream')
    await cafe.shut()
    await cafe.open()
  })

  it.each([
    ['service-worker', 'script'],
    ['sec-fetch-dest', 'script'],
    ['sec-fetch-dest', 'worker'],
    ['sec-fetch-dest', 'serviceworker'],
    ['sec-fetch-dest', 'manifest'],
    ['sec-fetch-dest', 'object'],
  ])('is never a program (%s: %s)', async (name, value) => {
    const { status, headers } = await ask(relay.url, `/c/${cafe.node.peer}/ipfs/${file}`, {
      headers: { [name]: value },
    })
    expect(status).toBe(403)
    expect(headers['content-security-policy']).toContain('sandbox')
  })

  it('may be read by pages of any origin, without cookies', async () => {
    const plain = await get(`/ipfs/${folder}/a%20b.txt`, { headers: { origin: 'https://page.example' } })
    expect(headers(plain)).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
    const asked = await get(`/ipfs/${file}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'range, if-none-match, authorization',
      },
    })
    expect(asked.status).toBe(204)
    for (const name of ['range', 'if-none-match', 'authorization', 'content-type'])
      expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name)
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    expect(plain.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('content-range')
  })
})

describe('a door that does not open', () => {
  it('says for people and for programs that the cafe is asleep, and when to come again', async () => {
    const nobody = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
    const page = await ask(relay.url, `/c/${nobody}/ipfs/${file}`, { headers: { accept: 'text/html,*/*' } })
    expect([page.status, page.headers['retry-after']]).toEqual([503, '30'])
    expect(page.body).toContain('This cafe is asleep')
    expect(page.headers['content-security-policy']).toContain('sandbox')
    const json = await ask(relay.url, `/c/${nobody}/ipfs/${file}`, { headers: { accept: 'application/json' } })
    expect(JSON.parse(json.body)).toMatchObject({ error: 'UNREACHABLE', message: 'This cafe is asleep' })
    const carrier = await ask(relay.url, `/c/${nobody}/pin/list`, {
      ...{ method: 'POST', headers: { accept: 'application/vnd.ipld.dag-json' } },
    })
    expect(JSON.parse(carrier.body)).toEqual({ err: 'UNREACHABLE', data: { what: 'asleep' } })
  })

  it('is told from one that is shut, and from no cafe at all', async () => {
    await cafe.shut()
    const shut = await get(`/ipfs/${file}`)
    expect([shut.status, shut.headers.get('retry-after')]).toEqual([503, '300'])
    expect(await shut.text()).toContain('door of this cafe is closed')
    await cafe.open()
    for (const name of ['nobody', '12D3KooWnope', 'k51nope', '%2e%2e'])
      expect((await ask(relay.url, `/c/${name}/ipfs/${file}`)).status, name).toBe(404)
    expect((await ask(relay.url, '/c/')).status).toBe(404)
    const stranger = cafeLabel('12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo' as DoorCafe['node']['peer'])
    const port = new URL(relay.url).port
    expect((await ask(relay.url, '/', { headers: { host: `${stranger}.cafe.localhost:${port}` } })).status).toBe(404)
  })

  it('greets whoever comes without a wish', async () => {
    expect(await (await get('/')).text()).toContain('Test cafe')
    expect((await get('', { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain('text/html')
  })
})

describe('bodies through the door', () => {
  const stream = async (make: () => ReadableStream<Uint8Array>, more: Record<string, string> = {}): Promise<void> => {
    await cafe.shut()
    await cafe.open({ cafe: { name: 'x', fetch: async () => new Response(make(), { headers: more }) } })
  }
  afterAll(async () => {
    await cafe.shut()
    await cafe.open()
  })

  it.each([
    ['with its length', { 'content-length': '100000' }],
    ['without', {}],
  ])('that are cut off %s are errors of the connection', async (_how, more) => {
    await stream(() => {
      let left = 3
      return new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(noise(1000))
          else controller.error(new Error('lost'))
        },
      })
    }, more)
    await expect(get('/cut').then((response) => response.arrayBuffer())).rejects.toThrow()
    const { code } = await promisify(execFile)('curl', ['-sS', '-o', '/dev/null', `${cafe.door}/cut`]).catch(
      (error) => error,
    )
    expect([18, 56]).toContain(code)
  })

  it('are made only as fast as a slow reader takes them, and no more once it is gone', async () => {
    let made = 0
    const ended = Promise.withResolvers<void>()
    await stream(
      () =>
        new ReadableStream(
          {
            pull(controller) {
              made += 64 * KiB
              controller.enqueue(noise(64 * KiB))
            },
            cancel: () => ended.resolve(),
          },
          { highWaterMark: 0 },
        ),
    )
    const { hostname, port, pathname } = new URL(`${cafe.door}/endless`)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.pause()
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
    // It stops when all buffers on the way are full.
    let before = -1
    await vi.waitFor(
      () => {
        const same = made === before && made > 0
        before = made
        expect(same).toBe(true)
      },
      { timeout: 20_000, interval: 500 },
    )
    expect(made).toBeLessThan(16 * MiB)
    socket.destroy()
    await ended.promise
  })

  it('go in as they come, asked for by who waits to be asked, and are not too large', async () => {
    await cafe.shut()
    await cafe.open({ cafe: { name: 'x', fetch: async (request) => new Response(request.body) } })
    const folder = mkdtempSync(join(tmpdir(), 'cafe-door-'))
    const sent = join(folder, 'sent')
    writeFileSync(sent, large)
    const curl = (...args: string[]) => promisify(execFile)('curl', ['-sS', ...args])
    for (const how of [
      ['-H', 'Expect: 100-continue'],
      ['-H', 'Expect:'],
      ['-H', 'Transfer-Encoding: chunked'],
    ]) {
      await curl('-T', sent, '-X', 'POST', ...how, '-o', join(folder, 'back'), `${cafe.door}/echo`)
      expect(sha(readFileSync(join(folder, 'back'))), how[1]).toBe(sha(large))
    }
    const { stderr } = await curl(
      '-v',
      '-H',
      'Expect: 100-continue',
      '-T',
      sent,
      '-X',
      'POST',
      '-o',
      join(folder, 'x'),
      `${cafe.door}/echo`,
    )
    expect(stderr).toContain('100 Continue')
    const huge = await ask(relay.url, `/c/${cafe.node.peer}/echo`, {
      method: 'POST',
      headers: { 'content-length': '99999999999' },
    })
    expect(huge.status).toBe(413)
    rmSync(folder, { recursive: true })
  })
})

describe('many at the door', () => {
  it('are all served', async () => {
    const all = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const start = i * 40_000
        const response = await get(`/ipfs/${file}`, { headers: { range: `bytes=${start}-${start + 299_999}` } })
        return [response.status, sha(new Uint8Array(await response.arrayBuffer()))]
      }),
    )
    expect(all).toEqual(
      Array.from({ length: 100 }, (_, i) => [206, sha(large.slice(i * 40_000, i * 40_000 + 300_000))]),
    )
  })

  it('leave nothing behind when they go away', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const stop = new AbortController()
        const response = await get(`/ipfs/${file}`, { signal: stop.signal })
        const reader = response.body?.getReader()
        if (i % 2) await reader?.read()
        stop.abort()
      }),
    )
    await vi.waitFor(() => {
      const [connection] = cafe.node.connections()
      expect(connection?.path).toBe('direct')
    })
    expect((await get(`/ipfs/${file}`)).status).toBe(200)
  })
})

describe('curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-door-'))
  const out = join(folder, 'out')
  const curl = (...args: string[]) => promisify(execFile)('curl', ['-sSf', ...args])
  afterAll(() => rmSync(folder, { recursive: true }))

  it('downloads, and goes on where it was cut off', async () => {
    await curl('-o', out, `${cafe.door}/ipfs/${file}`)
    expect(sha(readFileSync(out))).toBe(sha(large))
    truncateSync(out, 2 * MiB + 17)
    await curl('-C', '-', '-o', out, `${cafe.door}/ipfs/${file}`)
    expect(sha(readFileSync(out))).toBe(sha(large))
    const { stdout } = await curl('-r', '6-9', `${cafe.door}/ipfs/${file}`, '-w', '%{http_code}', '-o', out)
    expect([stdout, readFileSync(out).length]).toEqual(['206', 4])
  })
})
