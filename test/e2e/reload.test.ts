/** The only tab of a host is reloaded while a guest sends or reads: the guest sees a pause, never an error. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ready, SAMPLE_BYTES, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 64 * 1024 * 1024

describe('a reload of the only tab of a cafe', () => {
  let relay: RelayProcess
  let host: Person
  let guest: Person
  let pinned: { cid: string; key: string; link: string }

  beforeAll(async () => {
    relay = await startRelay()
    ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
    const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
    await guest.page.evaluate(async (link) => {
      await cafe.account.create()
      await cafe.account.register(link)
    }, invite)
  })
  afterAll(async () => {
    await Promise.all([host?.browser.close(), guest?.browser.close()])
    await relay?.close()
  })

  test('during an upload is a pause for the guest', async () => {
    await guest.page.evaluate(
      async ([source, size]) => {
        const sample = new Function(`return ${source}`)() as (size: number) => Uint8Array<ArrayBuffer>
        const state = { sent: [] as number[] }
        const adding = cafe.pins.add(new File([sample(size)], 'big.bin'), {
          onProgress: ({ sent }) => state.sent.push(sent),
        })
        adding.catch(() => {})
        Object.assign(globalThis, { state, adding })
      },
      [SAMPLE_BYTES, SIZE] as const,
    )
    await guest.page.waitForFunction(
      (some) => ((globalThis as unknown as { state: { sent: number[] } }).state.sent.at(-1) ?? 0) > some,
      SIZE / 4,
    )
    await host.page.reload()
    const result = await guest.page.evaluate(async () => {
      const { state, adding } = globalThis as unknown as {
        state: { sent: number[] }
        adding: ReturnType<typeof cafe.pins.add>
      }
      const atReload = state.sent.at(-1) ?? 0
      return { pin: await adding, sent: state.sent, atReload }
    })
    pinned = result.pin
    expect(result.atReload).toBeLessThan(SIZE)
    expect(result.pin.cafes).toMatchObject([{ state: 'pinned' }])
    expect(result.sent).toEqual(result.sent.toSorted((a, b) => a - b))
    await ready(host.page)
    const [client] = await host.page.evaluate(() => cafe.host.clients())
    expect(client).toMatchObject({ roots: 1 })
  })

  test('during a download by link is a pause for the reader', async () => {
    const reader = await visit(relay.url)
    try {
      await reader.page.evaluate(async (link) => {
        const response = await fetch(link)
        const state = { read: 0, status: response.status }
        const body = response.body as ReadableStream<Uint8Array<ArrayBuffer>>
        const counted = body.pipeThrough(
          new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform(chunk, controller) {
              state.read += chunk.byteLength
              controller.enqueue(chunk)
            },
          }),
        )
        const reading = new Response(counted).arrayBuffer()
        reading.catch(() => {})
        Object.assign(globalThis, { state, reading })
      }, pinned.link)
      await reader.page.waitForFunction(
        (some) => (globalThis as unknown as { state: { read: number } }).state.read > some,
        SIZE / 8,
      )
      await host.page.reload()
      const result = await reader.page.evaluate(
        async ([source, size]) => {
          const { state, reading } = globalThis as unknown as {
            state: { read: number; status: number }
            reading: Promise<ArrayBuffer>
          }
          const atReload = state.read
          const sample = new Function(`return ${source}`)() as (size: number) => Uint8Array
          const expected = sample(size)
          const bytes = new Uint8Array(await reading)
          const same = bytes.length === expected.length && bytes.every((byte, i) => byte === expected[i])
          return { status: state.status, same, atReload }
        },
        [SAMPLE_BYTES, SIZE] as const,
      )
      expect(result.atReload).toBeLessThan(SIZE)
      expect(result).toMatchObject({ status: 200, same: true })
    } finally {
      await reader.browser.close()
    }
  })
})
