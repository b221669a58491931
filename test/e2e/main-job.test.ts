/** The main job, from nothing: open a cafe in one profile, join from a second, pin, read back in a third. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 16 * 1024 * 1024

describe('a cafe in a tab', () => {
  let relay: RelayProcess
  let host: Person
  let guest: Person
  let invite: string
  let account: { address: string; words: string }
  let pinned: { cid: string; key: string; size: number; link: string }

  beforeAll(async () => {
    relay = await startRelay()
    ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  })
  afterAll(async () => {
    await Promise.all([host?.browser.close(), guest?.browser.close()])
    await relay?.close()
  })

  test('opens with an invite and addresses through the relay', async () => {
    const opened = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
    expect(opened.peerId).toMatch(/^12D3KooW/)
    expect(opened.addresses.some((address) => address.includes('/p2p-circuit'))).toBe(true)
    expect(opened.invite.startsWith(`${relay.url}#join=`)).toBe(true)
    invite = opened.invite
  })

  test('admits a guest by invite, over direct WebRTC', async () => {
    const joined = await guest.page.evaluate(async (link) => {
      const account = await cafe.account.create()
      return { account, session: await cafe.account.register(link) }
    }, invite)
    const { session } = joined
    account = joined.account
    expect(account.words.split(' ')).toHaveLength(12)
    expect(session.address).toBe(account.address)
    expect(session.name).toBe('Corner Cafe')
    expect(JSON.stringify(session)).not.toContain('eyJ')
    const { connections } = await guest.page.evaluate(() => cafe.node.status())
    expect(connections.filter(({ peerId }) => peerId === session.cafe)).toContainEqual(
      expect.objectContaining({ path: 'direct', transport: 'webrtc' }),
    )
    const clients = await host.page.evaluate(() => cafe.host.clients())
    expect(clients.map(({ address }) => address)).toEqual([session.address])
  })

  test('pins a file of 16 MiB with progress', async () => {
    const result = await guest.page.evaluate(async (size) => {
      const bytes = new Uint8Array(size)
      for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
      Object.assign(globalThis, { sample: bytes })
      const reports: number[] = []
      const pin = await cafe.pins.add(new File([bytes], 'clip.bin'), { onProgress: ({ sent }) => reports.push(sent) })
      return { pin, reports }
    }, SIZE)
    pinned = result.pin
    expect(pinned).toMatchObject({ size: SIZE, name: 'clip.bin', cafes: [{ state: 'pinned' }] })
    expect(pinned.link).toMatch(new RegExp(`^/ipfs/${pinned.cid}/clip\\.bin#key=${pinned.key}`))
    expect(result.reports.length).toBeGreaterThan(3)
    expect([...result.reports].sort((a, b) => a - b)).toEqual(result.reports)
    const [client] = await host.page.evaluate(() => cafe.host.clients())
    expect(client).toMatchObject({ roots: 1 })
    expect(client?.bytes).toBeGreaterThan(SIZE)
  })

  test('gives the same bytes back, whole and in part', async () => {
    const same = await guest.page.evaluate(async ({ cid, key }) => {
      const sample = (globalThis as unknown as { sample: Uint8Array }).sample
      const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i])
      const whole = new Uint8Array(await (await fetch(`/ipfs/${cid}#key=${key}`)).arrayBuffer())
      const part = await fetch(`/ipfs/${cid}#key=${key}`, { headers: { Range: 'bytes=5000000-5999999' } })
      const middle = new Uint8Array(await part.arrayBuffer())
      return {
        whole: equal(whole, sample),
        status: part.status,
        middle: equal(middle, sample.subarray(5000000, 6000000)),
      }
    }, pinned)
    expect(same).toEqual({ whole: true, status: 206, middle: true })
  })

  test('answers a wrong key with a clear page', async () => {
    const wrong = `u${'Ag'}${'A'.repeat(43)}`
    const answer = await guest.page.evaluate(
      async ([cid, key]) => {
        const response = await fetch(`/ipfs/${cid}#key=${key}`, { headers: { Accept: 'text/html' } })
        return { status: response.status, body: await response.text() }
      },
      [pinned.cid, `${wrong.slice(0, 44)}A`.slice(0, 45)],
    )
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('key')
  })

  test('opens the link in a third, empty profile after the guest is gone', async () => {
    const digest = await guest.page.evaluate(async () => {
      const sample = (globalThis as unknown as { sample: Uint8Array<ArrayBuffer> }).sample
      return [...new Uint8Array(await crypto.subtle.digest('SHA-256', sample))]
    })
    await guest.browser.close()
    const third = await visit(relay.url)
    try {
      const read = await third.page.evaluate(async ({ cid, key }) => {
        const response = await fetch(`/ipfs/${cid}#key=${key}`)
        const bytes = await response.arrayBuffer()
        return { status: response.status, digest: [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))] }
      }, pinned)
      expect(read).toEqual({ status: 200, digest })
      const restored = await third.page.evaluate((words) => cafe.account.restore(words), account.words)
      expect(restored.address).toBe(account.address)
    } finally {
      await third.browser.close()
    }
  })

  test('opens the link as the very first page of a fourth profile', async () => {
    const fourth = await visit(relay.url.slice(0, -1) + pinned.link, { ready: false })
    try {
      const download = await fourth.page.waitForEvent('download')
      expect(download.suggestedFilename()).toBe('clip.bin')
    } finally {
      await fourth.browser.close()
    }
  })

  test('never lets the static server see a key or a token', () => {
    expect(relay.output()).toContain('/ipfs/')
    expect(relay.output()).not.toContain(pinned.key)
    expect(relay.output()).not.toContain(invite.split('#join=')[1])
  })

  test('is there again after a reload of its tab', async () => {
    await host.page.reload()
    await ready(host.page)
    const status = await host.page.evaluate(() => cafe.host.status())
    expect(status).toMatchObject({ open: true, name: 'Corner Cafe', clients: 1, roots: 1 })
  })
})
