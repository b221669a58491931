/** Bytes as they come, as a stream: nothing is queued ahead of the reader, and failure is an error. */
import { CafeError, toCafeError } from '../core/errors.ts'
import type { Bytes } from './blocks.ts'

/**
 * What `parts` yields as a stream; it is told to stop when nobody reads on or `signal` fires.
 * @example
 * ```ts
 * new Response(streamOf((signal) => sectionsOf(cid, signal), request.signal))
 * ```
 */
export function streamOf(
  parts: (signal: AbortSignal) => AsyncGenerator<Bytes, void>,
  signal: AbortSignal,
): ReadableStream<Bytes> {
  const stop = new AbortController()
  const chunks = parts(AbortSignal.any([signal, stop.signal]))
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          stop.abort(new CafeError('ABORTED'))
          throw toCafeError(error)
        }
      },
      async cancel() {
        stop.abort(new CafeError('ABORTED'))
        await chunks.return()
      },
    },
    { highWaterMark: 0 },
  )
}
