/** `_redirects` of an origin: 23 cases. */
import { type Case, casesOf, PERMANENT, type Row } from '../case.ts'

const content = (cid: string): string => `${cid}.ipfs.example.com`
const EXAMPLES = content('bafybeiesjgoros75o5meijhfvnxmy7kzkynhqijlzmypw3nry6nvsjqkzy')
const FORCED = content('bafybeicv4452oppsenilwr54bcej2xxr5olcwu3y5xc2k3lemvrvtokljm')
const TOO_LARGE = content('bafybeia7qpipssvt5ric7m2kuzgnj454njcz5q6vj3fqq67be2dm7r522m')
const NEWLINES = content('bafybeie6hxr2huda5imzvblcwgxuddackbw5wi35elm3jzeuk4v2ul54kq')
const GOOD = content('bafybeidweedjvp3uvnnj63vdavdkmva76ogc3veurukknvpnmtumpfyhcm')
const BAD = content('bafybeignwkoxmt6a2l3jyvph4m2pmfctvqlom7znwufpkpzgoxtuyjptea')
/** Names of DNS that lead to the examples and to an app of one page. */
const DNS_EXAMPLES = 'dnslink-enabled-on-fqdn.example.org'
const DNS_APP = 'dnslink-enabled-with-spa.example.org'
const NOT_FOUND = 'Qmd9GD7Bauh6N2ZLfNnYS3b7QVAijbud83b8GE8LPMNBBP'
const APP = 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'

const moved = (name: string, path: string, location: string, status = 301, host = EXAMPLES): Row => ({
  name,
  request: { host, path },
  expect: { status, headers: { location } },
})
const ownPage = (status: number, path: string, tag: string): Row => ({
  name: `a page of the site for ${status}, for ever`,
  request: { host: EXAMPLES, path: `/${path}/has-no-redirects-entry` },
  expect: {
    status,
    headers: { 'cache-control': PERMANENT, etag: `"${tag}"` },
    body: { contains: [`my ${status}`] },
  },
})
const invalid = (name: string, host: string): Row => ({
  name,
  request: { host, path: '/not-found' },
  expect: { status: 500, body: { contains: ['_redirects'] } },
})

const rules: Row[] = [
  moved('a rule without a status is 301', '/redirect-one', '/one.html'),
  moved('a rule for 301', '/301-redirect-one', '/one.html'),
  moved('a rule for 302', '/302-redirect-two', '/two.html', 302),
  {
    name: 'a rule for 200 shows another file',
    request: { host: EXAMPLES, path: '/200-index' },
    expect: { status: 200, body: { contains: ['my index'] } },
  },
  moved('a rule with named parts', '/posts/2022/01/01/hello-world', '/articles/2022/01/01/hello-world'),
  moved('a rule with a rest', '/splat/one.html', '/redirected-splat/one.html'),
  ownPage(404, 'not-found', NOT_FOUND),
  ownPage(410, 'gone', 'QmSmR9NShZ89VEBrn9SBy7Xxvjw8Qe6XArD5GqtHvbtBM3'),
  ownPage(451, 'unavail', 'QmVQqj9oZig9tH3ENHo4bxV5pNgssUwFCXUjAJAVcZVbJG'),
  {
    name: 'a rule for all that is left',
    request: { host: EXAMPLES, path: '/catch-all' },
    expect: { status: 200, body: { contains: ['my index'] } },
  },
  invalid('rules that hide files are said to be wrong', FORCED),
  invalid('rules that are too many are said to be', TOO_LARGE),
  moved('lines may end as those of Windows', '/redirect-one', '/one.html', 301, NEWLINES),
  moved('every status of the specification is taken', '/a301', '/b301', 301, GOOD),
  {
    name: 'a wrong rule does not hide a file that is there',
    request: { host: BAD, path: '/found.html' },
    expect: { status: 200, body: { contains: ['my found'], lacks: ['unsupported'] } },
  },
]

const named: Row[] = [
  moved('a rule of a DNS name', '/redirect-one', '/one.html', 301, DNS_EXAMPLES),
  {
    name: 'a page for 404 of a DNS name is not for ever',
    request: { host: DNS_EXAMPLES, path: '/not-found/has-no-redirects-entry' },
    expect: {
      status: 404,
      headers: { etag: `"${NOT_FOUND}"`, 'cache-control': { lacks: ['immutable', 'max-age=29030400'] }, date: true },
      body: { contains: ['my 404'] },
    },
  },
]

const app = (['GET', 'HEAD'] as const).flatMap((method): Row[] => [
  {
    name: `${method}: an app of one page is shown for every path, with the tag of its page`,
    request: { method, host: DNS_APP, path: '/missing-page' },
    expect: { status: 200, headers: { etag: `"${APP}"` } },
  },
  {
    name: `${method}: 304 for the tag of the page of an app`,
    request: { method, host: DNS_APP, path: '/missing-page', headers: { 'if-none-match': `"${APP}"` } },
    expect: { status: 304 },
  },
  {
    name: `${method}: 304 for the weak tag of the page of an app`,
    request: { method, host: DNS_APP, path: '/missing-page', headers: { 'if-none-match': `W/"${APP}"` } },
    expect: { status: 304 },
  },
])

export const redirectCases: Case[] = [
  ...casesOf('redirects', 'redirects_file/redirects', [...rules, ...named]),
  ...casesOf('redirects', 'redirects_file/redirects-spa', app),
]
