/** A cafe that runs in Node, in the relay's process: a guest joins by its invite and pins; somebody else opens the link. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 2 * 1024 * 1024

const data = mkdtempSync(join(tmpdir(), 'cafe-e2e-node-'))
let relay: RelayProcess
let people: Person[] = []

beforeAll(async () => {
  relay = await startRelay(['--cafe', 'Corner Cafe', '--cafe-data', data, '--cafe-port', '0'])
  people = await Promise.all([visit(relay.url), visit(relay.url)])
})
afterAll(async () => {
  await Promise.all(people.map(({ browser }) => browser.close()))
  await relay?.close()
  rmSync(data, { recursive: true, force: true })
})

test('keeps the file of a guest, which opens in another profile with the guest gone', async () => {
  const [guest, friend] = people as [Person, Person]
  const { cafe: card } = JSON.parse(
    relay
      .output()
      .split('\n')
      .find((line) => line.startsWith('{')) as string,
  ) as { cafe: { peerId: string; invite: string } }
  const link = await guest.page.evaluate(
    async ([invite, size]) => {
      await cafe.account.create()
      await cafe.account.register(invite as string)
      const pin = await cafe.pins.add(new File([new Uint8Array(size as number).fill(7)], 'clip.bin'))
      if (pin.cafes[0]?.state !== 'pinned') throw new Error(JSON.stringify(pin.cafes))
      return pin.link
    },
    [card.invite, SIZE] as const,
  )
  const { connections } = await guest.page.evaluate(() => cafe.node.status())
  expect(connections).toContainEqual(
    expect.objectContaining({ peerId: card.peerId, path: 'direct', transport: 'websocket' }),
  )
  await guest.browser.close()
  people = [friend]
  const opened = await friend.page.evaluate(async (link) => {
    const bytes = new Uint8Array(await (await fetch(link)).arrayBuffer())
    return { size: bytes.byteLength, same: bytes.every((byte) => byte === 7) }
  }, link)
  expect(opened).toEqual({ size: SIZE, same: true })
})
