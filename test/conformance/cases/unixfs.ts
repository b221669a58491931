/** Files and directories of UnixFS by path: 26 cases, and 5 more below a name. */
import { type Case, casesOf, LISTED, PERMANENT, type Row } from '../case.ts'

/** The data of the CID itself: `hello`. */
const INLINE = 'bafkqabtimvwgy3yk'
const LISTING = '/ipfs/bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i'
const ROOTS = [
  'bafybeib3ffl2teiqdncv3mkz4r23b5ctrwkzrrhctdbne6iboayxuxk5ui',
  'bafybeih2w7hjocxjg6g2ku25hvmd53zj7og4txpby3vsusfefw5rrg5sii',
  'bafybeiawdvhmjcz65x5egzx4iukxc72hg4woks6v6fvgyupiyt3oczk5ja',
  'bafybeifq2rzpqnqrsdupncmkmhs3ckxxjhuvdcbvydkgvch3ms24k5lo7q',
  'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am',
] as const
const [, , DIRECTORY, WITH_INDEX, PAGE] = ROOTS
const rootsTo = (depth: number): string => ROOTS.slice(0, depth).join(',')
const TREE = `/ipfs/${ROOTS[0]}`
const NAMED = '/ipns/k51qzi5uqu5dlxdsdu5fpuu7h69wu4ohp32iwm9pdt9nq3y5rpn3ln9j12zfhe'
const LINKS = '/ipfs/QmWvY6FaqFMS89YAQ9NAPjVP4WZKA1qbHbicc9HeSKQTgt'
const PER_CENT = '/ipfs/bafybeig675grnxcmshiuzdaz2xalm6ef4thxxds6o6ypakpghm5kghpc34'
/** A file nobody has. */
const NOWHERE = '/ipfs/QmYzfKSE55XCjD1MW128RfciAf2DViABhEiXfgVFMabSjN'

const OPEN_TO_ALL = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': { has: ['GET', 'HEAD', 'OPTIONS'] },
  'access-control-allow-headers': { has: ['Range'] },
  'access-control-expose-headers': { has: ['Content-Range', 'Content-Length', 'X-Ipfs-Roots'] },
}

const cors: Row[] = (['GET', 'OPTIONS'] as const).map((method) => ({
  name: `${method}: scripts of every other origin may read`,
  request: { method, path: `/ipfs/${INLINE}/` },
  expect: { headers: OPEN_TO_ALL },
}))

const listing: Row[] = [
  {
    name: 'the listing of a root has no link to what is above it',
    request: { path: `${LISTING}/` },
    expect: { status: 200, body: { linksTo: [`${LISTING}/%C4%85`], notTo: ['/', '/ipfs/', `${LISTING}/`] } },
  },
  {
    name: 'a directory without the final slash leads to itself with it',
    request: { path: `${LISTING}/ą/ę` },
    expect: { status: 301, headers: { location: `${LISTING}/%C4%85/%C4%99/` } },
  },
  {
    name: 'a listing links to its parent and its entries, and has a tag of its own',
    request: { path: `${LISTING}/ą/ę/` },
    expect: {
      status: 200,
      headers: { etag: { has: ['"DirIndex-'] } },
      body: { linksTo: [`${LISTING}/%C4%85/`, `${LISTING}/%C4%85/%C4%99/file-%C5%BA%C5%82.txt`] },
    },
  },
  {
    name: 'a name that is not in the directory is not found',
    request: { path: `${LISTING}/i-do-not-exist` },
    expect: { status: 404 },
  },
]

const cached: Row[] = [
  {
    name: 'a listing says path, roots, a tag with its CID, and may be kept for a week',
    request: { path: `${TREE}/root2/root3/` },
    expect: {
      status: 200,
      headers: {
        'x-ipfs-path': `${TREE}/root2/root3/`,
        'x-ipfs-roots': rootsTo(3),
        etag: { matches: `DirIndex-.*_CID-${DIRECTORY}` },
        'cache-control': LISTED,
      },
    },
  },
  {
    name: 'a directory with index.html has the tag and the roots of the directory, for ever',
    request: { path: `${TREE}/root2/root3/root4/` },
    expect: {
      status: 200,
      headers: {
        'cache-control': PERMANENT,
        'x-ipfs-path': `${TREE}/root2/root3/root4/`,
        'x-ipfs-roots': rootsTo(4),
        etag: `"${WITH_INDEX}"`,
      },
      body: { text: 'hello\n' },
    },
  },
  {
    name: 'a file says path, roots and its CID as tag, for ever',
    request: { path: `${TREE}/root2/root3/root4/index.html` },
    expect: {
      status: 200,
      headers: {
        'cache-control': PERMANENT,
        'x-ipfs-path': `${TREE}/root2/root3/root4/index.html`,
        'x-ipfs-roots': rootsTo(5),
        etag: `"${PAGE}"`,
      },
      body: { text: 'hello\n' },
    },
  },
  ...(['HEAD', 'GET'] as const).flatMap((method): Row[] => [
    {
      name: `${method} only-if-cached: what is here is given`,
      request: { method, path: `${TREE}/root2/root3/root4/`, headers: { 'cache-control': 'only-if-cached' } },
      expect: { status: 200 },
    },
    {
      name: `${method} only-if-cached: what is not here is not looked for elsewhere`,
      request: { method, path: NOWHERE, headers: { 'cache-control': 'only-if-cached' } },
      expect: { status: 412 },
    },
  ]),
]

const PAGE_PATH = `${TREE}/root2/root3/root4/index.html`
const unchanged = (name: string, path: string, tag: string): Row => ({
  name: `304 for ${name}`,
  request: { path, headers: { 'if-none-match': tag } },
  expect: { status: 304 },
})
const notModified: Row[] = [
  unchanged('the tag of a file', PAGE_PATH, `"${PAGE}"`),
  unchanged('the tag of a directory with index.html', `${TREE}/root2/root3/root4/`, `"${WITH_INDEX}"`),
  unchanged('the tag as third of a list', PAGE_PATH, `"one", "two", "${PAGE}"`),
  unchanged('the weak form of the tag of a file', PAGE_PATH, `W/"${PAGE}"`),
  unchanged('any tag at all', PAGE_PATH, '*'),
  unchanged('the weak CID of a listed directory', `${TREE}/root2/root3/`, `W/"${DIRECTORY}"`),
  ...[false, true].map((weak) => ({
    name: `304 for the ${weak ? 'weak ' : ''}tag that a listing gave itself`,
    request: { path: `${TREE}/root2/root3/`, tagOf: { path: `${TREE}/root2/root3/`, weak } },
    expect: { status: 304 },
  })),
  {
    name: 'another tag does not spare the body',
    request: { path: PAGE_PATH, headers: { 'if-none-match': `"${WITH_INDEX}"` } },
    expect: { status: 200, body: { text: 'hello\n' } },
  },
]

const symlinks: Row[] = [
  {
    name: 'a symbolic link is listed beside files',
    request: { path: `${LINKS}/` },
    expect: { status: 200, body: { linksTo: [`${LINKS}/foo`, `${LINKS}/bar`] } },
  },
  {
    name: 'the block of a directory with a symbolic link',
    request: { path: `${LINKS}?format=raw` },
    expect: { status: 200, body: { block: 'QmWvY6FaqFMS89YAQ9NAPjVP4WZKA1qbHbicc9HeSKQTgt' } },
  },
  {
    name: 'a symbolic link is answered with what it says',
    request: { path: `${LINKS}/bar` },
    expect: { status: 200, body: { text: 'foo' } },
  },
]

const misc: Row[] = [
  {
    name: 'a file whose name has a per cent sign',
    request: { path: `${PER_CENT}/Portugal%252C+España=Peninsula%20Ibérica.txt` },
    expect: { status: 200, body: { text: 'hello from a percent encoded filename\n' } },
  },
]

/** Below a name nothing is for ever. */
const FOR_A_WHILE = { matches: '^public, max-age=\\d+(, stale-[\\w=-]+)*$' }
const named = (name: string, path: string, depth: number, tag: Row['expect']): Row => ({
  name,
  request: { path: `${NAMED}${path}` },
  expect: {
    status: 200,
    headers: {
      'x-ipfs-path': `${NAMED}${path}`,
      'x-ipfs-roots': rootsTo(depth),
      'cache-control': FOR_A_WHILE,
      ...tag.headers,
    },
  },
})
const belowName: Row[] = [
  named('a listing below a name', '/root2/root3/', 3, {
    headers: { etag: { matches: `DirIndex-.*_CID-${DIRECTORY}` } },
  }),
  named('index.html below a name', '/root2/root3/root4/', 4, { headers: { etag: `"${WITH_INDEX}"` } }),
  named('a file below a name', '/root2/root3/root4/index.html', 5, { headers: { etag: `"${PAGE}"` } }),
  unchanged('the tag of a file below a name', `${NAMED}/root2/root3/root4/index.html`, `"${PAGE}"`),
  unchanged('the tag of index.html below a name', `${NAMED}/root2/root3/root4/`, `"${WITH_INDEX}"`),
]

export const unixfsCases: Case[] = [
  ...casesOf('unixfs', 'dir_listing/fixtures', [...cors, ...listing]),
  ...casesOf('unixfs', 'gateway-cache/fixtures', [...cached, ...notModified]),
  ...casesOf('unixfs', 'path_gateway_unixfs/symlink', symlinks),
  ...casesOf('unixfs', 'path_gateway_unixfs/dir-with-percent-encoded-filename', misc),
  ...casesOf('ipns-cache', 'gateway-cache/fixtures', belowName),
]
