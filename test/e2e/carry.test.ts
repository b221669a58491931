/** The cafe of a browser that goes elsewhere whole: into Node, back into another browser, and into a file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createNodeCafe, type NodeCafe } from '../../relay/cafe/cafe.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const PASSPHRASE = 'three green parrots'
const WAIT = { timeout: 90_000, interval: 500 }

let relay: RelayProcess
let folder: string
let node: NodeCafe | undefined
let host: Person
let guest: Person
let peerId: string
let cid: string
const people: Person[] = []

const person = async (): Promise<Person> => {
  const one = await visit(relay.url)
  people.push(one)
  return one
}

const startNode = (hosts: boolean): Promise<NodeCafe> =>
  createNodeCafe({
    ...{ data: folder, hosts, log: silentLog, origin: relay.url.slice(0, -1) },
    ...{ relays: relay.relay, announce: [], listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
  })

beforeAll(async () => {
  relay = await startRelay()
  folder = await mkdtemp(join(tmpdir(), 'carry-'))
  ;[host, guest] = await Promise.all([person(), person()])
  const opened = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  peerId = opened.peerId
  cid = await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
    const file = new File([crypto.getRandomValues(new Uint8Array(60_000))], 'holiday.bin')
    return (await cafe.pins.add(file)).cid
  }, opened.invite)
  await provesPin()
})

afterAll(async () => {
  await Promise.all(people.map(({ browser }) => browser.close()))
  await node?.stop()
  await relay?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The guest, who does nothing but look, finds the file whole at the cafe of that name, wherever that is. */
const provesPin = (): Promise<void> =>
  vi.waitFor(async () => {
    const pin = await guest.page.evaluate((cid) => cafe.pins.audit(cid), cid)
    const [at] = pin.cafes
    expect(at).toMatchObject({ cafe: peerId, state: 'pinned' })
  }, WAIT)

const statusOf = ({ page }: Person) => page.evaluate(() => cafe.host.status())

test('into Node by a code: the browser says where it went, and its people notice nothing', async () => {
  node = await startNode(false)
  const { code } = await node.carrying.receive()
  const moved = await host.page.evaluate((code) => cafe.host.move(code), code)
  expect(moved.told).toBe(true)
  await node.over
  await node.stop()
  node = await startNode(true)
  expect(node.peer).toBe(peerId)
  expect(await node.hosting.status()).toMatchObject({ open: true, name: 'Corner Cafe', clients: 1, roots: 1 })
  await vi.waitFor(async () => {
    const { departure } = await host.page.evaluate(() => cafe.host.carried())
    expect(departure).toMatchObject({ cafe: peerId, told: true })
    const { peerId: now } = await host.page.evaluate(() => cafe.node.status())
    expect(now).not.toBe(peerId)
  }, WAIT)
  expect(await statusOf(host)).toEqual({ open: false })
  await provesPin()
})

test('and back into another browser, which is the cafe from then on', async () => {
  const next = await person()
  const { code } = await next.page.evaluate(() => cafe.host.receive())
  const moved = await (node as NodeCafe).carrying.move(code, { signal: AbortSignal.timeout(60_000) })
  expect(moved.told).toBe(true)
  await node?.stop()
  node = undefined
  await vi.waitFor(
    async () => expect(await statusOf(next)).toMatchObject({ open: true, peerId, name: 'Corner Cafe' }),
    WAIT,
  )
  await provesPin()

  const file = await next.page.evaluate(async (passphrase) => {
    const { file, blocks } = await cafe.host.export({ passphrase })
    const bytes = new Uint8Array(await (file as Blob).arrayBuffer())
    return { blocks, base64: bytes.toBase64() }
  }, PASSPHRASE)
  expect(file.blocks).toBeGreaterThan(0)
  const last = await person()
  const take = (passphrase: string) =>
    last.page.evaluate(
      async ([base64, passphrase]) => {
        try {
          const blob = new Blob([Uint8Array.fromBase64(base64 as string)])
          return await cafe.host.import(blob, { passphrase: passphrase as string })
        } catch (error) {
          const { code, data } = error as { code: string; data: { what?: string } }
          return { code, what: data.what }
        }
      },
      [file.base64, passphrase],
    )
  expect(await take('three green parrot')).toEqual({ code: 'FORBIDDEN', what: 'passphrase' })
  expect(await take(PASSPHRASE)).toEqual({ code: 'CONFLICT', what: 'running' })
  await next.browser.close()
  await vi.waitFor(async () => expect(await take(PASSPHRASE)).toEqual({ cafe: peerId, name: 'Corner Cafe' }), WAIT)
  await vi.waitFor(async () => expect(await statusOf(last)).toMatchObject({ open: true, peerId }), WAIT)
  await provesPin()
})
