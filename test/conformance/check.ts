/** Whether an answer is what a case expects: every fact that is not true, in words. */

import type { MemorySource } from '../unit/gateway-help.ts'
import type { BodyFact, Case, HeaderFact, Seen } from './case.ts'
import { type Bytes, shardsOf } from './fixtures.ts'
import { byteRanges, carBlocks, linksOf, tarFiles } from './formats.ts'

/** What the facts are about, and whom to ask for another answer. */
export interface World {
  readonly source: MemorySource
  readonly records: ReadonlyMap<string, Bytes>
  ask(request: Case['request']): Promise<Seen>
}

/** All that is wrong; empty if nothing is. */
export async function check({ request, expect }: Case, world: World): Promise<string[]> {
  const seen = await world.ask(request)
  const wrong: string[] = []
  const { status, headers = {}, body } = expect
  if (status !== undefined && ![status].flat().includes(seen.status)) wrong.push(`status ${seen.status}, not ${status}`)
  for (const [name, fact] of Object.entries(headers)) {
    const found = name === 'location' ? leadsTo(seen.headers.get(name), request) : seen.headers.get(name)
    if (!headerHolds(fact, found)) wrong.push(`${name}: ${found}, not ${JSON.stringify(fact)}`)
  }
  if (!body) return wrong
  try {
    wrong.push(...(await bodyFaults(body, seen, request, world)))
  } catch (error) {
    wrong.push(`body (${seen.body.byteLength} bytes): ${error}`)
  }
  return wrong
}

/** Where a redirect leads, relative or not: a path of the same host, else a whole URL. */
function leadsTo(location: string | null, { host = 'gateway', path }: Case['request']): string | null {
  if (location === null) return null
  const base = new URL(path, `http://${host}`)
  const url = new URL(location, base)
  return url.origin === base.origin ? url.pathname + url.search : url.href
}

function headerHolds(fact: HeaderFact, found: string | null): boolean {
  if (fact === null) return found === null
  if (fact === true) return found !== null && found !== ''
  if (typeof fact === 'string') return found === fact
  if ('nothingOr' in fact) return found === null || found === fact.nothingOr
  const value = (found ?? '').toLowerCase()
  if ('has' in fact) return fact.has.every((part) => value.includes(part.toLowerCase()))
  if ('lacks' in fact) return !fact.lacks.some((part) => value.includes(part.toLowerCase()))
  return found !== null && new RegExp(fact.matches).test(found)
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0

async function bodyFaults(fact: BodyFact, seen: Seen, request: Case['request'], world: World): Promise<string[]> {
  const { body } = seen
  const content = new TextDecoder().decode(body)
  const faults = (name: string, ...bad: string[]): string[] => (bad.length > 0 ? [`${name}: ${bad.join(', ')}`] : [])
  const block = (cid: string, [from, to]: readonly number[] = [0]): Bytes | undefined =>
    world.source.blocks.get(cid)?.slice(from, to === undefined ? undefined : to + 1)

  if ('text' in fact) return content === fact.text ? [] : [`text ${JSON.stringify(content.slice(0, 200))}`]
  if ('contains' in fact) {
    const { contains, lacks = [] } = fact
    return faults(
      'text',
      ...contains.filter((part) => !content.includes(part)),
      ...lacks.filter((part) => content.includes(part)),
    )
  }
  if ('json' in fact)
    return JSON.stringify(JSON.parse(content)) === JSON.stringify(fact.json) ? [] : [`json ${content}`]
  if ('block' in fact)
    return same(body, block(fact.block, fact.span)) ? [] : [`not the bytes of ${fact.block}: ${content.slice(0, 80)}`]
  if ('partsOf' in fact) {
    const parts = byteRanges(seen.headers.get('content-type') ?? '', body)
    const size = block(fact.partsOf)?.byteLength
    return faults(
      'parts',
      ...(parts.length === fact.spans.length ? [] : [`${parts.length}`]),
      ...fact.spans.flatMap((span, i) => {
        const part = parts[i]
        const right = part && part.range === `bytes ${span[0]}-${span[1]}/${size}` && part.type.startsWith(fact.type)
        return right && same(part.body, block(fact.partsOf, span)) ? [] : [JSON.stringify(part)]
      }),
    )
  }
  if ('car' in fact) return carFaults(fact.car, await carBlocks(body), world.source)
  if ('tar' in fact) {
    const files = tarFiles(body)
    return fact.tar
      .filter(({ path, text }) => !files.has(path) || (text !== undefined && !same(Buffer.from(text), files.get(path))))
      .map(({ path }) => `tar: no ${path} in ${[...files.keys()]}`)
  }
  if ('linksTo' in fact) {
    const links = linksOf(content, new URL(request.path, `http://${request.host ?? 'gateway'}`).href)
    const { linksTo, notTo = [] } = fact
    const bad = [...linksTo.filter((link) => !links.includes(link)), ...notTo.filter((link) => links.includes(link))]
    return bad.length > 0 ? [`links ${links}: ${bad}`] : []
  }
  if ('sameAs' in fact) {
    const other = await world.ask({ path: fact.sameAs })
    return other.status === 200 && same(body, other.body)
      ? []
      : [`not the same as ${fact.sameAs}: ${content.slice(0, 80)}`]
  }
  const record = world.records.get(fact.record)
  return same(body, record) && record?.length && latin1(record).includes(fact.value) ? [] : ['not the record']
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

function carFaults(fact: Extract<BodyFact, { car: unknown }>['car'], found: string[], source: MemorySource): string[] {
  const wanted = fact.blocks.flatMap((entry) =>
    typeof entry === 'string' ? [entry] : shardsOf(source, entry.shardsOf),
  )
  const inOrder = (list: readonly string[]): string => (fact.ordered ? list : [...list].sort()).join(' ')
  const absent = wanted.filter((cid) => !found.includes(cid))
  if (absent.length > 0) return [`car without ${absent.slice(0, 4)}`]
  if (fact.exactly && inOrder(found) !== inOrder(wanted))
    return [`car of ${found.length}, not ${wanted.length}: ${found.slice(0, 12)}`]
  return []
}
