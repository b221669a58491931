/** Single blocks: 6 cases at the end of a path, 7 by CID alone. */
import { type Case, casesOf, type Group, PERMANENT, type Row } from '../case.ts'

const ROOT = 'bafybeie72edlprgtlwwctzljf6gkn2wnlrddqjbkxo3jomh4n7omwblxly'
const DIRECTORY = 'bafybeifaqksygmsbnqe76kwvxoqxtkzcwssq5jkhuo65ldtqiunr3bxlra'
const FILE = 'bafkreihhpc5y2pqvl5rbe5uuyhqjouybfs3rvlmisccgzue2kkt5zq6upq'
const TYPE = 'application/vnd.ipld.raw'
const accept = TYPE

/** What both groups ask, of a path to a directory and one to a file. */
const asked = (directory: string, file: string, name: string): Row[] => [
  {
    name: `a block for format= ${name}`,
    request: { path: `${directory}?format=raw` },
    expect: { status: 200, body: { block: DIRECTORY } },
  },
  {
    name: `a block for Accept ${name}`,
    request: { path: directory, headers: { accept } },
    expect: { status: 200, body: { block: DIRECTORY } },
  },
  {
    name: `a block says type and length, and is for saving ${name}`,
    request: { path: file, headers: { accept } },
    expect: {
      status: 200,
      headers: {
        'content-type': TYPE,
        'content-length': '31',
        'content-disposition': { matches: '^attachment; filename=".*\\.bin"' },
        'x-content-type-options': 'nosniff',
      },
      body: { block: FILE },
    },
  },
  {
    name: `a block under another name ${name}`,
    request: { path: `${file}?filename=foobar.bin`, headers: { accept } },
    expect: { status: 200, headers: { 'content-disposition': { has: ['attachment;', 'filename="foobar.bin'] } } },
  },
  {
    name: `a block is for ever ${name}`,
    request: { path: file, headers: { accept } },
    expect: {
      status: 200,
      headers: { etag: true, 'x-ipfs-path': file, 'x-ipfs-roots': { has: [FILE] }, 'cache-control': PERMANENT },
    },
  },
]

const group = (name: Group, rows: readonly Row[]): Case[] => casesOf(name, 'gateway-raw-block', rows)

export const rawCases: Case[] = group('raw', [
  ...asked(`/ipfs/${ROOT}/dir`, `/ipfs/${ROOT}/dir/ascii.txt`, 'at the end of a path'),
  {
    name: 'one part of a block at the end of a path',
    request: { path: `/ipfs/${ROOT}/dir`, headers: { accept, range: 'bytes=6-16' } },
    expect: {
      status: 206,
      headers: { 'content-type': TYPE, 'content-range': 'bytes 6-16/57' },
      body: { block: DIRECTORY, span: [6, 16] },
    },
  },
])

export const blockCases: Case[] = group('block', [
  ...asked(`/ipfs/${DIRECTORY}`, `/ipfs/${FILE}`, 'by its CID'),
  {
    name: 'one part of a block by its CID',
    request: { path: `/ipfs/${FILE}`, headers: { accept, range: 'bytes=6-16' } },
    expect: {
      status: 206,
      headers: { 'content-type': TYPE, 'content-range': 'bytes 6-16/31' },
      body: { block: FILE, span: [6, 16] },
    },
  },
  {
    name: 'two parts of a block by its CID',
    request: { path: `/ipfs/${FILE}`, headers: { accept, range: 'bytes=6-16,0-4' } },
    // biome-ignore format: pairs
    expect: { status: 206, body: { partsOf: FILE, type: TYPE, spans: [[6, 16], [0, 4]] } },
  },
])
