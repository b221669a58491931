/** The relay is only needed to find each other: what stands goes on without it, and new ones come when it is back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 4 * 1024 * 1024

let relay: RelayProcess
let host: Person
let writer: Person
let reader: Person
let invite: string

const join = (person: Person) =>
  person.page.evaluate(async (link) => {
    await cafe.account.create()
    return cafe.account.register(link)
  }, invite)

const pathsTo = async (person: Person, peer: string) => {
  const { connections } = await person.page.evaluate(() => cafe.node.status())
  return connections.filter(({ peerId }) => peerId === peer).map(({ path }) => path)
}

beforeAll(async () => {
  relay = await startRelay()
  ;[host, writer, reader] = await Promise.all([visit(relay.url), visit(relay.url), visit(relay.url)])
  invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite)
})

afterAll(async () => {
  await Promise.all([host, writer, reader].map((person) => person?.browser.close()))
  await relay?.close()
})

test('pinning and reading go on when the relay is killed', async () => {
  const { cafe: peer } = await join(writer)
  await join(reader)
  expect(await pathsTo(writer, peer)).toContain('direct')
  expect(await pathsTo(reader, peer)).toContain('direct')
  await relay.stop('SIGKILL')
  await expect
    .poll(() => writer.page.evaluate(async () => (await cafe.node.status()).relay), { timeout: 20_000 })
    .toBe('waiting')

  const pin = await writer.page.evaluate(async (size) => {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
    const { cid, key, cafes } = await cafe.pins.add(new Blob([bytes]))
    return { cid, key, cafes, digest: [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))] }
  }, SIZE)
  expect(pin.cafes).toMatchObject([{ cafe: peer, state: 'pinned' }])

  // The reader has none of these blocks: they come from the cafe, over the connection that stood before.
  const digest = await reader.page.evaluate(async ({ cid, key }) => {
    const bytes = await (await fetch(`/ipfs/${cid}#key=${key}`)).arrayBuffer()
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
  }, pin)
  expect(digest).toEqual(pin.digest)
})

test('a new guest joins once the relay is back', async () => {
  await relay.restart()
  await expect
    .poll(() => host.page.evaluate(async () => (await cafe.node.status()).addresses.length), { timeout: 30_000 })
    .toBeGreaterThan(0)
  const late = await visit(relay.url)
  try {
    expect(await join(late)).toMatchObject({ name: 'Corner Cafe' })
  } finally {
    await late.browser.close()
  }
})
