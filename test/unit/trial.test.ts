/** Trials: files encrypted only to be looked at by their links: opened by the gateway, spared by collections, and gone at once. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { TRIAL_AGE, TRIAL_SIZE } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { sealLegacySample } from '../../src/crypto/legacy-sample.ts'
import { blocksHere } from '../../src/gateway/blocks-here.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { Moved } from '../../src/rpc/port.ts'
import { createCollecting } from '../../src/store/collecting.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { requestLine } from '../../src/ui/viewer/request-line.ts'
import { trialPart } from '../../src/worker/trial-part.ts'
import { trialRoots } from '../../src/worker/trial-row.ts'
import { noise, ORIGIN, utf8 } from './gateway-help.ts'

const { signal } = new AbortController()
const context = { signal, progress: () => {} }

/** An answer that moves no buffers. */
async function given<T>(answer: T | Moved<T> | Promise<T | Moved<T>>): Promise<T> {
  const value = await answer
  if (value instanceof Moved) throw new TypeError('nothing of it is moved')
  return value
}

function setup() {
  const time = { now: systemClock() }
  const clock = () => time.now
  const [rows, blocks] = [memoryRows(), memoryBlocks()]
  const shared = { rows, blocks, holds: createHolds(blocks), clock, random: systemRandom, log: silentLog }
  const collecting = createCollecting({ ...shared, onChange: () => {} })
  collecting.add(trialRoots(shared))
  const part = trialPart({ ...shared, collecting })
  const gateway = createGateway({ blocks: blocksHere(blocks), clock })
  return {
    ...{ time, blocks, collecting },
    add: async (bytes: Uint8Array<ArrayBuffer>, name = 'a note.txt') =>
      given(part['trial.add'].run({ file: new File([bytes], name) }, context)),
    sample: async () => given(part['trial.sample'].run({}, context)),
    list: async () => given(part['trial.list'].run({}, context)),
    remove: async (cid: string) => part['trial.remove'].run({ cid }, context),
    open: (link: string) => gateway(new Request(ORIGIN + link)),
  }
}

it('a file is ciphertext without its key, and itself with it', async () => {
  const { add, open } = setup()
  const plain = noise(600_000)
  const { cid, link, size } = await add(plain)
  expect(size).toBe(plain.byteLength)
  expect(link).toMatch(/^\/ipfs\/\w+\/a%20note\.txt#key=u/)
  expect(Buffer.compare(Buffer.from(await (await open(link)).arrayBuffer()), plain)).toBe(0)
  const sealed = Buffer.from(await (await open(`/ipfs/${cid}`)).arrayBuffer())
  expect(sealed.byteLength).toBeGreaterThan(plain.byteLength)
  expect(sealed.includes(Buffer.from(plain.subarray(1000, 1032)))).toBe(false)
})

it('a sample opens by its key in the query, and each is another', async () => {
  const { sample, open } = setup()
  const { link } = await sample()
  expect(link).toMatch(/\?key=[1-9A-HJ-NP-Za-km-z]{59,61}$/)
  const response = await open(link)
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('<svg')
  const [one, other] = await Promise.all([sealLegacySample(systemRandom), sealLegacySample(systemRandom)])
  expect(one.key).not.toBe(other.key)
  expect(Buffer.compare(one.ciphertext, other.ciphertext)).not.toBe(0)
})

it('what is tried is spared by a collection, and gone when it is removed or another takes its place', async () => {
  const { add, sample, list, remove, blocks, collecting, open } = setup()
  const first = await add(noise(300_000))
  await sample()
  const all = blocks.size
  await collecting.now({ signal })
  expect(blocks.size).toBe(all)
  const second = await add(utf8('another'))
  expect((await list()).map(({ kind, cid }) => [kind, cid])).toContainEqual(['file', second.cid])
  expect(await list()).toHaveLength(2)
  expect((await open(first.link)).status).toBe(404)
  for (const { cid } of await list()) await remove(cid)
  expect(blocks.size).toBe(0)
  expect(await list()).toEqual([])
  await expect(remove(second.cid)).rejects.toMatchObject({ code: 'NOT_FOUND', data: { what: 'trial' } })
})

it('what nobody removes goes by itself after a day', async () => {
  const { add, list, blocks, collecting, time } = setup()
  await add(utf8('a short note'))
  time.now += TRIAL_AGE + 1
  expect(await list()).toEqual([])
  await collecting.now({ signal })
  expect(blocks.size).toBe(0)
})

it('what is too large, or cannot be read to its end, leaves nothing', async () => {
  const { add, list, blocks } = setup()
  await expect(add(new Uint8Array(TRIAL_SIZE + 1))).rejects.toMatchObject({ data: { limit: TRIAL_SIZE } })
  const put = vi.spyOn(blocks, 'put')
  put.mockImplementationOnce(blocks.put).mockRejectedValue(new Error('the disk is gone'))
  await expect(add(noise(2_000_000))).rejects.toThrow()
  put.mockRestore()
  expect(await list()).toEqual([])
  expect(blocks.size).toBe(0)
})

it('the old form is written for a sample and for nothing else', () => {
  const root = new URL('../../', import.meta.url).pathname
  const files = globSync(['src/**/*.ts', 'sw/**/*.ts', 'relay/**/*.ts'], { cwd: root })
  const users = files.filter((file) => readFileSync(root + file, 'utf8').includes('/legacy-sample.ts'))
  expect(users).toEqual(['src/worker/trial-part.ts'])
})

it('a request is written without what opens it', () => {
  const key = 'uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
  for (const link of [
    `/ipfs/bafy/a#key=${key}`,
    `/ipfs/bafy/a?key=${key}`,
    `/ipfs/bafy/a?x=1&%6bey=${key}#link=${key}`,
  ])
    expect(requestLine('GET', link)).not.toContain(key)
  expect(requestLine('GET', `/ipfs/bafy/a?x=1&key=${key}#from=12D3`)).toBe('GET /ipfs/bafy/a?x=1&key=…')
  expect(requestLine('HEAD', '/ipfs/bafy')).toBe('HEAD /ipfs/bafy')
})
