/** Data that is not UnixFS: 60 cases of plain and linked JSON and CBOR, and 8 more below names. */
import { type Case, casesOf, LISTED, PERMANENT, type Row } from '../case.ts'

const JSON_FILE = 'bafkreibrppizs3g7axs2jdlnjua6vgpmltv7k72l7v7sa6mmht6mne3qqe'
const TEXT_FILE = 'bafkreialihlqnf5uwo4byh4n3cmwlntwqzxxs2fg5vanqdi3d7tb2l5xkm'
const LINKED = {
  json: 'baguqeeram5ujjqrwheyaty3w5gdsmoz6vittchvhk723jjqxk7hakxkd47xq',
  cbor: 'bafyreibs4utpgbn7uqegmd2goqz4bkyflre2ek2iwv743fhvylwi4zeeim',
} as const
const LINKED_BYTES = { json: 124, cbor: 76 } as const
const LAST = {
  json: 'baguqeerabz2ohuxlrfgan3sxrgsfeyi5woxikwoiun5i5cesn2zgp3evmy4q',
  cbor: 'bafyreiaefvpp22slf5bzd4lqgzwbztqahwlldtqkpgmlhv7mh23pudle7y',
} as const
const PLAIN = {
  json: 'bagaaierajjsnhsxqlgfrvknlt7z2heoljcgfv37cn45tu7mhmr23x3ekiboq',
  cbor: 'bafireif3aymeikgfbofx533yf5vlx4kimzq6zmzmpra2mnzfsfnmv4hchm',
} as const
const PLAIN_BYTES = { json: 26, cbor: 17 } as const
const NAMED = {
  json: '/ipns/k51qzi5uqu5dhjghbwdvbo6mi40htrq6e2z4pwgp15pgv3ho1azvidttzh8yy2',
  cbor: '/ipns/k51qzi5uqu5dghjous0agrwavl8vzl64xckoqzwqeqwudfr74kfd11zcyk3b7l',
} as const
/** JSON can be looked at, CBOR is for saving. */
const SHOWN = { json: 'inline', cbor: 'attachment' } as const
/** A block that is in no archive. */
const NOWHERE = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const FORMATS = ['json', 'cbor'] as const
type Format = (typeof FORMATS)[number]

/** How something is asked for. */
interface Wish {
  readonly name: string
  readonly query: string
  readonly headers: Record<string, string>
}
const jsonFileWishes: Wish[] = [
  { name: 'JSON in a file has the type of JSON', headers: {}, query: '' },
  {
    name: 'JSON in a file has the type of JSON for who asks for JSON',
    headers: { accept: 'application/json' },
    query: '',
  },
  { name: 'format= counts more than Accept', headers: { accept: 'application/vnd.ipld.raw' }, query: '?format=json' },
]
const jsonFile = jsonFileWishes.map(
  ({ name, headers, query }): Row => ({
    name,
    request: { path: `/ipfs/${JSON_FILE}${query}`, headers },
    expect: {
      status: 200,
      headers: { 'content-type': { matches: '^application/json(; charset=utf-8)?$' } },
      body: { block: JSON_FILE },
    },
  }),
)

const notConverted: Row[] = [
  ['a file is not given as DAG-JSON', TEXT_FILE, '?format=dag-json'],
  ['a file is not given as DAG-CBOR', TEXT_FILE, '?format=dag-cbor'],
  ['a file is not given as DAG-JSON for Accept', TEXT_FILE, 'application/vnd.ipld.dag-json'],
  ['DAG-JSON is not given as DAG-CBOR', LINKED.json, '?format=dag-cbor'],
  ['DAG-CBOR is not given as DAG-JSON', LINKED.cbor, '?format=dag-json'],
  ['DAG-CBOR is not given as DAG-JSON for Accept', LINKED.cbor, 'application/vnd.ipld.dag-json'],
].map(([name = '', root, how = '']) => ({
  name,
  request: how.startsWith('?') ? { path: `/ipfs/${root}${how}` } : { path: `/ipfs/${root}`, headers: { accept: how } },
  expect: { status: 406 },
}))

/** The whole, one part, and two parts of what a request names. */
function partly(
  name: string,
  request: Row['request'],
  block: string,
  size: number,
  type: string,
  more: Row['expect'],
): Row[] {
  const ask = (range: string): Row['request'] => ({ ...request, headers: { ...request.headers, range } })
  return [
    {
      name: `${name}: one part`,
      request: ask('bytes=7-9'),
      expect: {
        status: 206,
        headers: { ...more.headers, 'content-range': `bytes 7-9/${size}` },
        body: { block, span: [7, 9] },
      },
    },
    {
      name: `${name}: two parts`,
      request: ask('bytes=7-9,1-3'),
      // biome-ignore format: pairs
      expect: { status: 206, headers: { ...more.headers }, body: { partsOf: block, type, spans: [[7, 9], [1, 3]] } },
    },
  ]
}

const plain = (format: Format): Row[] => {
  const block = PLAIN[format]
  const type = `application/${format}`
  const saved = { headers: { 'content-disposition': { has: [`${SHOWN[format]}; filename="${block}.${format}"`] } } }
  const wishes: Wish[] = [
    { name: `plain ${format} by its codec alone`, query: '', headers: {} },
    { name: `plain ${format} by format=`, query: `?format=${format}`, headers: {} },
    { name: `plain ${format} by Accept`, query: '', headers: { accept: type } },
  ]
  return wishes.flatMap(({ name, query, headers }) => {
    const request = { path: `/ipfs/${block}${query}`, headers }
    return [
      {
        name: `${name}: all of it`,
        request,
        expect: { status: 200, headers: { ...saved.headers, 'content-type': { has: [type] } }, body: { block } },
      },
      ...partly(name, request, block, PLAIN_BYTES[format], type, saved),
    ]
  })
}

const pathing = FORMATS.flatMap((format): Row[] => [
  {
    name: `${format}: a path may not end within a block`,
    request: { path: `/ipfs/${LINKED[format]}/foo?format=dag-${format}` },
    expect: { status: 501 },
  },
  {
    name: `${format}: a path goes through links of several blocks`,
    request: { path: `/ipfs/${LINKED[format]}/foo/link/bar?format=dag-${format}` },
    expect: { status: 200, body: { block: LAST[format] } },
  },
  {
    name: `${format}: a key that is not there is not found`,
    request: { path: `/ipfs/${LINKED[format]}/foo/i-do-not-exist` },
    expect: { status: 404 },
  },
])

const HTML = {
  etag: { has: ['DagIndex-'] },
  'content-type': { has: ['text/html'] },
  'content-disposition': null,
}
const END_OF_PAGE = { contains: ['</html>'] }

function linked(format: Format): Row[] {
  const block = LINKED[format]
  const path = `/ipfs/${block}`
  const type = `application/vnd.ipld.dag-${format}`
  const asked = { accept: type }
  const disposition = (kind: string, name: string): Row['expect']['headers'] => ({
    'content-disposition': { has: [`${kind}; filename="${name}"`] },
  })
  return [
    ...[
      { how: 'without a wish', request: { path }, type },
      { how: 'for format=', request: { path: `${path}?format=dag-${format}` }, type },
      { how: 'for Accept', request: { path, headers: asked }, type },
      { how: 'as plain for format=', request: { path: `${path}?format=${format}` }, type: `application/${format}` },
      {
        how: 'as plain for Accept',
        request: { path, headers: { accept: `application/${format}` } },
        type: `application/${format}`,
      },
    ].map(({ how, request, type }) => ({
      name: `dag-${format} is its block ${how}`,
      request,
      expect: {
        status: 200,
        headers: { 'content-type': { matches: `^${type}(;|$)` } },
        body: { block },
      },
    })),
    {
      name: `dag-${format} says type, length and name`,
      request: { path, headers: asked },
      expect: {
        status: 200,
        headers: {
          'content-type': type,
          'content-length': `${LINKED_BYTES[format]}`,
          'x-content-type-options': 'nosniff',
          ...disposition(SHOWN[format], `${block}.${format}`),
        },
      },
    },
    {
      name: `dag-${format} under another name`,
      request: { path: `${path}?filename=foobar.${format}`, headers: asked },
      expect: { status: 200, headers: disposition(SHOWN[format], `foobar.${format}`) },
    },
    {
      name: `dag-${format} to be saved`,
      request: { path: `${path}?filename=foobar.${format}&download=true`, headers: asked },
      expect: { status: 200, headers: disposition('attachment', `foobar.${format}`) },
    },
    {
      name: `dag-${format} for ever, with a tag that names the form`,
      request: { path, headers: asked },
      expect: {
        status: 200,
        headers: {
          etag: { has: [`${block}.dag-${format}`] },
          'x-ipfs-path': true,
          'x-ipfs-roots': true,
          'cache-control': PERMANENT,
        },
      },
    },
    {
      name: `HEAD of dag-${format} without a wish`,
      request: { method: 'HEAD', path },
      expect: { status: 200, headers: { 'content-type': { has: [type] }, 'content-length': true } },
    },
    {
      name: `HEAD of dag-${format} for format=`,
      request: { method: 'HEAD', path: `${path}?format=dag-${format}` },
      expect: {
        status: 200,
        headers: { etag: { has: [`${block}.dag-${format}`] }, 'content-type': { has: [type] }, 'content-length': true },
      },
    },
    {
      name: `HEAD only-if-cached of a block that is not here (${format})`,
      request: { method: 'HEAD', path: `/ipfs/${NOWHERE}`, headers: { 'cache-control': 'only-if-cached' } },
      expect: { status: 412 },
    },
    {
      name: `dag-${format} as a page for people`,
      request: { path: `${path}/`, headers: { accept: 'text/html' } },
      expect: {
        status: 200,
        headers: { ...HTML, 'cache-control': { nothingOr: LISTED } },
        body: END_OF_PAGE,
      },
    },
  ]
}

const preview: Row = {
  name: 'the page of dag-cbor shows what is in it and leads on along its links',
  request: { path: `/ipfs/${LINKED.cbor}/`, headers: { accept: 'text/html' } },
  expect: { status: 200, body: { contains: ['</html>', 'foo', 'link'] } },
}

const belowName = (format: Format): Row[] => [
  {
    name: `dag-${format} below a name is what it leads to`,
    request: { path: NAMED[format] },
    expect: { status: 200, body: { sameAs: `/ipfs/${LINKED[format]}` } },
  },
  {
    name: `dag-${format} below a name for format= is what it leads to`,
    request: { path: `${NAMED[format]}?format=dag-${format}` },
    expect: { status: 200, body: { sameAs: `/ipfs/${LINKED[format]}?format=dag-${format}` } },
  },
  {
    name: `dag-${format} below a name has the tag of the block`,
    request: { path: NAMED[format], headers: { accept: `application/vnd.ipld.dag-${format}` } },
    expect: {
      status: 200,
      headers: {
        'content-type': `application/vnd.ipld.dag-${format}`,
        etag: `"${LINKED[format]}.dag-${format}"`,
        'x-ipfs-path': true,
        'x-ipfs-roots': true,
      },
    },
  },
  {
    name: `dag-${format} below a name as a page for people`,
    request: { path: `${NAMED[format]}/`, headers: { accept: 'text/html' } },
    expect: {
      status: 200,
      headers: { ...HTML, 'cache-control': { matches: '^public, max-age=\\d+' } },
      body: END_OF_PAGE,
    },
  },
]

export const dagCases: Case[] = [
  ...casesOf('dag', 'path_gateway_dag/gateway-json-cbor', [...jsonFile, ...notConverted.slice(0, 3)]),
  ...casesOf('dag', 'path_gateway_dag/dag-cbor-traversal', notConverted.slice(3)),
  ...FORMATS.flatMap((format) => casesOf('dag', `path_gateway_dag/plain-${format}`, plain(format))),
  ...casesOf('dag', 'path_gateway_dag/dag-json-traversal', pathing),
  ...FORMATS.flatMap((format) => casesOf('dag', `path_gateway_dag/dag-${format}-traversal`, linked(format))),
  ...casesOf('dag', 'path_gateway_dag/dag-cbor-traversal', [preview]),
  ...FORMATS.flatMap((format) => casesOf('dag-ipns', `path_gateway_dag/dag-${format}-traversal`, belowName(format))),
]
