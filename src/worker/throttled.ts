/** Passes at most about twenty reports a second on; the last one before a pause always arrives. */
export function throttled<T>(report: (value: T) => void): (value: T) => void {
  let latest: { readonly value: T } | undefined
  let waiting = false
  return (value) => {
    latest = { value }
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      if (latest) report(latest.value)
    }, 50)
  }
}
