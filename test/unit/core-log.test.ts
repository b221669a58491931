/** Logs and secrets: nothing that opens a door is ever printed. */
import { inspect } from 'node:util'
import { base58, base64urlnopad } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { createLog, type Level, redact, redactUrl } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import { formatFileKey } from '../../src/crypto/file-key.ts'
import { createToken } from '../../src/crypto/token.ts'

const octets = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
/** What stands around a secret in a sentence. */
const around = fc.constantFrom(['', ''], [' ', ' '], ['"', '"'], ['(', ')'], ['=', '&'], ['key: ', ','], ['/', '/'])
const streamKey = octets(32).map((bytes) => formatFileKey(new Uint8Array(bytes)))
const legacyKey = octets(44)
  .filter(([first]) => first !== 0) // as random as keys are
  .map((bytes) => base58.encode(bytes))
const jwt = fc
  .tuple(fc.dictionary(fc.string(), fc.string()), octets(64))
  .map(([claims, signature]) =>
    [JSON.stringify({ alg: 'Ed25519' }), JSON.stringify(claims), signature]
      .map((part) => base64urlnopad.encode(new Uint8Array(Buffer.from(part))))
      .join('.'),
  )

describe('redact', () => {
  it.each([
    ['file keys', streamKey],
    ['legacy file keys', legacyKey],
    ['JWTs', jwt],
  ])('removes %s wherever they stand', (_, secrets) => {
    fc.assert(
      fc.property(secrets, around, fc.lorem(), ([...secret], [before, after], words) => {
        const value = secret.join('')
        const line = redact(`${words} ${before}${value}${after} ${words}`)
        expect(line).not.toContain(value)
        expect(line).not.toContain(value.slice(0, 30))
        expect(line).not.toContain(value.slice(-30))
        expect(line).toContain(words)
      }),
      { numRuns: 500 },
    )
  })

  it('removes access tokens as they are made', async () => {
    for (let i = 0; i < 50; i++) {
      const { text } = await createToken()
      expect(redact(`token ${text} was used`)).not.toContain(text)
    }
  })

  it('removes queries and fragments of URLs, however the key is spelt', () => {
    const spelling = fc.constantFrom('key', '%6bey', '%6B%65%79', 'KEY', 'k%65y')
    const url = fc.tuple(fc.webUrl(), fc.constantFrom('?', '#', '?a=b&', '#a=b&key=x&'), spelling, streamKey)
    fc.assert(
      fc.property(url, ([base, mark, key, secret]) => {
        expect(redact(`GET ${base}${mark}${key}=${secret} 200`)).not.toContain(secret.slice(1, 40))
        expect(redact(`${base}${mark}${key}=hunter2`)).not.toContain('hunter2')
        expect(redact(`${base};${key}=${secret}`)).not.toContain(secret)
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves what is needed to find a fault', () => {
    for (const cid of [
      'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuyqqabf3oc3gtqy55fbzdi',
      'bafkreib5ar7zqvwzb2z6jm6grfjlkrzfh3gsq45vzy5fzmqkbqv6bnfmme',
    ])
      expect(redact(`block ${cid} stored`)).toContain(cid)
    const line =
      'peer 12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi /ip4/10.0.0.1/tcp/80/ws'
    expect(redact(line)).toBe(line)
  })
})

/** Every way a key was ever seen in an address, and some that nobody should think of. */
const keyedUrl = fc
  .record({
    base: fc.constantFrom('', 'http://cafe.localhost:8080', 'https://a.example', 'http://[::1]:1'),
    name: fc.constantFrom('', '/a.jpg', '/%23key=', '/a%3Fb', '/a;b=c', '/', '/ä b', '/a\nb'),
    mark: fc.constantFrom('?', '#', '?a=b&', '#a=b&', '?#', '#?', '??', ';', ';a=b;', '?;'),
    spelling: fc.constantFrom('key', '%6bey', '%6B%65%79', 'KEY', 'k%65y', 'Key', 'ke%79'),
    secret: fc.oneof(streamKey, legacyKey, fc.stringMatching(/^hunter[a-z0-9]{2,40}$/)),
    twice: fc.constantFrom('', '&', ';', '#', '?'),
    tail: fc.constantFrom('', '&filename=x', '#top', '?download=true', '/more', ';v=2'),
  })
  .map(({ base, name, mark, spelling, secret, twice, tail }) => {
    const pair = `${spelling}=${secret}`
    return { secret, url: `${base}/ipfs/bafybeigdyrzt5sf${name}${mark}${pair}${twice && twice + pair}${tail}` }
  })

describe('redactUrl', () => {
  it('leaves no key in any of 10 000 addresses, alone or in a sentence', () => {
    fc.assert(
      fc.property(keyedUrl, ({ url, secret }) => {
        // The ends of a key are shown no more than its middle.
        for (const part of [secret, secret.slice(1, -1)]) {
          expect(redactUrl(url)).not.toContain(part)
          expect(redact(`GET ${url.replaceAll(/\s/g, '%20')} 200`)).not.toContain(part)
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('leaves the path, which tells where something failed', () => {
    expect(redactUrl('/ipfs/bafybeigdyrzt5sf/a;v=1/b.jpg?x=y')).toBe('/ipfs/bafybeigdyrzt5sf/a;v=1/b.jpg[…]')
  })
})

describe('a log', () => {
  const lines: [Level, string][] = []
  const log = createLog((level, line) => lines.push([level, line]))

  it('writes facts and errors, redacted, from its level on', async () => {
    const { text } = await createToken()
    log('debug', 'unseen')
    log('warn', 'it failed', { peer: 'x', cause: new Error(`bad ${text}`), key: new Secret(text) })
    log('error', 'worse')
    expect(lines).toEqual([
      ['warn', 'it failed peer=x cause=Error: bad [token] key=[secret]'],
      ['error', 'worse'],
    ])
  })
})

describe('a secret', () => {
  const secret = new Secret('hunter2')
  it('is given only to who asks for it', () => {
    expect(secret.reveal()).toBe('hunter2')
  })

  it('shows in no print, text, JSON or copy', () => {
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      inspect(new CafeError('SEALED', {}, { cause: secret })),
      JSON.stringify(Object.entries(secret)),
      inspect(structuredClone(secret)),
    ]
    for (const text of shown) expect(text).not.toContain('hunter2')
  })
})
