/** No table of a cafe can be forgotten when it is carried: the source is read for every one there is. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cafePrefixes, carriedTables, LEFT_BEHIND, OF_THE_DEVICE } from '../../src/cafe/carry/tables.ts'
import { memoryRows } from '../../src/store/memory.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const files = globSync(['src/{cafe,worker,store,net}/**/*.ts', 'relay/**/*.ts'], { cwd: ROOT })
  .map((file) => [file, readFileSync(`${ROOT}${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')] as const)
  .filter(([file]) => !file.endsWith('store/table.ts'))

/** Names of tables, and calls of `table` whose name is not written out. */
function tablesIn(text: string): { names: string[]; unnamed: number } {
  const calls = [...text.matchAll(/(?<![.\w])table\(\s*[\w.]+,\s*(?:'([^']+)')?/g)]
  const raw = [...text.matchAll(/'\/cafe\/([a-z-]+)(?:\/?)'/g)].map(([, name]) => name as string)
  const named = calls.flatMap(([, name]) => name ?? [])
  return { names: [...named, ...raw], unnamed: calls.length - named.length }
}

const found = files.map(([file, text]) => ({ file, ...tablesIn(text) }))
const names = new Set(found.flatMap(({ names }) => names))
const carried = carriedTables(memoryRows()).map(({ name }) => name)

describe('what is carried of a cafe', () => {
  it('is read from the source at all', () => {
    for (const known of ['client', 'pin', 'held', 'inbox', 'card-word', 'host', 'own-info', 'former-key'])
      expect([...names]).toContain(known)
    expect(tablesIn("const a = table(rows, 'some', row); const b = table(rows, other, row)")).toEqual({
      names: ['some'],
      unnamed: 1,
    })
  })

  it('is every table, but those that are left behind for a reason', () => {
    const known = new Set([...carried, ...Object.keys(LEFT_BEHIND), ...Object.keys(OF_THE_DEVICE)])
    expect(
      [...names].filter((name) => !known.has(name)),
      'tables nobody decided about (cafe/carry/tables.ts)',
    ).toEqual([])
    expect(
      found.filter(({ unnamed }) => unnamed > 0).map(({ file }) => file),
      'names that cannot be read',
    ).toEqual([])
  })

  it('says nothing about tables that there are not', () => {
    const said = [...carried, ...Object.keys(LEFT_BEHIND), ...Object.keys(OF_THE_DEVICE)]
    expect(said.filter((name) => !names.has(name))).toEqual([])
    expect(new Set(said).size).toBe(said.length)
  })

  it('is erased whole where it is no more, and nothing of the device is', () => {
    const erased = cafePrefixes(memoryRows())
    for (const name of [...carried, ...Object.keys(LEFT_BEHIND)]) expect(erased).toContain(`/cafe/${name}/`)
    for (const name of Object.keys(OF_THE_DEVICE)) expect(erased).not.toContain(`/cafe/${name}/`)
  })
})
