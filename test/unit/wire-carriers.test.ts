/** One contract, three ways to carry it: libp2p streams, HTTP with dag-json, HTTP with dag-cbor. */
import type { Connection } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { createSeats } from '../../src/core/seats.ts'
import { type Exchange, start } from '../../src/wire/call.ts'
import { serveHttp } from '../../src/wire/http.ts'
import { cborFormat, type Format, jsonFormat } from '../../src/wire/http-frames.ts'
import { serve } from '../../src/wire/serve.ts'
import { type EchoHost, echoHost, echoService, PEER, WIRE_CASES, type WireCarrier } from '../contract/wire.ts'
import { type Fetch, serveOnLoopback, startHttp } from '../fixtures/http-call.ts'

const until = ({ ended }: { ended: AbortSignal }): AbortSignal => ended

function libp2pCarrier({ handlers, guard }: EchoHost): WireCarrier {
  const answer = serve(echoService, handlers, { guard, until, log: silentLog })
  const connector = {
    async open() {
      const [here, there] = await streamPair()
      void answer(there, { remotePeer: { toString: () => PEER } } as unknown as Connection)
      return here
    },
  }
  return {
    name: 'libp2p',
    start: async (op, input, options) =>
      (await start(connector, PEER, echoService, op as 'sum', input as never, options)) as Exchange<
        unknown,
        unknown,
        unknown
      >,
  }
}

const fetchOf = ({ handlers, guard }: EchoHost): Fetch => {
  const answer = serveHttp(echoService, handlers, { guard, until, seats: createSeats(16), log: silentLog })
  return (request) => answer(new URL(request.url).pathname.split('/')[2] ?? '', request, {})
}

const httpCarrier = (fetch: Fetch, format: Format, accept: Format, origin?: string): WireCarrier => ({
  name: format.type,
  start: async (op, input, options) => startHttp(fetch, echoService, op, input, { ...options, format, accept, origin }),
})

describe('over libp2p a service', () => {
  // What js libp2p makes of an operation that its own client does not know is no question of the wire.
  for (const { name, run } of WIRE_CASES.filter(({ name }) => !name.includes('there is not')))
    it(name, () => {
      const host = echoHost()
      return run(libp2pCarrier(host), host)
    })
})

const FORMS = [
  ['dag-json', jsonFormat, jsonFormat],
  ['dag-cbor', cborFormat, cborFormat],
  ['dag-json, answered in dag-cbor,', jsonFormat, cborFormat],
] as const

describe.each(FORMS)('over HTTP with %s a service', (_name, format, accept) => {
  for (const { name, run } of WIRE_CASES)
    it(name, () => {
      const host = echoHost()
      return run(httpCarrier(fetchOf(host), format, accept), host)
    })
})

describe('over real HTTP on loopback a service', () => {
  for (const { name, run } of WIRE_CASES)
    it(name, async () => {
      const host = echoHost()
      const server = await serveOnLoopback(fetchOf(host))
      try {
        await run(
          httpCarrier((request) => fetch(request), jsonFormat, jsonFormat, server.origin),
          host,
        )
      } finally {
        await server.close()
      }
    })
})

it('is a contract with cases', () => expect(WIRE_CASES.length).toBeGreaterThan(10))
