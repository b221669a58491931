/** The door of a real relay to a cafe in this process: what it gives, under which headers, and when it gives nothing. */
import { connect } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { cafeLabel } from '../../relay/door-address.ts'
import type { Relay } from '../../relay/relay.ts'
import { MiB } from '../../src/core/limits.ts'
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

  it('is counted, by status and bytes, and by nothing that says what it was', async () => {
    const numbers = async (): Promise<Record<string, number>> => {
      const { body } = await ask(relay.url, '/metrics')
      const found = [...body.matchAll(/^(cafe_relay_door_\S+) (\d+)$/gm)]
      expect(found.every(([, name]) => /\{(status="[1-5]xx"|direction="(in|out)")\}$/.test(name as string))).toBe(true)
      return Object.fromEntries(found.map(([, name, value]) => [name as string, Number(value)]))
    }
    const ok = 'cafe_relay_door_requests_total{status="2xx"}'
    const out = 'cafe_relay_door_bytes_total{direction="out"}'
    const before = await numbers()
    await (await get(`/ipfs/${file}`)).arrayBuffer()
    await expect.poll(async () => (await numbers())[ok]).toBe((before[ok] ?? 0) + 1)
    expect((await numbers())[out]).toBeGreaterThan((before[out] ?? 0) + large.byteLength)
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
    // The relay hears that the door is open when the cafe next says what it speaks.
    const own = async () => {
      const { status, headers } = await ask(relay.url, `/ipfs/${folder}`, { headers: { host: hostOf() } })
      return [status, headers.location]
    }
    await expect.poll(own, { timeout: 20_000 }).toEqual([301, `/ipfs/${folder}/`])
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

  it('is not there where the relay has none', async () => {
    const bare = await startRelay(undefined, { door: false })
    expect((await ask(bare.url, `/c/${cafe.node.peer}/`)).body).toBe('There is nothing at this address.\n')
  })

  it('greets whoever comes without a wish', async () => {
    expect(await (await get('/')).text()).toContain('Test cafe')
    expect((await get('', { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain('text/html')
  })
})
