/** Sealed links between real nodes: made by a client, opened by strangers, counted, revoked, over, found again by words, and moved. */
import { expect, it, vi } from 'vitest'
import { linkClient } from '../../src/cafe/link/client.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { createLinkOpener, type LinkOpener } from '../../src/peer/link-open.ts'
import { createAccountDevice } from './account-fixture.ts'
import { type CafeNode, createTestNode, DAY, failure, keep, MINUTE, type TestNode, testClock } from './fixture.ts'
import { newCafe } from './pin-fixture.ts'

vi.setConfig({ testTimeout: 120_000 })
const SOON = { timeout: 40_000, interval: 100 }
const ROOT = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const KEY = formatFileKey(createFileKey().reveal())
const TARGET = `/ipfs/${ROOT}/holiday.jpg#key=${KEY}`
const signal = new AbortController().signal
const now = { signal }
const GONE = { code: 'NOT_FOUND', what: 'link' }

/** What an address says after its path. */
const said = (link: string) => {
  const fragment = new URLSearchParams(link.split('#')[1])
  return { code: fragment.get('link') ?? '', from: fragment.getAll('from') as PeerIdText[] }
}

interface Stranger {
  readonly node: TestNode
  readonly opener: LinkOpener
  open(link: string, password?: string): Promise<unknown>
}

/** Somebody who is nobody's client; `lossy` loses the first so many answers. */
async function newStranger(cafes: readonly CafeNode[], lossy = 0): Promise<Stranger> {
  const base = await createTestNode({ clock: cafes[0]?.clock as never })
  keep({ stop: () => base.node.stop() })
  const locate = (cafe: PeerIdText): void => {
    for (const { at } of cafes) if (at.cafe === cafe) base.node.connector.know(cafe, at.addresses)
  }
  const inner = linkClient({ connector: base.node.connector })
  let lost = 0
  const client: Pick<typeof inner, 'open'> = {
    async open(...args) {
      const answer = await inner.open(...args)
      if (lost++ < lossy) throw new CafeError('UNREACHABLE')
      return answer
    },
  }
  const opener = createLinkOpener({ client, locate, clock: base.clock, random: systemRandom })
  return { node: base, opener, open: (link, password) => opener.open({ ...said(link), password }, now) }
}

async function newOwner(cafes: readonly CafeNode[], words = createWords()) {
  const device = await createAccountDevice({ clock: cafes[0]?.clock as never, words })
  await device.guest.peer.attend()
  await device.join(...cafes)
  return { device, peer: device.guest.peer, links: device.guest.peer.links, words }
}
const stateOf = async (links: { list(): Promise<readonly { state: string; opened: number }[]> }) =>
  (await links.list()).map(({ state, opened }) => ({ state, opened }))

it('opens for strangers as often as it may; its owner sees how often, and changes it', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const made = await links.make({ target: TARGET, label: 'For Bob', openings: 2 }, now)
  expect(made).toMatchObject({ state: 'open', label: 'For Bob', name: 'holiday.jpg', opened: 0, password: false })
  expect(made.link).toMatch(new RegExp(`^/ipfs/${ROOT}/holiday.jpg#link=[\\w-]{46}&from=${cafe.at.cafe}$`))
  for (let n = 0; n < 2; n++)
    expect(await (await newStranger([cafe])).open(made.link)).toEqual({ key: KEY, name: 'holiday.jpg' })
  const third = await newStranger([cafe])
  expect(await failure(third.open(made.link))).toEqual(GONE)
  await links.refresh()
  expect(await stateOf(links)).toEqual([{ state: 'used', opened: 2 }])
  await links.change(made.id, { openings: 3 })
  expect(await third.open(made.link)).toEqual({ key: KEY, name: 'holiday.jpg' })
  expect(await failure((await newStranger([cafe])).open(made.link))).toEqual(GONE)
  const dump = JSON.stringify(await cafe.dump())
  for (const secret of [KEY, 'holiday', 'For Bob', ROOT, said(made.link).code])
    expect(dump).not.toContain(hex(new TextEncoder().encode(secret)))
})

it('burns one opening, whatever answers are lost, and none for reading on', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const { link } = await links.make({ target: TARGET, openings: 1 }, now)
  const unlucky = await newStranger([cafe], 2)
  expect(await unlucky.open(link)).toEqual({ key: KEY, name: 'holiday.jpg' })
  for (let n = 0; n < 5; n++) expect(await unlucky.open(link)).toEqual({ key: KEY, name: 'holiday.jpg' })
  expect(await failure((await newStranger([cafe])).open(link))).toEqual(GONE)
  await links.refresh()
  expect(await stateOf(links)).toEqual([{ state: 'used', opened: 1 }])
})

it('gives its last opening to one of those who come at once', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const { link } = await links.make({ target: TARGET, openings: 3 }, now)
  const crowd = await Promise.all(Array.from({ length: 8 }, () => newStranger([cafe])))
  const got = await Promise.allSettled(crowd.map((one) => one.open(link)))
  expect(got.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
})

it('is closed by revoking at once and for good, also after the cafe was closed and opened again', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const [kept, revoked] = [await links.make({ target: TARGET }, now), await links.make({ target: TARGET }, now)]
  const [early, late] = [await newStranger([cafe]), await newStranger([cafe])]
  await early.open(revoked.link)
  for (let n = 0; n < 2; n++) expect(await links.revoke(revoked.id)).toMatchObject({ state: 'revoked', cafes: [] })
  expect(await failure(late.open(revoked.link))).toEqual(GONE)
  // Whoever has opened it has the key.
  expect(await early.open(revoked.link)).toMatchObject({ key: KEY })
  await cafe.reopen()
  expect(await failure(late.open(revoked.link))).toEqual(GONE)
  expect(await late.open(kept.link)).toMatchObject({ key: KEY })
})

it('ends by the clock, and can be given more time', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const { links } = await newOwner([cafe])
  const made = await links.make({ target: TARGET, expires: clock() + 10 * MINUTE }, now)
  const stranger = await newStranger([cafe])
  clock.advance(10 * MINUTE)
  expect(await failure(stranger.open(made.link))).toEqual(GONE)
  expect(await stateOf(links)).toEqual([{ state: 'expired', opened: 0 }])
  await links.change(made.id, { expires: clock() + DAY })
  expect(await stranger.open(made.link)).toMatchObject({ key: KEY })
  expect(await failure(links.make({ target: TARGET, expires: clock() }, now))).toMatchObject({ what: 'expires' })
})

it('asks for its password, says that one is wrong, and loses no opening by it', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const { link } = await links.make({ target: TARGET, openings: 1, password: 'correct horse' }, now)
  const stranger = await newStranger([cafe])
  expect(await failure(stranger.open(link))).toEqual({ code: 'SEALED', what: 'password' })
  expect(await failure(stranger.open(link, 'wrong horse'))).toEqual({ code: 'FORBIDDEN', what: 'password' })
  expect(await stranger.open(link, 'correct horse')).toMatchObject({ key: KEY })
  // It is remembered, so that the player that reads on need not ask.
  expect(await stranger.open(link)).toMatchObject({ key: KEY })
})

it('is put when the cafe is back, and revoked when it is back', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const { links } = await newOwner([cafe])
  await cafe.cafe.close()
  const waiting = await links.make({ target: TARGET }, now)
  expect(waiting).toMatchObject({ state: 'waiting', cafes: [] })
  const again = await cafe.reopen()
  await links.refresh()
  const stranger = await newStranger([cafe])
  expect(await stranger.open(waiting.link)).toMatchObject({ key: KEY })
  await again.close()
  expect(await links.revoke(waiting.id)).toMatchObject({ state: 'revoked', cafes: [cafe.at.cafe] })
  await cafe.reopen()
  await links.refresh()
  expect(await failure((await newStranger([cafe])).open(waiting.link))).toEqual(GONE)
})

it('is there on another device of the account and after a recovery by words; what one revokes, no other brings back', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const one = await newOwner([cafe])
  const made = await one.links.make({ target: TARGET, label: 'Mine', openings: 5, password: 'sesame' }, now)
  await (await newStranger([cafe])).open(made.link, 'sesame')
  const other = await newOwner([cafe], one.words)
  await vi.waitFor(async () => {
    await other.links.refresh()
    expect(await other.links.list()).toMatchObject([{ ...made, opened: 1, last: clock() }])
  }, SOON)
  await other.links.change(made.id, { label: 'Ours', openings: 2 })
  await one.links.refresh()
  expect(await one.links.list()).toMatchObject([{ label: 'Ours', openings: 2, opened: 1 }])
  await one.links.revoke(made.id)
  await other.links.refresh()
  expect(await stateOf(other.links)).toEqual([{ state: 'revoked', opened: 0 }])
  expect(await failure((await newStranger([cafe])).open(made.link, 'sesame'))).toEqual(GONE)
})

it('is put again at a cafe that has lost it, with its count', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const { links, peer } = await newOwner([cafe])
  const { link } = await links.make({ target: TARGET, openings: 2 }, now)
  await (await newStranger([cafe])).open(link)
  await links.refresh()
  const lost = Object.keys(await cafe.dump()).filter((key) => key.startsWith('/cafe/link'))
  expect(lost.length).toBeGreaterThan(2)
  await cafe.rows.commit(lost.map((key) => ({ key })))
  await cafe.reopen(2)
  peer.wake()
  const next = await newStranger([cafe])
  await vi.waitFor(async () => expect(await next.open(link)).toMatchObject({ key: KEY }), SOON)
  expect(await failure((await newStranger([cafe])).open(link))).toEqual(GONE)
})

it('goes along in a move, with its count; and leaves nothing at the cafe that was left', async () => {
  const clock = testClock()
  const [from, to] = [await newCafe({ clock }), await newCafe({ clock })]
  const { links, device } = await newOwner([from])
  const counted = await links.make({ target: TARGET, openings: 2 }, now)
  const plain = await links.make({ target: TARGET }, now)
  const early = await newStranger([from, to])
  await early.open(counted.link)
  device.guest.know(from, to)
  const what = { from: from.at.cafe, to: to.at, token: await to.token() }
  await device.safe.move.begin(what, { signal: AbortSignal.timeout(90_000) })
  const infos = await links.list()
  expect(infos.map(({ state, cafes }) => ({ state, cafes }))).toEqual(
    infos.map(() => ({ state: 'open', cafes: [to.at.cafe] })),
  )
  const [movedCounted, movedPlain] = [counted, plain].map(({ id }) => infos.find((one) => one.id === id)?.link ?? '')
  expect(said(movedCounted ?? '').from).toEqual([to.at.cafe])
  const late = await newStranger([from, to])
  expect(await late.open(movedPlain ?? '')).toMatchObject({ key: KEY })
  expect(await failure(late.open(counted.link))).toEqual(GONE)
  expect(await late.open(movedCounted ?? '')).toMatchObject({ key: KEY })
  expect(await failure((await newStranger([to])).open(movedCounted ?? ''))).toEqual(GONE)
  expect(Object.keys(await from.dump()).filter((key) => key.startsWith('/cafe/link'))).toEqual([])
})

it('is not taken for revoked by a device that is still at the cafe that was left', async () => {
  const clock = testClock()
  const [from, to] = [await newCafe({ clock }), await newCafe({ clock })]
  const one = await newOwner([from])
  const counted = await one.links.make({ target: TARGET, openings: 2 }, now)
  const other = await newOwner([from], one.words)
  await other.links.refresh()
  one.device.guest.know(from, to)
  const what = { from: from.at.cafe, to: to.at, token: await to.token() }
  await one.device.safe.move.begin(what, { signal: AbortSignal.timeout(90_000) })
  await one.links.refresh()
  await other.links.refresh()
  expect(await failure((await newStranger([from])).open(counted.link))).toEqual(GONE)
  await other.device.join(to)
  await other.links.refresh()
  const [moved] = await other.links.list()
  expect(moved).toMatchObject({ id: counted.id, state: 'open', revoked: null, cafes: [to.at.cafe] })
  await one.links.refresh()
  expect(await (await newStranger([to])).open(moved?.link ?? '')).toMatchObject({ key: KEY })
})

it('goes on at the old cafe when a move was cut off while its count was settled there', async () => {
  const clock = testClock()
  const [from, to] = [await newCafe({ clock }), await newCafe({ clock })]
  const { links, device } = await newOwner([from])
  const { link } = await links.make({ target: TARGET, openings: 2 }, now)
  device.guest.know(from, to)
  const stop = new AbortController()
  const { rows } = device.guest
  const commit = rows.commit
  // It dies at the second commit about the link: the count was settled, and the link is not at the other cafe yet.
  let about = 0
  rows.commit = async (changes) => {
    if (changes.some(({ key }) => key.startsWith('/cafe/own-link')) && ++about === 2) stop.abort()
    if (stop.signal.aborted) throw new Error('killed')
    await commit(changes)
  }
  await expect(links.cargo.bring(to.at.cafe, { from: from.at.cafe, signal: stop.signal })).rejects.toThrow()
  expect(stop.signal.aborted).toBe(true)
  rows.commit = commit
  expect(await failure((await newStranger([from])).open(link))).toEqual(GONE)
  await links.refresh()
  expect(await (await newStranger([from])).open(link)).toMatchObject({ key: KEY })
})

it('opens at any of several cafes; counted, it is at one', async () => {
  const clock = testClock()
  const [one, two] = [await newCafe({ clock }), await newCafe({ clock })]
  const { links } = await newOwner([one, two])
  const [plain, counted] = [
    await links.make({ target: TARGET }, now),
    await links.make({ target: TARGET, openings: 9 }, now),
  ]
  expect([...plain.cafes].sort()).toEqual([one.at.cafe, two.at.cafe].sort())
  expect(counted.cafes).toHaveLength(1)
  await one.cafe.close()
  expect(await (await newStranger([one, two])).open(plain.link)).toMatchObject({ key: KEY })
  expect(await failure(links.change(plain.id, { openings: 1 }))).toMatchObject({ code: 'CONFLICT' })
})

it('says which addresses are none to make a link of, and that a cafe is needed', async () => {
  const cafe = await newCafe({ clock: testClock() })
  const { links } = await newOwner([cafe])
  const why = (target: string) => failure(links.make({ target }, now))
  expect(await why(`/ipfs/${ROOT}/open.jpg`)).toEqual({ code: 'BAD_REQUEST', what: 'key' })
  expect(await why('https://example.org/page#key=u')).toMatchObject({ what: 'link' })
  expect(await why(`/ipfs/${ROOT}#key=nonsense`)).toMatchObject({ what: 'key' })
  const nowhere = keep((await createAccountDevice({ clock: testClock() })).guest)
  expect(await failure(nowhere.peer.links.make({ target: TARGET }, now))).toEqual({ code: 'NOT_FOUND', what: 'cafe' })
})
