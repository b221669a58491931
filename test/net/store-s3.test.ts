/** Blocks in an S3-compatible store, over real HTTP, with every signature checked by AWS's own signer. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { collect } from '../../src/store/collect.ts'
import { createHolds } from '../../src/store/holds.ts'
import { openStores } from '../../src/store/open.ts'
import { openS3Blocks, type S3Init } from '../../src/store/s3.ts'
import { BLOCKS_CASES } from '../contract/blocks.ts'
import { S3_KEYS, startS3, type TestS3 } from '../fixtures/s3.ts'
import { failure } from './fixture.ts'

let s3: TestS3
const folders: string[] = []
let count = 0

beforeAll(async () => {
  s3 = await startS3(['blocks'])
})
afterAll(async () => {
  await s3.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

const open = (more: Partial<S3Init> = {}) =>
  openS3Blocks({
    ...{ bucket: new URL(`${s3.endpoint}/blocks`), prefix: `cafe-${count++}`, region: 'eu-central-1' },
    ...{ accessKey: S3_KEYS.accessKeyId, secretKey: new Secret(S3_KEYS.secretAccessKey), owner: 'me' },
    ...more,
  })

async function block(text: string): Promise<[CID, Uint8Array<ArrayBuffer>]> {
  const bytes = new TextEncoder().encode(text)
  return [CID.createV1(0x55, await sha256.digest(bytes)), bytes]
}

const env = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey }
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-s3-'))
  folders.push(folder)
  return folder
}

describe('blocks in S3', () => {
  for (const { name, run } of BLOCKS_CASES) it(name, async () => run(await open()))

  it('are given in the order of their keys, however many pages they fill', async () => {
    const blocks = await open({ prefix: '' })
    const all = await Promise.all(Array.from({ length: 120 }, (_, i) => block(`block ${i}`)))
    await Promise.all(all.map((one) => blocks.put(...one)))
    const keys: string[] = []
    for await (const key of blocks.keys()) keys.push(key)
    expect(keys.length).toBe(120)
    expect(keys).toEqual([...keys].sort())
  })

  it('are asked for again while the store is busy, and come', async () => {
    const blocks = await open()
    const [cid, bytes] = await block('busy')
    s3.failures.push(503, 500)
    await blocks.put(cid, bytes)
    s3.failures.push(503)
    expect(await blocks.get(cid)).toEqual(bytes)
  })

  it('that are other bytes than their hash says are refused by the store itself', async () => {
    const blocks = await open()
    const [cid] = await block('one')
    await expect(blocks.put(cid, new TextEncoder().encode('other'))).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(await blocks.has(cid)).toBe(false)
  })

  it('are not read with a wrong key, nor from a bucket that is none; and no secret is in what is said of it', async () => {
    const wrong = await failure(open({ secretKey: new Secret('wrong') }))
    expect(wrong).toMatchObject({ code: 'FORBIDDEN', what: 's3' })
    expect(JSON.stringify(wrong)).not.toContain('wrong')
    expect(await failure(open({ bucket: new URL(`${s3.endpoint}/nothing`) }))).toMatchObject({ what: 'bucket' })
  })
})

describe('a bucket that several cafes share', () => {
  it('gives each a prefix of its own, and none another’s', async () => {
    await open({ prefix: 'shared', owner: 'one' })
    await open({ prefix: 'shared', owner: 'one' })
    expect(await failure(open({ prefix: 'shared', owner: 'two' }))).toMatchObject({ code: 'CONFLICT', what: 'store' })
  })

  it('loses nothing of one when the other collects', async () => {
    const [one, other] = [await open(), await open()]
    const [cid, bytes] = await block('both have it')
    await Promise.all([one.put(cid, bytes), other.put(cid, bytes)])
    const collected = await collect(
      { blocks: one, holds: createHolds(one), sources: [] },
      { signal: AbortSignal.timeout(20_000), whole: true },
    )
    expect(collected).toEqual({ blocks: 1, bytes: bytes.byteLength })
    expect(await one.has(cid)).toBe(false)
    expect(await other.get(cid)).toEqual(bytes)
  })

  it('is opened by URL, with rows in the folder of the cafe, and known again', async () => {
    const [folder, elsewhere] = [await newFolder(), await newFolder()]
    const url = `s3://blocks/by-url/1?endpoint=${encodeURIComponent(s3.endpoint)}`
    const stores = await openStores(url, { folder, env })
    const [cid, bytes] = await block('by url')
    await stores.blocks.put(cid, bytes)
    await stores.rows.commit([{ key: '/a', value: Uint8Array.of(1) }])
    await stores.close()
    const again = await openStores(url, { folder, env })
    expect(await again.blocks.get(cid)).toEqual(bytes)
    expect(await again.rows.get('/a')).toEqual(Uint8Array.of(1))
    await again.close()
    expect(await failure(openStores(url, { folder: elsewhere, env }))).toMatchObject({
      code: 'CONFLICT',
      what: 'store',
    })
    expect(await failure(openStores(url, { folder }))).toMatchObject({ code: 'BAD_REQUEST', what: 's3 keys' })
    for (const bad of ['s3://u:p@blocks/x', 's3://blocks/a/../b%20c', 's3://blocks/x?endpoint=ftp://x'])
      expect(await failure(openStores(bad, { folder, env }))).toMatchObject({ code: 'BAD_REQUEST', what: 'store' })
  })
})
