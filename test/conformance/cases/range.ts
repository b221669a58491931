/** Parts of files: 6 cases. */
import { type Case, casesOf } from '../case.ts'

const FILE = 'bafkreifkam6ns4aoolg3wedr4uzrs3kvq66p4pecirz6y2vlrngla62mxm'
const PATH = '/ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy/ascii.txt'
/**
 * Of its three blocks of 1024 random bytes the middle one is in no archive; the bytes come after eight of the block's own.
 */
const HOLED = '/ipfs/QmYhmPjhFjYFyaoiuNzYv8WGavpSRDwdHWe5B4M5du5Rtk'
const FIRST = 'QmPKt7ptM2ZYSGPUc8PmPT2VBkLDK3iqpG9TBJY7PCE9rF'
const LAST = 'QmWXY482zQdwecnfBsj78poUUuPXvyw2JAFAEMw4tzTavV'
const TEXT = { has: ['text/plain'] }

export const rangeCases: Case[] = [
  ...casesOf('range', 'path_gateway_unixfs/dir-with-files', [
    {
      name: 'one part of a file',
      request: { path: PATH, headers: { range: 'bytes=6-16' } },
      expect: {
        status: 206,
        headers: { 'content-type': TEXT, 'content-range': 'bytes 6-16/31' },
        body: { text: 'application' },
      },
    },
    {
      name: 'the last bytes of a file',
      request: { path: PATH, headers: { range: 'bytes=-3' } },
      expect: {
        status: 206,
        headers: { 'content-type': TEXT, 'content-range': 'bytes 28-30/31' },
        body: { block: FILE, span: [28, 30] },
      },
    },
    {
      name: 'two parts of a file are answered as two parts',
      request: { path: PATH, headers: { range: 'bytes=6-16,0-4' } },
      expect: { status: 206, headers: { 'content-type': { has: ['multipart/byteranges'] }, 'content-range': null } },
    },
    {
      name: 'two parts of a file are those, in the order asked for',
      request: { path: PATH, headers: { range: 'bytes=6-16,0-4' } },
      // biome-ignore format: pairs
      expect: { status: 206, body: { partsOf: FILE, type: 'text/plain', spans: [[6, 16], [0, 4]] } },
    },
  ]),
  ...casesOf('range', 'trustless_gateway_car/file-3k-and-3-blocks-missing-block', [
    {
      name: 'a part of a file that has lost a block after it',
      request: { path: HOLED, headers: { range: 'bytes=997-1000' } },
      expect: {
        status: 206,
        headers: { 'content-type': true, 'content-range': 'bytes 997-1000/3072' },
        body: { block: FIRST, span: [1005, 1008] },
      },
    },
    {
      name: 'a part of a file that has lost a block before it',
      request: { path: HOLED, headers: { range: 'bytes=2200-2201' } },
      expect: {
        status: 206,
        headers: { 'content-type': true, 'content-range': 'bytes 2200-2201/3072' },
        body: { block: LAST, span: [160, 161] },
      },
    },
  ]),
]
