/** A cafe's sealed links: what strangers learn, what guesses cost, how many there may be, and what the cafe's rows give away. */
import { beforeEach, describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import {
  CLIENT_LINKS,
  LINK_KEPT,
  LINK_SWEEP,
  MISSED_LINKS,
  OPENINGS_OF_LINK,
  OPENINGS_PER_PEER,
  WRONG_PASSWORDS,
} from '../../src/core/limits.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import {
  createLinkSecret,
  linkIdOf,
  linkMaster,
  linkProof,
  openLinkBody,
  proofHash,
  sealLinkBody,
} from '../../src/crypto/shared-link.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { ADA, BOB, codeOf, filled, newLinks, type TestLinks } from './link-help.ts'

const DAY = 86_400_000
const PROOF = filled(5, 32)
const HASH = await proofHash(PROOF)
const GONE = { code: 'NOT_FOUND', data: { what: 'link' } }

let rows: Rows
let clock: { now: number }
let at: TestLinks
let tries = 0
beforeEach(async () => {
  rows = memoryRows()
  clock = { now: Date.UTC(2030, 0, 1) }
  at = await newLinks(rows, clock)
})

const wish = (n: number, more: object = {}) => ({
  ...{ link: filled(n), seq: 1, expires: null, openings: null, proof: HASH, opened: 0 },
  ...{ body: filled(9, 256), note: filled(8, 256), ...more },
})
const open = (n: number, { proof = PROOF, peer = `peer ${tries}` } = {}) =>
  at.open(filled(n), proof, filled(tries++), peer)

describe('to strangers', () => {
  it('a link that never was, has expired, was revoked, used up or erased with its account is all the same', async () => {
    await at.put(ADA, wish(1, { expires: clock.now + 1000 }))
    await at.put(ADA, wish(2))
    await at.put(ADA, wish(3, { openings: 1 }))
    await at.put(BOB, wish(4))
    for (const n of [1, 2, 3, 4]) expect(await open(n)).toEqual({ body: filled(9, 256) })
    clock.now += 1000
    await at.revoke(ADA, filled(2))
    await at.erase(BOB)
    for (const n of [0, 1, 2, 3, 4]) {
      expect(await failure(() => open(n))).toEqual(GONE)
      expect(await failure(() => open(n, { proof: filled(6, 32) }))).toEqual(GONE)
    }
    expect(await at.list(ADA)).toMatchObject([
      { opened: 1, revoked: null, expires: clock.now },
      { opened: 1, revoked: clock.now },
      { opened: 1, revoked: null, openings: 1 },
    ])
  })

  it('is given a wrong password by a wrong proof, which costs no opening', async () => {
    await at.put(ADA, wish(1, { openings: 1 }))
    const wrong = await failure(() => open(1, { proof: filled(6, 32) }))
    expect(wrong).toEqual({ code: 'FORBIDDEN', data: { what: 'password' } })
    await open(1)
    expect(await failure(() => open(1))).toEqual(GONE)
  })
})

describe('guesses', () => {
  it('at passwords are slow, whoever makes them, and the right one tells nothing meanwhile', async () => {
    await at.put(ADA, wish(1))
    for (let n = 0; n < WRONG_PASSWORDS.burst; n++)
      expect(await codeOf(() => open(1, { proof: filled(50 + n, 32) }))).toBe('FORBIDDEN')
    expect(await codeOf(() => open(1))).toBe('BUSY')
    expect(await failure(() => open(1, { proof: filled(6, 32) }))).toEqual(await failure(() => open(1)))
    clock.now += WRONG_PASSWORDS.every
    expect(await open(1)).toEqual({ body: filled(9, 256) })
  })

  it('at ids stop soon, and a peer opens no more than so many', async () => {
    for (let n = 0; n < MISSED_LINKS.burst; n++)
      expect(await failure(() => open(100 + n, { peer: 'guesser' }))).toEqual(GONE)
    await at.put(ADA, wish(1))
    await at.put(ADA, wish(2))
    expect(await codeOf(() => open(1, { peer: 'guesser' }))).toBe('BUSY')
    for (let n = 0; n < OPENINGS_PER_PEER.burst; n++) await open(1 + (n % 2), { peer: 'reader' })
    expect(await codeOf(() => open(1, { peer: 'reader' }))).toBe('BUSY')
  })

  it('are bounded for one link, however many peers come; and it opens again a little later', async () => {
    await at.put(ADA, wish(1))
    for (let n = 0; n < OPENINGS_OF_LINK.burst; n++) await open(1)
    expect(await codeOf(() => open(1))).toBe('BUSY')
    for (let n = 0; n < 700; n++) {
      clock.now += OPENINGS_OF_LINK.every
      await open(1)
    }
  })
})

describe('an owner', () => {
  it('changes a link without its count, and neither an older change nor another account does', async () => {
    await at.put(ADA, wish(1, { seq: 2, openings: 1 }))
    await open(1)
    expect(await at.put(ADA, wish(1, { seq: 3, openings: 2 }))).toEqual({ opened: 1 })
    expect(await failure(() => at.put(ADA, wish(1, { seq: 2 })))).toMatchObject({ code: 'CONFLICT', data: { seq: 3 } })
    expect(await codeOf(() => at.put(BOB, wish(1, { seq: 9 })))).toBe('CONFLICT')
    await at.revoke(BOB, filled(1))
    await open(1)
    expect(await failure(() => open(1))).toEqual(GONE)
  })

  it('revokes for good: a device that has not heard of it does not bring the link back', async () => {
    await at.put(ADA, wish(1))
    await at.revoke(ADA, filled(1))
    await at.revoke(ADA, filled(1))
    const late = await failure(() => at.put(ADA, wish(1, { seq: 5 })))
    expect(late).toEqual({ code: 'CONFLICT', data: { what: 'link', revoked: clock.now } })
    at = await newLinks(rows, clock)
    expect(await failure(() => open(1))).toEqual(GONE)
  })

  it('has room for so many; the one that ended first gives way, one that opens never does', async () => {
    for (let n = 0; n < CLIENT_LINKS; n++) await at.put(ADA, wish(n))
    expect(await failure(() => at.put(ADA, wish(2000)))).toEqual({ code: 'QUOTA', data: { links: CLIENT_LINKS } })
    clock.now += 1
    await at.revoke(ADA, filled(7))
    clock.now += 1
    await at.revoke(ADA, filled(3))
    await at.put(ADA, wish(2000))
    const left = ((await at.list(ADA)) as { link: Uint8Array }[]).map(({ link }) => hex(link))
    expect(left).toHaveLength(CLIENT_LINKS)
    expect(left).not.toContain(hex(filled(7)))
    expect(left).toContain(hex(filled(3)))
  })

  it('is shown an ended link for a season; then it is forgotten, by whoever puts one next', async () => {
    await at.put(ADA, wish(1, { expires: clock.now + DAY }))
    await at.put(ADA, wish(2))
    clock.now += LINK_KEPT
    await at.put(BOB, wish(3))
    expect(await at.list(ADA)).toHaveLength(2)
    clock.now += 3 * DAY + LINK_SWEEP
    await at.put(BOB, wish(4))
    expect(await at.list(ADA)).toMatchObject([{ link: filled(2) }])
    expect(await at.erase(ADA)).toEqual({ links: 1 })
  })

  it('that has left meanwhile puts nothing', async () => {
    at.gone.add(ADA)
    expect(await codeOf(() => at.put(ADA, wish(1)))).toBe('UNAUTHORIZED')
    expect(await rows.range('/cafe/link')).toEqual([])
  })
})

it('keeps nothing from which the cafe could open a link: no secret, proof, key, name or content', async () => {
  const link = createLinkSecret(true)
  const [id, master] = [await linkIdOf(link), await linkMaster(link, 'open sesame')]
  const [key, name] = [createFileKey(), 'medical report of March.pdf']
  const proof = await linkProof(master)
  const body = await sealLinkBody(master, id, { key: formatFileKey(key.reveal()), name })
  await at.put(ADA, { ...wish(1), link: id, body, proof: await proofHash(proof) })
  const got = (await at.open(id, proof, filled(1))) as { body: Uint8Array }
  expect(await openLinkBody(master, id, got.body)).toEqual({ key: formatFileKey(key.reveal()), name })
  const all = await rows.range('')
  const dump = hex(concat(...all.map(([key, value]) => concat(utf8(key), value))))
  expect(dump).toContain(hex(body))
  const secrets = [link.secret.reveal(), master.reveal(), proof, key.reveal(), utf8(formatFileKey(key.reveal()))]
  for (const secret of [...secrets, utf8(name), utf8('sesame')]) {
    expect(dump).not.toContain(hex(secret))
    expect(dump).not.toContain(hex(utf8(hex(secret))))
  }
})
