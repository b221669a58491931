/**
 * Fifty thousand paths, most of them odd, against a resolver so small that it can be read at a glance: the gateway and it
 * agree on every one about what is there, what is not, and what no path can be (security rule G4).
 */
import * as dagPb from '@ipld/dag-pb'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { WALK_DEPTH } from '../../src/core/limits.ts'
import type { BlockSource, Bytes } from '../../src/gateway/blocks.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { utf8 } from './gateway-help.ts'

/** A directory is a list of entries, as a block is: a name may come twice. A file is its text. */
type Tree = string | ReadonlyArray<readonly [name: string, below: Tree]>

const NAMES = [
  'a',
  'A',
  'a b',
  'a%2Fb',
  '%',
  '%41',
  '100%',
  '...',
  '.hidden',
  'ü',
  'u\u0308',
  '\u202eexe.txt',
  '\u200b',
  '日本語',
  '😀',
  'a+b',
  'a?b',
  'a#b',
  'a\\b',
  'ipfs',
  '\x01',
  'x'.repeat(255),
  'ÿ'.repeat(300),
  ' ',
  '"<>',
  '__proto__',
]
/** What no path can name: entries that have such names are there, but nobody comes to them. */
const UNSPEAKABLE = ['..', '.', '', 'a/b', 'nul\0']

const folder = (depth: number): Tree => [
  ...NAMES.map((name) => [name, `${depth} ${name}`] as const),
  ...UNSPEAKABLE.map((name) => [name, 'unspeakable'] as const),
  ['twice', 'first'],
  ['twice', 'second'],
  ...(depth > 0 ? (['sub', 'a.d', 'üd', '%25d'] as const).map((name) => [name, folder(depth - 1)] as const) : []),
]
const TREE = folder(3)

/** The status that a path below the root is answered with, and the file if it is one. */
function reference(tree: Tree, path: string): { status: number; text?: string } {
  // As every URL: plain dots are steps, also in disguise.
  const steps: string[] = []
  const raw = `root/${path}`.split('/')
  for (const [i, part] of raw.entries()) {
    const plain = part.replaceAll(/%2e/gi, '.')
    if (plain === '..') steps.pop()
    else if (plain !== '.') steps.push(part)
    if ((plain === '.' || plain === '..') && i === raw.length - 1) steps.push('')
  }
  if (steps[0] !== 'root') return { status: 400 }
  const slash = steps.length > 1 && steps.at(-1) === ''
  const names = steps.slice(1, slash ? -1 : undefined)
  if (names.length > WALK_DEPTH) return { status: 400 }
  const decoded: string[] = []
  for (const name of names) {
    const text = decode(name)
    if (text === undefined || ['', '.', '..'].includes(text) || /[/\0]/.test(text)) return { status: 400 }
    decoded.push(text)
  }
  let at: Tree | undefined = tree
  for (const name of decoded) {
    at = typeof at === 'string' ? undefined : at?.find(([entry]) => entry === name)?.[1]
    if (at === undefined) return { status: 404 }
  }
  return typeof at === 'string' ? { status: 200, text: at } : { status: 200 }
}

/** Bytes by the book: each `%` with two digits is one, and they must be UTF-8. */
function decode(name: string): string | undefined {
  const bytes: number[] = []
  for (let i = 0; i < name.length; i++) {
    const digits = name.slice(i + 1, i + 3)
    if (name[i] !== '%') bytes.push(...utf8(String.fromCodePoint(name.codePointAt(i) ?? 0)))
    else if (/^[0-9a-f]{2}$/i.test(digits)) bytes.push(Number.parseInt(digits, 16))
    else return undefined
    if (name[i] === '%') i += 2
    else if ((name.codePointAt(i) ?? 0) > 0xffff) i++
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}

async function build(tree: Tree, blocks: Map<string, Bytes>): Promise<CID> {
  const store = async (code: number, bytes: Uint8Array): Promise<CID> => {
    const cid = CID.createV1(code, await sha256.digest(bytes))
    blocks.set(`${cid}`, new Uint8Array(bytes))
    return cid
  }
  if (typeof tree === 'string') return store(0x55, utf8(tree))
  const links: dagPb.PBLink[] = []
  for (const [Name, below] of tree) links.push({ Name, Hash: await build(below, blocks), Tsize: 1 })
  return store(
    dagPb.code,
    dagPb.encode(dagPb.prepare({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: links })),
  )
}

/** One name in a path: mostly one that is there, written in one of the ways a URL can write it, or one that is none. */
const everyByte = (text: string): string =>
  [...utf8(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const escaped = fc.constantFrom(...NAMES, 'twice', 'sub', 'a.d', 'üd', '%25d', ...UNSPEAKABLE)
const segment = fc.oneof(
  { weight: 6, arbitrary: escaped.map(encodeURIComponent) },
  { weight: 3, arbitrary: fc.constantFrom('sub', 'a.d', '%C3%BCd', '%2525d', encodeURIComponent('%25d')) },
  { weight: 2, arbitrary: escaped.map(everyByte) },
  { weight: 2, arbitrary: escaped.map((name) => everyByte(name).toUpperCase()) },
  // Written as it is, where that does not end the path.
  { weight: 2, arbitrary: fc.constantFrom(...NAMES.filter((name) => !/[^\p{L}\p{M}\p{Cf}\p{So}%.+\d_]/u.test(name))) },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '%2e', '%2E%2e', '.%2e', '%2e%2e%2f', '%252e', '..%00') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '%', '%4', '%zz', '%ff', '%c0%ae', '%ed%a0%80', '%00', '%2f', 'a%2f..', '%5c'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).map(encodeURIComponent) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 300 }).map((text) => encodeURIComponent(text.toWellFormed())),
  },
)
const path = fc
  .oneof(
    { weight: 20, arbitrary: fc.array(segment, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom('sub', '.', '..', 'a'), { maxLength: WALK_DEPTH + 8 }) },
  )
  .map((segments) => segments.join('/'))

/** Paths asked at once, and how often. */
const AT_ONCE = 100
const TIMES = 500
/** Some 15 s of work; machines that do much else take their time. */
const PATIENCE = 240_000

describe('fifty thousand paths', () => {
  it(
    'are answered as the reference says',
    async () => {
      const blocks = new Map<string, Bytes>()
      const root = await build(TREE, blocks)
      const source: BlockSource = {
        // Made above, so proved: what is looked at here is paths.
        get: async (cid) => blocks.get(`${cid}`) ?? Promise.reject(new Error('no such block')),
      }
      const gateway = createGateway({ blocks: source })
      const seen = new Map<number, number>()

      const asked = async (path: string): Promise<void> => {
        const wanted = reference(TREE, path)
        const response = await gateway(new Request(`http://cafe.localhost/ipfs/${root}/${path}`))
        const text = await response.text()
        // A directory without the final slash leads to itself with it.
        const status = response.status === 301 ? 200 : response.status
        if (status !== wanted.status) expect({ path, status }).toEqual({ path, status: wanted.status })
        if (wanted.text !== undefined && text !== wanted.text)
          expect({ path, text }).toEqual({ path, text: wanted.text })
        if (wanted.text === undefined) expect(text).not.toBe('unspeakable')
        seen.set(wanted.status, (seen.get(wanted.status) ?? 0) + (wanted.text === undefined ? 0 : 1))
        if (wanted.status !== 200) seen.set(wanted.status, (seen.get(wanted.status) ?? 0) + 1)
      }

      await fc.assert(
        fc.asyncProperty(fc.array(path, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (paths) => {
          await Promise.all(paths.map(asked))
        }),
        { seed: 20261128, numRuns: TIMES },
      )
      // Files, things that are not there, and what is no path were all met often.
      for (const status of [200, 400, 404]) expect(seen.get(status), `${status}`).toBeGreaterThan(5_000)
    },
    PATIENCE,
  )
})
