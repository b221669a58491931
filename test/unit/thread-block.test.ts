/** Thread blocks: read by who has the key, signed for one place, one CID for one content; anything else changes nothing. */
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { decode, encode } from '../../src/core/codec.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import type { Signer } from '../../src/crypto/certificate.ts'
import { BUCKETS } from '../../src/crypto/padding.ts'
import { openBytes, sealBytes } from '../../src/crypto/sealed-bytes.ts'
import { blockCid, createBlock, openBlock, readNode, reopenBlock } from '../../src/thread/block.ts'
import { createCharter, threadId } from '../../src/thread/charter.ts'
import { createEpochKey, epochKey, openEpochKey, sealEpochKey } from '../../src/thread/epoch-key.ts'
import { createGrant } from '../../src/thread/grant.ts'
import type { Content } from '../../src/thread/kinds.ts'
import { failure, flipBit } from './crypto-help.ts'
import { accountOf, NOW, signerOf } from './seal-help.ts'

async function world() {
  const signer = await signerOf(1)
  const terms = { initiator: signer.account, type: 'open', sharing: 'shared' } as const
  const { charter, key: raw } = await createCharter(terms, systemRandom)
  const key = await epochKey(raw.reveal())
  const thread = await threadId(charter)
  const by = { author: signer.account, dev: signer.peer, cert: signer.cert, seq: 1, prev: null, ts: NOW }
  const { cert, ...rest } = by
  const common = cert ? { ...rest, cert } : rest
  const text: Content = { ...common, type: 'text', body: { text: 'hello' }, files: [] }
  const place = { thread, epoch: 0, parents: [] }
  return { signer, charter, key, thread, place, text, common }
}

describe('a thread block', () => {
  it('says to who has the key what its author said, in a bucket', async () => {
    const { signer, key, thread, place, text } = await world()
    const block = await createBlock(place, key.key, signer, text)
    const node = readNode(block.bytes)
    expect(BUCKETS).toContain(node.c.byteLength)
    const keys = [await createEpochKey(systemRandom), key]
    expect(await openBlock(thread, block, node, keys)).toEqual({ content: text, key })
    expect(await reopenBlock(block.bytes, key)).toEqual({ content: text, node })
    const stranger = await createEpochKey(systemRandom)
    expect(await failure(() => openBlock(thread, block, node, [stranger]))).toMatchObject({ code: 'SEALED' })
  })

  it('is refused once any part of it is changed', { timeout: 60_000 }, async () => {
    const { signer, key, thread, place, text } = await world()
    const { bytes } = await createBlock(place, key.key, signer, text)
    for (let bit = 0; bit < 8 * bytes.byteLength; bit += 29) {
      const changed = flipBit(bytes, bit)
      const open = async () =>
        openBlock(thread, { cid: await blockCid(changed), bytes: changed }, readNode(changed), [key])
      expect(['SEALED', 'BAD_REQUEST']).toContain(((await failure(open)) as { code: string }).code)
    }
  })

  it('cannot be signed for another, nor moved to another thread', async () => {
    const { signer, key, thread, place, text } = await world()
    const forged: Signer = { ...(await signerOf(3)), account: signer.account, peer: signer.peer, cert: signer.cert }
    const block = await createBlock(place, key.key, forged, text)
    const refused = { code: 'FORBIDDEN', data: { what: 'signature' } }
    expect(await failure(() => openBlock(thread, block, readNode(block.bytes), [key]))).toEqual(refused)
    const genuine = await createBlock(place, key.key, signer, text)
    const other = (await world()).thread
    expect(await failure(() => openBlock(other, genuine, readNode(genuine.bytes), [key]))).toEqual(refused)
  })

  it('has one CID: a member who seals it again with other randomness is refused', async () => {
    const { signer, key, thread, place, text } = await world()
    const block = await createBlock(place, key.key, signer, text)
    expect((await createBlock(place, key.key, signer, text)).cid.equals(block.cid)).toBe(true)
    const node = readNode(block.bytes)
    const aad = concat(utf8('textile-cafe/block/1\0'), encode({ t: node.t, e: node.e, p: node.p }))
    const inner = await openBytes(key.key, aad, node.c)
    const bytes = encode({ ...(decode(block.bytes, 300_000) as object), c: await sealBytes(key.key, aad, inner) })
    const again = { cid: await blockCid(bytes), bytes }
    expect(await failure(() => openBlock(thread, again, readNode(bytes), [key]))).toEqual({
      code: 'BAD_REQUEST',
      data: { what: 'block' },
    })
  })

  it('carries no forged grant', async () => {
    const { signer, key, thread, place, common } = await world()
    const terms = { thread, to: null, gen: 0, ts: NOW, exp: NOW + 1 }
    const grant = await createGrant(signer, terms, systemRandom)
    const say = async (changed: object) => {
      const content = { ...common, type: 'join', body: { grant: { ...grant, ...changed } }, files: [] } as Content
      const block = await createBlock(place, key.key, signer, content)
      return openBlock(thread, block, readNode(block.bytes), [key])
    }
    expect(await say({})).toMatchObject({ content: { type: 'join' } })
    const refused = { code: 'FORBIDDEN', data: { what: 'grant' } }
    for (const changed of [{ gen: 1 }, { exp: NOW + 2 }, { to: signer.account }])
      expect(await failure(() => say(changed))).toEqual(refused)
  })
})

describe('an epoch key', () => {
  it('reaches the member it is sealed to, and no other', async () => {
    const { signer, thread } = await world()
    const key = await createEpochKey(systemRandom)
    const [ada, bob] = [await accountOf(2), await accountOf(3)]
    const sealed = await sealEpochKey(
      signer,
      key,
      { thread, epoch: 1 },
      { to: ada.address, ts: NOW, random: systemRandom },
    )
    const expected = { thread, epoch: 1, from: signer.account, id: key.id }
    expect((await openEpochKey(ada, sealed, expected)).key.reveal()).toEqual(key.key.reveal())
    for (const attempt of [
      () => openEpochKey(bob, sealed, expected),
      () => openEpochKey(ada, sealed, { ...expected, epoch: 2 }),
      () => openEpochKey(ada, sealed, { ...expected, from: ada.address }),
      () => openEpochKey(ada, sealed, { ...expected, id: new Uint8Array(16) }),
    ])
      expect(await failure(attempt)).toMatchObject({ code: 'SEALED' })
  })
})
