/** What is said before the browser asks: only what the browser itself says. */
import { describe, expect, it } from 'vitest'
import { isNear } from '../../src/net/paths.ts'
import { permissionOf } from '../../src/ui/permission.ts'

/** A browser that knows these permissions and no others. */
const browser =
  (known: Record<string, string>) =>
  async ({ name }: { name: string }) => {
    const state = known[name]
    if (state === undefined) throw new TypeError('not a valid enum value')
    return { state }
  }

describe('a permission', () => {
  it.each([
    ['camera', { camera: 'denied' }, 'denied'],
    ['camera', {}, 'unknown'],
    ['network', { 'local-network': 'prompt', 'local-network-access': 'granted' }, 'prompt'],
    ['network', { 'local-network-access': 'granted' }, 'granted'],
    ['network', { camera: 'granted' }, 'unknown'],
    ['network', { 'local-network': 'something new' }, 'unknown'],
  ] as const)('%s where the browser says %o is %s', async (what, known, state) => {
    expect(await permissionOf(what, browser(known as unknown as Record<string, string>))).toBe(state)
  })

  it('is unknown in a browser that tells none', async () => {
    expect(await permissionOf('camera', undefined)).toBe('unknown')
  })
})

describe('a cafe', () => {
  it.each([
    [['/ip4/192.168.1.2/tcp/1/ws'], true],
    [['/ip4/172.20.1.2/udp/1/webrtc-direct', '/ip6/fd00::2/tcp/1/ws'], true],
    [['/dns4/box.local/tcp/1/ws'], true],
    [['/ip4/192.168.1.2/tcp/1/ws', '/dns4/relay.example/tcp/443/wss'], false],
    [['/ip4/172.32.0.1/tcp/1/ws'], false],
    [['/ip4/127.0.0.1/tcp/1/ws'], false],
    [[], false],
  ])('at %o is in a network nearby: %s', (addresses, near) => {
    expect(isNear(addresses)).toBe(near)
  })
})
