/** The keyed twin over HTTP in Node: every way to ask for parts, of plain and encrypted files in leaves of many sizes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGateway } from '../../src/gateway/gateway.ts'
import { importFile, importSealed, MemorySource } from '../unit/gateway-help.ts'
import type { Seen } from './case.ts'
import { ask, type HttpHost, serve } from './http-host.ts'
import { CASES } from './table.ts'
import { headersOf, TWIN_REQUESTS, TWINS, twinFaults } from './twin.ts'

describe('ways to ask', () => {
  it('have every range of the table in them', () => {
    const asked = new Set(TWINS.flatMap(({ bytes }) => TWIN_REQUESTS.map(({ range }) => range?.(bytes.byteLength))))
    const wanted = CASES.filter(({ group }) => group === 'range').map(({ request }) => request.headers?.['range'])
    // Those about a lost block are positions in a file that has none here.
    expect(wanted.filter((range) => !/bytes=(997|2200)/.test(range ?? '') && !asked.has(range))).toEqual([])
  })
})

describe.each([
  { of: 'leaves as large as segments', leaf: 262_144 },
  { of: 'leaves of an odd size', leaf: 100_003 },
  { of: 'small leaves in small nodes', leaf: 4096, fanout: 5 },
])('files in $of', ({ leaf, fanout = 174 }) => {
  let host: HttpHost
  const links = new Map<string, { plain: string; keyed: string }>()
  beforeAll(async () => {
    const source = new MemorySource()
    for (const { name, bytes } of TWINS) {
      const plain = await importFile(source, bytes, { leaf, fanout })
      const { cid, key } = await importSealed(source, bytes, { leaf, fanout })
      const query = `filename=${encodeURIComponent(name)}`
      // Over HTTP a fragment goes nowhere: here the key is where Textile had it.
      links.set(name, { plain: `/ipfs/${plain}?${query}`, keyed: `/ipfs/${cid}?${query}&key=${key}` })
    }
    host = await serve(createGateway({ blocks: source }))
  })
  afterAll(() => host?.close())

  it.each(TWINS)('$name is the same bytes, encrypted or not', async ({ name, bytes }) => {
    const link = links.get(name) ?? { plain: '', keyed: '' }
    const tags = { plain: '', keyed: '' }
    const answer = async (which: 'plain' | 'keyed', request: (typeof TWIN_REQUESTS)[number]): Promise<Seen> => {
      const seen = await ask(host.port, link[which], {
        method: request.method,
        headers: headersOf(request, bytes.byteLength, tags[which]),
      })
      tags[which] ||= seen.headers.get('etag') ?? ''
      return seen
    }
    for (const request of TWIN_REQUESTS) {
      const [plain, keyed] = [await answer('plain', request), await answer('keyed', request)]
      expect(twinFaults(plain, keyed), request.name).toEqual([])
      if (request.name === 'all of it') expect(Buffer.compare(keyed.body, bytes)).toBe(0)
    }
    expect(tags.plain).not.toBe(tags.keyed)
  })
})
