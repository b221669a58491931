import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError, ERRORS, type ErrorCode } from '../../src/core/errors.ts'
import { type Doing, explain, explainCode } from '../../src/ui/explain.ts'

const CODES = Object.keys(ERRORS) as ErrorCode[]
const DOING: Doing[] = [
  'start',
  'open',
  'room',
  'carry',
  'close',
  'invite',
  'decide',
  'evict',
  'join',
  'restore',
  'leave',
  'pin',
  'keep',
  'remove',
  'link',
  'unlock',
  'wallet',
  'device',
  'threads',
  'create',
  'enter',
  'post',
  'files',
  'annotate',
  'ask',
  'quit',
  'rename',
  'expel',
  'recover',
  'returned',
  'drill',
  'move',
  'profile',
]

describe('a failure in plain words', () => {
  it('exists for every code and everything a person does', () => {
    for (const code of CODES) {
      for (const doing of DOING) {
        const { text, ...rest } = explain(new CafeError(code), doing)
        expect(text.length).toBeGreaterThan(3)
        expect(text).not.toContain(code)
        expect(rest).toEqual({ code, retry: ERRORS[code].retry })
      }
    }
  })

  it('tells the three ends of a recovery apart, and wrong words from all of them', () => {
    const texts = (['NOT_FOUND', 'CORRUPT', 'UNREACHABLE'] as const).map(
      (code) => explain(new CafeError(code, { what: 'backup' }), 'recover').text,
    )
    texts.push(explain(new CafeError('BAD_REQUEST', { what: 'words' }), 'restore').text)
    expect(new Set(texts).size).toBe(4)
    for (const text of texts) expect(text).toMatch(/check|add|ask/i)
  })

  it('says how much room is missing', () => {
    expect(explain(new CafeError('QUOTA', { needed: 5_000_000, free: 1_000_000 }), 'pin').text).toBe(
      'This needs 5 MB, but only 1 MB are free at the cafe. Remove something first.',
    )
  })

  it('tells a full device from a full cafe', () => {
    const disk = explain(new DOMException('full', 'QuotaExceededError'), 'pin')
    expect(disk.code).toBe('QUOTA')
    expect(disk.text).toContain('This device')
    expect(explain(new CafeError('QUOTA'), 'pin').text).toBe(ERRORS.QUOTA.text)
  })

  it('tells an invite that is used up from a file that is refused', () => {
    expect(explain(new CafeError('FORBIDDEN'), 'join').text).toContain('Ask for a new one')
    expect(explain(new CafeError('FORBIDDEN'), 'pin').text).not.toContain('invite')
  })

  it('says why a cafe does not admit somebody, where it says so itself', () => {
    const text = (why: string, code: 'FORBIDDEN' | 'BUSY' = 'FORBIDDEN') =>
      explain(new CafeError(code, { why }), 'join').text
    expect(text('token-used')).toContain('used up')
    expect(text('refused')).toContain('said no')
    expect(text('clock', 'BUSY')).toContain('clock')
    expect(
      new Set(['token', 'token-used', 'token-expired', 'token-revoked', 'revoked', 'evicted'].map((w) => text(w))).size,
    ).toBe(6)
    // Words of a cafe are not shown, nor what every object has.
    for (const why of ['<b>pay here</b>', 'constructor', '']) {
      expect(text(why)).toBe(explain(new CafeError('FORBIDDEN'), 'join').text)
    }
  })

  it('says when something may work by itself: only where a host has paused guests', () => {
    const paused = explain(new CafeError('BUSY', { why: 'paused', after: 20_000 }), 'join')
    expect(paused).toMatchObject({ code: 'BUSY', retry: true, after: 20_000 })
    expect(paused.text).toContain('paused')
    expect(explain(new CafeError('BUSY', { after: 20_000 }), 'join')).not.toHaveProperty('after')
  })

  it('shows nothing of an unknown error, which may hold anything', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (secret) => {
        const { text, code } = explain(new Error(`~${secret}~`), 'pin')
        expect(code).toBe('INTERNAL')
        expect(text).not.toContain(`~${secret}~`)
      }),
    )
  })

  it('ignores numbers that are not numbers', () => {
    for (const needed of ['5', Number.NaN, -1, true]) {
      expect(explain(new CafeError('QUOTA', { needed, free: 1 }), 'pin').text).toBe(ERRORS.QUOTA.text)
    }
  })

  it('reads a code of a newer version as INTERNAL', () => {
    expect(explainCode('NEW_CODE', 'keep')).toBe(explainCode('INTERNAL', 'keep'))
    expect(explainCode(undefined, 'keep')).toBe(explainCode('INTERNAL', 'keep'))
  })
})

describe('a failure with accounts and devices', () => {
  it.each([
    [new CafeError('SEALED', { what: 'account' }), 'pin', /unlock it with its passphrase/i],
    [new CafeError('FORBIDDEN', { what: 'passphrase' }), 'unlock', /not the passphrase/],
    [new CafeError('BUSY', { what: 'passphrase', after: 4000 }), 'unlock', /Try again in 4 seconds/],
    [new CafeError('BAD_REQUEST', { what: 'passphrase', min: 8 }), 'start', /at least 8 characters/],
    [new CafeError('NOT_FOUND', { what: 'seed' }), 'device', /Enter your words once/],
    [new CafeError('NOT_FOUND', { what: 'link' }), 'device', /has ended/],
    [new CafeError('FORBIDDEN', { why: 'differs' }), 'device', /not the same/],
    [new CafeError('ABORTED', { why: 'giver' }), 'device', /said no/],
    [new CafeError('BAD_REQUEST', { what: 'device link' }), 'device', /not the link of a device/],
    [new CafeError('FORBIDDEN', { why: 'toString' }), 'device', /does not allow/],
  ] as const)('%#: says what it is about', (error, doing, text) => {
    expect(explain(error, doing).text).toMatch(text)
  })
})
