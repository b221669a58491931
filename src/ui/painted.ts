/** Milliseconds after which what was drawn counts as seen: a tab in the background draws no frames. */
const MOST = 2000

/** Resolves when what was drawn is on the screen. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    // A timer that a frame sets fires after that frame is painted.
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, document.hidden ? 0 : MOST)
  })
}
