/** What the page lets become code: the addresses of its own workers. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { guardScripts, scriptAddress } from '../../src/ui/trusted-types.ts'

const BASE = 'http://cafe.localhost:8080/ipfs/bafy/x'

afterEach(() => vi.unstubAllGlobals())

describe('the address of a script', () => {
  it.each(['/assets/worker-main-BoX_1-2.js', 'http://cafe.localhost:8080/assets/worker-rtc-pump-1a2b.js', '/sw.js'])(
    'may be a file of the build: %s',
    (url) => expect(scriptAddress(url, BASE)).toBe(url),
  )

  it.each([
    '/ipfs/bafy/evil.js',
    '/ipns/name/evil.js',
    'evil.js',
    '/assets/../ipfs/bafy/evil.js',
    '/assets/%2e%2e/ipfs/bafy/evil.js',
    '/assets/..%2fipfs/evil.js',
    '/assets/a/b.js',
    '/assets/x.js/../../ipfs/evil.js',
    '/sw.js/x',
    'https://cafe.localhost:8080/assets/a.js',
    'http://evil.example/assets/a.js',
    '//evil.example/assets/a.js',
    '\\\\evil.example\\assets\\a.js',
    'data:text/javascript,alert(1)//assets/a.js',
    'blob:http://cafe.localhost:8080/assets/a.js',
    'javascript:alert(1)',
    '\tjavascript:alert(1)',
  ])('is nothing else: %s', (url) => expect(scriptAddress(url, BASE)).toBeNull())

  it('never leaves the build’s folder, whatever it looks like', () => {
    const part = fc.constantFrom(
      '/',
      '..',
      '.',
      '%2e',
      '%2f',
      'assets',
      'ipfs',
      'a.js',
      'sw.js',
      '\\',
      ':',
      '//',
      '?',
      '#',
      '@',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const url = scriptAddress(parts.join(''), BASE)
        if (url === null || !URL.canParse(url, BASE)) return
        const { origin, pathname } = new URL(url, BASE)
        expect(origin).toBe('http://cafe.localhost:8080')
        expect(pathname).toMatch(/^\/(assets\/[^/]+\.js|sw\.js)$/)
      }),
      { numRuns: 5000 },
    )
  })

  it('is the only thing the browser’s default policy makes: no HTML, no script', () => {
    const made: [string, object][] = []
    vi.stubGlobal('location', { href: BASE })
    vi.stubGlobal('trustedTypes', { createPolicy: (name: string, rules: object) => made.push([name, rules]) })
    guardScripts()
    expect(made.map(([name, rules]) => [name, Object.keys(rules)])).toEqual([['default', ['createScriptURL']]])
  })
})
