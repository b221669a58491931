/** Signed records: what one peer signed comes back from its envelope, and nothing else ever does. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { count, text, v } from '../../src/core/schema.ts'
import { openRecord, type RecordKind, sealRecord } from '../../src/crypto/envelope.ts'
import { failure, flipBit } from './crypto-help.ts'

const kind: RecordKind<{ n: number; text: string }> = {
  domain: 'textile-cafe-test',
  type: '/cafe/test/1',
  schema: v.strictObject({ n: count(), text: text(100) }),
  limit: 400,
}
const value = { n: 7, text: 'erased' }
const CORRUPT = { code: 'CORRUPT', data: { what: 'envelope' } }

let key: PrivateKey
let signer: PeerIdText
let sealed: Uint8Array<ArrayBuffer>
const idOf = (of: PrivateKey) => peerIdFromPrivateKey(of).toString() as PeerIdText

beforeAll(async () => {
  key = await generateKeyPair('Ed25519')
  signer = idOf(key)
  sealed = await sealRecord(kind, key, value)
})

describe('a signed record', () => {
  it('comes back as it was signed, and is an envelope that libp2p itself certifies', async () => {
    expect(await openRecord(kind, signer, sealed)).toEqual(value)
    const envelope = await RecordEnvelope.openAndCertify(sealed, kind.domain)
    expect(new TextDecoder().decode(envelope.payloadType)).toBe(kind.type)
  })

  it('is refused from another signer, of another domain, of another type', async () => {
    const other = await generateKeyPair('Ed25519')
    expect(await failure(() => openRecord(kind, idOf(other), sealed))).toEqual(CORRUPT)
    expect(await failure(async () => openRecord(kind, signer, await sealRecord(kind, other, value)))).toEqual(CORRUPT)
    for (const change of [{ domain: 'textile-cafe-other' }, { type: '/cafe/test/2' }])
      expect(await failure(() => openRecord({ ...kind, ...change }, signer, sealed))).toEqual(CORRUPT)
  })

  it('is refused with any bit changed, cut anywhere, or with bytes behind it', async () => {
    for (let bit = 0; bit < sealed.byteLength * 8; bit++)
      expect(await failure(() => openRecord(kind, signer, flipBit(sealed, bit)))).toEqual(CORRUPT)
    for (let size = 0; size < sealed.byteLength; size++)
      expect(await failure(() => openRecord(kind, signer, sealed.slice(0, size)))).toEqual(CORRUPT)
    for (const tail of [[0], [0x30, 1], [...sealed]])
      expect(await failure(() => openRecord(kind, signer, Uint8Array.of(...sealed, ...tail)))).toEqual(CORRUPT)
  })

  it('is refused when it says something else than its kind, or is too long', async () => {
    const wide = { ...kind, schema: v.object({ n: count(), text: text(100), more: v.number() }) }
    const more = await sealRecord<object>(wide, key, { ...value, more: 1 })
    expect(await failure(() => openRecord(kind, signer, more))).toEqual(CORRUPT)
    expect(await failure(() => openRecord({ ...kind, limit: sealed.byteLength - 1 }, signer, sealed))).toEqual(CORRUPT)
    expect(await failure(() => sealRecord({ ...kind, limit: 10 }, key, value))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(() => sealRecord(kind, key, { n: -1, text: '' }))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})
