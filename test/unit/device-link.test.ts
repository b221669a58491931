/** The link of a device that is to be given an account: read as written, and nothing else is one. */
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { formatDeviceLink, parseDeviceLink } from '../../src/net/device-link.ts'
import { formatInvite } from '../../src/net/invite.ts'
import { throughRelay } from '../../src/net/paths.ts'
import { failure } from './crypto-help.ts'
import { newPeerId } from './session-help.ts'

const peer = await newPeerId()
const relay = `/dns4/relay.example/tcp/443/wss/p2p/${await newPeerId()}`
const link = { peer, name: 'Firefox on Mac', addresses: throughRelay(relay, peer), key: systemRandom(32) }
const BAD = { code: 'BAD_REQUEST', data: { what: 'device link' } }

describe('a device link', () => {
  it('is read as it was written, whole or as its code, and is short enough for a QR code', () => {
    const text = formatDeviceLink(link, 'https://cafe.example')
    expect(text).toMatch(/^https:\/\/cafe\.example\/#link=[\w-]+$/)
    expect(text.length).toBeLessThan(320)
    expect(parseDeviceLink(text)).toEqual(link)
    expect(parseDeviceLink(` ${text.slice(text.indexOf('=') + 1)} `)).toEqual(link)
  })

  it('is nothing else', async () => {
    const text = formatDeviceLink(link, 'https://cafe.example')
    const invite = formatInvite({ cafe: peer, name: 'Corner', addresses: [] }, 'https://cafe.example')
    for (const bad of ['', 'x', text.slice(0, -4), `${text}AA`, invite, 'x'.repeat(5000)])
      expect(await failure(() => parseDeviceLink(bad))).toEqual(BAD)
    for (const key of [systemRandom(31), systemRandom(33)])
      expect(await failure(() => parseDeviceLink(formatDeviceLink({ ...link, key }, '')))).toEqual(BAD)
  })
})
