/** What the relay serves on hosts of websites: one page, one worker, and nothing of the app. */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_HEADER } from '../../relay/limits.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder, PAGE } from './relay-fixture.ts'

const SITE = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const folder = createFolder()
let relay: Relay
let port: string

beforeAll(async () => {
  writeFileSync(join(folder.app, 'site-boot.js'), 'console.log("boot")')
  writeFileSync(join(folder.app, 'site-sw.js'), 'onfetch = null')
  writeFileSync(join(folder.app, 'site-bridge.html'), '<script src="/assets/b.js"></script>')
  relay = await createRelay(configOf(folder), { log: silentLog })
  port = new URL(relay.url).port
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

const at = (label: string, path: string, headers: Record<string, string> = {}) =>
  ask(relay.url, path, { headers: { host: `${label}cafe.localhost:${port}`, ...headers } })

describe('a host of a website', () => {
  it('has the page that opens it at every path, under a policy of its own', async () => {
    for (const path of ['/', '/a/b.html', '/sw.js', '/assets/index-abc.js', '/health', '/config.json', '/ipfs/x']) {
      const { status, headers, body } = await at(`${SITE}.`, path)
      expect([status, headers['content-type']], path).toEqual([404, 'text/html; charset=utf-8'])
      expect(body).toContain('console.log("boot")')
      expect(headers['content-security-policy']).toContain(`worker-src ${SITE}.cafe.localhost:${port}/site-sw.js`)
      expect(headers['content-security-policy']).toContain(`cafe.localhost:${port}/site-bridge.html`)
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['origin-agent-cluster']).toBe('?1')
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  it('has one service worker, and gives no other', async () => {
    const script = { 'service-worker': 'script' }
    const { status, headers, body } = await at(`${SITE}.`, '/site-sw.js', script)
    expect([status, body, headers['cache-control']]).toEqual([200, 'onfetch = null', 'no-cache'])
    expect(headers['service-worker-allowed']).toBeUndefined()
    expect((await at(`${SITE}.`, '/sw.js', script)).status).toBe(403)
    expect((await at(`${SITE}.`, '/own.js', script)).status).toBe(403)
  })

  it('is one for each content: the forms of the specification lead to it', async () => {
    const { status, headers } = await at(`${SITE}.ipfs.`, '/a?b')
    expect([status, headers.location]).toEqual([301, `//${SITE}.cafe.localhost:${port}/a?b`])
    expect((await at('www.', '/')).status).toBe(404)
    expect((await at(`x.${SITE}.`, '/')).status).toBe(404)
  })
})

describe('the app’s own host', () => {
  it('has the bridge, for websites below it only, and says that there are such', async () => {
    const { status, headers } = await at('', '/site-bridge.html')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain(`frame-ancestors *.cafe.localhost:${port}`)
    expect((await at('', '/site-boot.js')).status).toBe(404)
    expect((await at('', '/site-sw.js')).status).toBe(404)
    expect((await at('', '/')).body).toBe(PAGE)
    expect(JSON.parse((await at('', '/config.json')).body)).toMatchObject({ contentHost: 'cafe.localhost' })
  })

  it('tells whoever comes with too many cookies to forget them', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) })
    const cookies = `Cookie: a=${'x'.repeat(2 * MAX_HEADER)}\r\n`
    socket.write(`GET / HTTP/1.1\r\nHost: cafe.localhost\r\n${cookies}\r\n`)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('Clear-Site-Data: "cookies"')
  })
})
