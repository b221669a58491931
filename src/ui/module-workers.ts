/**
 * Whether a browser runs module workers, found out without starting one. It converts the options before it looks at the
 * address (WebIDL), and reads `type` only if it knows it; the address is none, so that no worker can come of it. A browser
 * that does not know `type` would run a module as a classic script, and stumble over its first `import`.
 */

/** A worker's constructor. */
type Construct = new (url: string, options: WorkerOptions) => unknown

export const runsModules = (construct: Construct): boolean => readsOption(construct, 'type', 'module')

/** True if `construct` reads the option `name`, which is then `value`. */
export function readsOption(construct: Construct, name: string, value: unknown): boolean {
  let read = false
  const options = Object.defineProperty({}, name, {
    get() {
      read = true
      return value
    },
  })
  try {
    new construct('http://[', options)
  } catch {
    // Always: it is no address.
  }
  return read
}
