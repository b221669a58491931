/** The built app over an upgrade, and compressed as the build made it. */
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { PREVIOUS_KEPT } from '../../relay/limits.ts'
import { keepAssets } from '../../relay/previous.ts'
import { createRelay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const folder = createFolder()
afterAll(() => folder.remove())

/** A build with this text in a chunk of its own name. */
function build(name: string): string {
  const code = `export const build = '${name}'; // ${'x'.repeat(3000)}`
  rmSync(folder.app, { recursive: true, force: true })
  mkdirSync(join(folder.app, 'assets'), { recursive: true })
  writeFileSync(join(folder.app, 'index.html'), `<script type="module" src="/assets/index-${name}.js"></script>`)
  writeFileSync(join(folder.app, `assets/lazy-${name}.js`), code)
  writeFileSync(join(folder.app, `assets/lazy-${name}.js.br`), brotliCompressSync(code))
  writeFileSync(join(folder.app, `assets/lazy-${name}.js.gz`), gzipSync(code))
  return code
}

const served = async <T>(act: (url: string) => Promise<T>): Promise<T> => {
  const relay = await createRelay(configOf(folder), { log: silentLog })
  try {
    return await act(relay.url)
  } finally {
    await relay.stop()
  }
}

describe('an upgrade', () => {
  it('leaves the chunks of the build before for tabs that are open, for ever as they were', async () => {
    const code = build('a')
    const before = await served((url) => ask(url, '/assets/lazy-a.js'))
    expect(before.body).toBe(code)
    build('b')
    await served(async (url) => {
      expect((await ask(url, '/')).body).toContain('index-b.js')
      const after = await ask(url, '/assets/lazy-a.js')
      expect([after.status, after.body]).toEqual([200, code])
      expect(after.headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': String(before.headers['content-security-policy']).replaceAll(
          /:\d+/g,
          `:${new URL(url).port}`,
        ),
        etag: before.headers.etag,
      })
      const packed = await ask(url, '/assets/lazy-a.js', { headers: { 'accept-encoding': 'br' } })
      expect(packed.headers['content-encoding']).toBe('br')
    })
  }, 30_000)

  it('counts the time from when a build was replaced, and forgets it after that', async () => {
    const data = join(folder.data, 'alone')
    const file = (name: string) => new Map([[`assets/${name}`, Buffer.from(name)]])
    const start = 1_700_000_000_000
    expect([...(await keepAssets(data, file('a.js'), start)).keys()]).toEqual([])
    // It was served for far longer than anything is kept.
    const replaced = start + 10 * PREVIOUS_KEPT
    expect([...(await keepAssets(data, file('b.js'), replaced)).keys()]).toEqual(['assets/a.js'])
    expect([...(await keepAssets(data, file('b.js'), replaced + PREVIOUS_KEPT - 1000)).keys()]).toEqual(['assets/a.js'])
    expect([...(await keepAssets(data, file('b.js'), replaced + PREVIOUS_KEPT + 1000)).keys()]).toEqual([])
    expect(readdirSync(data)).toEqual(['b.js'])
    // Back to an earlier build: its files are current again.
    await keepAssets(data, file('a.js'), replaced)
    expect([...(await keepAssets(data, file('c.js'), replaced)).keys()].sort()).toEqual(['assets/a.js', 'assets/b.js'])
  })

  it('takes nothing for a file that was not written whole, and keeps no other names', async () => {
    const data = join(folder.data, 'torn')
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'half.js.new'), 'ha')
    utimesSync(join(data, 'half.js.new'), 1, 1)
    const current = new Map([
      ['index.html', Buffer.from('page')],
      ['assets/../up.js', Buffer.from('up')],
    ])
    expect([...(await keepAssets(data, current, Date.now())).keys()]).toEqual([])
    expect(readdirSync(data)).toEqual([])
  })
})

describe('a file of the build', () => {
  it('is sent as small as the client takes it, and never as a file of its own', async () => {
    const code = build('c')
    await served(async (url) => {
      const ofEncoding = (value: string) => ask(url, '/assets/lazy-c.js', { headers: { 'accept-encoding': value } })
      const best = await ofEncoding('gzip, deflate, br, zstd')
      expect(best.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
      expect(brotliDecompressSync(Buffer.from(best.body, 'latin1')).toString()).toBe(code)
      expect((await ofEncoding('gzip, br;q=0')).headers['content-encoding']).toBe('gzip')
      expect((await ofEncoding('br; q=0.000, gzip;Q=0')).headers['content-encoding']).toBeUndefined()
      expect((await ofEncoding('identity')).body).toBe(code)
      expect((await ask(url, '/assets/lazy-c.js.br')).status).toBe(404)
    })
  }, 30_000)
})
