/** Origins of their own for content: 24 cases of content, 18 of names. The gateway of subdomains is `example.com`. */
import { type Case, casesOf, type Row } from '../case.ts'

const GATEWAY = 'example.com'
const LISTING = 'bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i'
const HELLO = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const HELLO_V0 = 'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN'
const HELLO_V0_AS_V1 = 'bafybeiffndsajwhk3lwjewwdxqntmjm4b5wxaaanokonsggenkbw6slwk4'
/** Of a hash so long that it is no label of a host. */
const TOO_LONG =
  'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'
const DIRECTORY = 'bafybeiht6dtwk3les7vqm6ibpvz6qpohidvlshsfyr7l5mpysdw2vmbbhe'
const PER_CENT = 'bafybeig675grnxcmshiuzdaz2xalm6ef4thxxds6o6ypakpghm5kghpc34'
const ENCYCLOPEDIA = 'QmXoypizjW3WknFiJnKLwHCnL72vedxjQkDDP1mXWo6uco'

const content = (cid: string): string => `${cid}.ipfs.${GATEWAY}`
const named = (name: string): string => `${name}.ipns.${GATEWAY}`
const to = (location: string, status = 301): Row['expect'] => ({ status, headers: { location } })
const text = (...contains: string[]): Row['expect'] => ({ status: 200, body: { contains } })

const listings: Row[] = [
  {
    name: 'the listing of an origin has no link to what is above it',
    request: { host: content(LISTING), path: '/' },
    expect: { status: 200, body: { linksTo: ['/%C4%85'], notTo: ['/'] } },
  },
  {
    name: 'a directory of an origin without the final slash leads to itself with it',
    request: { host: content(LISTING), path: '/ą/ę' },
    expect: to('/%C4%85/%C4%99/'),
  },
  {
    name: 'a listing of an origin links to its parent and its entries',
    request: { host: content(LISTING), path: '/ą/ę/' },
    expect: {
      status: 200,
      headers: { etag: { has: ['"DirIndex-'] } },
      body: { linksTo: ['/%C4%85/', '/%C4%85/%C4%99/file-%C5%BA%C5%82.txt'] },
    },
  },
]

const redirected: Row[] = [
  {
    name: 'a path leads to an origin of its own',
    request: { host: GATEWAY, path: `/ipfs/${HELLO}/` },
    expect: to(`http://${content(HELLO)}/`),
  },
  {
    name: 'a path with per cent signs is kept as it is',
    request: { host: GATEWAY, path: `/ipfs/${PER_CENT}/Portugal%252C+España=Peninsula%20Ibérica.txt` },
    expect: to(`http://${content(PER_CENT)}/Portugal%252C+Espa%C3%B1a=Peninsula%20Ib%C3%A9rica.txt`),
  },
  {
    name: 'a directory leads to an origin of its own',
    request: { host: GATEWAY, path: `/ipfs/${DIRECTORY}/` },
    expect: to(`http://${content(DIRECTORY)}/`),
  },
  {
    name: 'a CID of version 0 leads to its form for hosts',
    request: { host: GATEWAY, path: `/ipfs/${HELLO_V0}/` },
    expect: to(`http://${content(HELLO_V0_AS_V1)}/`),
  },
  {
    name: 'a path within a CID of version 0 is kept',
    request: { host: GATEWAY, path: `/ipfs/${HELLO_V0}/?filename=a.txt` },
    expect: to(`http://${content(HELLO_V0_AS_V1)}/?filename=a.txt`),
  },
  {
    name: 'a path to a file within a directory is kept',
    request: { host: GATEWAY, path: `/ipfs/${DIRECTORY}/ipfs/file.txt` },
    expect: to(`http://${content(DIRECTORY)}/ipfs/file.txt`),
  },
  {
    name: 'the encrypted side of a proxy is the one to lead to',
    request: { host: GATEWAY, path: `/ipfs/${HELLO}/`, headers: { 'x-forwarded-proto': 'https' } },
    expect: to(`https://${content(HELLO)}/`),
  },
  {
    name: 'an ipfs: address of a browser leads to its path',
    request: { host: GATEWAY, path: `/ipfs/?uri=ipfs%3A%2F%2F${ENCYCLOPEDIA}%2Fwiki%2FDiego_Maradona.html` },
    expect: to(`/ipfs/${ENCYCLOPEDIA}/wiki/Diego_Maradona.html`),
  },
]

const served: Row[] = [
  { name: 'an origin has its file', request: { host: content(HELLO), path: '/' }, expect: text('hello') },
  {
    name: 'an origin has no /ipfs but its own',
    request: { host: content(HELLO), path: `/ipfs/${HELLO}` },
    expect: { status: 404 },
  },
  {
    name: 'an origin may have a directory called ipfs',
    request: { host: content(DIRECTORY), path: '/ipfs/file.txt' },
    expect: text('I am a txt file'),
  },
  {
    name: 'the listing of an origin links to its entries',
    request: { host: content(DIRECTORY), path: '/' },
    expect: { status: 200, body: { linksTo: ['/hello', '/ipfs'] } },
  },
  {
    name: 'the listing of a directory called ipns links to its parent',
    request: { host: content(DIRECTORY), path: '/ipfs/ipns/' },
    expect: { status: 200, body: { linksTo: ['/ipfs/', '/ipfs/ipns/bar'] } },
  },
  {
    name: 'an origin has files however deep',
    request: { host: content(DIRECTORY), path: '/ipfs/ipns/bar' },
    expect: text('text-file-content'),
  },
  {
    name: 'the listing of a directory called ipns says where it is',
    request: { host: content(DIRECTORY), path: '/ipfs/ipns/' },
    expect: text('ipns'),
  },
]

const refused: Row[] = [
  {
    name: 'what is no CID is refused and not led anywhere',
    request: { host: GATEWAY, path: '/ipfs/QmInvalidCID' },
    expect: { status: 400, headers: { location: null } },
  },
  {
    name: 'a CID too long for a label is not led anywhere',
    request: { host: GATEWAY, path: `/ipfs/${TOO_LONG}` },
    expect: { status: 400, headers: { location: null } },
  },
  {
    name: 'a label that is too long is refused',
    request: { host: content(TOO_LONG), path: '/' },
    expect: { status: 400 },
  },
]

const forwarded: Row[] = [
  {
    name: 'another host is a gateway of paths',
    request: { host: 'fake.domain.com', path: `/ipfs/${HELLO}` },
    expect: text('hello'),
  },
  {
    name: 'the host that a proxy was asked for counts',
    request: { host: 'fake.domain.com', path: `/ipfs/${HELLO}`, headers: { 'x-forwarded-host': GATEWAY } },
    expect: to(`http://${content(HELLO)}/`),
  },
  {
    name: 'host and scheme that a proxy was asked for count together',
    request: {
      host: 'fake.domain.com',
      path: `/ipfs/${HELLO}`,
      headers: { 'x-forwarded-host': GATEWAY, 'x-forwarded-proto': 'https' },
    },
    expect: to(`https://${content(HELLO)}/`),
  },
]

/** Each as hash of a key, in its canonical form, and with the codec of UnixFS by mistake. */
const KEYS = [
  {
    kind: 'RSA',
    old: 'QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3',
    name: 'k2k4r8m7xvggw5pxxk3abrkwyer625hg01hfyggrai7lk1m63fuihi7w',
    mistaken: 'k2jmtxu61bnhrtj301lw7zizknztocdbeqhxgv76l2q9t36fn9jbzipo',
  },
  {
    kind: 'Ed25519',
    old: '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d',
    name: 'k51qzi5uqu5dk3v4rmjber23h16xnr23bsggmqqil9z2gduiis5se8dht36dam',
    mistaken: 'k50rm9yjlt0jey4fqg6wafvqprktgbkpgkqdg27tpqje6iimzxewnhvtin9hhq',
  },
]
const names: Row[] = [
  ...KEYS.flatMap(({ kind, old, name, mistaken }): Row[] => [
    {
      name: `a name by the hash of its ${kind} key leads to its canonical origin`,
      request: { host: GATEWAY, path: `/ipns/${old}` },
      expect: to(`http://${named(name)}/`),
    },
    {
      name: `a canonical name of an ${kind} key leads to its origin`,
      request: { host: GATEWAY, path: `/ipns/${name}` },
      expect: to(`http://${named(name)}/`),
    },
    {
      name: `the origin of an ${kind} key has what the name leads to`,
      request: { host: named(name), path: '/' },
      expect: { status: 200, body: { text: 'hello\n' } },
    },
    {
      name: `the origin of an ${kind} key under the wrong codec leads to the right one`,
      request: { host: named(mistaken), path: '/' },
      expect: to(`http://${named(name)}/`),
    },
  ]),
  {
    name: 'a path within a name by the hash of its key is kept',
    request: { host: GATEWAY, path: `/ipns/${KEYS[1]?.old}/a/b?c=d` },
    expect: to(`http://${named(`${KEYS[1]?.name}`)}/a/b?c=d`),
  },
]

/** Names that DNS leads on: {@link DNS_NAMES} in the runner. Dots become dashes in a label, and dashes two. */
const WIKI = 'en.wikipedia-on-ipfs.example.org'
const WIKI_LABEL = 'en-wikipedia--on--ipfs-example-org'
const TEST = 'dnslink-test.example.org'
const TEST_LABEL = 'dnslink--test-example-org'
const dns: Row[] = [
  {
    name: 'a DNS name leads to an origin of one label',
    request: { host: GATEWAY, path: `/ipns/${WIKI}/wiki/` },
    expect: to(`http://${named(WIKI_LABEL)}/wiki/`),
  },
  {
    name: 'a DNS name leads to an origin of one label on the encrypted side of a proxy',
    request: { host: GATEWAY, path: `/ipns/${WIKI}/wiki/`, headers: { 'x-forwarded-proto': 'https' } },
    expect: to(`https://${named(WIKI_LABEL)}/wiki/`),
  },
  {
    name: 'a DNS name without a path leads to the top of its origin',
    request: { host: GATEWAY, path: `/ipns/${TEST}` },
    expect: to(`http://${named(TEST_LABEL)}/`),
  },
  {
    name: 'the query of a DNS name is kept',
    request: { host: GATEWAY, path: `/ipns/${TEST}/?filename=a.txt` },
    expect: to(`http://${named(TEST_LABEL)}/?filename=a.txt`),
  },
  {
    name: 'the origin of one label has what the DNS name leads to',
    request: { host: named(TEST_LABEL), path: '/' },
    expect: { status: 200, body: { text: 'hello\n' } },
  },
  {
    name: 'the origin of several labels has what the DNS name leads to',
    request: { host: named(TEST), path: '/' },
    expect: { status: 200, body: { text: 'hello\n' } },
  },
  {
    name: 'an ipns: address of a browser leads to its path',
    request: { host: GATEWAY, path: `/ipns/?uri=ipns%3A%2F%2F${WIKI}` },
    expect: to(`/ipns/${WIKI}`),
  },
  {
    name: 'an ipns: address of a browser keeps its path',
    request: { host: GATEWAY, path: `/ipns/?uri=ipns%3A%2F%2F${WIKI}%2Fwiki%2FA` },
    expect: to(`/ipns/${WIKI}/wiki/A`),
  },
  {
    name: 'a DNS name that leads nowhere is not found',
    request: { host: named('nowhere-example-org'), path: '/' },
    expect: { status: [404, 502] },
  },
]

export const subdomainCases: Case[] = [
  ...casesOf('subdomain-ipfs', 'dir_listing/fixtures', listings),
  ...casesOf('subdomain-ipfs', 'subdomain_gateway/fixtures', [...redirected, ...served, ...refused, ...forwarded]),
  ...casesOf('subdomain-ipns', 'subdomain_gateway/fixtures', [...names, ...dns]),
]
