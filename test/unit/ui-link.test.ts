import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileName, privatePath, readJoin, readLink, readThreadCode, safeHref } from '../../src/ui/link.ts'

const CID = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const KEY = `u${'A'.repeat(44)}`

/** A scheme the way attackers write it: any case, and controls that browsers strip before or within it. */
const disguised = (scheme: string) =>
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom('\t', '\n', '\r', ' ', '\u0000', '\u0001', '\u001f'), maxLength: 4 }),
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom('', '', '\t', '\n', '\r')), {
        minLength: scheme.length,
        maxLength: scheme.length,
      }),
      fc.string(),
    )
    .map(
      ([before, steps, rest]) =>
        `${before}${[...scheme].map((letter, at) => `${steps[at]?.[0] ? letter.toUpperCase() : letter}${steps[at]?.[1]}`).join('')}:${rest}`,
    )

describe('safeHref', () => {
  it.each(['https://example.org/a?b#c', 'http://cafe.localhost:8080/', `ipfs://${CID}`, 'mailto:a@example.org'])(
    'lets %s through unchanged',
    (href) => {
      expect(safeHref(href)).toBe(href)
    },
  )

  it.each([`/ipfs/${CID}/a%20b#key=${KEY}`, '#host', 'files', '//example.org/x'])(
    'lets the relative address %s through',
    (href) => {
      expect(safeHref(href)).toBe(href)
    },
  )

  it('refuses every scheme that is not on its list, however it is written', () => {
    const scheme = fc.constantFrom('javascript', 'data', 'vbscript', 'blob', 'file', 'filesystem', 'about', 'ws')
    fc.assert(
      fc.property(scheme.chain(disguised), (href) => {
        expect(safeHref(href)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('refuses what is empty, endless or no address', () => {
    expect(safeHref('')).toBeUndefined()
    expect(safeHref(`/${'a'.repeat(10_000)}`)).toBeUndefined()
    expect(safeHref('http://')).toBeUndefined()
  })
})

describe('a pasted link', () => {
  it.each([
    [`/ipfs/${CID}/cake.pdf#key=${KEY}`, `/ipfs/${CID}/cake.pdf#key=${KEY}`],
    [`  https://cafe.example/ipfs/${CID}/cake.pdf#key=${KEY}\n`, `/ipfs/${CID}/cake.pdf#key=${KEY}`],
    [`https://cafe.example/c/12D3KooWabc/ipfs/${CID}`, `/ipfs/${CID}`],
    [`ipfs/${CID}`, `/ipfs/${CID}`],
    [`ipfs://${CID}/a`, `/ipfs/${CID}/a`],
    ['IPNS://example.org', '/ipns/example.org'],
    [CID, `/ipfs/${CID}`],
    [`QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG`, '/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
  ])('%j opens %s', (text, path) => {
    expect(readLink(text)).toBe(path)
  })

  it.each(['', 'hello', 'https://example.org/', 'javascript:/ipfs/x', `file:///ipfs/${CID}`, '/ipfs/', 'http://['])(
    '%j is no link to a file',
    (text) => {
      expect(readLink(text)).toBeUndefined()
    },
  )

  it('never leaves the gateway of this app, whatever was pasted', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.webUrl().map((url) => `${url}/ipfs/x`),
        ),
        (text) => {
          const path = readLink(text)
          if (path !== undefined)
            expect(new URL(path, 'https://app.test/').href).toMatch(/^https:\/\/app\.test\/ip[fn]s\/./)
        },
      ),
    )
  })

  it('keeps its key out of the query, where the host would see it', () => {
    expect(readLink(`${CID}/a.txt#key=${KEY}`)).toBe(`/ipfs/${CID}/a.txt#key=${KEY}`)
    expect(readLink(`${CID}?key=${KEY}`)).toBe(`/ipfs/${CID}#key=${KEY}`)
    expect(readLink(` ${CID}  ${KEY}\n`)).toBe(`/ipfs/${CID}#key=${KEY}`)
    expect(readLink(`https://cafe.example/ipfs/${CID}/a.txt ${KEY}`)).toBe(`/ipfs/${CID}/a.txt#key=${KEY}`)
    expect(readLink(`javascript:alert(1) ${KEY}`)).toBeUndefined()
    expect(readLink(`${KEY} ${KEY}`)).toBeUndefined()
    expect(readLink(`https://old.example/ipfs/${CID}/a?download=true&key=${KEY}`)).toBe(
      `/ipfs/${CID}/a?download=true#key=${KEY}`,
    )
  })
})

describe('privatePath', () => {
  it('moves the key, and only the key, from the query to the front of the fragment', () => {
    expect(privatePath(new URL(`https://a.test/ipfs/x?key=k%2B1&format=raw#from=p`))).toBe(
      '/ipfs/x?format=raw#key=k%2B1&from=p',
    )
  })

  it('changes nothing that has no key in its query', () => {
    expect(privatePath(new URL('https://a.test/ipfs/x?format=raw#key=k'))).toBe('/ipfs/x?format=raw#key=k')
  })
})

describe('a pasted invite', () => {
  const code = 'pWF2AWRjYWZleDQxMkQzS29vV0d6'

  it.each([code, `https://cafe.example/#join=${code}`, ` http://cafe.localhost:8080/#join=${code} `])(
    'is found in %j',
    (text) => {
      expect(readJoin(text)).toBe(code)
    },
  )

  it.each(['', 'short', 'https://cafe.example/', `${code} ${code}`, `${code}<script>`, 'a'.repeat(5000)])(
    'is not %j',
    (text) => {
      expect(readJoin(text)).toBeUndefined()
    },
  )
})

describe('the name in a gateway path', () => {
  it.each([
    [`/ipfs/${CID}/Grandma%E2%80%99s%20cake.pdf`, 'Grandma’s cake.pdf'],
    [`/ipfs/${CID}/a/b.txt`, 'b.txt'],
    [`/ipfs/${CID}/bad%`, 'bad%'],
    [`/ipfs/${CID}`, undefined],
    [`/ipfs/${CID}/`, undefined],
  ])('of %s is %s', (path, name) => {
    expect(fileName(path)).toBe(name)
  })
})

describe('an invite to a thread', () => {
  const code = 'aB3_-'.repeat(100)

  it.each([
    [code, code],
    [`~${code}`, `~${code}`],
    [` https://cafe.example/#thread=${code}\n`, code],
    [`http://cafe.localhost:8080/#thread=~${code}`, `~${code}`],
    ['https://cafe.example/#join=abcabcabcabcabcabcabc', undefined],
    ['hello', undefined],
    [`https://cafe.example/#thread=${code}<b>`, undefined],
    ['a'.repeat(98_305), undefined],
  ])('is found in %#', (text, found) => {
    expect(readThreadCode(text)).toBe(found)
  })
})
