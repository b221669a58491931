/** Device certificates: who may sign for an account, for what and when; changed in any way they let nobody. */
import { describe, expect, it } from 'vitest'
import type { DeviceCertificate } from '../../src/crypto/certificate.ts'
import { accountSigner, checkCertificate, createCertificate, verifySigned } from '../../src/crypto/certificate.ts'
import { counting, failure, flipBit } from './crypto-help.ts'
import { accountOf, DAY, deviceOf, NOW, signerOf } from './seal-help.ts'

describe('a device certificate', () => {
  it('lets its device act for its account while it is valid', async () => {
    const { account, peer, cert } = await signerOf(1)
    const claim = { account, peer, cap: 'thread', at: NOW } as const
    const check = (changed: object) => checkCertificate(cert as DeviceCertificate, { ...claim, ...changed })
    expect(await check({})).toBe(true)
    expect(await check({ at: NOW - 180 * DAY })).toBe(true)
    expect(await check({ at: NOW + 180 * DAY })).toBe(true)
    expect(await check({ at: NOW - 180 * DAY - 1 })).toBe(false)
    expect(await check({ at: NOW + 180 * DAY + 1 })).toBe(false)
    expect(await check({ peer: deviceOf(2).peer })).toBe(false)
    expect(await check({ account: (await accountOf(2)).address })).toBe(false)
  })

  it('lets it do only what it says', async () => {
    const { account, peer, cert } = await signerOf(1, 1, ['mail'])
    const check = (cap: 'mail' | 'thread' | 'invite') =>
      checkCertificate(cert as DeviceCertificate, { account, peer, cap, at: NOW })
    expect([await check('mail'), await check('thread'), await check('invite')]).toEqual([true, false, false])
  })

  it('is worth nothing once changed', async () => {
    const { account, peer, cert } = await signerOf(1)
    const other = deviceOf(9).peer
    const genuine = cert as DeviceCertificate
    const changed: DeviceCertificate[] = [
      { ...genuine, peer: other },
      { ...genuine, notAfter: genuine.notAfter + 1 },
      { ...genuine, notBefore: 0 },
      { ...genuine, caps: ['thread'] },
      { ...genuine, seq: 2 },
      ...Array.from({ length: 64 }, (_, i) => ({ ...genuine, sig: flipBit(new Uint8Array(genuine.sig), 8 * i) })),
    ]
    for (const one of changed)
      expect(
        await checkCertificate(one, { account, peer: one.peer === other ? other : peer, cap: 'thread', at: NOW }),
      ).toBe(false)
  })

  it('is made only of proper terms', async () => {
    const terms = { peer: deviceOf(1).peer, notBefore: 0, notAfter: 1, caps: [], seq: -1 }
    expect(await failure(async () => createCertificate(await accountOf(1), terms))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})

describe('a signature for an account', () => {
  it('is by the account, or by a device with a certificate', async () => {
    const device = await signerOf(1)
    const bytes = counting(50)
    const claim = { account: device.account, peer: device.peer, cap: 'thread', at: NOW } as const
    const [byDevice, byAccount] = [await device.sign(bytes), await accountSigner(device.owner, device.peer).sign(bytes)]
    expect(await verifySigned(claim, device.cert, bytes, byDevice)).toBe(true)
    expect(await verifySigned(claim, undefined, bytes, byAccount)).toBe(true)
    expect(await verifySigned(claim, undefined, bytes, byDevice)).toBe(false)
    expect(await verifySigned(claim, device.cert, bytes, byAccount)).toBe(false)
    expect(await verifySigned(claim, (await signerOf(2, 1)).cert, bytes, byDevice)).toBe(false)
    expect(await verifySigned(claim, device.cert, counting(49), byDevice)).toBe(false)
  })
})
