/** The stores in memory keep the contracts of the real ones, so that what is proved on them means something. */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { combined } from '../../src/store/combine.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { BLOCKS_CASES } from '../contract/blocks.ts'
import { ROWS_CASES } from '../contract/rows.ts'

describe('rows in memory', () => {
  for (const { name, run } of ROWS_CASES) it(name, () => run(memoryRows()))
})

describe('combined rows', () => {
  for (const { name, run } of ROWS_CASES) it(name, () => run(combined(memoryRows())))
})

describe('blocks in memory', () => {
  for (const { name, run } of BLOCKS_CASES) it(name, () => run(memoryBlocks()))

  it('are refused past the limit, as by a full disk, and fit again when others are gone', async () => {
    const make = async (seed: number) => {
      const bytes = new Uint8Array(60).fill(seed)
      return [CID.createV1(0x55, await sha256.digest(bytes)), bytes] as const
    }
    const [one, two] = [await make(1), await make(2)]
    const blocks = memoryBlocks(100)
    await blocks.put(...one)
    await blocks.put(...one)
    await expect(blocks.put(...two)).rejects.toMatchObject({ code: 'QUOTA', data: { disk: true } })
    expect(blocks.size).toBe(1)
    await blocks.delete(one[0])
    await blocks.put(...two)
  })
})
