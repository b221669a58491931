/** What a page reads in the address of a sealed link. Pure. */

/** Bit of the second byte of a code that says that it takes a password (crypto/shared-link.ts): read without decoding more. */
const PASSWORD = 1

export interface SealedLink {
  /** Undefined where the address has none. */
  readonly code: string | undefined
  readonly from: readonly string[]
  readonly password: boolean
}

/** The parts of an address' fragment that name a sealed link. */
export function sealedLinkOf(address: string): SealedLink {
  const at = address.indexOf('#')
  const fragment = new URLSearchParams(at < 0 ? '' : address.slice(at + 1))
  const code = fragment.get('link') ?? undefined
  return { code, from: fragment.getAll('from'), password: code !== undefined && takesPassword(code) }
}

function takesPassword(code: string): boolean {
  try {
    return (atob(code.slice(0, 4).replaceAll('-', '+').replaceAll('_', '/')).charCodeAt(1) & PASSWORD) !== 0
  } catch {
    // No code of ours: opening it says so.
    return false
  }
}
