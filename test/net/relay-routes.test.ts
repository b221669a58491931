/** Routes of the app's server: asked first, for all methods, with time of their own if they say so. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAppServer, type Route } from '../../relay/http.ts'
import { createLog } from '../../src/core/log.ts'
import { ask } from './relay-fixture.ts'

const lines: string[] = []
const seen: Array<{ host: string; pathname: string }> = []
let asked = 0
const echo: Route = {
  name: 'echo',
  patient: true,
  matches(at) {
    seen.push(at)
    return at.pathname.startsWith('/echo')
  },
  async answer(req, res) {
    asked++
    res.end(`${req.method} ${await text(req)}`)
  },
}
const broken: Route = {
  name: 'broken',
  matches: ({ pathname }) => pathname.startsWith('/broken'),
  async answer(req, res) {
    res.setHeader('X-Secret', 'canary')
    if (req.url?.includes('late')) res.write('half')
    throw new Error('no answer')
  },
}
let server: Server
let url: string

beforeAll(async () => {
  server = createAppServer({
    ...{ app: undefined, config: () => ({}), cafes: () => ({}), health: () => ({ ok: true }) },
    routes: [echo, broken],
    log: createLog((_, line) => void lines.push(line), 'debug'),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://a.Cafe.localhost:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a route', () => {
  it('is asked before the app, with host and path, and answers every method with its body', async () => {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST /echo%20x?y=canary HTTP/1.1\r\nHost: A.cafe.localhost:${port}\r\nContent-Length: 4\r\n\r\nab`)
    await vi.waitFor(() => expect(asked).toBe(1))
    socket.write('cd')
    const [answer] = await once(socket.setEncoding('utf8'), 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*POST abcd/)
    expect(seen).toEqual([{ host: `a.cafe.localhost:${port}`, pathname: '/echo%20x' }])
    // The next request on the connection may be anything.
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect((await once(socket, 'data'))[0]).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
    await vi.waitFor(() => expect(lines.some((line) => line.includes('/echo%20x'))).toBe(true))
    expect(lines.join()).not.toContain('canary')
  })

  it('leaves the rest to the app, and gets nothing that is refused', async () => {
    expect((await ask(url, '/health')).status).toBe(200)
    expect((await ask(url, '/other', { method: 'POST' })).status).toBe(405)
    const before = seen.length
    expect((await ask(url, '/echo', { headers: { host: 'a;b' } })).status).toBe(400)
    expect((await ask(url, `/echo${'a'.repeat(5000)}`)).status).toBe(414)
    expect(seen.length).toBe(before)
  })

  it('that fails is answered for, without what it had said', async () => {
    const { status, headers, body } = await ask(url, '/broken')
    expect([status, body, headers['x-secret']]).toEqual([500, '', undefined])
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    await expect(ask(url, '/broken?late')).rejects.toThrow()
  })
})
