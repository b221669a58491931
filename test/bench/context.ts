/**
 * Where figures are measured: a real relay, a cafe in one Chromium, a guest registered with it in another; each made at
 * the first use, shared by all figures of one run, and ended with it.
 */
import { ensureChromium } from '../../.scripts/chromium.mjs'
import type { Pin } from '../../src/worker/api.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

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

/** Bytes of the files that are pinned and read. */
export const FILE_SIZE = 64 * 1024 * 1024

export interface Context {
  world(): Promise<World>
  /** A file of {@link FILE_SIZE} random bytes that the guest has pinned, so that all its blocks are on its disk too. */
  file(): Promise<Pin>
  /** A person with a new profile on the app, whose node has reached the relay. */
  newcomer(): Promise<Person>
  /** Ends everything that was started. */
  close(): Promise<void>
}

export function createContext(): Context {
  const ends: Array<() => Promise<void>> = []
  let world: Promise<World> | undefined
  let file: Promise<Pin> | undefined

  const open = async (): Promise<World> => {
    process.env.CHROMIUM = ensureChromium()
    const relay = await startRelay()
    ends.push(() => relay.close())
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

  const context: Context = {
    world() {
      world ??= open()
      return world
    },
    file() {
      file ??= context.world().then(({ guest }) => pin(guest))
      return file
    },
    async newcomer() {
      const { relay } = await context.world()
      const person = await visit(relay.url)
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
