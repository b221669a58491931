import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_INVITE } from '../../src/core/limits.ts'
import { isGatewayPath, MAX_THREAD_CODE, readRoute, threadHash } from '../../src/ui/route.ts'
import { VIEWS } from '../../src/ui/views.ts'

const ADDRESS = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq'

describe('the route of an address', () => {
  it.each([
    ['', { view: 'home' }],
    ['#', { view: 'home' }],
    ['#host', { view: 'host' }],
    ['#files', { view: 'files' }],
    ['#pair', { view: 'pair' }],
    ['#settings', { view: 'settings' }],
    ['#doctor', { view: 'doctor' }],
    ['#join', { view: 'join' }],
    ['#join=', { view: 'join' }],
    ['#join=abc_-9', { view: 'join', code: 'abc_-9' }],
    ['#join=a=b', { view: 'join', code: 'a=b' }],
    ['#account', { view: 'account' }],
    ['#link', { view: 'account' }],
    ['#link=', { view: 'account' }],
    ['#link=abc_-9', { view: 'link', code: 'abc_-9' }],
    ['#threads', { view: 'threads' }],
    ['#feed', { view: 'feed' }],
    ['#news', { view: 'news' }],
    ['#you', { view: 'you' }],
    ['#people', { view: 'people' }],
    ['#contact=', { view: 'people' }],
    [`#contact=${ADDRESS}`, { view: 'contact', address: ADDRESS }],
    [`#contact=${ADDRESS}x`, { view: 'introduced', code: `${ADDRESS}x` }],
    ['#contact=pWFh_-9', { view: 'introduced', code: 'pWFh_-9' }],
    ['#recover', { view: 'recover' }],
    [`#thread=${'0a'.repeat(32)}`, { view: 'thread', id: '0a'.repeat(32) }],
    ['#thread=~abc_-9', { view: 'invited', code: '~abc_-9' }],
    [`#thread=${'0A'.repeat(32)}`, { view: 'invited', code: '0A'.repeat(32) }],
    ['#thread=', { view: 'threads' }],
    ['#thread', { view: 'threads' }],
    ['#nonsense', { view: 'home' }],
    ['#constructor', { view: 'home' }],
  ])('of %j is %j', (hash, route) => {
    expect(readRoute(hash)).toEqual(route)
  })

  it('drops an invite that is longer than any invite', () => {
    expect(readRoute(`#join=${'a'.repeat(MAX_INVITE)}`)).toHaveProperty('code')
    expect(readRoute(`#join=${'a'.repeat(MAX_INVITE + 1)}`)).toEqual({ view: 'join' })
  })

  it('drops an invite to a thread that is longer than any', () => {
    expect(readRoute(threadHash('a'.repeat(MAX_THREAD_CODE)))).toHaveProperty('code')
    expect(readRoute(threadHash('a'.repeat(MAX_THREAD_CODE + 1)))).toEqual({ view: 'threads' })
  })

  it('is a view that can be loaded for any fragment, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hash) => {
        expect(Object.keys(VIEWS)).toContain(readRoute(hash).view)
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
