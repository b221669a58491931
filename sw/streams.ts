/**
 * How many bodies are on their way through this service worker; the app's own files, while they are kept, are one. A newer
 * version waits until there are none: browsers let an old one finish what it streams (measured for Chromium), but no standard
 * says so. Whoever streams says when it is over: a stream put around each body only to see its end would be one hop more for
 * every chunk.
 */

export interface Streams {
  readonly live: number
  /** One more; the function it returns ends it, and may be called again. */
  begin(): () => void
}

export function createStreams(): Streams {
  let live = 0
  return {
    get live() {
      return live
    },
    begin() {
      live++
      let over = false
      return () => {
        if (!over) live--
        over = true
      }
    },
  }
}
