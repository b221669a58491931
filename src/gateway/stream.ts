/** Bytes as they come, as a stream: nothing is queued ahead of the reader, and failure is an error. */
import { CafeError, toCafeError } from '../core/errors.ts'
import type { Bytes } from './blocks.ts'

/** What a stream answers to, and whom it tells of itself. */
export interface Flow {
  readonly signal: AbortSignal
  /** Told that a body begins to stream; the function it returns, that it has ended, failed or been given up. */
  readonly begin?: (() => () => void) | undefined
}

/** Nobody counts. */
export const unwatched = () => (): void => {}

/**
 * What `parts` yields as a stream; it is told to stop when nobody reads on or the signal fires.
 * @example
 * ```ts
 * new Response(streamOf((signal) => sectionsOf(cid, signal), request))
 * ```
 */
export function streamOf(
  parts: (signal: AbortSignal) => AsyncGenerator<Bytes, void>,
  { signal, begin = unwatched }: Flow,
): ReadableStream<Bytes> {
  const end = begin()
  const stop = new AbortController()
  const chunks = parts(AbortSignal.any([signal, stop.signal]))
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (!done) return controller.enqueue(value)
          end()
          controller.close()
        } catch (error) {
          end()
          stop.abort(new CafeError('ABORTED'))
          throw toCafeError(error)
        }
      },
      async cancel() {
        end()
        stop.abort(new CafeError('ABORTED'))
        await chunks.return()
      },
    },
    { highWaterMark: 0 },
  )
}
