/** Bodies through the door of a real relay: slow, cut off, large, many at once; by curl, fetch and bare sockets. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDoor } from '../../relay/door.ts'
import type { Relay } from '../../relay/relay.ts'
import { CafeError } from '../../src/core/errors.ts'
import { KiB, MiB } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { noise } from '../unit/gateway-help.ts'
import { addFile, createDoorCafe, type DoorCafe, sha, startRelay } from './door-fixture.ts'
import { ask } from './relay-fixture.ts'

let relay: Relay
let cafe: DoorCafe
const large = noise(5 * MiB + 123)
let file: string

beforeAll(async () => {
  relay = await startRelay()
  cafe = await createDoorCafe(relay)
  file = `${await addFile(cafe.blocks, large)}`
})

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${cafe.door}${path}`, { redirect: 'manual', ...init })

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

  it('are told to come more slowly, each for itself', async () => {
    const asleep = { knows: () => true, open: () => Promise.reject(new CafeError('UNREACHABLE', { what: 'asleep' })) }
    const askerOf = (request: IncomingMessage): string => String(request.headers['x-who'])
    const door = createDoor({
      cafes: asleep,
      doorHost: undefined,
      log: silentLog,
      pace: { burst: 2, every: 60_000 },
      askerOf,
    })
    const server = createServer((request, response) => void door.answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const knock = async (who: string) => {
      const { status, headers } = await ask(url, `/c/${cafe.node.peer}/`, { headers: { 'x-who': who } })
      return [status, headers['retry-after']]
    }
    const asked = [await knock('a'), await knock('a'), await knock('a'), await knock('b')]
    expect(asked.map(([status]) => status)).toEqual([503, 503, 429, 503])
    expect(Number(asked[2]?.[1])).toBeGreaterThan(30)
    server.close()
  })

  it('are given what the host allows in a day, and then are told so', async () => {
    await cafe.shut()
    await cafe.open({ daily: 3 * MiB, clock: () => 0 })
    await expect(get(`/ipfs/${file}`).then((answer) => answer.arrayBuffer())).rejects.toThrow()
    const later = await get(`/ipfs/${file}`, { headers: { accept: 'text/html' } })
    expect(later.status).toBe(429)
    expect(await later.text()).toContain('what it gives in a day')
    await cafe.shut()
    await cafe.open()
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
