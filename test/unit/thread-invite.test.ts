/** Invites open for whom they are, whole and unchanged, or not at all. */
import { base64url } from 'multiformats/bases/base64'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/core/codec.ts'
import { Secret } from '../../src/core/secret.ts'
import { sealTo } from '../../src/crypto/seal.ts'
import { openInvite, packInvite, sealInvite, unpackInvite } from '../../src/thread/invite.ts'
import type { Thread, ThreadInvite } from '../../src/thread/thread.ts'
import { failure, flipBit } from './crypto-help.ts'
import { NOW } from './seal-help.ts'
import { blocksOf, exchange, personOf, text, threadOf, words } from './thread-world.ts'

const plain = ({ keys, heads, ...rest }: ThreadInvite) => ({
  ...rest,
  keys: keys.map(({ epoch, key }) => [epoch, [...key.reveal()]]),
  heads: heads.map(String),
})

async function world() {
  const [ada, bob, eve] = await Promise.all([personOf(1), personOf(2), personOf(3)])
  const [a] = (await threadOf([ada])) as [Thread]
  await a.append(text('hello'))
  return { ada, bob, eve, a }
}

const cafe = {
  cafe: '12D3KooWLYw1UAyWK9WN8PsdSkaNeyyAi3Bbm17qcYkATm5dzZGJ' as never,
  addresses: ['/ip4/127.0.0.1/tcp/1/ws'],
}

describe('an invite to an address', () => {
  it('opens for its account, which joins and reads all there is', async () => {
    const { ada, bob, a } = await world()
    const invite = await a.invite(bob.account.address, { cafes: [cafe] })
    const sealed = await sealInvite(ada.signer, invite, { ts: NOW })
    const opened = await openInvite(bob.account, sealed)
    expect(opened.from).toBe(ada.account.address)
    expect(plain(opened.invite)).toEqual(plain(invite))
    const b = await bob.threads.open(opened.invite)
    expect(await failure(() => b.join())).toEqual({ code: 'NOT_FOUND', data: { what: 'blocks' } })
    expect(await b.info()).toMatchObject({ name: 'Holidays', standing: null, blocks: 0 })
    await b.receive(await blocksOf(a))
    expect(await words(b)).toEqual(['hello'])
    expect(await b.join()).toBeDefined()
    expect(await b.join()).toBeUndefined()
    await exchange(a, b)
    expect(await a.members()).toHaveLength(2)
  })

  it('opens for nobody else, whatever they have', async () => {
    const { ada, bob, eve, a } = await world()
    const invite = await a.invite(bob.account.address)
    const sealed = await sealInvite(ada.signer, invite, { ts: NOW })
    expect(await failure(() => openInvite(eve.account, sealed))).toEqual({ code: 'SEALED', data: {} })
    // Eve has got hold of what is in it, and passes it on as her own.
    const passed = await sealInvite(eve.signer, invite, { ts: NOW })
    expect(await failure(() => openInvite(bob.account, passed))).toEqual({ code: 'SEALED', data: {} })
    for (let bit = 0; bit < 8 * sealed.byteLength; bit += 997)
      expect(await failure(() => openInvite(bob.account, flipBit(sealed, bit)))).toEqual({ code: 'SEALED', data: {} })
    const dumb = { ...bob.account, opening: undefined }
    expect(await failure(() => openInvite(dumb, sealed))).toEqual({ code: 'NOT_FOUND', data: { what: 'sealing key' } })
    // A guest that it does not name cannot use it either.
    const e = await eve.threads.open(invite)
    await e.receive(await blocksOf(a))
    expect(await failure(() => e.join())).toEqual({ code: 'FORBIDDEN', data: { why: 'grant' } })
  })

  it('with another key, charter or word in it is none', async () => {
    const { ada, bob, a } = await world()
    const invite = await a.invite(bob.account.address)
    const other = await (await world()).a.invite(bob.account.address)
    const changed: Partial<ThreadInvite>[] = [
      { keys: [{ epoch: 0, key: new Secret(new Uint8Array(32)) }] },
      { charter: { ...invite.charter, type: 'private' } },
      { charter: other.charter, keys: other.keys },
      { grant: other.grant },
      { grant: { ...invite.grant, exp: invite.grant.exp + 1 } },
    ]
    for (const one of changed) {
      const sealed = await sealInvite(ada.signer, { ...invite, ...one }, { ts: NOW })
      expect(await failure(() => openInvite(bob.account, sealed))).toEqual({ code: 'SEALED', data: {} })
    }
    const sealed = await sealTo(ada.signer, { v: 1 }, { to: bob.account.address, purpose: 'invite', ts: NOW })
    expect(await failure(() => openInvite(bob.account, sealed))).toEqual({ code: 'SEALED', data: {} })
    const everybody = await a.invite(null)
    expect(await failure(() => sealInvite(ada.signer, everybody, { ts: NOW }))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('an invite as a link', () => {
  it('lets in whoever has it, short enough for one', async () => {
    const { bob, eve, a } = await world()
    const link = packInvite(await a.invite(null, { cafes: [cafe] })).reveal()
    expect(link).toMatch(/^[\w-]+$/)
    expect(link.length).toBeLessThan(2000)
    for (const guest of [bob, eve]) {
      const invite = await unpackInvite(link)
      expect(invite.cafes).toEqual([cafe])
      const thread = await guest.threads.open(invite)
      await thread.receive(await blocksOf(a))
      await thread.join()
      await exchange(a, thread)
    }
    expect(await a.members()).toHaveLength(3)
  })

  it('says nothing if it is not exactly as it was made, and is never printed', async () => {
    const { bob, a } = await world()
    const packed = packInvite(await a.invite(null))
    expect(`${packed}${JSON.stringify({ packed })}`).not.toContain(packed.reveal().slice(0, 20))
    const bad = { code: 'BAD_REQUEST', data: { what: 'invite' } }
    const link = packed.reveal()
    const code = base64url.baseDecode(link)
    const wire = decode(code, code.byteLength) as { keys: unknown; grant: { exp: number } }
    const longer = base64url.baseEncode(encode({ ...wire, grant: { ...wire.grant, exp: wire.grant.exp + 1 } }))
    for (const one of ['', 'x', link.slice(1), `${link}AA`, longer, 'A'.repeat(100_000)])
      expect(await failure(() => unpackInvite(one))).toEqual(bad)
    for (let bit = 0; bit < 8 * code.byteLength; bit += 501) {
      const changed = base64url.baseEncode(flipBit(new Uint8Array(code), bit))
      const result = (await failure(() => unpackInvite(changed))) as { value?: ThreadInvite }
      // What is not signed is a hint (name, heads): a change in it gives nobody anything.
      if (result.value) expect(result.value.grant).toEqual((await unpackInvite(link)).grant)
      else expect(result).toEqual(bad)
    }
    const named = await a.invite(bob.account.address)
    expect(await failure(() => packInvite(named))).toEqual(bad)
  })

  it('is refused if it would be too long to be one', async () => {
    const { a } = await world()
    const invite = await a.invite(null)
    const keys = Array.from({ length: 900 }, (_, epoch) => ({ epoch, key: new Secret(new Uint8Array(32)) }))
    expect(await failure(() => packInvite({ ...invite, keys: [...invite.keys, ...keys] }))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})
