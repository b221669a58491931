/** Sealed links at the gateway: an address with `#link=` is answered as the one with the key would be, or says why not. */
import { beforeAll, describe, expect, it } from 'vitest'
import { CafeError, type ErrorCode } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { createLinkSecret, formatLinkCode } from '../../src/crypto/shared-link.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { LinkSource } from '../../src/gateway/sealed-links.ts'
import { sealedLinkOf } from '../../src/ui/sealed-link.ts'
import {
  asker,
  bytesOf,
  expectIsolated,
  importSealed,
  MemorySource,
  noise,
  ORIGIN,
  range,
  type Sealed,
} from './gateway-help.ts'

const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
const CODE = formatLinkCode(createLinkSecret(false))
const PLAIN = noise(600_000, 3)
const source = new MemorySource()
let sealed: Sealed
beforeAll(async () => {
  sealed = await importSealed(source, PLAIN)
})

const opened: string[] = []
const links: LinkSource = {
  async open({ code, from }) {
    opened.push(`${code.reveal()} ${from}`)
    return { key: new Secret(sealed.key), name: 'tape.mp3' }
  },
}
const failing = (code: ErrorCode, what: string): LinkSource => ({
  open: () => Promise.reject(new CafeError(code, { what })),
})
async function ask(path: string, init: RequestInit = {}, from: LinkSource | undefined = links): Promise<Response> {
  const response = await createGateway({ blocks: source, links: from })(new Request(`${ORIGIN}${path}`, init))
  expectIsolated(response)
  return response
}
const address = (more = `#link=${CODE}&from=${PEER}`) => `/ipfs/${sealed.cid}${more}`

describe('a sealed link', () => {
  it('is answered as with the key, in ranges too, by the name in the seal, and stored nowhere', async () => {
    const whole = await ask(address())
    expect([whole.status, whole.headers.get('Content-Type')]).toEqual([200, 'audio/mpeg'])
    expect(whole.headers.get('Cache-Control')).toBe('private, no-store')
    expect(Buffer.compare(await bytesOf(whole), PLAIN)).toBe(0)
    expect(opened.at(-1)).toBe(`${CODE} ${PEER}`)
    const part = await ask(address(), range('bytes=300000-300999'))
    expect([part.status, part.headers.get('Content-Range')]).toEqual([206, 'bytes 300000-300999/600000'])
    expect(Buffer.compare(await bytesOf(part), PLAIN.subarray(300_000, 301_000))).toBe(0)
    const keyed = await asker(source)(`/ipfs/${sealed.cid}#key=${sealed.key}`, { method: 'HEAD' })
    expect(part.headers.get('ETag')).toBe(keyed.headers.get('ETag'))
  })

  it('says in plain words why it does not open, and never repeats itself', async () => {
    const cases = [
      [failing('NOT_FOUND', 'link'), 404, 'does not open any more'],
      [failing('UNREACHABLE', 'link'), 504, 'asleep'],
      [failing('SEALED', 'password'), 403, 'takes a password'],
      [failing('FORBIDDEN', 'password'), 403, 'not the password'],
    ] as const
    for (const [from, status, words] of cases) {
      const response = await ask(address(), { headers: { Accept: 'text/html' } }, from)
      const page = await response.text()
      expect([response.status, page.includes(words)]).toEqual([status, true])
      expect(page).not.toContain(CODE)
    }
  })

  it('is refused beside a key, twice, in the query, and where nobody opens seals', async () => {
    for (const more of [`#link=${CODE}&key=${sealed.key}`, `#link=${CODE}&link=${CODE}`])
      expect((await ask(address(more))).status).toBe(400)
    const before = opened.length
    await ask(address(`?link=${CODE}`))
    expect(opened.length).toBe(before)
    expect((await createGateway({ blocks: source })(new Request(`${ORIGIN}${address()}`))).status).toBe(501)
  })
})

it('a page reads in the address whether a password is needed', () => {
  const locked = formatLinkCode(createLinkSecret(true))
  const read = (code: string) => sealedLinkOf(`/ipfs/x#link=${code}&from=${PEER}`)
  expect(read(CODE)).toEqual({ code: CODE, from: [PEER], password: false })
  expect(read(locked)).toEqual({ code: locked, from: [PEER], password: true })
  expect(read('%').password).toBe(false)
  expect(sealedLinkOf('/ipfs/x#key=u')).toEqual({ code: undefined, from: [], password: false })
})
