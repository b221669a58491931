/**
 * Every case of path and trustless gateways through a relay's door, as a program asks: a cafe in a tab has the archives in
 * its store, its host has opened the door, and the relay carries each request there. Cases of hosts are not for the door.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case } from '../conformance/case.ts'
import { check, type World } from '../conformance/check.ts'
import { exceptionFor } from '../conformance/exceptions.ts'
import { loadBlocks, missing, records } from '../conformance/fixtures.ts'
import { ask as askHttp } from '../conformance/http-host.ts'
import { BY_HOST, CASES, keyOf } from '../conformance/table.ts'
import { putBlocks } from '../fixtures/local-blocks.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const cases = CASES.filter(({ group }) => !BY_HOST.has(group))

let relay: RelayProcess
let host: Person
let world: World

/** Asks at the cafe's own paths, and hears of them without what leads to the cafe. */
const askThrough =
  (base: string): World['ask'] =>
  async ({ path, method, headers, tagOf }) => {
    const { port, host } = new URL(relay.url)
    const at = (path: string, more: Record<string, string> = {}, method?: string) =>
      askHttp(Number(port), base + path, { host, method, headers: more })
    const tag = tagOf && (await at(tagOf.path)).headers.get('etag')
    const tagged = tag && { 'if-none-match': tagOf.weak ? `W/${tag}` : tag }
    const answer = await at(path, { ...headers, ...tagged }, method)
    for (const name of ['location', 'content-location']) {
      const value = answer.headers.get(name)
      if (value === null) continue
      expect(value.startsWith(`${base}/`), value).toBe(true)
      answer.headers.set(name, value.slice(base.length))
    }
    return answer
  }

describe.skipIf(missing)('through the door of a relay to a tab', () => {
  beforeAll(async () => {
    relay = await startRelay()
    host = await visit(relay.url)
    const source = await loadBlocks()
    const known = records()
    await putBlocks(host.page, source.blocks)
    const url = await host.page.evaluate(
      async (all) => {
        // Those that do not verify are refused, as they must be.
        for (const [name, record] of all) await cafe.names.add(name, Uint8Array.from(record)).catch(() => {})
        await cafe.host.open({ name: 'Corner Cafe' })
        return (await cafe.host.setDoor({ open: true })).url
      },
      [...known].map(([name, record]) => [name, [...record]] as const),
    )
    world = { source, records: known, ask: askThrough(new URL(url).pathname.replace(/\/$/, '')) }
  }, 120_000)

  afterAll(async () => {
    await host?.browser.close()
    await relay?.close()
  })

  it.each(cases.map((one): [string, Case] => [keyOf(one), one]))('%s', async (key, one) => {
    const wrong = await check(one, world)
    if (exceptionFor(key, 'door') === undefined) expect(wrong.join('\n')).toBe('')
    else expect(wrong, 'is excepted, but passes').not.toEqual([])
  })
})
