/**
 * What the browser says of a permission before it asks for it, so that people can be told what comes. Where the browser does not
 * know the name of one, or keeps it to itself, nothing is assumed.
 */

export type Permission = 'granted' | 'denied' | 'prompt' | 'unknown'

/** Names that browsers have given to talking with devices of one's own network, the newest first. */
const NETWORK = ['local-network', 'local-network-access']

/** @param query `navigator.permissions.query`, where there is one. */
export async function permissionOf(
  what: 'camera' | 'network',
  query: ((descriptor: PermissionDescriptor) => Promise<{ readonly state: string }>) | undefined,
): Promise<Permission> {
  for (const name of what === 'camera' ? ['camera'] : NETWORK) {
    try {
      // Browsers know more names than TypeScript does; they throw at those they do not know.
      const state = (await query?.({ name: name as PermissionName }))?.state
      if (state === 'granted' || state === 'denied' || state === 'prompt') return state
    } catch {
      // the next name
    }
  }
  return 'unknown'
}

/** The same, of this browser. */
export const permissionHere = (what: 'camera' | 'network'): Promise<Permission> =>
  permissionOf(what, navigator.permissions?.query.bind(navigator.permissions))
