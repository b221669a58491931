/** All cases, in the order of their groups. */
import { parse } from '../../src/core/schema.ts'
import { type Case, caseTable, type Group } from './case.ts'
import { carCases } from './cases/car.ts'
import { dagCases } from './cases/dag.ts'
import { ipnsCases } from './cases/ipns.ts'
import { rangeCases } from './cases/range.ts'
import { blockCases, rawCases } from './cases/raw.ts'
import { recordCases } from './cases/record.ts'
import { redirectCases } from './cases/redirects.ts'
import { subdomainCases } from './cases/subdomain.ts'
import { tarCases } from './cases/tar.ts'
import { unixfsCases } from './cases/unixfs.ts'

export const CASES: readonly Case[] = parse(caseTable, [
  ...unixfsCases,
  ...rangeCases,
  ...dagCases,
  ...ipnsCases,
  ...rawCases,
  ...tarCases,
  ...blockCases,
  ...carCases,
  ...recordCases,
  ...subdomainCases,
  ...redirectCases,
])

/** How many cases the suite has in each group that applies to us. */
export const COUNTS: Readonly<Record<Group, number>> = {
  unixfs: 26,
  'ipns-cache': 5,
  range: 6,
  dag: 60,
  'dag-ipns': 8,
  ipns: 9,
  raw: 6,
  tar: 6,
  block: 7,
  car: 52,
  'car-optional': 7,
  record: 5,
  'subdomain-ipfs': 24,
  'subdomain-ipns': 18,
  redirects: 23,
}
/** The groups of path and trustless gateways: 197 cases. The others are of gateways of subdomains: 65. */
export const BY_HOST: ReadonlySet<Group> = new Set(['subdomain-ipfs', 'subdomain-ipns', 'redirects'])
export const keyOf = ({ group, name }: Case): string => `${group}: ${name}`
