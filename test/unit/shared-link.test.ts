/** What a link's code, id, proof and body are derived from, and that nothing opens by anything else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import {
  createLinkSecret,
  formatLinkCode,
  linkIdOf,
  linkMaster,
  linkProof,
  openLinkBody,
  parseLinkCode,
  sealLinkBody,
} from '../../src/crypto/shared-link.ts'
import { failure } from './crypto-help.ts'
import { codeOf } from './link-help.ts'

const fixed = (password: boolean) => ({ secret: new Secret(new Uint8Array(32).fill(7)), password })

describe('the code of a link', () => {
  it('is read back as it was written, with whether a password is needed', () => {
    for (const password of [true, false]) {
      const link = createLinkSecret(password)
      const read = parseLinkCode(formatLinkCode(link))
      expect(hex(read.secret.reveal())).toBe(hex(link.secret.reveal()))
      expect(read.password).toBe(password)
    }
  })

  it('is nothing else: any other text is refused without being repeated', async () => {
    const good = formatLinkCode(fixed(false))
    const others = [
      '',
      good.slice(1),
      `${good}A`,
      `B${good.slice(1)}`,
      good.replace('AQ', 'AQ'.toLowerCase()),
      'é'.repeat(46),
    ]
    for (const text of others)
      expect(await failure(async () => parseLinkCode(text))).toEqual({ code: 'BAD_REQUEST', data: { what: 'link' } })
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 40, maxLength: 50 }), async (text) => {
        expect(await codeOf(async () => parseLinkCode(text))).toBe('BAD_REQUEST')
      }),
    )
  })
})

describe('what is derived', () => {
  it('is the same for ever: links that were handed out must open', async () => {
    const plain = await linkMaster(fixed(false))
    expect({
      code: formatLinkCode(fixed(false)),
      id: hex(await linkIdOf(fixed(false))),
      proof: hex(await linkProof(plain)),
      locked: hex(await linkProof(await linkMaster(fixed(true), 'caf\u00e9 noir'))),
    }).toEqual({
      code: 'AQAHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw',
      id: 'c149a69c5d3fb4753684ba54fd7108ab',
      locked: 'f494cfcf8651667b9442ae81232868bad7dcd09ef1769de1d2045d7f6b9f5f6f',
      proof: 'e3452b06cdf196f48dbeca34cd9dffe9faac1fe8fbb5689f3278f2ccc8ba03cf',
    })
  })

  it('tells a cafe nothing of the secret, nor whether there is a password', async () => {
    const [plain, locked] = [await linkMaster(fixed(false)), await linkMaster(fixed(true), 'a password')]
    expect(hex(await linkIdOf(fixed(false)))).toBe(hex(await linkIdOf(fixed(true))))
    const told = [await linkIdOf(fixed(false)), await linkProof(plain), await linkProof(locked)].map(hex)
    expect(new Set(told).size).toBe(3)
    for (const one of told) expect(one).not.toContain('0707')
  })

  it('takes a password as any keyboard sends it, and no other', async () => {
    const proof = async (password: string) => hex(await linkProof(await linkMaster(fixed(true), password)))
    expect(await proof('caf\u00e9')).toBe(await proof('cafe\u0301'))
    expect(await proof('caf\u00e9')).not.toBe(await proof('cafe'))
    expect(await failure(() => linkMaster(fixed(true)))).toEqual({ code: 'SEALED', data: { what: 'password' } })
    expect(await failure(() => linkMaster(fixed(true), 'abc'))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('the body', () => {
  const key = formatFileKey(createFileKey().reveal())

  it('opens by its link alone, as a whole, and hides how long the name is', async () => {
    const master = await linkMaster(fixed(false))
    const id = await linkIdOf(fixed(false))
    const body = await sealLinkBody(master, id, { key, name: 'holiday.jpg' })
    expect(body.byteLength).toBe(256)
    expect((await sealLinkBody(master, id, { key })).byteLength).toBe(256)
    expect(await openLinkBody(master, id, body)).toEqual({ key, name: 'holiday.jpg' })
    const other = await linkMaster(createLinkSecret(false))
    expect(await codeOf(() => openLinkBody(other, id, body))).toBe('SEALED')
    expect(await codeOf(() => openLinkBody(master, new Uint8Array(16), body))).toBe('SEALED')
    for (const at of [0, 60, 255]) {
      const changed = body.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await codeOf(() => openLinkBody(master, id, changed))).toBe('SEALED')
    }
  })

  it('is refused where it is no key of a file', async () => {
    const master = await linkMaster(fixed(false))
    const id = await linkIdOf(fixed(false))
    const body = await sealLinkBody(master, id, { key: 'no key at all' })
    expect(await codeOf(() => openLinkBody(master, id, body))).toBe('SEALED')
  })
})
