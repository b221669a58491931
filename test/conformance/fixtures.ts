/**
 * What the cases are about: all archives and records of names of the public suite, in memory. They lie outside the
 * repository (`CAFE_FIXTURES`, or `../shared/fixtures` beside it); without them whoever needs them says so and skips.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { loadCar } from '../unit/gateway-car.ts'
import { MemorySource } from '../unit/gateway-help.ts'
import { CASES } from './table.ts'

const given = process.env['CAFE_FIXTURES']
const folder = given ? pathToFileURL(`${given}/`) : new URL('../../../shared/fixtures/', import.meta.url)
export const SUITE = new URL('gateway-conformance/', folder)
export const missing = !existsSync(SUITE)
if (missing) console.log('skipped: no gateway-conformance archives; set CAFE_FIXTURES to the folder that has them')

export type Bytes = Uint8Array<ArrayBuffer>

/** Where a record's name starts in its file's name: the rest tells what is odd about it. */
const RECORD_NAME = /^(k[a-z0-9]+|12D3[A-Za-z0-9]+|Qm[A-Za-z0-9]+)/

/** Names of DNS as the suite has them; DNS itself is the host's business. */
export const DNS_NAMES: Readonly<Record<string, string>> = {
  'dnslink-enabled-on-fqdn.example.org': '/ipfs/QmYBhLYDwVFvxos9h8CGU2ibaY66QNgv8hpfewxaQrPiZj',
  'dnslink-enabled-with-spa.example.org': '/ipfs/bafybeib5lboymwd6p2eo4qb2lkueaine577flvsjjeuevmp2nlio72xv5q',
  'en.wikipedia-on-ipfs.example.org': '/ipfs/bafybeiaysi4s6lnjev27ln5icwm6tueaw2vdykrtjkwiphwekaywqhcjze',
  'dnslink-test.example.org': '/ipfs/bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am',
}

/** Paths of all archives that the cases name. */
export const archives = (): string[] =>
  globSync('**/*.car', { cwd: fileURLToPath(SUITE) }).map((path) => fileURLToPath(new URL(path, SUITE)))

/** Records by the name they were published under. */
export const records = (): Map<string, Bytes> =>
  new Map(
    globSync('**/*.ipns-record', { cwd: fileURLToPath(SUITE) }).map((path) => [
      RECORD_NAME.exec(basename(path))?.[0] ?? path,
      new Uint8Array(readFileSync(new URL(path, SUITE))),
    ]),
  )

/** All blocks of all archives, by either version of their CIDs. */
export async function loadBlocks(): Promise<MemorySource> {
  const source = new MemorySource()
  for (const path of archives()) await loadCar(source, path)
  for (const [name, bytes] of [...source.blocks]) {
    if (name.startsWith('Qm')) source.blocks.set(`${CID.parse(name).toV1()}`, bytes)
  }
  return source
}

/** Archives and folders of records that cases name and that are not there. */
export const absent = (): string[] =>
  [...new Set(CASES.map(({ fixture }) => fixture))].filter(
    (name) => !existsSync(new URL(`${name}.car`, SUITE)) && !existsSync(new URL(`${name}/`, SUITE)),
  )

/** The shards of a directory below its root, depth first, each once: links of shards that are no entries of theirs. */
export function shardsOf(source: MemorySource, root: string): string[] {
  const found = new Set<string>()
  const visit = (cid: string): void => {
    for (const { Name, Hash } of dagPb.decode(source.blocks.get(cid) ?? new Uint8Array()).Links) {
      // Two hexadecimal digits alone lead to a shard; an entry has its name behind them.
      if (Name?.length !== 2 || found.has(`${Hash}`)) continue
      found.add(`${Hash}`)
      visit(`${Hash}`)
    }
  }
  visit(`${CID.parse(root)}`)
  return [...found]
}
