/** The policies keep `/ipfs` content from becoming code on the app's origin, whatever the Host header says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, type Place, plainHost } from '../../relay/csp.ts'
import { headersFor } from '../../relay/headers.ts'

const HOST = 'cafe.localhost:8080'
const PLACES: readonly Place[] = ['page', 'shell', 'reset', 'script', 'sw', 'other']

const directives = (place: Place): Map<string, string[]> =>
  new Map(
    contentSecurityPolicy(place, HOST)
      .split('; ')
      .map((directive) => {
        const [name, ...sources] = directive.split(' ')
        return [name as string, sources]
      }),
  )

describe('the content security policy', () => {
  it('lets code come from /assets/ of this host only', () => {
    expect(directives('page').get('script-src')).toEqual([`${HOST}/assets/`])
    expect(directives('script').get('script-src')).toEqual([`${HOST}/assets/`])
    expect(directives('page').get('worker-src')).toEqual([`${HOST}/assets/`, `${HOST}/sw.js`])
  })

  it.each(PLACES)('denies what it does not name and never runs code from all of the origin: %s', (place) => {
    const policy = directives(place)
    expect(policy.get('default-src')).toEqual(["'none'"])
    for (const name of ['script-src', 'worker-src', 'style-src', 'font-src', 'manifest-src']) {
      expect(policy.get(name) ?? []).not.toContain("'self'")
    }
    for (const name of ['script-src', 'worker-src']) {
      for (const source of policy.get(name) ?? []) expect(source.startsWith(`${HOST}/`)).toBe(true)
    }
  })

  it('allows no plug-in, no base and no foreign frame around the page', () => {
    const policy = directives('page')
    expect(policy.get('object-src')).toEqual(["'none'"])
    expect(policy.get('base-uri')).toEqual(["'none'"])
    expect(policy.get('frame-ancestors')).toEqual(["'none'"])
    expect(policy.get('form-action')).toEqual(["'self'"])
  })

  it.each(PLACES)('runs no code that stands in a page or is made of text: %s', (place) => {
    const policy = directives(place)
    for (const name of ['script-src', 'script-src-elem', 'script-src-attr', 'worker-src', 'default-src']) {
      for (const word of ["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'self'", 'data:', 'blob:', '*'])
        expect(policy.get(name) ?? []).not.toContain(word)
    }
    if (place === 'other') return // no script runs there whose text could become code
    expect(policy.get('require-trusted-types-for')).toEqual(["'script'"])
    expect(policy.get('trusted-types')).toEqual(
      place === 'page' || place === 'shell' ? ['default', 'lit-html'] : ["'none'"],
    )
  })

  it('differs for the shell only in that the app may frame it', () => {
    expect(contentSecurityPolicy('shell', HOST).replace("frame-ancestors 'self'", "frame-ancestors 'none'")).toBe(
      contentSecurityPolicy('page', HOST),
    )
  })
})

describe('the Host header', () => {
  it.each(['cafe.localhost:8080', 'localhost', '127.0.0.1:65535', 'a-b.example.org', 'Cafe.LocalHost'])(
    'is taken when it is a name: %s',
    (host) => expect(plainHost(host)).toBe(host.toLowerCase()),
  )

  it.each([
    undefined,
    '',
    'a b',
    "x; script-src 'unsafe-inline'",
    'a,b',
    '*.evil',
    '[::1]:80',
    '-a',
    'a..b',
    'a:',
    'a:123456',
    'ä',
  ])('is refused when it is anything else: %s', (host) => expect(plainHost(host)).toBeUndefined())

  it('never brings a character into a policy that could end a source or a directive', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webAuthority(), fc.domain()), (header) => {
        expect(plainHost(header) ?? 'a').toMatch(/^[a-z0-9.:-]+$/)
      }),
    )
  })
})

describe('the headers', () => {
  it.each(PLACES)('forbid sniffing, referrers and foreign embedding everywhere: %s', (place) => {
    const headers = headersFor(place, 'ask', HOST)
    expect(headers['X-Content-Type-Options']).toBe('nosniff')
    expect(headers['Referrer-Policy']).toBe('no-referrer')
    expect(headers['Cross-Origin-Resource-Policy']).toBe('same-origin')
    expect(headers['Permissions-Policy']).toContain('geolocation=()')
    expect(headers['Cross-Origin-Opener-Policy']).toBe(
      place === 'page' || place === 'shell' || place === 'reset' ? 'same-origin' : undefined,
    )
    expect(Object.keys(headers)).not.toContain('Service-Worker-Allowed')
  })
})
