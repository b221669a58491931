/** Failures of the gateway as errors of ours. */
import { type Trouble, troubleSchema, writeTried } from '../../core/about.ts'
import { CafeError, isErrorCode } from '../../core/errors.ts'
import { parse } from '../../core/schema.ts'

/** The error that a told failure stands for. */
export function troubleError({ error, what, tried }: Trouble): CafeError {
  return new CafeError(isErrorCode(error) ? error : 'INTERNAL', {
    ...(what !== undefined && { what }),
    ...(tried !== undefined && { tried: writeTried(tried) }),
  })
}

/** The error that an answer stands for, whatever form it has. */
export async function responseError(response: Response): Promise<CafeError> {
  if (!response.headers.get('Content-Type')?.startsWith('application/json')) {
    return new CafeError(response.status === 504 ? 'UNREACHABLE' : 'NOT_FOUND')
  }
  return troubleError(parse(troubleSchema, await response.json()))
}
