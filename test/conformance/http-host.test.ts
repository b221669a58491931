/** The host that the cases are asked over: it streams, ends requests of clients that go away, and never ends a body early. */
import { afterEach, expect, it, vi } from 'vitest'
import { ask, type HttpHost, serve } from './http-host.ts'

let host: HttpHost | undefined
afterEach(() => host?.close())

const bodyOf = (
  pull: (controller: ReadableStreamDefaultController<Uint8Array>, n: number) => void,
  cancel?: () => void,
) => {
  let n = 0
  return new ReadableStream<Uint8Array>({ pull: (controller) => pull(controller, n++), ...(cancel && { cancel }) })
}

it('hands on methods, hosts, headers and bodies, both ways', async () => {
  host = await serve(async (request) => {
    const said = `${request.method} ${request.url} ${request.headers.get('x-said')} ${await request.text()}`
    return new Response(said, { status: 203, headers: { 'x-heard': 'yes' } })
  })
  const answer = await ask(host.port, '/a%2Fb?c=d', { host: 'example.com', headers: { 'x-said': 'this' } })
  expect(new TextDecoder().decode(answer.body)).toBe('GET http://example.com/a%2Fb?c=d this ')
  expect(answer.status).toBe(203)
  expect(answer.headers.get('x-heard')).toBe('yes')
  const posted = await fetch(`http://127.0.0.1:${host.port}/`, { method: 'POST', body: 'a body' })
  expect(await posted.text()).toContain('a body')
})

it('gives HEAD no body and lets the one that was made go', async () => {
  const cancelled = vi.fn()
  host = await serve(async () => new Response(bodyOf((controller) => controller.enqueue(new Uint8Array(9)), cancelled)))
  const answer = await ask(host.port, '/', { method: 'HEAD' })
  expect(answer.body.byteLength).toBe(0)
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce())
})

it('cuts a body that fails, so that nobody takes it for whole', async () => {
  host = await serve(
    async () =>
      new Response(
        bodyOf((controller, n) =>
          n < 3 ? controller.enqueue(new Uint8Array(1000)) : controller.error(new Error('lost')),
        ),
      ),
  )
  await expect(ask(host.port, '/')).rejects.toThrow()
})

it('streams without gathering, and ends with its client', async () => {
  let pulled = 0
  const gone = Promise.withResolvers<void>()
  host = await serve(async ({ signal }) => {
    signal.addEventListener('abort', () => gone.resolve())
    return new Response(
      bodyOf((controller) => {
        pulled++
        controller.enqueue(new Uint8Array(65_536))
      }),
    )
  })
  const stop = new AbortController()
  const response = await fetch(`http://127.0.0.1:${host.port}/`, { signal: stop.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  // A client that does not read is waited for: an endless body stays within what sockets hold.
  const before = await settled(() => pulled)
  expect(before * 65_536).toBeLessThan(64 * 1024 * 1024)
  stop.abort()
  await gone.promise
  await vi.waitFor(() => expect(host?.underWay()).toBe(0))
})

/** A number once it no longer changes. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (read() === last) return last
    last = read()
  }
}
