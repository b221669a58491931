/** Names that lead to content: 9 cases. Data is in the CIDs that the records name. */
import { type Case, casesOf } from '../case.ts'

const NAMES = {
  onlyOld: 'k51qzi5uqu5dm4tm0wt8srkg9h9suud4wuiwjimndrkydqm81cqtlb5ak6p7ku',
  otherOldValue: 'k51qzi5uqu5dlmit2tuwdvnx4sbnyqgmvbxftl0eo3f33wwtb9gr7yozae9kpw',
  badNewSignature: 'k51qzi5uqu5diamp7qnnvs1p1gzmku3eijkeijs3418j23j077zrkok63xdm8c',
  badOldSignature: 'k51qzi5uqu5dilgf7gorsh9vcqqq4myo6jd4zmqkuy9pxyxi5fua3uf7axph4y',
  both: 'k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w',
  onlyNew: 'k51qzi5uqu5dit2ku9mutlfgwyz8u730on38kd10m97m36bjt66my99hb6103f',
} as const
const WITHIN = 'k51qzi5uqu5djokp3m1keo36hoxtd6u3a1d2rg1camf6al7p3huy63dojlm57c'
/** What a gateway says when it cannot vouch for a record. */
const FAILURE = [500, 501, 502, 503, 504]

export const ipnsCases: Case[] = [
  ...casesOf('ipns', 'ipns_records', [
    {
      name: 'a record with the old signature only is worth nothing',
      request: { path: `/ipns/${NAMES.onlyOld}` },
      expect: { status: FAILURE },
    },
    {
      name: 'a record whose old value is another than the signed one is worth nothing',
      request: { path: `/ipns/${NAMES.otherOldValue}` },
      expect: { status: FAILURE },
    },
    {
      name: 'a record whose new signature is broken is worth nothing',
      request: { path: `/ipns/${NAMES.badNewSignature}` },
      expect: { status: FAILURE },
    },
    {
      name: 'a broken old signature does not matter',
      request: { path: `/ipns/${NAMES.badOldSignature}` },
      expect: { status: 200, body: { sameAs: '/ipfs/bafkqahtwgevxmmrao5uxi2bamjzg623fnyqhg2lhnzqxi5lsmuqhmmi' } },
    },
    {
      name: 'a record with both signatures leads to its value',
      request: { path: `/ipns/${NAMES.both}` },
      expect: { status: 200, body: { sameAs: '/ipfs/bafkqaddwgevxmmraojswg33smq' } },
    },
    {
      name: 'a record with the new signature only leads to its value',
      request: { path: `/ipns/${NAMES.onlyNew}` },
      expect: { status: 200, body: { sameAs: '/ipfs/bafkqadtwgiww63tmpeqhezldn5zgi' } },
    },
  ]),
  ...casesOf('ipns', 'gateway-cache/fixtures', [
    {
      name: 'a name in the form of a peer id leads to its canonical form',
      request: { path: '/ipns/12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK/root2/' },
      expect: {
        status: 302,
        headers: { location: '/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8/root2/' },
      },
    },
    {
      name: 'a name in the form of a hash of an RSA key leads to its canonical form',
      request: { path: '/ipns/QmcJM7PRfkSbcM5cf1QugM5R37TLRKyJGgBEhXjLTB8uA2/root2/' },
      expect: {
        status: 302,
        headers: { location: '/ipns/k2k4r8ol4m8kkcqz509c1rcjwunebj02gcnm5excpx842u736nja8ger/root2/' },
      },
    },
    {
      name: 'a record may lead to a path within content',
      request: { path: `/ipns/${WITHIN}/root3/root4/index.html` },
      expect: { status: 200, body: { text: 'hello\n' } },
    },
  ]),
]
