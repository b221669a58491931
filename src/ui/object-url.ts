/**
 * The only door to `URL.createObjectURL`, since such an address has the origin of the app: what a browser would show of it
 * as a page would run with our powers (rule A6). Pictures, sound and moving pictures get one under their own type; whatever
 * else can only be saved. SVG is a document, and no picture here.
 */

/** Milliseconds a saved file's address stays: the browser has taken it when the task is over, and a slow one is not hurried. */
const SAVING = 10_000

/**
 * The address of a picture, a sound or a film for an element to show; `revoke` it when the element is gone.
 * @throws TypeError if the type is any other: content of such types goes through `/ipfs`, which fences it in.
 */
export function mediaUrl(blob: Blob): string {
  if (!isMedia(blob.type)) throw new TypeError('only pictures, sound and film have an address of their own')
  return URL.createObjectURL(blob)
}

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

/** True for types that hold no code. */
export function isMedia(type: string): boolean {
  return /^(?:image|audio|video)\/[\w.+-]+(?:;.*)?$/i.test(type) && !/^image\/svg/i.test(type)
}
