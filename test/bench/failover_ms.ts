/**
 * A guest with two tabs uploads; the tab that lends the connection to the cafe is closed. The time from its `pagehide`
 * to the first byte that the cafe confirms of the resumed transfer. The limit is what bare WebRTC needs to connect the
 * other tab with the cafe's; we also have to notice, to agree on what is there already, and to move a block.
 */
import type { Page } from 'playwright-core'
import { ready } from '../fixtures/profiles.ts'
import { compare, type Figure } from './figure.ts'
import { openRawChannel } from './raw-channel.ts'

const SIZE = 32 * 1024 * 1024
/** Milliseconds within which what was confirmed before the close has all arrived (the bridge fails by then, at the latest). */
const NOTICED = 250
/** Milliseconds to wait for an upload that has been cut. */
const RESUMED = 60_000

/** A confirmation, at milliseconds since the epoch. */
interface Confirmed {
  readonly at: number
  readonly sent: number
}

interface Upload {
  readonly confirmed: Confirmed[]
  /** Empty if it was pinned, else why not. */
  readonly done: Promise<string>
}

type PageWithUpload = typeof globalThis & { benchUpload: Upload }

export const figure: Figure = {
  name: 'failover_ms',
  unit: 'ms',
  async run(context) {
    const { host, invite, cafe: peer } = await context.world()
    const { browser, page } = await context.newcomer()
    try {
      await page.evaluate(async (link) => {
        await cafe.account.create()
        await cafe.account.register(link)
      }, invite)
      // The tab that lends is closed in each run; the one that goes on lends in the next.
      let lender = page
      const failOver = async (): Promise<number> => {
        const since = await directSince(lender, peer)
        const other = await browser.context.newPage()
        await other.goto((await context.relay()).url)
        await ready(other)
        if ((await directSince(other, peer)) !== since) throw new Error('the connection is not the first tab’s')
        const ms = await closeInUpload(lender, other)
        lender = other
        return ms
      }
      const connect = async (): Promise<number> => {
        const raw = await openRawChannel(lender, host.page)
        await raw.close()
        return raw.setUp
      }
      return await compare(5, failOver, connect)
    } finally {
      await browser.close()
    }
  },
}

/** Since when there is a direct connection to the cafe: waits for one. */
async function directSince(page: Page, peer: string): Promise<number> {
  const handle = await page.waitForFunction(
    async (cafeId) => {
      const { connections } = await cafe.node.status()
      return connections.find(({ peerId, path }) => peerId === cafeId && path === 'direct')?.since
    },
    peer,
    { polling: 100 },
  )
  return (await handle.jsonValue()) as number
}

/** Uploads in `other`, and closes `lender` when a quarter is confirmed. */
async function closeInUpload(lender: Page, other: Page): Promise<number> {
  await lender.evaluate(() => {
    localStorage.removeItem('bench-hidden')
    addEventListener('pagehide', () => localStorage.setItem('bench-hidden', String(Date.now())))
  })
  await other.evaluate(startUpload, SIZE)
  const begun = (size: number): boolean =>
    ((globalThis as PageWithUpload).benchUpload.confirmed.at(-1)?.sent ?? 0) > size / 4
  await other.waitForFunction(begun, SIZE, { polling: 20 })
  await lender.close()
  const failure = await Promise.race([
    other.evaluate(() => (globalThis as PageWithUpload).benchUpload.done),
    new Promise<string>((resolve) => setTimeout(resolve, RESUMED, `nothing for ${RESUMED} ms`).unref()),
  ])
  if (failure !== '') throw new Error(`the upload did not resume when its tab was closed: ${failure}`)
  const { confirmed, hidden } = await other.evaluate(() => ({
    confirmed: (globalThis as PageWithUpload).benchUpload.confirmed,
    hidden: Number(localStorage.getItem('bench-hidden')),
  }))
  return resumedAfter(hidden, confirmed)
}

function startUpload(size: number): void {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  const confirmed: Confirmed[] = []
  const onProgress = ({ sent }: { sent: number }): void => {
    if (sent > (confirmed.at(-1)?.sent ?? 0)) confirmed.push({ at: Date.now(), sent })
  }
  const done = cafe.pins.add(new File([bytes], 'bench.bin'), { onProgress }).then(
    ({ cafes: [at] }) => (at?.state === 'pinned' ? '' : String(at?.reason)),
    (error) => String(error),
  )
  Object.assign(globalThis, { benchUpload: { confirmed, done } satisfies Upload })
}

/**
 * Milliseconds from `hidden` to the end of the longest silence that begins within {@link NOTICED} of it. Confirmations
 * that were already on their way to the page come in just after the close; a new connection takes longer than those.
 */
function resumedAfter(hidden: number, confirmed: readonly Confirmed[]): number {
  if (hidden === 0) throw new Error('the closed tab told no time')
  const after = [{ at: hidden, sent: 0 }, ...confirmed.filter(({ at }) => at >= hidden)]
  let longest = 0
  let resumed: number | undefined
  for (const [i, { at }] of after.entries()) {
    const next = after[i + 1]?.at
    if (next === undefined || at - hidden > NOTICED || next - at < longest) continue
    longest = next - at
    resumed = next
  }
  if (resumed === undefined) throw new Error('nothing was left to confirm when the tab was closed')
  return resumed - hidden
}
