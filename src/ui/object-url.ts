/**
 * The only door to `URL.createObjectURL`, since such an address has the origin of the app: what a browser would show of it
 * as a page would run with our powers (rule A6). So it is only ever saved. What is shown comes through `/ipfs`, which
 * fences it in.
 */

/** Milliseconds a saved file's address stays: the browser has taken it when the task is over, and a slow one is not hurried. */
const SAVING = 10_000

/** Has the browser save bytes under a name. Nothing is shown, whatever they are. */
export function saveAs(content: Blob | Uint8Array<ArrayBuffer>, name: string): void {
  // A type that no browser displays, in place of the one that somebody gave it.
  const href = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(href), SAVING)
}
