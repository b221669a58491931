/** The gateway's small parts: the Range header, content types, validators, names in headers, pages. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeTried } from '../../src/core/about.ts'
import { CafeError, ERRORS, type ErrorCode } from '../../src/core/errors.ts'
import { listingPage, readLooks } from '../../src/gateway/listing-page.ts'
import { classOf, typeByContent, typeByName, UNKNOWN } from '../../src/gateway/mime.ts'
import { errorBody, escapeHtml, formatSize } from '../../src/gateway/pages.ts'
import { contentRange, parseRange } from '../../src/gateway/ranges.ts'
import { allowsRange, destinationOf, disposition, matchesNone, refusesDestination } from '../../src/gateway/respond.ts'
import { german } from '../../src/gateway/words/de.ts'
import { english } from '../../src/gateway/words/en.ts'
import { wordsFor } from '../../src/gateway/words/words.ts'
import { utf8 } from './gateway-help.ts'

const CID_TEXT = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

describe('Range header', () => {
  it.each([
    ['bytes=0-0', 10, [[0, 1]]],
    ['bytes=0-', 10, [[0, 10]]],
    ['bytes=9-', 10, [[9, 10]]],
    ['bytes=2-99', 10, [[2, 10]]],
    ['bytes=-3', 10, [[7, 10]]],
    ['bytes=-99', 10, [[0, 10]]],
    ['Bytes=1-2', 10, [[1, 3]]],
    ['bytes=1-2, 5-6', 10, [[1, 3], [5, 7]]], // biome-ignore format: one case a line
    ['bytes=50-60,1-2', 10, [[1, 3]]],
    ['bytes=5-6,1-2', 10, [[5, 7], [1, 3]]], // biome-ignore format: one case a line
    ['bytes=0-3,2-5', 10, [[0, 6]]],
    ['bytes=8-9,0-1,4-5,1-4', 10, [[8, 10], [0, 6]]], // biome-ignore format: one case a line
    [`bytes=${Array.from({ length: 16 }, (_, i) => `${2 * i}-${2 * i}`)}`, 99, Array.from({ length: 16 }, (_, i) => [2 * i, 2 * i + 1])], // biome-ignore format: one case a line
    ['bytes=0-99999999999999999999', 10, [[0, 10]]],
  ])('%s of %i bytes', (header, size, parts) => {
    expect(parseRange(header, size)).toEqual({ kind: 'parts', parts: parts.map(([start, end]) => ({ start, end })) })
  })

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=99999999999999999999-', 'bytes=10-,-0'])(
    '%s of 10 bytes cannot be had',
    (header) => expect(parseRange(header, 10)).toEqual({ kind: 'unsatisfiable' }),
  )

  it.each([
    null,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=5-2',
    'items=0-1',
    'bytes=0-1,x',
    `bytes=0-${'1'.repeat(600)}`,
    `bytes=${Array.from({ length: 17 }, (_, i) => `${2 * i}-${2 * i}`)}`,
  ])('%s is ignored', (header) => expect(parseRange(header, 99)).toEqual({ kind: 'whole' }))

  it('of an empty file cannot be had', () => {
    for (const header of ['bytes=0-', 'bytes=-1', 'bytes=0-0']) {
      expect(parseRange(header, 0)).toEqual({ kind: 'unsatisfiable' })
    }
  })

  it('always lies within the file, whatever it says', () => {
    const spec = fc.stringMatching(/^\d{0,4}-\d{0,4}$/)
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 4 }), fc.nat(2_000), (specs, size) => {
        const wanted = parseRange(`bytes=${specs.join(',')}`, size)
        if (wanted.kind !== 'parts') return
        for (const { start, end } of wanted.parts) {
          expect(0 <= start && start < end && end <= size).toBe(true)
        }
        const inOrder = [...wanted.parts].sort((a, b) => a.start - b.start)
        for (const [i, part] of inOrder.entries())
          if (i > 0) expect(part.start).toBeGreaterThan(inOrder[i - 1]?.end ?? 0)
      }),
    )
    expect(contentRange({ start: 3, end: 5 }, 10)).toBe('bytes 3-4/10')
  })
})

describe('content type', () => {
  it.each([
    ['photo.JPG', 'image/jpeg', 'image'],
    ['drawing.svg', 'image/svg+xml', 'document'],
    ['film.mp4', 'video/mp4', 'media'],
    ['song.mp3', 'audio/mpeg', 'media'],
    ['page.html', 'text/html; charset=utf-8', 'document'],
    ['old.xhtml', 'application/xhtml+xml; charset=utf-8', 'document'],
    ['data.json', 'application/json', 'document'],
    ['feed.atom', 'application/atom+xml', 'document'],
    ['code.js', 'text/javascript; charset=utf-8', 'document'],
    ['paper.pdf', 'application/pdf', 'download'],
    ['all.tar.gz', 'application/gzip', 'download'],
    ['archive.mht', undefined, 'download'],
    ['x.constructor', undefined, 'download'],
    ['x.__proto__', undefined, 'download'],
    ['png', undefined, 'download'],
    ['', undefined, 'download'],
  ])('of the name %s is %s, a %s', (name, type, kind) => {
    expect(typeByName(name)).toBe(type)
    expect(classOf(type ?? UNKNOWN)).toBe(kind)
  })

  it.each([
    ['\x89PNG\r\n\x1a\n....', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\n\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\n\0\0\0WAVEfmt ', 'audio/wav'],
    ['\0\0\0\x1cftypavif', 'image/avif'],
    ['\0\0\0\x20ftypisom', 'video/mp4'],
    ['\x1aE\xdf\xa3\x01', 'video/webm'],
    ['OggS\0', 'audio/ogg'],
    ['ID3\x04', 'audio/mpeg'],
    ['%PDF-1.7', 'application/pdf'],
    ['plain words\n', 'text/plain; charset=utf-8'],
    ['\x00\x01\x02', UNKNOWN],
    ['\xff\xfe<\0h\0', UNKNOWN],
    ['PK\x03\x04', UNKNOWN],
    ['', UNKNOWN],
    ['<?xml version="1.0"?><x/>', 'text/plain; charset=utf-8'],
  ])('of the bytes %j is %s', (bytes, type) => {
    expect(
      typeByContent(
        Uint8Array.from(bytes, (c) => c.charCodeAt(0)),
        { html: true },
      ),
    ).toBe(type)
  })

  it('is HTML by content only where that is allowed', () => {
    const page = utf8('\ufeff \n<!DOCTYPE html><title>x</title>')
    expect(typeByContent(page, { html: true })).toBe('text/html; charset=utf-8')
    expect(typeByContent(page, { html: false })).toBe('text/plain; charset=utf-8')
  })

  it('of text does not depend on where a character is cut', () => {
    const text = utf8('é'.repeat(600))
    for (let size = 1; size < 600; size += 7) {
      expect(typeByContent(text.subarray(0, size), { html: true })).toBe('text/plain; charset=utf-8')
    }
  })
})

describe('validators and destinations', () => {
  it('compares If-None-Match weakly and as a list', () => {
    expect(matchesNone('"a"', '"a"')).toBe(true)
    expect(matchesNone('"x", W/"a"', '"a"')).toBe(true)
    expect(matchesNone('*', '"a"')).toBe(true)
    expect(matchesNone('"b"', '"a"')).toBe(false)
    expect(matchesNone('', '"a"')).toBe(false)
    expect(matchesNone(null, '"a"')).toBe(false)
  })

  it('honours If-Range for exactly this representation only', () => {
    expect(allowsRange(null, '"a"')).toBe(true)
    expect(allowsRange('"a"', '"a"')).toBe(true)
    expect(allowsRange('W/"a"', '"a"')).toBe(false)
    expect(allowsRange('Wed, 21 Oct 2015 07:28:00 GMT', '"a"')).toBe(false)
  })

  it('gives code to nobody, styles and fonts to content only', () => {
    const code = ['script', 'worker', 'sharedworker', 'serviceworker', 'audioworklet', 'paintworklet', 'manifest', 'xslt', 'embed', 'object', 'report', 'json', 'whatever-comes'] // biome-ignore format: a list
    for (const destination of code) {
      expect(refusesDestination(destination, { fromContent: true }), destination).toBe(true)
      expect(refusesDestination(destination, { fromContent: false }), destination).toBe(true)
    }
    for (const destination of ['style', 'font']) {
      expect(refusesDestination(destination, { fromContent: true })).toBe(false)
      expect(refusesDestination(destination, { fromContent: false })).toBe(true)
    }
    for (const destination of ['', 'document', 'iframe', 'image', 'audio', 'video', 'track']) {
      expect(refusesDestination(destination, { fromContent: false })).toBe(false)
    }
  })

  it('are told by the browser’s headers where the request itself does not know: a service worker’s script first', () => {
    const told = (headers: Record<string, string>, destination: RequestDestination = '') =>
      destinationOf({ destination, headers: new Headers(headers) })
    expect(told({ 'Service-Worker': 'script' })).toBe('serviceworker')
    expect(told({ 'Service-Worker': 'script', 'Sec-Fetch-Dest': 'image' }, 'image')).toBe('serviceworker')
    expect(told({ 'Sec-Fetch-Dest': 'script' })).toBe('script')
    expect(told({ 'Sec-Fetch-Dest': 'empty' })).toBe('')
    expect(told({}, 'video')).toBe('video')
    for (const dest of ['script', 'serviceworker', 'embed', 'object', 'xslt', 'json', 'report', 'nonsense'])
      expect(refusesDestination(told({ 'Sec-Fetch-Dest': dest }), { fromContent: true })).toBe(true)
  })

  it('makes a header of any file name, in which nothing can break out', () => {
    expect(disposition('inline', 'é".txt')).toBe('inline; filename="__.txt"; filename*=UTF-8\'\'%C3%A9_.txt')
    expect(disposition('attachment', undefined)).toBe('attachment')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const header = disposition('attachment', name)
        expect(() => new Headers({ 'Content-Disposition': header })).not.toThrow()
        expect(header).toMatch(/^attachment(; filename="[ !#-[\]-~]*"; filename\*=UTF-8''[\w.!~%-]*)?$/)
      }),
    )
  })
})

describe('pages', () => {
  it('escape everything that HTML could take for markup', () => {
    expect(escapeHtml(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;')
  })

  it('exist for every error code in three forms', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = new CafeError(code)
      expect(errorBody(error, 'html')).toMatch(/^<!doctype html>.*<h1>.+<\/h1><p>.+<\/p>/s)
      expect(errorBody(error, 'text')).toMatch(/\n$/)
      expect(JSON.parse(errorBody(error, 'json'))).toMatchObject({ error: code })
    }
  })

  it('say who was asked and how that ended, and offer to try again where a link can do that', () => {
    const error = new CafeError('UNREACHABLE', {
      tried: writeTried([
        { who: '12D3KooWabcdefgh', how: 'TIMEOUT' },
        { who: 'relay', how: 'NOT_FOUND' },
      ]),
    })
    const html = errorBody(error, 'html', { again: true })
    expect(html).toContain('<li>Peer …abcdefgh did not answer in time</li>')
    expect(html).toContain('<li>The relay does not have it</li>')
    expect(html).toContain('href=""')
    expect(errorBody(error, 'html')).not.toContain('href=""')
    expect(JSON.parse(errorBody(error, 'json'))).toMatchObject({
      tried: [{ who: '12D3KooWabcdefgh', how: 'TIMEOUT' }, { who: 'relay' }],
    })
    const hostile = new CafeError('UNREACHABLE', { tried: '<script>alert(1)</script> X\nhttp://h/#key=u1 TIMEOUT' })
    expect(errorBody(hostile, 'html')).not.toMatch(/script|key=/)
  })

  it('list hostile names as text, and link to nothing but what they name', () => {
    const names = [
      '<script>alert(1)',
      '"><img src=x onerror=y>',
      'javascript:alert(1)',
      '..',
      '',
      'a/b',
      '\u202etxt.exe',
      '\ud800',
      'a?b#c%d',
    ]
    const html = listingPage({
      title: '<b>"dir"</b>',
      cid: CID_TEXT,
      entries: names.map((name) => ({ name, cid: undefined as never, size: 1, shape: 'other' })),
      more: false,
      base: './',
      parent: '../',
      path: '/ipfs/c/d/',
      looks: readLooks(''),
      words: wordsFor(null),
    })
    expect(html).not.toMatch(/<(script|img|b)\b/)
    const links = [...html.matchAll(/<a class="(?:name|up)" href="([^"]*)"/g)].map(
      ([, href]) => new URL(href ?? '', 'http://h/ipfs/c/d/').href,
    )
    expect(links).toEqual([
      'http://h/ipfs/c/',
      'http://h/ipfs/c/d/%3Cscript%3Ealert(1)',
      'http://h/ipfs/c/d/%22%3E%3Cimg%20src%3Dx%20onerror%3Dy%3E',
      'http://h/ipfs/c/d/javascript%3Aalert(1)',
      'http://h/ipfs/c/d/%E2%80%AEtxt.exe',
      'http://h/ipfs/c/d/a%3Fb%23c%25d',
    ])
  })

  it('are in the language that the browser asks for, by its weights, else in English', () => {
    const asked = (accept: string | null, otherwise?: readonly string[]) => wordsFor(accept, otherwise).language
    expect(asked('fr, en;q=0.3, de-CH;q=0.7')).toBe('de')
    expect(asked('de;q=0, en')).toBe('en')
    expect(asked('*')).toBe('en')
    expect(asked('fr;q=x,;;,de;q=.5')).toBe('de')
    expect(asked(null, ['fr', 'de-AT'])).toBe('de')
    expect(asked('fr', ['de'])).toBe('en')
    const html = errorBody(new CafeError('NOT_FOUND'), 'html', { words: german })
    expect(html).toContain('<html lang="de">')
    expect(html).toContain('Kein gefragtes Café hat diesen Inhalt')
  })

  it('say as much in German as in English, and nothing in English', () => {
    expect(Object.keys(german.failures)).toEqual(Object.keys(english.failures))
    for (const [name, { title, next }] of Object.entries(english.failures)) {
      expect(german.failures[name]?.title, name).not.toBe(title)
      expect(german.failures[name]?.next, name).not.toBe(next)
    }
  })

  it('show sizes as people read them', () => {
    const sizes = [0, 1, 999, 1_000, 1_500, 99_400, 123_456, 999_499, 999_500, 5_000_000_000, Number.MAX_SAFE_INTEGER]
    expect(sizes.map((bytes) => formatSize(bytes))).toEqual(
      ['0 B', '1 B', '999 B', '1.0 kB', '1.5 kB', '99.4 kB', '123 kB', '999 kB', '1.0 MB', '5.0 GB', '9.0 PB'],
    ) // biome-ignore format: two rows to compare
  })
})
