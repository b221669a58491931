/**
 * `npm start -- --lan`, as others on the network meet it: a page over http that says how to trust the machine, then the app over
 * https at its address, with a service worker, and its relay over wss. In a network of the test's own.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../fixtures/chromium.ts'
import { canNetwork, createNetwork, type Network, type Place } from '../fixtures/netns.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const able = canNetwork('e2e/lan-https')
const folder = mkdtempSync(join(tmpdir(), 'cafe-lan-'))
const trusted = join(folder, 'authority.pem')

let network: Network
let box: Place
let phone: Place
let relay: RelayProcess
let person: Person | undefined

/** What `curl` gets in the phone's place. */
const curl = (...args: string[]): string => {
  const [program = '', ...rest] = [...phone.prefix, 'curl', '--silent', '--show-error', '--max-time', '20', ...args]
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
  return status === 0 ? stdout : `failed with ${status}: ${stderr}`
}
const lan = () => {
  if (!relay.lan) throw new Error('the relay says nothing of the network')
  return relay.lan
}

describe.skipIf(!able)('a relay on the network', () => {
  beforeAll(async () => {
    network = createNetwork()
    ;[box, phone] = [network.place('box'), network.place('phone')]
    network.join([box, '10.80.0.1/24'], [phone, '10.80.0.2/24'])
    relay = await startRelay(['--lan'], box.prefix)
  })
  afterAll(async () => {
    await person?.browser.close()
    await relay?.close()
    network?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('hands out its authority, which is the one the terminal names, and nobody trusts it before', () => {
    const { urls, page, fingerprint } = lan()
    expect(urls).toEqual([expect.stringMatching(/^https:\/\/10\.80\.0\.1:\d+\/$/)])
    expect(curl(page)).toContain(fingerprint)
    const der = join(folder, 'authority.der')
    expect(curl('--output', der, `${page}popup-cafe.crt`)).toBe('')
    writeFileSync(trusted, execFileSync('openssl', ['x509', '-inform', 'DER', '-in', der]))
    expect(new X509Certificate(execFileSync('cat', [trusted])).fingerprint256).toBe(fingerprint)
    expect(curl(urls[0] as string)).toMatch(/^failed with 60/)
  })

  test('serves the app over https to who trusts it', () => {
    const [url = ''] = lan().urls
    expect(curl('--cacert', trusted, url)).toContain('<title>Popup Cafe')
    const config = JSON.parse(curl('--cacert', trusted, `${url}config.json`)) as { relay: string[] }
    expect(config.relay.some((way) => /^\/ip4\/10\.80\.0\.1\/tcp\/\d+\/(tls\/ws|wss)\/p2p\//.test(way))).toBe(true)
    // By a name of this machine itself the app is there over http as ever.
    expect(relay.url).toMatch(/^http:\/\/cafe\.localhost:\d+\/$/)
  })

  test('gives a browser there a service worker, a node, and its relay', async () => {
    const [url = ''] = lan().urls
    const { publicKey } = new X509Certificate(execFileSync('cat', [trusted]))
    const key = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }))
    const flags = [`--ignore-certificate-errors-spki-list=${key.digest('base64')}`]
    person = await visit(url, { ready: false, program: phone.program(findChromium()), flags })
    const { page } = person
    await page.waitForFunction(() => isSecureContext && navigator.serviceWorker.controller !== null)
    await page.goto(`${url}#host`)
    await page.getByRole('textbox', { name: /name/i }).fill('Kitchen table')
    await page.getByRole('button', { name: 'Open the cafe' }).click()
    await page.getByText('People on this network and through the relay can join.').waitFor()
    const invite = await page.locator('cafe-invite input').inputValue()
    expect(invite.startsWith(`${url}#join=`)).toBe(true)
    expect(invite.length).toBeLessThanOrEqual(300)
  })
})
