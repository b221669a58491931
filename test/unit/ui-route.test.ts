import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_INVITE } from '../../src/core/limits.ts'
import { isGatewayPath, readRoute } from '../../src/ui/route.ts'

describe('the route of an address', () => {
  it.each([
    ['', { view: 'home' }],
    ['#', { view: 'home' }],
    ['#host', { view: 'host' }],
    ['#files', { view: 'files' }],
    ['#join', { view: 'join' }],
    ['#join=', { view: 'join' }],
    ['#join=abc_-9', { view: 'join', code: 'abc_-9' }],
    ['#join=a=b', { view: 'join', code: 'a=b' }],
    ['#account', { view: 'account' }],
    ['#link', { view: 'account' }],
    ['#link=', { view: 'account' }],
    ['#link=abc_-9', { view: 'link', code: 'abc_-9' }],
    ['#nonsense', { view: 'home' }],
    ['#constructor', { view: 'home' }],
  ])('of %j is %j', (hash, route) => {
    expect(readRoute(hash)).toEqual(route)
  })

  it('drops an invite that is longer than any invite', () => {
    expect(readRoute(`#join=${'a'.repeat(MAX_INVITE)}`)).toHaveProperty('code')
    expect(readRoute(`#join=${'a'.repeat(MAX_INVITE + 1)}`)).toEqual({ view: 'join' })
  })

  it('is one of six views for any fragment, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hash) => {
        expect(['home', 'host', 'files', 'account', 'join', 'link']).toContain(readRoute(hash).view)
      }),
    )
  })
})

describe('a path of the gateway', () => {
  it.each(['/ipfs/bafy', '/ipfs/bafy/a/b', '/ipns/example.org'])('is %s', (path) => {
    expect(isGatewayPath(path)).toBe(true)
  })

  it.each(['/', '/ipfs', '/ipfs/', '/ipfsx/a', '/a/ipfs/b', '/index.html'])('is not %s', (path) => {
    expect(isGatewayPath(path)).toBe(false)
  })
})
