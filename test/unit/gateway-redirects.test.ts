/** `_redirects`: what each line means, what is refused, and that no text makes an address nobody meant. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCafeError } from '../../src/core/errors.ts'
import { applyRedirects, MAX_REDIRECTS, parseRedirects } from '../../src/gateway/redirects.ts'

const to = (text: string, path: string) => applyRedirects(parseRedirects(text), path)

describe('_redirects', () => {
  it('moves with 301 where no status is given', () => {
    expect(to('/old /new', '/old')).toEqual({ status: 301, to: '/new' })
    expect(to('/old /new', '/old/')).toEqual({ status: 301, to: '/new' })
    expect(to('/old /new', '/older')).toBeUndefined()
  })

  it.each([200, 301, 302, 303, 307, 308, 404, 410, 451] as const)('knows status %i', (status) => {
    expect(to(`/a /b ${status}`, '/a')).toEqual({ status, to: '/b' })
  })

  it('takes lines of both kinds, with space around and comments between', () => {
    const text = '# moved\r\n\r\n  /a   /b\t302  \r\n#/a /c\r\n/d /e'
    expect(to(text, '/a')).toEqual({ status: 302, to: '/b' })
    expect(to(text, '/d')).toEqual({ status: 301, to: '/e' })
  })

  it('fills in names and the rest', () => {
    const text =
      '/posts/:year/:month/:title /articles/:title/:year?month=:month\n/docs/* https://docs.example/v1/:splat 308'
    expect(to(text, '/posts/2022/06/hello')?.to).toBe('/articles/hello/2022?month=06')
    expect(to(text, '/posts/2022/06')).toBeUndefined()
    expect(to(text, '/docs/a/b.html')).toEqual({ status: 308, to: 'https://docs.example/v1/a/b.html' })
    expect(to(text, '/docs/')?.to).toBe('https://docs.example/v1/')
  })

  it('never reads what it filled in as a placeholder', () => {
    expect(to('/x/:a/:b /:a/:b', '/x/:b/secret')?.to).toBe('/:b/secret')
  })

  it('takes the first rule that matches', () => {
    const text = '/not-found/* /404.html 404\n/* /index.html 200'
    expect(to(text, '/not-found/x')).toEqual({ status: 404, to: '/404.html' })
    expect(to(text, '/app/settings')).toEqual({ status: 200, to: '/index.html' })
    expect(to(text, '/')).toEqual({ status: 200, to: '/index.html' })
  })

  it('compares names decoded and hands them on as they came', () => {
    expect(to('/caf%C3%A9/* /c/:splat', '/café/a%20b'.replace('é', '%c3%a9'))?.to).toBe('/c/a%20b')
    expect(to('/a /ź', '/a')?.to).toBe('/%C5%BA')
  })

  it('never leaves the website by what stands in a path', () => {
    expect(to('/* /:splat', '//evil.example/x')?.to).toBe('/evil.example/x')
    expect(to('/go/* /:splat', '/go///evil.example')?.to).toBe('/evil.example')
  })

  it.each([
    ['/a /b 301!', 'forced redirects'],
    ['/a /b 999', 'unsupported redirect status'],
    ['/a /b 1e2', 'unsupported redirect status'],
    ['/a', 'two or three words'],
    ['hello', 'two or three words'],
    ['/a /b 301 Country=de', 'two or three words'],
    ['a /b', 'begins with a path'],
    ['/a b', 'leads to a path'],
    ['/a javascript:alert(1)', 'leads to a path'],
    ['/a //evil.example', 'leads to a path'],
    ['/a https://elsewhere.example/ 200', 'leads to a path'],
    ['/a*b /c', 'end of a path'],
    ['/a/*/b /c', 'end of a path'],
  ])('refuses the whole file for %s', (line, why) => {
    const failure = catching(() => parseRedirects(`/fine /there\n${line}`))
    expect(failure).toMatchObject({ code: 'INTERNAL', data: { what: 'redirects', line: 2 } })
    expect(String(isCafeError(failure) && failure.data['why'])).toContain(why)
  })

  it('refuses a file that is too large', () => {
    const full = `#${'x'.repeat(MAX_REDIRECTS - 1)}`
    expect(parseRedirects(full)).toEqual([])
    expect(catching(() => parseRedirects(`${full}x`))).toMatchObject({ code: 'INTERNAL', data: { what: 'redirects' } })
  })

  it('makes of any text rules or a typed failure, and of any path a header that can be sent', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('/a', '/*', '/:x', '200', '301'),
    )
    const line = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.webPath(), (lines, path) => {
        let found: ReturnType<typeof to>
        try {
          found = to(lines.join('\n'), path)
        } catch (error) {
          expect(isCafeError(error)).toBe(true)
          return
        }
        if (found) expect(found.to).toMatch(/^(\/(?!\/)|https?:\/\/)[\x21-\x7e]*$|^\/$/i)
      }),
      { numRuns: 2000 },
    )
  })
})

function catching(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
