/** Websites with their origin to themselves: scripts may run, `_redirects` apply; none of it holds for a plain path. */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { NameSource } from '../../src/gateway/names.ts'
import { loadCar } from './gateway-car.ts'
import { importTree, MemorySource, ORIGIN, utf8 } from './gateway-help.ts'

type Files = Readonly<Record<string, string>>

async function site(files: Files, names?: NameSource) {
  const source = new MemorySource()
  const root = await importTree(source, Object.fromEntries(Object.entries(files).map(([k, text]) => [k, utf8(text)])))
  const gateway = createGateway({ blocks: source, names })
  const at =
    (origin: boolean) =>
    (path: string, init?: RequestInit & { destination?: RequestDestination }, base = `/ipfs/${root}`) =>
      gateway(new Request(`${ORIGIN}${base}${path}`, init), { origin, destination: init?.destination ?? '' })
  return { root, ask: at(true), askPlain: at(false) }
}

const APP: Files = {
  'index.html': '<h1>Start</h1>',
  'app.js': 'export const x = 1',
  'gone.html': 'It has gone',
  'docs/a.html': 'Old page',
  'docs/index.html': 'Docs',
  _redirects:
    '/old/* /docs/:splat 302\n/away https://elsewhere.example/ 307\n/gone/* /gone.html 410\n/d /docs 200\n/lost /nowhere.html 404\n/* /index.html 200',
}

describe('a website with its origin to itself', () => {
  it('may run its scripts, and talk to itself only', async () => {
    const { ask, askPlain } = await site(APP)
    const script = await ask('/app.js', { destination: 'script' })
    expect(script.status).toBe(200)
    expect(script.headers.get('Content-Type')).toContain('javascript')
    const policy = (await ask('/')).headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("connect-src 'self' data: blob:;")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).not.toContain('sandbox')
    expect((await askPlain('/app.js', { destination: 'script' })).status).toBe(403)
    expect((await askPlain('/')).headers.get('Content-Security-Policy')).toContain("script-src 'none'")
  })

  it('never gets a service worker of its own', async () => {
    const { ask } = await site(APP)
    expect((await ask('/app.js', { headers: { 'Sec-Fetch-Dest': 'serviceworker' } })).status).toBe(403)
    expect((await ask('/app.js', { headers: { 'Service-Worker': 'script' } })).status).toBe(403)
  })

  it('has what is not there answered by its rules', async () => {
    const { ask } = await site(APP)
    const deep = await ask('/app/settings?tab=1')
    expect([deep.status, await deep.text()]).toEqual([200, '<h1>Start</h1>'])
    expect(deep.headers.get('Content-Type')).toContain('text/html')
    const old = await ask('/old/x/y.html?q=1')
    expect([old.status, old.headers.get('Location')]).toEqual([302, '/docs/x/y.html?q=1'])
    const away = await ask('/away')
    expect([away.status, away.headers.get('Location')]).toEqual([307, 'https://elsewhere.example/'])
    const gone = await ask('/gone/x', { headers: { Range: 'bytes=0-1', 'If-None-Match': '*' } })
    expect([gone.status, await gone.text()]).toEqual([410, 'It has gone'])
    expect(await (await ask('/d')).text()).toBe('Docs')
    expect((await ask('/lost')).status).toBe(404)
  })

  it('has what is there as it is', async () => {
    const { ask } = await site(APP)
    expect(await (await ask('/docs/a.html')).text()).toBe('Old page')
    const folder = await ask('/docs')
    expect([folder.status, folder.headers.get('Location')]).toEqual([301, './docs/'])
  })

  it('answers a page of its rules from the cache by its own tag', async () => {
    const { ask } = await site(APP)
    const etag = (await ask('/app')).headers.get('ETag') ?? ''
    expect((await ask('/app', { headers: { 'If-None-Match': etag } })).status).toBe(304)
  })

  it('has no rules as a path of the gateway, or without the file', async () => {
    const { askPlain } = await site(APP)
    expect((await askPlain('/app/settings')).status).toBe(404)
    const { ask } = await site({ 'index.html': 'x' })
    expect((await ask('/app')).status).toBe(404)
  })

  it('says what is wrong with its rules, but only where they are asked', async () => {
    const { ask } = await site({ 'index.html': 'x', _redirects: '/a /b\n/c /d 301!' })
    expect((await ask('/index.html')).status).toBe(200)
    const wrong = await ask('/a')
    expect(wrong.status).toBe(500)
    const text = await wrong.text()
    expect(text).toContain('could not parse _redirects: forced redirects (or "shadowing") are not supported')
    expect(text).toContain('line 2')
  })

  it('takes a website below a name as its root', async () => {
    const names: NameSource = {
      resolve: async (name) => {
        if (name !== 'example.org') throw new CafeError('NOT_FOUND', { what: 'name' })
        return { path: `/ipfs/${inner}/site`, record: undefined, ttl: 60, sequence: 0n }
      },
    }
    const below = await site(
      Object.fromEntries(Object.entries(APP).map(([name, text]) => [`site/${name}`, text])),
      names,
    )
    const inner: CID = below.root
    const at = (path: string) => below.ask(path, {}, '/ipns/example.org')
    expect(await (await at('/x/y')).text()).toBe('<h1>Start</h1>')
    const gone = await at('/gone/x')
    expect([gone.status, gone.headers.get('Cache-Control')]).toEqual([410, expect.stringContaining('max-age=60')])
    expect((await below.ask('/', {}, '/ipns/other.example.org')).status).toBe(404)
  })
})

const given = process.env['CAFE_FIXTURES']
const folder = given ? pathToFileURL(`${given}/`) : new URL('../../../shared/fixtures/', import.meta.url)
const suite = new URL('gateway-conformance/', folder)
const missing = !existsSync(suite)
if (missing) console.log('skipped: no gateway-conformance archives; set CAFE_FIXTURES to the folder that has them')

describe.skipIf(missing)('the archive of redirects', () => {
  it.each([
    ['examples/redirect-one', 301, '/one.html'],
    ['examples/302-redirect-two', 302, '/two.html'],
    ['examples/200-index', 200, 'my index'],
    ['examples/posts/2022/01/01/hello-world', 301, '/articles/2022/01/01/hello-world'],
    ['examples/splat/one.html', 301, '/redirected-splat/one.html'],
    ['examples/not-found/x', 404, 'my 404'],
    ['examples/gone/x', 410, 'my 410'],
    ['examples/unavail/x', 451, 'my 451'],
    ['examples/catch-all', 200, 'my index'],
    ['newlines/redirect-one', 301, '/one.html'],
    ['good-codes/a301', 301, '/b301'],
    ['good-codes/a308', 308, '/b308'],
    ['bad-codes/found.html', 200, 'my found'],
    ['bad-codes/x', 500, 'unsupported redirect status'],
    ['forced/x', 500, 'forced redirects (or "shadowing") are not supported'],
    ['too-large/x', 500, 'redirects file size cannot exceed'],
    ['invalid/x', 500, 'could not parse _redirects:'],
  ])('gives for %s %i %s', async (path, status, answer) => {
    const source = new MemorySource()
    const [root] = await loadCar(source, new URL('redirects_file/redirects.car', suite))
    const [folder = '', ...rest] = path.split('/')
    const names: NameSource = {
      resolve: async () => ({ path: `/ipfs/${root}/${folder}`, record: undefined, ttl: 60, sequence: 0n }),
    }
    const gateway = createGateway({ blocks: source, names })
    const response = await gateway(new Request(`${ORIGIN}/ipns/site.example/${rest.join('/')}`), { origin: true })
    expect(response.status).toBe(status)
    expect(response.headers.get('Location') ?? (await response.text())).toContain(answer)
  })
})
