/**
 * The one error type of Popup Cafe. A failure anywhere in the system is a {@link CafeError} with a code from one
 * table; only the code and small typed data ever cross a wire or a port, never a message or a stack.
 */

/** What a code means for callers, HTTP carriers and people. */
export interface ErrorRule {
  /** May the same request be tried again without changing it? */
  readonly retry: boolean
  /** HTTP status of the same failure on the second carrier (RFC 9110). */
  readonly status: number
  /** One sentence for people: what happened and what to do. */
  readonly text: string
}

/** Every code there is. Add one only where a caller would react differently. */
export const ERRORS = {
  BAD_REQUEST: { retry: false, status: 400, text: 'That request is not well formed. Check the link or the input.' },
  UNAUTHORIZED: { retry: false, status: 401, text: 'Your session with this cafe has ended. Register again.' },
  FORBIDDEN: { retry: false, status: 403, text: 'This cafe does not allow that.' },
  NOT_FOUND: { retry: false, status: 404, text: 'Nothing was found under that name.' },
  CONFLICT: { retry: false, status: 409, text: 'Something newer is already there. Read it first, then try again.' },
  QUOTA: { retry: false, status: 507, text: 'There is not enough room for this at the cafe. Remove something first.' },
  BUSY: { retry: true, status: 429, text: 'The cafe is busy. Try again in a moment.' },
  CORRUPT: { retry: false, status: 502, text: 'The data does not match its fingerprint, so it was thrown away.' },
  SEALED: { retry: false, status: 403, text: 'This key does not open it. Ask for the complete link.' },
  UNREACHABLE: { retry: true, status: 504, text: 'The other side cannot be reached. Is its tab still open?' },
  TIMEOUT: { retry: true, status: 504, text: 'It took too long to get an answer. Try again.' },
  ABORTED: { retry: false, status: 499, text: 'This was stopped.' },
  UNSUPPORTED: { retry: false, status: 501, text: 'The other side speaks a different version. Reload to update.' },
  INTERNAL: { retry: false, status: 500, text: 'Something went wrong inside Popup Cafe.' },
} as const satisfies Record<string, ErrorRule>

export type ErrorCode = keyof typeof ERRORS

/** Small facts about a failure that may cross a wire: plain numbers and short strings, never secrets. */
export type ErrorData = Readonly<Record<string, string | number | boolean>>

/**
 * A failure with a code from {@link ERRORS}.
 *
 * @example
 * ```ts
 * throw new CafeError('QUOTA', { needed: 4096, free: 100 })
 * ```
 */
export class CafeError extends Error {
  override readonly name = 'CafeError'
  readonly code: ErrorCode
  readonly data: ErrorData

  constructor(code: ErrorCode, data: ErrorData = {}, options?: ErrorOptions) {
    super(ERRORS[code].text, options)
    this.code = code
    this.data = data
  }
}

/** True for a {@link CafeError}, also one from another copy of this module. */
export function isCafeError(error: unknown): error is CafeError {
  return error instanceof Error && error.name === 'CafeError' && 'code' in error && isErrorCode(error.code)
}

/** True if `value` is a code of the table. A code from a newer version is not, and reads as INTERNAL. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

/**
 * Any thrown value as a CafeError: itself if it is one, ABORTED or TIMEOUT for the platform's aborts, QUOTA for a full
 * disk, NOT_FOUND for a file that cannot be read any more, else `fallback` with the original as `cause` (which stays local).
 */
export function toCafeError(error: unknown, fallback: ErrorCode = 'INTERNAL'): CafeError {
  if (isCafeError(error)) return error
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  if (name === 'AbortError') return new CafeError('ABORTED', {}, { cause: error })
  if (name === 'TimeoutError') return new CafeError('TIMEOUT', {}, { cause: error })
  // File API: a file that was moved, changed or taken away since it was chosen.
  if (name === 'NotReadableError') return new CafeError('NOT_FOUND', { what: 'file' }, { cause: error })
  if (name === 'QuotaExceededError') return new CafeError('QUOTA', { disk: true }, { cause: error })
  return new CafeError(fallback, {}, { cause: error })
}
