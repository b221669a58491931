/** Settings and times of automatic certificates. */
import { describe, expect, it } from 'vitest'
import { renewalOf } from '../../relay/acme/acme.ts'
import { retryAfter } from '../../relay/acme/http.ts'
import { readConfig } from '../../relay/config.ts'
import { selfSigned } from '../fixtures/certificate.ts'

const DAY = 86_400_000
const read = (...args: string[]) => readConfig(args, {})

describe('settings', () => {
  it('need the terms to be accepted in so many words', () => {
    expect(() => read('--acme-domain', 'cafe.example')).toThrow('needs --acme-accept-terms')
    expect(read('--acme-domain', 'cafe.example', '--acme-accept-terms')).toMatchObject({
      acmeDomain: ['cafe.example'],
      acmeDirectory: 'https://acme-v02.api.letsencrypt.org/directory',
    })
  })

  it('go with no other way to certificates', () => {
    const acme = ['--acme-domain', 'cafe.example', '--acme-accept-terms']
    expect(() => read(...acme, '--lan')).toThrow('--lan')
    expect(() => read(...acme, '--tls-cert', 'a', '--tls-key', 'b')).toThrow('--tls-cert')
  })

  it.each(['*.cafe.example', 'localhost', '192.168.1.1', 'Cafe.example', 'a/b.example', '-a.example'])(
    'take %s for no name',
    (name) => expect(() => read(`--acme-domain=${name}`, '--acme-accept-terms')).toThrow('host names'),
  )

  it.each(['http://acme.example/directory', 'file:///etc/passwd', 'directory', 'https://me:secret@acme.example/'])(
    'ask nobody at %s',
    (url) => expect(() => read('--acme-directory', url)).toThrow('--acme-directory'),
  )
})

describe('times', () => {
  it('renew when a third of its life is left, or a little sooner', async () => {
    const { cert } = await selfSigned(['cafe.example'], { from: 0, until: 90 * DAY })
    expect(renewalOf(cert, 0)).toBe(60 * DAY)
    expect(renewalOf(cert, 1)).toBe(58.2 * DAY)
  })

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:02:00 GMT', 120_000],
    ['999999999', 7 * DAY],
    ['-5', 0],
    ['soon', 0],
    [null, 0],
  ])('read Retry-After %s', (value, wait) => expect(retryAfter(value, 0)).toBe(wait))
})
