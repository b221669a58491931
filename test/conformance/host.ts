/**
 * What a host adds to the gateway's core, here for the cases: names (records of the suite, verified when they are asked
 * for, and those of its DNS), and hosts: `example.com` is a gateway of subdomains, a name of DNS is a website.
 */
import { CafeError } from '../../src/core/errors.ts'
import { parseKeyName } from '../../src/core/key-name.ts'
import type { BlockSource } from '../../src/gateway/blocks.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { type NameSource, parseName } from '../../src/gateway/names.ts'
import { routeOrigin } from '../../src/gateway/origin.ts'
import { openNameRecord } from '../../src/net/ipns.ts'
import type { MemorySource } from '../unit/gateway-help.ts'
import { type Bytes, DNS_NAMES } from './fixtures.ts'

/** As the suite says of records that do not say it themselves, and for DNS. */
const TTL = 60

export function nameSource(records: ReadonlyMap<string, Bytes>): NameSource {
  const byName = new Map([...records].map(([name, record]) => [parseName(name).text, record]))
  return {
    async resolve(name) {
      const path = DNS_NAMES[name]
      if (path !== undefined) return { path, record: undefined, ttl: TTL, sequence: 0n }
      const record = byName.get(name)
      if (!record) throw new CafeError('NOT_FOUND', { what: 'name' })
      const { value, ttl, sequence } = await openNameRecord(parseKeyName(name), record)
      return { path: value, record, ttl, sequence }
    },
  }
}

/** Answers as a gateway of paths, of subdomains, and of websites with a name of DNS. */
export function createHost(source: MemorySource, records: ReadonlyMap<string, Bytes>) {
  // All there is is on this device; a host says so of what is not.
  const blocks: BlockSource = {
    get: (cid, options) =>
      options.local && !source.blocks.has(`${cid}`)
        ? Promise.reject(new CafeError('NOT_FOUND', { what: 'local' }))
        : source.get(cid, options),
  }
  const gateway = createGateway({ blocks, names: nameSource(records) })
  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const below = (path: string): Promise<Response> =>
      gateway(new Request(new URL(path, url), request), { origin: true })
    try {
      const route = routeOrigin(url, request.headers, { hosts: ['example.com'], behindProxy: true })
      if (route.kind === 'redirect') return new Response(null, { status: 301, headers: { Location: route.location } })
      if (route.kind === 'origin') return await below(route.target)
      if (url.host in DNS_NAMES) return await below(`/ipns/${url.host}${url.pathname}${url.search}`)
    } catch (error) {
      if (error instanceof CafeError && error.code === 'BAD_REQUEST') return new Response(null, { status: 400 })
      throw error
    }
    return gateway(request)
  }
}
