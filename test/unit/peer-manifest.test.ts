/** Manifests: come back whole, are one account's only, merge in every order, and take what an account may have. */
import { ed25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { MAX_RECORD_CONTACT_BYTES, MAX_RECORD_CONTACTS, MAX_RECORD_THREADS } from '../../src/core/limits.ts'
import type { Account } from '../../src/crypto/account.ts'
import { createCertificate } from '../../src/crypto/certificate.ts'
import { BUCKETS } from '../../src/crypto/padding.ts'
import { ONLY_SLOT, openSlot, sealSlot } from '../../src/crypto/slot-seal.ts'
import { encodeAddress } from '../../src/crypto/strkey.ts'
import {
  type Manifest,
  type ManifestContent,
  manifestHash,
  mergeContents,
  openManifest,
  sealManifest,
  type Version,
} from '../../src/peer/manifest.ts'
import { mergeEntries, parseEntry, type RecordEntry } from '../../src/peer/record.ts'
import { failure, flipBit } from './crypto-help.ts'
import { accountOf, deviceOf, NOW } from './seal-help.ts'

const DEVICES = [1, 2, 3].map((n) => deviceOf(n).peer)
const DEVICE = deviceOf(1).peer
const CORRUPT = { code: 'CORRUPT', data: { what: 'manifest' } }

let account: Account
beforeAll(async () => {
  account = await accountOf(1)
})

/** Bytes that look random and are the same each time. */
const bytesOf = (n: number, size = 32): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => (Math.imul(n + 1, 2654435761) >>> (i % 25)) ^ (i * 31))
const threadOf = (n: number): string => hex(Uint8Array.from([n >> 8, n & 255, ...bytesOf(n, 30)]))

const entry = (kind: string, id: string, value: unknown, ts = NOW): RecordEntry =>
  parseEntry({ kind, id, ts, dev: DEVICE, value })

/** A public key made from a number. */
const keyOf = (n: number): Uint8Array =>
  ed25519.getPublicKey(Uint8Array.of(n >> 8, n & 255, ...new Uint8Array(30).fill(5)))
/** Bytes of a contact's name on the average, beside {name, added, blocked} and what the manifest adds. */
const CONTACT_NAME = Math.floor(MAX_RECORD_CONTACT_BYTES / MAX_RECORD_CONTACTS) - 48 - 34

const manifest = (parts: Partial<Manifest> = {}): Manifest => ({
  ...{ address: account.address, seq: 7, ts: NOW, dev: DEVICE, entries: [], versions: new Map(), receipts: new Map() },
  ...parts,
})

const content = fc
  .array(
    fc.record({
      ...{ n: fc.nat(4), ts: fc.nat(4), dev: fc.constantFrom(...DEVICES), gone: fc.boolean() },
      ...{ seq: fc.nat(4), hash: fc.nat(2) },
    }),
    { maxLength: 12 },
  )
  .map(
    (all): ManifestContent => ({
      entries: all.map(({ n, ts, dev, gone }) =>
        parseEntry({ kind: 'thread', id: threadOf(n), ts, dev, value: gone ? null : {} }),
      ),
      versions: new Map(all.map(({ n, seq, hash }): [string, Version] => [threadOf(n), { seq, hash: bytesOf(hash) }])),
    }),
  )

const plain = ({ entries, versions }: ManifestContent) => ({ entries, versions: [...versions].sort() })

describe('a manifest', () => {
  it('comes back as it was, for its account only', async () => {
    const cafe = deviceOf(9).peer
    const entries = mergeEntries([
      entry('cafe', cafe, { name: 'Corner', addresses: ['/dns4/corner/tcp/443/wss'] }),
      entry('thread', threadOf(1), {}),
      entry('thread', threadOf(2), {}),
      entry('thread', threadOf(3), null),
      entry('prekey', '0123456789abcdef', { x25519: bytesOf(3), notAfter: NOW }),
      entry('prekey', '0123456789abcdee', null),
      entry('profile', 'me', { name: 'Ada', avatar: null, handle: 'ada', visibility: 'listed' }),
      entry('contact', (await accountOf(2)).address, { name: 'Ben from work', added: NOW }),
      entry('contact', (await accountOf(3)).address, { added: 0, blocked: true }),
      entry('contact', (await accountOf(4)).address, null),
    ])
    const full = manifest({
      entries,
      versions: new Map([[threadOf(1), { seq: 3, hash: bytesOf(3) }]]),
      receipts: new Map([[cafe, bytesOf(4, 400)]]),
    })
    const sealed = await sealManifest(account, full)
    expect(BUCKETS).toContain(sealed.byteLength)
    expect(await openManifest(account, sealed)).toEqual(full)
    expect(await failure(async () => openManifest(await accountOf(2), sealed))).toEqual(CORRUPT)
  })

  it('is refused with anything changed, or signed by nobody', async () => {
    const sealed = await sealManifest(account, manifest())
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 5)
      expect(await failure(() => openManifest(account, flipBit(sealed, bit)))).toEqual(CORRUPT)
    const envelope = await openSlot(account, 'manifest', ONLY_SLOT, sealed)
    const forged = await sealSlot(account, 'manifest', ONLY_SLOT, flipBit(envelope, envelope.byteLength * 8 - 3))
    expect(await failure(() => openManifest(account, forged))).toEqual(CORRUPT)
  })

  it('merges with others to the same in every order', () => {
    fc.assert(
      fc.property(content, content, content, (a, b, c) => {
        const all = plain(mergeContents(a, b, c))
        expect(plain(mergeContents(c, b, a))).toEqual(all)
        expect(plain(mergeContents(mergeContents(a, c), b))).toEqual(all)
        expect(plain(mergeContents(a, a, b, c, b))).toEqual(all)
      }),
      { numRuns: 300 },
    )
  })

  it('has a hash that tells what is said apart, not by whom or when', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (a, b) => {
        const [one, other] = [mergeContents(a, b), mergeContents(b, a)]
        expect(await manifestHash(one)).toEqual(await manifestHash(other))
        const more = mergeContents(one, { entries: [entry('thread', threadOf(9), {})], versions: new Map() })
        expect(await manifestHash(more)).not.toEqual(await manifestHash(one))
      }),
      { numRuns: 50 },
    )
  })

  it('names 2048 threads, a thousand that were left, and as many cafes and devices as there may be; no more', async () => {
    const cert = await createCertificate(account, {
      ...{ peer: DEVICE, notBefore: NOW, notAfter: NOW + 1, caps: ['thread', 'invite', 'mail'], seq: 1 },
    })
    const few = Array.from({ length: 48 }, (_, n) => deviceOf(20 + n).peer)
    const ways = Array.from({ length: 8 }, (_, n) => `/dns4/${n}${'a'.repeat(119)}`)
    const versions = new Map<string, Version>()
    const later = new Set(Array.from({ length: 2048 - MAX_RECORD_THREADS }, (_, n) => threadOf(MAX_RECORD_THREADS + n)))
    const entries = [
      ...Array.from({ length: 2048 }, (_, n) => entry('thread', threadOf(n), {})),
      ...Array.from({ length: 1500 }, (_, n) => entry('thread', threadOf(5000 + n), null, NOW + n)),
      ...few.slice(0, 16).map((peer) => entry('cafe', peer, { name: 'ä'.repeat(64), addresses: ways })),
      ...few.slice(16).map((peer) => entry('device', peer, { name: 'ä'.repeat(64), since: NOW, cert, revoked: true })),
      entry('profile', 'me', { name: '本'.repeat(64), avatar: null }),
    ]
    for (let n = 0; n < 2048; n++) versions.set(threadOf(n), { seq: 2 ** 40 + n, hash: bytesOf(n) })
    const receipts = new Map(few.slice(0, 16).map((peer) => [peer, bytesOf(1, 420)]))
    const full = manifest({ entries, versions, receipts, seq: 2 ** 40 })
    const opened = await openManifest(account, await sealManifest(account, full))
    expect(opened.versions).toEqual(versions)
    const gone = opened.entries.filter(({ kind, value }) => kind === 'thread' && value === null)
    // Of those that were left, the last thousand.
    expect(gone.length).toBe(1000)
    expect(Math.min(...gone.map(({ ts }) => ts))).toBe(NOW + 1500 - 1000)
    expect(opened.entries.length).toBe(2048 + 1000 + 16 + 32 + 1)
    const more = manifest({ ...full, entries: [...entries, entry('thread', threadOf(4000), {})] })
    expect(await failure(() => sealManifest(account, more))).toEqual({
      ...{ code: 'QUOTA', data: { what: 'threads', threads: 2049, limit: 2048 } },
    })

    // As many threads as a record takes since there are contacts, and a whole address book with the longest names it takes.
    const addresses = Array.from({ length: MAX_RECORD_CONTACTS + 80 }, (_, n) => encodeAddress(keyOf(n)))
    const book = addresses.map((id, n) =>
      n < MAX_RECORD_CONTACTS
        ? entry('contact', id, { name: 'ä'.repeat(CONTACT_NAME / 2), added: NOW, blocked: true })
        : entry('contact', id, null, NOW + n),
    )
    const kept = entries.filter(({ kind, id }) => kind !== 'thread' || !later.has(id))
    const bookish = manifest({ ...full, entries: mergeEntries(kept, book) })
    const reopened = await openManifest(account, await sealManifest(account, bookish))
    const contacts = reopened.entries.filter(({ kind }) => kind === 'contact')
    expect(contacts.filter(({ value }) => value !== null)).toHaveLength(MAX_RECORD_CONTACTS)
    expect(contacts.filter(({ value }) => value === null)).toHaveLength(64)
    const isLive = (one: RecordEntry): boolean => one.kind === 'thread' && one.value !== null
    expect(reopened.entries.filter(isLive)).toHaveLength(MAX_RECORD_THREADS)
  })
})
