/**
 * Pinning 64 MiB at a cafe over direct WebRTC: encrypted, cut into blocks, sent, verified and committed on both sides.
 * The limit is a raw data channel carrying as many bytes between the same two browsers, storing nothing.
 */
import type { World } from './context.ts'
import { FILE_SIZE, pin } from './context.ts'
import { compare, type Figure, rate } from './figure.ts'
import { openRawChannel } from './raw-channel.ts'

export const figure: Figure = {
  name: 'pin_64mib',
  unit: 'MiB/s',
  async run(context) {
    const world = await context.world()
    const { host, guest } = world
    const raw = await openRawChannel(guest.page, host.page)
    try {
      return await compare(
        3,
        () => pinOnce(world),
        async () => rate(FILE_SIZE, await raw.send(FILE_SIZE)),
      )
    } finally {
      await raw.close()
    }
  },
}

async function pinOnce(world: World): Promise<number> {
  const before = await directSince(world)
  const { cid, cafes, ms } = await pin(world.guest)
  if (cafes[0]?.state !== 'pinned') throw new Error(`not pinned: ${cafes[0]?.reason}`)
  if ((await directSince(world)) !== before) throw new Error('the direct connection was lost on the way')
  // So that the account's quota does not fill up.
  await world.guest.page.evaluate((root) => cafe.pins.remove(root), cid)
  return rate(FILE_SIZE, ms)
}

/** Since when guest and cafe are connected directly. @throws if they are not: then this would measure the relay. */
async function directSince({ guest, cafe: peer }: World): Promise<number> {
  const { connections } = await guest.page.evaluate(() => cafe.node.status())
  const direct = connections.find(
    ({ peerId, path, transport }) => peerId === peer && path === 'direct' && transport === 'webrtc',
  )
  if (!direct) throw new Error('guest and cafe are not connected directly')
  return direct.since
}
