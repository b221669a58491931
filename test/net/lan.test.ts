/** The authority of a machine on the network: what it signs is good there and nowhere else, and how people come to trust it. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lanAddresses } from '../../relay/lan/addresses.ts'
import { type Authority, openAuthority } from '../../relay/lan/authority.ts'
import { lanCertificates } from '../../relay/lan/certificates.ts'
import { lanPage } from '../../relay/lan/page.ts'
import { lanText, terminalCode } from '../../relay/lan/show.ts'
import { silentLog } from '../../src/core/log.ts'
import { readQr } from '../../src/ui/qr.ts'

const DAY = 86_400_000
const NAME = 'Popup Cafe of this test'
const folder = mkdtempSync(join(tmpdir(), 'cafe-lan-'))
const data = join(folder, 'data')
let authority: Authority

beforeAll(async () => {
  authority = await openAuthority(data, NAME)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What OpenSSL says of a certificate for a name: 'OK', or why not. */
function judge(cert: string, name: string): string {
  const [leaf, ca] = [join(folder, 'leaf.pem'), join(folder, 'ca.pem')]
  writeFileSync(leaf, cert)
  writeFileSync(ca, authority.pem)
  const option = /^[\d.]+$|:/.test(name) ? '-verify_ip' : '-verify_hostname'
  try {
    return execFileSync('openssl', ['verify', '-CAfile', ca, '-purpose', 'sslserver', option, name, leaf], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).includes('OK')
      ? 'OK'
      : 'no'
  } catch (error) {
    return String((error as { stderr?: string }).stderr)
  }
}

describe('the authority', () => {
  test('is made once, and its key is for its owner only', async () => {
    const again = await openAuthority(data, 'Another name')
    expect(again.fingerprint).toBe(authority.fingerprint)
    expect(statSync(join(data, 'authority.key')).mode & 0o777).toBe(0o600)
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(authority.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  test('signs for private addresses and names in .local', async () => {
    const names = ['192.168.1.20', '10.0.0.5', 'fd00::2', 'box.local']
    const { cert } = await authority.sign(names)
    for (const name of names) expect(judge(cert, name)).toBe('OK')
    expect(judge(cert, '192.168.1.21')).toContain('mismatch')
    const { validTo, validFrom } = new X509Certificate(cert)
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThan(398 * DAY)
  })

  test.each(['203.0.113.5', '2001:db8::1', 'bank.example', 'local.example'])(
    'is believed by nobody about %s, whatever it signs',
    async (name) => {
      const { cert } = await authority.sign([name])
      expect(judge(cert, name)).toContain('permitted subtree violation')
    },
  )

  test('that cannot be read is not written over: devices have it', async () => {
    const broken = join(folder, 'broken')
    await openAuthority(broken, NAME)
    writeFileSync(join(broken, 'authority.key'), 'no key')
    await expect(openAuthority(broken, NAME)).rejects.toThrow()
  })
})

describe('the certificate', () => {
  test('is renewed when there is a new address, and before it ends; not when one is gone', async () => {
    let names = ['192.168.1.20']
    let time = Date.now()
    const certificates = await lanCertificates({ authority, names: () => names, log: silentLog, now: () => time })
    const heard: string[] = []
    certificates.onChange(({ cert }) => heard.push(cert))
    await certificates.refresh()
    expect(heard).toEqual([])
    names = ['10.0.0.5', '192.168.1.20']
    await certificates.refresh()
    expect(heard).toEqual([certificates.current.cert])
    expect(new X509Certificate(certificates.current.cert).subjectAltName).toContain('10.0.0.5')
    names = ['10.0.0.5']
    await certificates.refresh()
    names = []
    await certificates.refresh()
    expect(heard.length).toBe(1)
    names = ['10.0.0.5']
    time += 61 * DAY
    await certificates.refresh()
    expect(heard.length).toBe(2)
    certificates.stop()
  })

  test('is for a machine that is in a network', async () => {
    await expect(lanCertificates({ authority, names: () => [], log: silentLog })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      data: { what: 'addresses' },
    })
  })
})

test('addresses are those of private networks, the likeliest first', () => {
  const one = (address: string, internal = false) => {
    const family = address.includes(':') ? 'IPv6' : 'IPv4'
    return { address, internal, family, netmask: '', mac: '', cidr: null, scopeid: 0 } as never
  }
  const interfaces = {
    lo: [one('127.0.0.1', true)],
    a: [one('169.254.3.4'), one('172.17.0.1'), one('fe80::1'), one('fd00::2')],
    b: [one('203.0.113.9'), one('2001:db8::1'), one('192.168.1.20')],
    c: [one('10.0.0.5'), one('192.168.1.20')],
  }
  expect(lanAddresses(interfaces)).toEqual(['192.168.1.20', '10.0.0.5', '172.17.0.1', 'fd00::2', '169.254.3.4'])
})

describe('the page that hands the certificate out', () => {
  const urls = ['https://192.168.1.20:8443/']
  const route = lanPage({
    authority: { der: new Uint8Array([1, 2]), fingerprint: 'AB:CD' },
    urls: () => urls,
    name: 'A <b>cafe</b>',
  })
  const server = createServer((request, response) => void route.answer(request, response))
  let origin: string
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  test('says why, shows the fingerprint, and runs nothing', async () => {
    const response = await fetch(`${origin}/`)
    const html = await response.text()
    expect(html).toContain('AB:CD')
    expect(html).toContain(urls[0])
    expect(html).not.toContain('<b>cafe')
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('gives it as file and as profile, and nothing else', async () => {
    const file = await fetch(`${origin}/popup-cafe.crt`)
    expect(file.headers.get('content-type')).toBe('application/x-x509-ca-cert')
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array([1, 2]))
    const profile = await (await fetch(`${origin}/popup-cafe.mobileconfig`)).text()
    expect(profile).toContain('<data>AQI=</data>')
    expect(profile).toContain('com.apple.security.root')
    expect((await fetch(`${origin}/`, { method: 'POST' })).status).toBe(405)
  })
})

test('the page is for others on the network, and stands in the way of nothing else', () => {
  const { matches } = lanPage({ authority, urls: () => [], name: NAME })
  const paths = ['/', '/popup-cafe.crt', '/popup-cafe.mobileconfig']
  for (const pathname of paths) expect(matches({ host: '192.168.1.20:8080', pathname })).toBe(true)
  expect(matches({ host: 'box.local:8080', pathname: '/' })).toBe(true)
  for (const host of ['cafe.localhost:8080', 'localhost', '127.0.0.1:8080', 'bafy.ipfs.cafe.localhost'])
    expect(matches({ host, pathname: '/' })).toBe(false)
  for (const pathname of ['/health', '/authority.key', '/ipfs/bafy', '/assets/a.js'])
    expect(matches({ host: '192.168.1.20', pathname })).toBe(false)
})

test('the terminal shows a code that reads as the address', () => {
  const url = 'https://192.168.178.20:8443/'
  const lines = terminalCode(url).replaceAll('\u001b[97;40m', '').replaceAll('\u001b[0m', '').split('\n')
  const scale = 4
  const width = (lines[0]?.length ?? 0) * scale
  const height = lines.length * 2 * scale
  const pixels = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.floor(y / scale)
      const shape = lines[row >> 1]?.[Math.floor(x / scale)] ?? ' '
      const light = shape === '█' || shape === (row % 2 === 0 ? '▀' : '▄')
      pixels.fill(light ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3)
      pixels[(y * width + x) * 4 + 3] = 255
    }
  }
  expect(readQr({ width, height, data: pixels, colorSpace: 'srgb' } as ImageData)).toBe(url)
  expect(lanText({ urls: [url], page: 'http://192.168.178.20:8081/', fingerprint: 'AB' })).toContain(url)
})
