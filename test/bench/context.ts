/**
 * Where figures are measured: a real relay, a cafe in one Chromium, a guest registered with it in another; each made at
 * the first use, shared by all figures of one run, and ended with it.
 */
import { ensureChromium } from '../../.scripts/chromium.mjs'
import type { Pin } from '../../src/worker/api.ts'
import { type Pages, servePages } from '../fixtures/pages.ts'
import { type Person, type VisitOptions, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { type GatewayWorld, openGateway } from './gateway.ts'
import { type Growth, type LabPage, measureGrowth, openLab } from './lab.ts'
import { openPeers, type Peers } from './peers.ts'

export interface World {
  readonly relay: RelayProcess
  readonly host: Person
  /** Registered with the host's cafe. */
  readonly guest: Person
  /** Admits anybody to the host's cafe. */
  readonly invite: string
  /** Peer id of the host. */
  readonly cafe: string
}

/** Bytes of the files that are pinned. */
export const FILE_SIZE = 64 * 1024 * 1024

export interface Context {
  relay(): Promise<RelayProcess>
  world(): Promise<World>
  /** The bench's own pages. */
  pages(): Promise<Pages>
  /** Bare libp2p nodes in two browsers of their own. */
  peers(): Promise<Peers>
  /** A browser with the pin engine over its stores. */
  lab(): Promise<LabPage>
  /** Another one, for the index of names: it is filled more and more. */
  names(): Promise<LabPage>
  /** What a growing store does to its costs: measured once, for several figures. */
  growth(): Promise<Growth>
  /** Our gateway and what it is compared with, over one store. */
  gateway(): Promise<GatewayWorld>
  /** A person with a new profile on the app, whose node has reached the relay. */
  newcomer(options?: VisitOptions): Promise<Person>
  /** Ends everything that was started. */
  close(): Promise<void>
}

export function createContext(): Context {
  const ends: Array<() => Promise<void>> = []
  let relay: Promise<RelayProcess> | undefined
  let pages: Promise<Pages> | undefined
  let world: Promise<World> | undefined
  let peers: Promise<Peers> | undefined
  let gateway: Promise<GatewayWorld> | undefined
  let lab: Promise<LabPage> | undefined
  let names: Promise<LabPage> | undefined
  let growth: Promise<Growth> | undefined

  const start = async (): Promise<RelayProcess> => {
    process.env.CHROMIUM = ensureChromium()
    const started = await startRelay()
    ends.push(() => started.close())
    return started
  }
  const open = async (): Promise<World> => {
    const relay = await context.relay()
    const person = async (): Promise<Person> => {
      const made = await visit(relay.url)
      ends.push(() => made.browser.close())
      await reachRelay(made)
      return made
    }
    const [host, guest] = await Promise.all([person(), person()])
    const { invite, peerId } = await host.page.evaluate(() => cafe.host.open({ name: 'Bench Cafe' }))
    await guest.page.evaluate(async (link) => {
      await cafe.account.create()
      await cafe.account.register(link)
    }, invite)
    return { relay, host, guest, invite, cafe: peerId }
  }

  const buildPages = async (): Promise<Pages> => {
    const entries = ['peer.html', 'lend.html', 'store.html']
    const served = await servePages(new URL('./pages/', import.meta.url), entries)
    ends.push(() => served.close())
    return served
  }
  const openStore = async (): Promise<LabPage> => {
    const { origin } = await context.pages()
    const opened = await openLab(`${origin}/store.html`)
    ends.push(() => opened.close())
    return opened
  }
  const startGateway = async (): Promise<GatewayWorld> => {
    process.env.CHROMIUM = ensureChromium()
    const opened = await openGateway()
    ends.push(() => opened.close())
    return opened
  }
  const connect = async (): Promise<Peers> => {
    const [{ origin }, { relay }] = [await context.pages(), await context.relay()]
    const opened = await openPeers(`${origin}/peer.html`, relay[0] as string)
    ends.push(() => opened.close())
    return opened
  }

  const context: Context = {
    relay() {
      relay ??= start()
      return relay
    },
    pages() {
      pages ??= buildPages()
      return pages
    },
    peers() {
      peers ??= connect()
      return peers
    },
    world() {
      world ??= open()
      return world
    },
    lab() {
      lab ??= openStore()
      return lab
    },
    names() {
      names ??= openStore()
      return names
    },
    growth() {
      growth ??= context.pages().then(({ origin }) => measureGrowth(`${origin}/store.html`))
      return growth
    },
    gateway() {
      gateway ??= startGateway()
      return gateway
    },
    async newcomer(options) {
      const person = await visit((await context.relay()).url, options)
      await reachRelay(person)
      return person
    },
    async close() {
      await Promise.allSettled(ends.splice(0).map((end) => end()))
    },
  }
  return context
}

async function reachRelay({ page }: Person): Promise<void> {
  await page.waitForFunction(async () => (await cafe.node.status()).relay === 'connected', undefined, { polling: 50 })
}

/** Makes random bytes in the page and pins them there. @returns the pin, and the time that pinning took in the page. */
export async function pin({ page }: Person): Promise<Pin & { readonly ms: number }> {
  return page.evaluate(async (size) => {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
    const blob = new File([bytes], 'bench.bin')
    const started = performance.now()
    const pinned = await cafe.pins.add(blob)
    return { ...pinned, ms: performance.now() - started }
  }, FILE_SIZE)
}
