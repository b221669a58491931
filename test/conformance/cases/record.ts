/** Records of names, for who wants to check them: 5 cases. */
import { type Case, casesOf, type Row } from '../case.ts'

const BOTH = 'k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w'
const ONLY_NEW = 'k51qzi5uqu5dit2ku9mutlfgwyz8u730on38kd10m97m36bjt66my99hb6103f'
const TYPE = 'application/vnd.ipfs.ipns-record'

const rows: Row[] = [
  { what: 'with both signatures', name: BOTH, value: '/ipfs/bafkqaddwgevxmmraojswg33smq' },
  { what: 'with the new signature only', name: ONLY_NEW, value: '/ipfs/bafkqadtwgiww63tmpeqhezldn5zgi' },
].flatMap(({ what, name, value }) =>
  [
    { how: 'format=', request: { path: `/ipns/${name}?format=ipns-record` } },
    { how: 'Accept', request: { path: `/ipns/${name}`, headers: { accept: TYPE } } },
  ].map(({ how, request }) => ({
    name: `a record ${what} for ${how}`,
    request,
    expect: {
      status: 200,
      headers: {
        'content-type': { has: [TYPE] },
        'content-disposition': { has: ['attachment;'] },
        'cache-control': { has: ['public, max-age=1800'] },
      },
      body: { record: name, value },
    },
  })),
)

export const recordCases: Case[] = casesOf('record', 'ipns_records', [
  ...rows,
  {
    name: 'a record under another name, of any script',
    request: { path: `/ipns/${BOTH}?format=ipns-record&filename=testтест.ipns-record` },
    expect: {
      status: 200,
      headers: {
        'content-disposition': {
          has: [
            `attachment; filename="test____.ipns-record"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.ipns-record`,
          ],
        },
      },
    },
  },
])
