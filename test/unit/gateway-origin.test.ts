/** Hosts and paths of websites with an origin of their own: one canonical host for each content, and no other. */
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { siteLabel, siteRoot } from '../../src/core/site-name.ts'
import { type RouteOptions, routeOrigin } from '../../src/gateway/origin.ts'

const V0 = 'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN'
const V0_AS_V1 = CID.parse(V0).toV1().toString()
const V1 = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const LONG =
  'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'
const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
const RSA = 'QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3'

const route = (url: string, headers: Record<string, string> = {}, options: Partial<RouteOptions> = {}) =>
  routeOrigin(new URL(url), new Headers(headers), { hosts: ['example.com', 'localhost:8080'], ...options })
const moved = (location: string) => ({ kind: 'redirect', location })

describe('a path on the host itself', () => {
  it.each([
    [`http://example.com/ipfs/${V1}/`, `http://${V1}.ipfs.example.com/`],
    [`http://example.com/ipfs/${V1}`, `http://${V1}.ipfs.example.com/`],
    [`http://localhost:8080/ipfs/${V1}/a%2Fb/?x=1`, `http://${V1}.ipfs.localhost:8080/a%2Fb/?x=1`],
    [`http://example.com/ipfs/${V0}/x`, `http://${V0_AS_V1}.ipfs.example.com/x`],
    [
      'http://example.com/ipns/en.wikipedia-on-ipfs.org/wiki/',
      'http://en-wikipedia--on--ipfs-org.ipns.example.com/wiki/',
    ],
  ])('moves: %s', (from, to) => expect(route(from)).toEqual(moved(to)))

  it('moves names of either kind of key to their canonical form, which fits a label', () => {
    for (const name of [PEER, RSA]) {
      const found = route(`http://example.com/ipns/${name}/a`)
      expect(found).toMatchObject({ kind: 'redirect' })
      const { host, pathname } = new URL(found.kind === 'redirect' ? found.location : '')
      expect(pathname).toBe('/a')
      expect(host).toMatch(/^k(51|2)[a-z0-9]+\.ipns\.example\.com$/)
      expect(route(`http://${host}/a`)).toMatchObject({ kind: 'origin', target: `/ipns/${host.split('.')[0]}/a` })
    }
  })

  it('is the gateway’s where it names nothing, and elsewhere', () => {
    for (const url of [
      'http://example.com/ipfs/QmInvalidCID',
      'http://example.com/',
      `http://fake.domain.com/ipfs/${V1}`,
    ]) {
      expect(route(url)).toEqual({ kind: 'path' })
    }
  })

  it('follows what a trusted proxy says, and nobody else', () => {
    const headers = { 'X-Forwarded-Host': 'example.com', 'X-Forwarded-Proto': 'https' }
    const url = `http://fake.domain.com/ipfs/${V1}`
    expect(route(url, headers, { behindProxy: true })).toEqual(moved(`https://${V1}.ipfs.example.com/`))
    expect(route(url, headers)).toEqual({ kind: 'path' })
  })

  it('is given for an address of the content’s own scheme', () => {
    const at = (uri: string) => route(`http://example.com/ipfs/?uri=${encodeURIComponent(uri)}`)
    expect(at(`ipfs://${V0}/wiki/Diego_Maradona.html`)).toEqual(moved(`/ipfs/${V0}/wiki/Diego_Maradona.html`))
    expect(at('ipns://en.wikipedia-on-ipfs.org')).toEqual(moved('/ipns/en.wikipedia-on-ipfs.org'))
    expect(at('https://evil.example/')).toEqual({ kind: 'path' })
    expect(at('ipfs:////evil.example')).toMatchObject({ location: expect.stringMatching(/^\/ipfs\//) })
  })

  it('is refused where the CID fits no label', () => {
    const failure = expect.objectContaining({ code: 'BAD_REQUEST', data: { what: 'label', limit: 63 } })
    expect(() => route(`http://example.com/ipfs/${LONG}`)).toThrow(failure)
    expect(() => route(`http://${LONG}.ipfs.example.com/`)).toThrow(failure)
  })
})

describe('a host below it', () => {
  it('is content', () => {
    expect(route(`http://${V1}.ipfs.example.com/ipfs/x?format=raw`)).toEqual({
      kind: 'origin',
      root: { namespace: 'ipfs', name: V1 },
      target: `/ipfs/${V1}/ipfs/x?format=raw`,
    })
  })

  it('moves to the canonical form', () => {
    const other = CID.parse(V1).toString(base36)
    expect(route(`http://${other}.ipfs.example.com/a?b`)).toEqual(moved(`http://${V1}.ipfs.example.com/a?b`))
  })

  it('may be a domain, dot by dot only without a certificate', () => {
    const found = { kind: 'origin', root: { namespace: 'ipns', name: 'a-b.example.org' } }
    expect(route('http://a-b.example.org.ipns.example.com/')).toMatchObject(found)
    expect(route('http://a--b-example-org.ipns.example.com/')).toMatchObject(found)
    expect(route('https://a-b.example.org.ipns.example.com/')).toEqual(
      moved('https://a--b-example-org.ipns.example.com/'),
    )
  })

  it('is refused if it stands for nothing', () => {
    expect(() => route('http://nothing.ipfs.example.com/')).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    expect(() => route('http://nothing.ipns.example.com/')).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    expect(route('http://x.example.com/ipfs/a')).toEqual({ kind: 'path' })
  })
})

describe('the label of a site', () => {
  it('is the one canonical text of its content or name', () => {
    expect(siteRoot(siteLabel(CID.parse(V0)))).toEqual({ namespace: 'ipfs', name: V0_AS_V1 })
    expect(siteRoot(V1)).toEqual({ namespace: 'ipfs', name: V1 })
    for (const label of [V0, V1.toUpperCase(), PEER, 'cafe', '', 'www', CID.parse(V1).toString(base36)]) {
      expect(siteRoot(label)).toBeUndefined()
    }
    expect(() => siteLabel(CID.parse(LONG))).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })
})
