/** A cafe in Node as it is run: the cafe, its HTTP server, and the way to it for the person at the terminal. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { OpenCafe } from '../../src/cafe/host-status.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import { bracketed, secureAddresses, urlOf } from '../addresses.ts'
import { STOP_GRACE } from '../limits.ts'
import { LOOPBACK, listen, whyNot } from '../listen.ts'
import { type Certificates, certificatesFromFiles } from '../tls.ts'
import type { Answer } from './answer.ts'
import { createNodeCafe, type NodeCafe } from './cafe.ts'
import type { CafeConfig } from './config.ts'
import { openControl } from './control.ts'
import { createCafeServer } from './server.ts'
import { openWays } from './ways.ts'

export interface CafeProgram {
  /** Where it answers over HTTP. */
  readonly url: string
  readonly cafe: NodeCafe
  /** What it shows to people: also the invite. */
  readonly card: OpenCafe
  /** Resolves when somebody has had it close by a command. */
  readonly closed: Promise<void>
  /** Looks for newer certificates now. */
  refresh(): Promise<void>
  /** Closes everything; what is kept stays. Safe to call again. */
  stop(): Promise<void>
}

/**
 * Opens the cafe of `config` and serves it.
 * @throws CafeError as `createNodeCafe`; BAD_REQUEST with `file` if a certificate cannot be used; CONFLICT, FORBIDDEN or INTERNAL with `port` and `flag` if it cannot listen.
 */
export async function runCafe(config: CafeConfig, { log }: { readonly log: Log }): Promise<CafeProgram> {
  const { name, mode, budget, data, store, host, cafePort } = config
  const certificates = await openCertificates(config, log)
  const ends: Array<() => Promise<void>> = [async () => certificates?.stop()]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= endAll(ends, log))
  let cafe: NodeCafe | undefined
  try {
    const ways = openWays({ host, port: cafePort }, log)
    const answer: Answer = async (request, context) => cafe?.answer(request, context) ?? asleep()
    const health = (): unknown => cafe && { ok: true, peerId: cafe.peer, connections: cafe.connections() }
    const serve = async (port: number, flag: string, secure?: Certificates): Promise<number> => {
      const create = (): Server => {
        const server = createCafeServer({ answer, health, log }, secure)
        ways.upgrades.serve(server)
        return server
      }
      const bound = await listen(create, host, port, flag)
      ends.push(...bound.servers.map(closing))
      return bound.port
    }
    // Before the cafe: its port stands in the addresses that the cafe names.
    const secure = certificates && { certificates, port: await serve(config.httpsPort, '--https-port', certificates) }
    const announce = [...config.announce, ...(secure ? secureAddresses(certificates, secure.port) : [])]
    const { listen: at, webSocket } = ways
    const opened = await createNodeCafe({
      ...{ name, mode, budget, data, store, log, listen: at, webSocket },
      ...{ announce, relays: config.relay, origin: config.app },
    })
    // Last of all: what its servers are sending may end.
    ends.unshift(opened.stop)
    cafe = opened
    await checkListening(opened, announce, config)
    const port = await serve(config.port, '--port')
    const closed = Promise.withResolvers<void>()
    const control = await openControl(data, {
      hosting: opened.hosting,
      carrying: opened.carrying,
      close: closed.resolve,
    })
    ends.push(control.close)
    const card = await opened.hosting.status()
    if (!card.open) throw new CafeError('INTERNAL')
    const url = secure ? urlOf(host, port, secure) : `http://${bracketed(host)}:${port}/`
    const refresh = async (): Promise<void> => certificates?.refresh()
    return { url, cafe: opened, card, closed: closed.promise, refresh, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Until it is open. */
const asleep = (): Response => new Response(null, { status: 503, headers: { 'Retry-After': '5' } })

async function openCertificates({ tlsCert, tlsKey }: CafeConfig, log: Log): Promise<Certificates | undefined> {
  return tlsCert && tlsKey ? certificatesFromFiles(tlsCert, tlsKey, log) : undefined
}

/** libp2p goes on without a listener that failed, for the sake of relays that are down; a cafe without one is of no use. */
async function checkListening(
  cafe: NodeCafe,
  announced: readonly string[],
  { host, cafePort, relay }: CafeConfig,
): Promise<void> {
  const isOwn = (address: string): boolean =>
    address.includes('/ws') && !address.includes('/p2p-circuit') && !announced.some((one) => address.startsWith(one))
  const own = cafe.addresses().filter(isOwn)
  if (own.length > 0 || relay.length > 0) return
  for (const one of host === LOOPBACK ? ['127.0.0.1'] : [host]) {
    const reason = await whyNot(one, cafePort, '--cafe-port')
    if (reason) throw reason
  }
  throw new CafeError('INTERNAL', { port: cafePort, flag: '--cafe-port', reason: '' })
}

/** How to close a server: what is being sent may end, what does not is cut; libp2p's connections have no end of their own. */
function closing(server: Server): () => Promise<void> {
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (_, socket) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
  })
  return async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    for (const socket of upgraded) socket.destroy()
    const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE)
    await closed
    clearTimeout(timer)
  }
}

/** The last first. */
async function endAll(ends: Array<() => Promise<void>>, log: Log): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end().catch((cause) => log('warn', 'closing failed', { cause }))
}
