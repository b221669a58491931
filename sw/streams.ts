/**
 * How many bodies are on their way through this service worker. A newer version waits until there are none: browsers let an
 * old one finish what it streams (measured for Chromium), but no standard says so.
 */

export interface Streams {
  readonly live: number
  /** The same response, counted until its body has ended, failed or was not wanted any more. */
  watch(response: Response): Response
}

export function createStreams(): Streams {
  let live = 0
  return {
    get live() {
      return live
    },
    watch(response) {
      const { body, status, statusText, headers } = response
      if (body === null) return response
      live++
      let over = false
      const end = (): void => {
        if (!over) live--
        over = true
      }
      return new Response(counted(body, end), { status, statusText, headers })
    },
  }
}

/** Passes a body on, chunk by chunk as it is asked for, with its failure if it fails. */
function counted(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  end: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          end()
          controller.close()
        } catch (error) {
          end()
          controller.error(error)
        }
      },
      async cancel(reason) {
        end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
