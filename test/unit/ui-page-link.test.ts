/** Links to pages: told from other files by name, and named by addresses that never hold a key. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPageLink, pageAddress, pageHash, readPage, saveLink } from '../../src/ui/page-link.ts'
import { readRoute } from '../../src/ui/route.ts'

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const KEY = `u${'Ag'.repeat(22)}`

describe('a link to a page', () => {
  it.each([
    `/ipfs/${CID}/index.html`,
    `/ipfs/${CID}/a/b.XHTML`,
    `/ipfs/${CID}/logo.svg#key=${KEY}`,
    `/ipfs/${CID}?filename=letter.htm`,
    `/ipns/name/feed.xml`,
  ])('is %s', (link) => expect(isPageLink(link)).toBe(true))

  it.each([
    `/ipfs/${CID}`,
    `/ipfs/${CID}/photo.jpg#key=${KEY}`,
    `/ipfs/${CID}/page.html?download=true`,
    `/ipfs/${CID}/html`,
    `/ipfs/${CID}/page.html?filename=page.txt`,
    '/ipfs/../assets/page.html',
    'https://elsewhere.example/ipfs/x/page.html',
    '//elsewhere.example/ipfs/page.html',
    'javascript:alert(1)//ipfs/page.html',
    '#page=/ipfs/page.html',
  ])('is not %s', (link) => expect(isPageLink(link)).toBe(false))
})

describe('the address of a page', () => {
  it.each([
    [`/ipfs/${CID}/a.html`, { path: `/ipfs/${CID}/a.html`, sealed: false }],
    [`/ipfs/${CID}/a.html#key=${KEY}&from=x`, { path: `/ipfs/${CID}/a.html`, sealed: true }],
    [`/ipfs/${CID}?filename=a.html&key=${KEY}`, { path: `/ipfs/${CID}?filename=a.html`, sealed: true }],
    [`/ipfs/${CID}?%6bey=${KEY}`, { path: `/ipfs/${CID}`, sealed: true }],
  ])('of %s has no key', (link, address) => {
    expect(pageAddress(link)).toEqual(address)
    expect(readRoute(pageHash(address))).toEqual({ view: 'page', page: address })
  })

  it('is read from whatever stands in a fragment, and never holds a key', () => {
    const text = fc.array(
      fc.constantFrom(
        '/ipfs/',
        '/ipns/',
        CID,
        '/',
        '..',
        '~',
        '?',
        '#',
        '&',
        'key=',
        KEY,
        'a.html',
        '//evil.example',
        ':',
        ';',
      ),
      { maxLength: 9 },
    )
    fc.assert(
      fc.property(text, (parts) => {
        const page = readPage(parts.join(''))
        if (page === undefined) return
        expect(page.path).toMatch(/^\/ip[fn]s\/./)
        expect(new URL(page.path, 'https://cafe.invalid').origin).toBe('https://cafe.invalid')
        expect([...new URL(page.path, 'https://cafe.invalid').searchParams.keys()]).not.toContain('key')
        expect(page.path).not.toContain('#')
      }),
      { numRuns: 5000 },
    )
  })

  it('names the same content to be saved', () => {
    expect(saveLink(`/ipfs/${CID}/a.html?x=y#key=${KEY}`)).toBe(`/ipfs/${CID}/a.html?x=y&download=true#key=${KEY}`)
  })
})
