/**
 * A whole cafe in and out of a folder, from the terminal: to a file and from one, and from another device by a code. A file
 * is there whole or not at all, and for its owner only.
 */
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { Carrying } from '../../src/cafe/carry/carrying.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import { createNodeCafe, type NodeCafe } from './cafe.ts'
import type { CafeConfig } from './config.ts'
import { openWays } from './ways.ts'

/** What a file holds, in numbers. */
export interface ExportedFile {
  readonly file: string
  readonly bytes: number
  readonly blocks: number
  /** Blocks that the cafe should have and has not: their clients will be asked for them. */
  readonly absent: number
}

/** @throws CafeError CONFLICT {what: 'file'} if it is there already; as `Carrying.export`. */
export async function exportTo(carrying: Carrying, file: string, passphrase: string): Promise<ExportedFile> {
  const beside = `${file}.part`
  const out = await open(beside, 'wx', 0o600).catch((cause) => {
    throw new CafeError('CONFLICT', { what: 'file', file: beside }, { cause })
  })
  try {
    await assertNew(file)
    const exported = await carrying.export({ passphrase, signal: new AbortController().signal })
    let bytes = 0
    for await (const chunk of exported.chunks()) {
      await out.write(chunk)
      bytes += chunk.byteLength
    }
    await out.sync()
    await rename(beside, file)
    const { blocks, absent } = exported.description
    return { file, bytes, blocks, absent: absent.length }
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  } finally {
    await out.close()
  }
}

async function assertNew(file: string): Promise<void> {
  const there = await open(file, 'r').catch(() => undefined)
  await there?.close()
  if (there) throw new CafeError('CONFLICT', { what: 'file', file })
}

/** The node of a folder that is to become a cafe; none is opened. */
async function openEmpty(config: CafeConfig, log: Log): Promise<NodeCafe> {
  const { data, store, host, cafePort: port } = config
  return createNodeCafe({
    ...{ data, store, log, hosts: false },
    ...openWays({ host, port }, log),
    ...{ announce: config.announce, relays: config.relay, origin: config.app },
  })
}

/** Makes a folder the cafe of a file: the next start opens it. @throws CafeError as `Carrying.import`. */
export async function importFrom(
  config: CafeConfig,
  file: string,
  passphrase: string,
  log: Log,
): Promise<{ cafe: string; name: string }> {
  const node = await openEmpty(config, log)
  try {
    const chunks: AsyncIterable<Uint8Array> = createReadStream(file, { highWaterMark: 1 << 20 })
    return await node.carrying.import(chunks, { passphrase, signal: new AbortController().signal })
  } finally {
    await node.stop()
  }
}

/** Shows a code, and resolves when a cafe has come with it: the next start opens it. */
export async function receive(config: CafeConfig, log: Log, show: (code: string) => void): Promise<void> {
  const node = await openEmpty(config, log)
  try {
    const { arrival } = await node.carrying.status()
    if (!arrival) show((await node.carrying.receive()).code)
    await node.over
  } finally {
    await node.stop()
  }
}
