/** Every case of the table against the gateway's core, over HTTP in Node. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case } from './case.ts'
import { check, type World } from './check.ts'
import { EXCEPTIONS, exceptionFor } from './exceptions.ts'
import { absent, loadBlocks, missing, records } from './fixtures.ts'
import { createHost } from './host.ts'
import { ask, type HttpHost, serve } from './http-host.ts'
import { BY_HOST, CASES, COUNTS, keyOf } from './table.ts'

describe('the table', () => {
  it('has every case that is named, once, and no other', () => {
    const names = readFileSync(new URL('names.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n')
    expect(CASES.map(keyOf)).toEqual(names)
    expect(new Set(names).size).toBe(names.length)
  })

  it('has as many cases in every group as the suite', () => {
    const counts = Object.groupBy(CASES, ({ group }) => group)
    expect(Object.fromEntries(Object.entries(counts).map(([group, cases]) => [group, cases.length]))).toEqual(COUNTS)
    expect(CASES.filter(({ group }) => !BY_HOST.has(group))).toHaveLength(197)
    expect(CASES.filter(({ group }) => BY_HOST.has(group))).toHaveLength(65)
  })

  it('excepts cases that there are, each once for a runner, and no more than may be', () => {
    const keys = new Set(CASES.map(keyOf))
    for (const runner of ['node', 'browser'] as const) {
      const excepted = EXCEPTIONS.filter(({ runners }) => runners.includes(runner)).flatMap(({ cases }) => cases)
      expect(excepted.filter((key) => !keys.has(key))).toEqual([])
      expect(new Set(excepted).size).toBe(excepted.length)
    }
    const passing = (runner: 'node' | 'browser', byHost: boolean): number =>
      CASES.filter((one) => BY_HOST.has(one.group) === byHost && !exceptionFor(keyOf(one), runner)).length
    expect(passing('node', false)).toBeGreaterThanOrEqual(185)
    expect(passing('browser', false)).toBeGreaterThanOrEqual(175)
    expect(passing('node', true)).toBeGreaterThanOrEqual(55)
  })
})

describe.skipIf(missing)('over HTTP', () => {
  let host: HttpHost
  let world: World
  beforeAll(async () => {
    const source = await loadBlocks()
    const known = records()
    host = await serve(createHost(source, known))
    world = { source, records: known, ask: askHost }
  })
  afterAll(() => host?.close())

  const askHost: World['ask'] = async ({ path, tagOf, ...how }) => {
    const tag = tagOf && (await ask(host.port, tagOf.path)).headers.get('etag')
    const headers = { ...how.headers, ...(tag && { 'if-none-match': tagOf.weak ? `W/${tag}` : tag }) }
    return ask(host.port, path, { ...how, headers })
  }

  it('there is every archive that the cases are about', () => expect(absent()).toEqual([]))

  it.each(CASES.map((one): [string, Case] => [keyOf(one), one]))('%s', async (key, one) => {
    const wrong = await check(one, world)
    if (exceptionFor(key, 'node') === undefined) expect(wrong.join('\n')).toBe('')
    else expect(wrong, 'is excepted, but passes').not.toEqual([])
  })
})
