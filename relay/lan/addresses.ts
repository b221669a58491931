/** The addresses of this machine in private networks, where others of the same network find it. */
import { BlockList } from 'node:net'
import type { networkInterfaces } from 'node:os'

/** Networks that are private by RFC 1918, 4193 and 3927: nobody outside can claim an address in them for theirs. */
export const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7'] as const

/** Names that are resolved only in one's own network (RFC 6762). */
export const PRIVATE_NAME = 'local'

const isPrivate = new BlockList()
for (const network of PRIVATE) {
  const [address = '', prefix] = network.split('/')
  isPrivate.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4')
}

/** What people's networks use most comes first; addresses that nobody was given, last. */
const ORDER = [/^192\.168\./, /^10\./, /^172\./, /:/, /^169\.254\./]

/**
 * Addresses that others in the same network reach this machine at, the likeliest first.
 * @param interfaces as `os.networkInterfaces()` has them.
 */
export function lanAddresses(interfaces: ReturnType<typeof networkInterfaces>): readonly string[] {
  const all = Object.values(interfaces).flatMap((each) => each ?? [])
  const own = all.filter(({ address, family, internal }) => {
    return !internal && isPrivate.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4')
  })
  const rank = (address: string): number => ORDER.findIndex((pattern) => pattern.test(address))
  return [...new Set(own.map(({ address }) => address))].toSorted((a, b) => rank(a) - rank(b))
}
