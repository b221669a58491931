/** A cafe in Node that is carried: between folders by a file, and between a tab's kind of stores and a folder by a code. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createNodeCafe, type NodeCafe } from '../../relay/cafe/cafe.ts'
import { exportTo, importFrom, receive } from '../../relay/cafe/carry.ts'
import { type CafeConfig, readWish } from '../../relay/cafe/config.ts'
import { silentLog } from '../../src/core/log.ts'
import { parseInvite } from '../../src/net/invite.ts'
import { tree } from './blocks-fixture.ts'
import { createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { list, pin } from './pin-fixture.ts'

const folders: string[] = []
const open: NodeCafe[] = []
afterAll(async () => {
  await Promise.all(open.map((cafe) => cafe.stop()))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-'))
  folders.push(folder)
  return folder
}

const PASSPHRASE = 'three green parrots'

function configOf(data: string): CafeConfig {
  const wish = readWish(['--port', '0', '--data', data], {}, Date.now())
  if (wish.kind !== 'run') throw new Error('that was no wish to run')
  return wish.config
}

async function start(data: string, name?: string): Promise<NodeCafe> {
  const { relay, announce, app, mode, budget } = configOf(data)
  const cafe = await createNodeCafe({
    ...{ data, name, mode, budget, relays: relay, announce, origin: app, log: silentLog },
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
  })
  open.push(cafe)
  return cafe
}

/** A client of it, who has pinned something. */
async function clientOf(cafe: NodeCafe): Promise<{ guest: GuestNode; roots: string[] }> {
  const guest = keep(await createGuestNode())
  const { invite } = await cafe.hosting.createToken({})
  const { cafe: peer, name, addresses, token } = parseInvite(invite)
  guest.know({ at: { cafe: peer, addresses } })
  await guest.peer.cafes.register({ cafe: peer, name, addresses }, token, {})
  await pin(guest, { at: { cafe: peer, addresses } }, await tree(5, 100_000))
  return { guest, roots: await list(guest, { at: { cafe: peer, addresses } }) }
}

/** What the client finds at the cafe where it is now. */
async function found(guest: GuestNode, cafe: NodeCafe): Promise<string[]> {
  const at = { cafe: cafe.peer, addresses: cafe.addresses() }
  guest.know({ at })
  await guest.peer.cafes.access(cafe.peer, { refused: await guest.access({ at }) })
  return list(guest, { at })
}

describe('a cafe in Node', () => {
  it('goes into a file while it is open, and out of it in another folder', async () => {
    const [here, there] = [await newFolder(), await newFolder()]
    const cafe = await start(here, 'Corner')
    const { guest, roots } = await clientOf(cafe)
    const file = join(there, 'cafe.car')
    const exported = await exportTo(cafe.carrying, file, PASSPHRASE)
    expect(exported).toMatchObject({ file, blocks: 6, absent: 0 })
    expect(await stat(file)).toMatchObject({ size: exported.bytes })
    expect((await stat(file)).mode & 0o077).toBe(0)
    expect(await failure(exportTo(cafe.carrying, file, PASSPHRASE))).toMatchObject({ code: 'CONFLICT', what: 'file' })
    expect(await readdir(there)).toEqual(['cafe.car'])
    await cafe.stop()

    const config = configOf(join(there, 'data'))
    expect(await failure(importFrom(config, file, 'wrong passphrase', silentLog))).toMatchObject({ what: 'passphrase' })
    expect(await importFrom(config, file, PASSPHRASE, silentLog)).toEqual({ cafe: cafe.peer, name: 'Corner' })
    const again = await start(config.data)
    expect(again.peer).toBe(cafe.peer)
    expect(await again.hosting.status()).toMatchObject({ open: true, name: 'Corner', clients: 1 })
    expect(await found(guest, again)).toEqual(roots)
    await again.stop()
    expect(await failure(importFrom(config, file, PASSPHRASE, silentLog))).toMatchObject({
      code: 'CONFLICT',
      what: 'cafe',
    })
    // What was left behind is not opened as something else by mistake, nor could it be by its files.
    expect((await failure(importFrom(configOf(here), file, PASSPHRASE, silentLog))).code).toBe('CONFLICT')
  })

  it('moves to another folder by a code, and its own says where it went', async () => {
    const [here, there] = [await newFolder(), await newFolder()]
    const cafe = await start(here, 'Corner')
    const { guest, roots } = await clientOf(cafe)
    const shown = Promise.withResolvers<string>()
    const received = receive(configOf(there), silentLog, shown.resolve)
    const moved = await cafe.carrying.move(await shown.promise, { signal: AbortSignal.timeout(30_000) })
    expect(moved).toMatchObject({ told: true })
    await Promise.all([received, cafe.over])
    await cafe.stop()
    const again = await start(there)
    expect(again.peer).toBe(cafe.peer)
    expect(await found(guest, again)).toEqual(roots)
    expect(await failure(start(here))).toMatchObject({ code: 'CONFLICT', what: 'moved', name: 'Corner' })
    const other = await start(here, 'Another')
    expect(other.peer).not.toBe(cafe.peer)
    expect(await other.hosting.status()).toMatchObject({ open: true, name: 'Another', clients: 0, bytes: 0 })
  })

  it('is not sealed with a passphrase that others can read off the command line', () => {
    expect(() => readWish(['import', 'a.car'], {}, 0)).toThrow('CAFE_PASSPHRASE')
    expect(readWish(['import', 'a.car', '--data', 'x'], { CAFE_PASSPHRASE: PASSPHRASE }, 0)).toMatchObject({
      ...{ kind: 'import', file: 'a.car', passphrase: PASSPHRASE },
    })
    expect(readWish(['receive'], {}, 0)).toMatchObject({ kind: 'receive' })
    expect(readWish(['export', '/b.car'], { CAFE_PASSPHRASE: PASSPHRASE }, 0)).toMatchObject({
      ...{ kind: 'tell', verb: 'export', input: { file: '/b.car', passphrase: PASSPHRASE } },
    })
    expect(() => readWish(['export'], { CAFE_PASSPHRASE: PASSPHRASE }, 0)).toThrow('file')
  })
})
