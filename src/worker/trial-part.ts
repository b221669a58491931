/**
 * The answers to {@link TrialApi}, loaded when somebody tries the gateway: a file is encrypted by the same sealing as every
 * other, into blocks of this device that no cafe is told of; there is one trial of each kind at a time.
 */
import type { CID } from 'multiformats/cid'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { TRIAL_SIZE } from '../core/limits.ts'
import { parse, text, v } from '../core/schema.ts'
import { createFileKey } from '../crypto/file-key.ts'
import { SAMPLE_NAME, sealLegacySample } from '../crypto/legacy-sample.ts'
import { fileLink, fileName } from '../peer/backup-row.ts'
import { importFile } from '../peer/import.ts'
import type { Handlers } from '../rpc/port.ts'
import { type Listed, packList } from '../store/block-list.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Collecting } from '../store/collecting.ts'
import type { Holds } from '../store/holds.ts'
import type { Change, Rows } from '../store/rows.ts'
import type { Trial, TrialApi } from './trial-api.ts'
import { isOver, type TrialRow, trialTable } from './trial-row.ts'

export interface TrialPartComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly collecting: Pick<Collecting, 'reclaim'>
  readonly clock: Clock
  readonly random: Random
}

/** What is known of a trial before its blocks are made. */
type About = Pick<TrialRow, 'kind' | 'name' | 'size'>
type Put = (cid: CID, bytes: Uint8Array<ArrayBuffer>) => Promise<void>

const none = v.strictObject({})

export function trialPart({ rows, blocks, holds, collecting, clock, random }: TrialPartComponents): Handlers<TrialApi> {
  const trials = trialTable(rows)

  const standing = async (): Promise<{ cid: string; row: TrialRow }[]> =>
    (await trials.list([]))
      .map(({ key, row }) => ({ cid: key[0] as string, row }))
      .filter(({ row }) => !isOver(row, clock()))

  const end = ({ cid, row }: { cid: string; row: TrialRow }): Change => trials.put([cid], { ...row, gone: true })

  /** Makes the blocks by `make`, which are held until their row stands in the place of the one before. */
  const keep = async (about: About, make: (put: Put) => Promise<{ root: CID; link: string }>): Promise<Trial> => {
    const hold = holds.open()
    const made: Listed[] = []
    try {
      const { root, link } = await make(async (cid, bytes) => {
        const { bytes: hash } = cid.multihash
        await hold.add([hash])
        await blocks.put(cid, bytes)
        made.push({ hash, size: bytes.byteLength })
      })
      const row: TrialRow = { ...about, link, since: clock(), gone: false, ...packList(made) }
      const before = (await standing()).filter(({ row: { kind } }) => kind === about.kind)
      await rows.commit([...before.map(end), trials.put([`${root}`], row)])
      hold.release()
      if (before.length > 0) await collecting.reclaim()
      return asTrial(`${root}`, row)
    } catch (error) {
      hold.release()
      // Nobody else can have them: they are under a key that was drawn just now.
      await holds.remove(made.map(({ hash }) => hash)).catch(() => {}) // then the next whole collection does
      throw error
    }
  }

  return {
    'trial.add': {
      input: v.strictObject({ file: v.instance(Blob), name: v.optional(fileName) }),
      async run({ file, name: given }, { signal }) {
        const { size } = file
        if (size > TRIAL_SIZE) throw new CafeError('BAD_REQUEST', { size, limit: TRIAL_SIZE })
        const name = parse(fileName, given ?? (file instanceof File ? file.name : 'file'))
        const key = createFileKey(random)
        return keep({ kind: 'file', name, size }, async (put) => {
          const content = file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>
          const root = await importFile(content, key, put, { signal })
          return { root, link: fileLink(`${root}`, { name, key: key.reveal(), from: [] }) }
        })
      },
    },
    'trial.sample': {
      input: none,
      async run(_input, { signal }) {
        const { ciphertext, key, size } = await sealLegacySample(random)
        return keep({ kind: 'sample', name: SAMPLE_NAME, size }, async (put) => {
          const root = await importFile(new Blob([ciphertext]).stream(), null, put, { signal })
          return { root, link: `/ipfs/${root}/${SAMPLE_NAME}?key=${key}` }
        })
      },
    },
    'trial.list': {
      input: none,
      run: async () => (await standing()).map(({ cid, row }) => asTrial(cid, row)),
    },
    'trial.remove': {
      input: v.strictObject({ cid: text(128) }),
      async run({ cid }) {
        const found = (await standing()).find((one) => one.cid === cid)
        if (!found) throw new CafeError('NOT_FOUND', { what: 'trial' })
        await rows.commit([end(found)])
        await collecting.reclaim()
        return {}
      },
    },
  }
}

const asTrial = (cid: string, { kind, name, size, link, since }: TrialRow): Trial => ({
  ...{ kind, cid, name, size },
  ...{ link, since },
})
