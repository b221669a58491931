/** Verifiable archives of a path and what it ends at: 52 cases, and 7 of order and duplicates. */
import { type Case, casesOf, type Facts, type Row } from '../case.ts'

const TYPE = 'application/vnd.ipld.car'
const TWO_FILES = 'bafybeietjm63oynimmv5yyqay33nui4y4wx6u3peezwetxgiwvfmelutzu'
const TWO_SUBDIR = 'bafybeiggghzz6dlue3m6nb2dttnbrygxh3lrjl5764f2m4gq7dgzdt55o4'
const MIXED = 'bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu'
const MIXED_SUBDIR = 'bafybeicnmple4ehlz3ostv2sbojz3zhh5q7tz5r2qkfdpqfilgggeen7xm'
const SHARDED = 'bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i'
/** The shards that hold `1.txt` and `685.txt`. */
const SHARD_OF_1 = 'bafybeiawjmzmi5c6v5h75nepfpx7jj5ns5t54girned3kilvakmhctxlxy'
const SHARD_OF_685 = 'bafybeifajm5xyg46n4hjxg7clq2f7vcn7eg7bn3yevylcemr6vd7mp6gta'
const DUPLICATES = 'bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy'
const WITH_DOCUMENT = 'bafybeia264q44a3kmfc2otctzu4egp2k235o3t7mslz2yjraymp4nv6asi'
const DOCUMENT = 'bafyreidy4q6mmetut5jzc54ambsfnatbyoujmwbfzyyolqw24majazwgha'
const HOLED = 'QmYhmPjhFjYFyaoiuNzYv8WGavpSRDwdHWe5B4M5du5Rtk'
const HOLED_FIRST = 'QmPKt7ptM2ZYSGPUc8PmPT2VBkLDK3iqpG9TBJY7PCE9rF'
const HOLED_LAST = 'QmWXY482zQdwecnfBsj78poUUuPXvyw2JAFAEMw4tzTavV'
const RAW_DIRECTORY = 'bafybeifaqksygmsbnqe76kwvxoqxtkzcwssq5jkhuo65ldtqiunr3bxlra'
/** `ascii.txt` and `hello.txt` of the directories with files. */
const ASCII = 'bafkreifkam6ns4aoolg3wedr4uzrs3kvq66p4pecirz6y2vlrngla62mxm'
const HELLO = 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'
/** `multiblock.txt`: 1026 bytes in leaves of 256, so the last has 2. */
const MULTI = 'bafybeigcisqd7m5nf3qmuvjdbakl5bdnh4ocrmacaqkpuh77qjvggmt2sa'
const LEAVES = [
  'bafkreie5noke3mb7hqxukzcy73nl23k6lxszxi5w3dtmuwz62wnvkpsscm',
  'bafkreih4ephajybraj6wnxsbwjwa77fukurtpl7oj7t7pfq545duhot7cq',
  'bafkreigu7buvm3cfunb35766dn7tmqyh2um62zcio63en2btvxuybgcpue',
  'bafkreicll3huefkc3qnrzeony7zcfo7cr3nbx64hnxrqzsixpceg332fhe',
  'bafkreifst3pqztuvj57lycamoi7z34b4emf7gawxs74nwrc2c7jncmpaqm',
]

const HEADERS: Facts['headers'] = {
  'content-type': { has: [TYPE] },
  'content-disposition': { matches: '^attachment; filename=".*\\.car"' },
  'accept-ranges': 'none',
  'x-content-type-options': 'nosniff',
}

type Entry = string | { shardsOf: string }
const exactly = (...blocks: Entry[]): Facts => ({
  status: 200,
  headers: HEADERS,
  body: { car: { blocks, exactly: true, ordered: true } },
})

/** Each asked for by `format=` and by `Accept`. */
const both = (name: string, path: string, query: string, expect: Facts): Row[] => [
  { name: `${name} (format=)`, request: { path: `${path}?${query && `${query}&`}format=car` }, expect },
  { name: `${name} (Accept)`, request: { path: query ? `${path}?${query}` : path, headers: { accept: TYPE } }, expect },
]

const pathing = [
  ...both(
    'the way to a file and the file',
    `/ipfs/${TWO_FILES}/subdir/ascii.txt`,
    '',
    exactly(TWO_FILES, TWO_SUBDIR, ASCII),
  ),
  ...both(
    'the way through a sharded directory: the shards on it, no others',
    `/ipfs/${SHARDED}/685.txt`,
    '',
    exactly(SHARDED, SHARD_OF_685, MULTI, ...LEAVES),
  ),
  ...both('the way through links of a document', `/ipfs/${DOCUMENT}/files/single`, '', exactly(DOCUMENT, HELLO)),
  ...both('a way that ends nowhere is not found', `/ipfs/${TWO_FILES}/subdir/i-do-not-exist`, '', { status: 404 }),
]

const scopeBlock = [
  ...both('block: a directory', `/ipfs/${TWO_FILES}/subdir`, 'dag-scope=block', exactly(TWO_FILES, TWO_SUBDIR)),
  ...both(
    'block: a file',
    `/ipfs/${TWO_FILES}/subdir/ascii.txt`,
    'dag-scope=block',
    exactly(TWO_FILES, TWO_SUBDIR, ASCII),
  ),
  ...both(
    'block: a file in a sharded directory',
    `/ipfs/${SHARDED}/1.txt`,
    'dag-scope=block',
    exactly(SHARDED, SHARD_OF_1, MULTI),
  ),
]

const scopeEntity = [
  ...both('entity: a directory, not what is in it', `/ipfs/${TWO_FILES}`, 'dag-scope=entity', exactly(TWO_FILES)),
  ...both(
    'entity: a sharded directory is all its shards',
    `/ipfs/${SHARDED}`,
    'dag-scope=entity',
    exactly(SHARDED, { shardsOf: SHARDED }),
  ),
  ...both(
    'entity: a file of one block',
    `/ipfs/${MIXED}/subdir/ascii.txt`,
    'dag-scope=entity',
    exactly(MIXED, MIXED_SUBDIR, ASCII),
  ),
  ...both(
    'entity: a file of several blocks',
    `/ipfs/${MIXED}/subdir/multiblock.txt`,
    'dag-scope=entity',
    exactly(MIXED, MIXED_SUBDIR, MULTI, ...LEAVES),
  ),
  ...both(
    'entity: a document, not what it links to',
    `/ipfs/${WITH_DOCUMENT}/document`,
    'dag-scope=entity',
    exactly(WITH_DOCUMENT, DOCUMENT),
  ),
]

const scopeAll = [
  ...both(
    'all: a directory and all below it',
    `/ipfs/${MIXED}/subdir`,
    'dag-scope=all',
    exactly(MIXED, MIXED_SUBDIR, ASCII, HELLO, MULTI, ...LEAVES),
  ),
  ...both(
    'all: a file of several blocks',
    `/ipfs/${MIXED}/subdir/multiblock.txt`,
    'dag-scope=all',
    exactly(MIXED, MIXED_SUBDIR, MULTI, ...LEAVES),
  ),
]

const entityBytes = [
  { what: 'of a file that has lost a block after them', path: HOLED, span: '0:1000', blocks: [HOLED, HOLED_FIRST] },
  { what: 'of a file that has lost a block before them', path: HOLED, span: '2200:*', blocks: [HOLED, HOLED_LAST] },
  {
    what: 'that are all of a file at the end of a path',
    path: `${MIXED}/subdir/multiblock.txt`,
    span: '0:*',
    blocks: [MIXED, MIXED_SUBDIR, MULTI, ...LEAVES],
  },
  { what: 'of a directory: all of it', path: SHARDED, span: '0:*', blocks: [SHARDED, { shardsOf: SHARDED }] },
  { what: 'from the middle to the end', path: MULTI, span: '512:*', blocks: [MULTI, ...LEAVES.slice(2)] },
  { what: 'in the middle', path: MULTI, span: '512:1023', blocks: [MULTI, ...LEAVES.slice(2, 4)] },
  { what: 'up to some before the end', path: MULTI, span: '512:-256', blocks: [MULTI, ...LEAVES.slice(2, 4)] },
  { what: 'that are the last five', path: MULTI, span: '-5:*', blocks: [MULTI, ...LEAVES.slice(3)] },
  { what: 'from before the file begins', path: MULTI, span: '-9999:*', blocks: [MULTI, ...LEAVES] },
  {
    what: 'from before the file begins to before it ends',
    path: MULTI,
    span: '-9999:-3',
    blocks: [MULTI, ...LEAVES.slice(0, 4)],
  },
  { what: 'that are the first one', path: MULTI, span: '0:0', blocks: [MULTI, ...LEAVES.slice(0, 1)] },
].flatMap(({ what, path, span, blocks }) =>
  both(`bytes ${what}`, `/ipfs/${path}`, `dag-scope=entity&entity-bytes=${span}`, exactly(...blocks)),
)

const precedence: Row[] = [
  {
    name: 'format=car counts more than Accept for a block',
    request: { path: `/ipfs/${RAW_DIRECTORY}?format=car`, headers: { accept: 'application/vnd.ipld.raw' } },
    expect: { status: 200, headers: { 'content-type': { has: [TYPE] } } },
  },
  {
    name: 'format=raw counts more than Accept for a CAR',
    request: { path: `/ipfs/${RAW_DIRECTORY}?format=raw`, headers: { accept: TYPE } },
    expect: { status: 200, headers: { 'content-type': 'application/vnd.ipld.raw' } },
  },
]

const ONCE = [DUPLICATES, ASCII, HELLO, MULTI, ...LEAVES]
const AGAIN = [DUPLICATES, ASCII, ASCII, HELLO, MULTI, ...LEAVES]
const wished = (name: string, query: string, wish: string, type: string[], blocks?: string[]): Row => ({
  name,
  request: { path: `/ipfs/${DUPLICATES}${query}`, headers: { accept: `${TYPE}; ${wish}` } },
  expect: {
    status: 200,
    headers: { 'content-type': { has: [TYPE, ...type] } },
    ...(blocks && { body: { car: { blocks, exactly: true, ordered: true } } }),
  },
})
const optional: Row[] = [
  wished('depth first, with duplicates', '', 'version=1; order=dfs; dups=y', ['order=dfs', 'dups=y'], AGAIN),
  wished('depth first, without duplicates', '', 'version=1; order=dfs; dups=n', ['order=dfs', 'dups=n'], ONCE),
  {
    name: 'in any order: all blocks, and the order is said',
    request: { path: `/ipfs/${DUPLICATES}`, headers: { accept: `${TYPE}; version=1; order=unk` } },
    expect: {
      status: 200,
      headers: { 'content-type': { has: [TYPE, 'order='] } },
      body: { car: { blocks: ONCE, exactly: false, ordered: false } },
    },
  },
  {
    name: 'data that is in its CID is in no block',
    request: {
      path: '/ipfs/bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa',
      headers: { accept: `${TYPE}; dups=y` },
    },
    expect: {
      status: 200,
      headers: { 'content-type': { has: [TYPE, 'dups=y'] } },
      body: { car: { blocks: [], exactly: true, ordered: true } },
    },
  },
  wished(
    'format=car with the wishes of Accept',
    '?format=car',
    'version=1; order=dfs; dups=y',
    ['order=dfs', 'dups=y'],
    AGAIN,
  ),
  wished('car-order= counts more than Accept', '?format=car&car-order=dfs', 'order=unk', ['order=dfs']),
  wished('car-dups= counts more than Accept', '?format=car&car-dups=y', 'dups=n', ['dups=y']),
]

const FOLDER = 'trustless_gateway_car'
export const carCases: Case[] = [
  ...casesOf('car', `${FOLDER}/subdir-with-two-single-block-files`, [...pathing, ...scopeBlock]),
  ...casesOf('car', `${FOLDER}/subdir-with-mixed-block-files`, [...scopeEntity, ...scopeAll, ...entityBytes]),
  ...casesOf('car', 'gateway-raw-block', precedence),
  ...casesOf('car-optional', `${FOLDER}/dir-with-duplicate-files`, optional),
]
