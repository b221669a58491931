/** How an upload ends that failed: the same for every carrier. */
import { type CafeError, type ErrorCode, toCafeError } from '../../core/errors.ts'
import type { Pinning } from './pinning.ts'

/** Failures of the path, not of the data: what was uploaded is kept, so that the client can go on from there. */
const RESUMABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['UNREACHABLE', 'TIMEOUT', 'ABORTED', 'BUSY'])

export const isResumable = ({ code }: CafeError): boolean => RESUMABLE.has(code)

/** Ends a pinning that failed, keeping what it brought if it may go on later; gives the failure. */
export async function endFailed(pinning: Pinning, thrown: unknown): Promise<CafeError> {
  const error = toCafeError(thrown)
  await (isResumable(error) ? pinning.interrupted() : pinning.refused(thrown))
  return error
}
