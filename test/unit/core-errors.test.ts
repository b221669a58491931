/** One error type: what becomes of anything thrown, and that the table says what callers rely on. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError, ERRORS, isCafeError, isErrorCode, toCafeError } from '../../src/core/errors.ts'

const codes = Object.keys(ERRORS) as (keyof typeof ERRORS)[]

describe('the table of errors', () => {
  it.each(codes)('has a sentence, an HTTP error status and a retry rule for %s', (code) => {
    const { text, status, retry } = ERRORS[code]
    expect(text).toMatch(/^[A-Z].*[.?]$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(typeof retry).toBe('boolean')
  })

  it('allows to try again only what may go away by itself', () => {
    expect(codes.filter((code) => ERRORS[code].retry)).toEqual(['BUSY', 'UNREACHABLE', 'TIMEOUT'])
  })

  it('knows its codes, and no name that every object has', () => {
    for (const code of codes) expect(isErrorCode(code)).toBe(true)
    for (const other of ['', 'constructor', '__proto__', 'toString', 'bad_request', 1, null, undefined, {}])
      expect(isErrorCode(other)).toBe(false)
  })
})

describe('toCafeError', () => {
  it('leaves a CafeError as it is', () => {
    const error = new CafeError('QUOTA', { free: 1 })
    expect(toCafeError(error)).toBe(error)
    expect(error.message).toBe(ERRORS.QUOTA.text)
  })

  it.each([
    [AbortSignal.abort().reason, 'ABORTED', {}],
    [new DOMException('late', 'TimeoutError'), 'TIMEOUT', {}],
    [new DOMException('full', 'QuotaExceededError'), 'QUOTA', { disk: true }],
    [new DOMException('moved', 'NotReadableError'), 'NOT_FOUND', { what: 'file' }],
    [Object.assign(new Error('full'), { name: 'QuotaExceededError' }), 'QUOTA', { disk: true }],
    [new TypeError('x is not a function'), 'INTERNAL', {}],
    ['a string', 'INTERNAL', {}],
    [undefined, 'INTERNAL', {}],
    [{ code: 'QUOTA', name: 'CafeError' }, 'INTERNAL', {}],
    [Object.assign(new Error('x'), { name: 'CafeError', code: 'NO_SUCH' }), 'INTERNAL', {}],
  ])('makes of %s a %s', (thrown, code, data) => {
    const error = toCafeError(thrown)
    expect([error.code, error.data]).toEqual([code, data])
    expect(error.cause).toBe(thrown)
  })

  it('takes the fallback for what it does not know, never for an abort', () => {
    expect(toCafeError(new Error('x'), 'UNREACHABLE').code).toBe('UNREACHABLE')
    expect(toCafeError(AbortSignal.abort().reason, 'UNREACHABLE').code).toBe('ABORTED')
  })

  it('takes anything, and puts nothing of it into what may leave', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const { code, data } = toCafeError(thrown)
        expect(isErrorCode(code)).toBe(true)
        expect(data).toEqual({})
      }),
    )
  })

  it('knows a CafeError of another copy of the module', () => {
    const other = Object.assign(new Error('x'), { name: 'CafeError', code: 'BUSY', data: {} })
    expect(isCafeError(other)).toBe(true)
  })
})
