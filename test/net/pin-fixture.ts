/** Uploads by hand, frame by frame, and what a cafe then has. */
import type { CID } from 'multiformats/cid'
import { expect } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { MAX_OFFER } from '../../src/core/limits.ts'
import type { BackupProgress } from '../../src/peer/backup.ts'
import { type Exchange, start } from '../../src/wire/call.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../src/wire/protocol.ts'
import { type Block, bytesOf } from './blocks-fixture.ts'
import { type CafeNode, createCafeNode, createClient, type GuestNode, keep } from './fixture.ts'

type Pin = (typeof pinProtocol)['operations']['pin']
export type Running = Exchange<UploadOf<Pin>, ItemOf<Pin>, ReceiptOf<Pin>>

export const newCafe = async (parts: Parameters<typeof createCafeNode>[0] = {}): Promise<CafeNode> =>
  keep(await createCafeNode(parts))
export const newClient = async (cafe: CafeNode, quota?: number): Promise<GuestNode> =>
  keep(await createClient(cafe, await cafe.token({ quota })))

/** Starts an upload by hand. */
export const begin = async (by: GuestNode, cafe: Pick<CafeNode, 'at'>, bytes: number): Promise<Running> =>
  start(by.node.connector, cafe.at.cafe, pinProtocol, 'pin', { bytes }, { auth: await by.access(cafe) })

export const asOffer = (blocks: readonly Block[]) => ({
  offer: blocks.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })),
})

/** Offers blocks and gives the places the cafe wants. */
export async function offer(upload: Running, blocks: readonly Block[]): Promise<number[]> {
  await upload.send(asOffer(blocks))
  const item = await upload.next()
  if (!item || !('want' in item)) throw new Error('not a want-list')
  return item.want
}

export const sendBlock = (upload: Running, block: number, { bytes }: { bytes: Uint8Array<ArrayBuffer> }) =>
  upload.send({ block, bytes })

export async function stored(upload: Running): Promise<number> {
  const item = await upload.next()
  if (!item || !('stored' in item)) throw new Error('not a confirmation')
  return item.stored
}

/** A well-behaved upload by hand of blocks whose last is the root. */
export async function pin(
  by: GuestNode,
  cafe: Pick<CafeNode, 'at'>,
  blocks: readonly Block[],
): Promise<ReceiptOf<Pin>> {
  const upload = await begin(by, cafe, bytesOf(blocks))
  for (let from = 0; from < blocks.length; from += MAX_OFFER) {
    for (const place of await offer(upload, blocks.slice(from, from + MAX_OFFER))) {
      await sendBlock(upload, place, blocks[place] as Block)
      await stored(upload)
    }
  }
  await upload.send({ root: (blocks.at(-1) as Block).cid })
  return upload.receipt()
}

export async function list(by: GuestNode, cafe: Pick<CafeNode, 'at'>) {
  const roots: string[] = []
  for await (const { root } of by.pins.list(cafe.at.cafe, { auth: await by.access(cafe) })) roots.push(root.toString())
  return roots
}

export const usage = async (by: GuestNode, cafe: CafeNode): Promise<{ roots: number; bytes: number } | undefined> =>
  (await cafe.cafe.clients()).find(({ peer }) => peer === by.at.cafe)?.usage

export const backUp = (by: GuestNode, content: Uint8Array<ArrayBuffer>, onProgress = (_: BackupProgress) => {}) =>
  by.peer.backups.add(new Blob([content]), 'a file', { signal: AbortSignal.timeout(60_000), onProgress })

export const unpin = async (by: GuestNode, cafe: CafeNode, root: CID): Promise<number> =>
  (await by.pins.unpin(cafe.at.cafe, root, { auth: await by.access(cafe) })).bytes

/** Runs what must change nothing at the cafe: no row and no block. */
export async function leavesNothing(cafe: CafeNode, run: () => Promise<void>): Promise<void> {
  const keys = async () => Array.fromAsync(cafe.blocks.keys())
  const before = [await cafe.dump(), await keys()]
  await run()
  expect([await cafe.dump(), await keys()]).toEqual(before)
}
