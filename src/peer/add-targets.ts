/** The uploads of one file to all cafes of the account, while it is being added. */
import { type CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { BackupAt } from './backup-row.ts'
import { isPathFailure } from './insist.ts'
import { type UploadComponents, type UploadTask, upload } from './upload.ts'

/** Milliseconds without any progress after which a file that is being added waits for its cafe in the backlog. */
const PATIENCE = 120_000

/** One cafe's upload while a file is added. */
export interface Target {
  readonly cafe: PeerIdText
  stored: number
  works: boolean
  outcome: 'pinned' | CafeError | undefined
}

/** What all uploads of a file have in common. */
export type Common = Pick<UploadTask, 'bytes' | 'log' | 'label' | 'name'>

/** Uploads to all targets side by side; `over` resolves when the last is, `changed` at each that is or loses its path. */
export const send = (
  components: UploadComponents,
  targets: readonly Target[],
  common: Common,
  signal: AbortSignal,
  report: () => void,
) => {
  let next = Promise.withResolvers<void>()
  const wake = (): void => {
    report()
    next.resolve()
    next = Promise.withResolvers()
  }
  const one = async (target: Target): Promise<void> => {
    const onStored = (stored: number): void => {
      target.stored = stored
      report()
    }
    const onPath = (works: boolean): void => {
      target.works = works
      wake()
    }
    const task = { cafe: target.cafe, ...common, patience: PATIENCE, signal, onStored, onPath }
    target.outcome = await upload(components, task).then(() => 'pinned' as const, toCafeError)
    wake()
  }
  return { over: Promise.all(targets.map(one)), changed: () => next.promise }
}

/** A receipt is there and nobody is still taking blocks, or nothing more will come. */
export function isEnough(targets: readonly Target[]): boolean {
  const pinned = targets.some(({ outcome }) => outcome === 'pinned')
  return targets.every(({ outcome, works }) => outcome !== undefined || (pinned && !works))
}

export const isRefused = ({ outcome }: Target): boolean =>
  outcome !== undefined && outcome !== 'pinned' && !isWaiting(outcome)

/** Did an upload end without the cafe having refused it? */
const isWaiting = (error: CafeError): boolean => isPathFailure(error) || error.code === 'ABORTED'

export function stateOf({ cafe, outcome }: Target, now: number): BackupAt {
  if (outcome === 'pinned') return { cafe, state: 'pinned', since: now }
  if (outcome === undefined || isWaiting(outcome)) return { cafe, state: 'queued' }
  return { cafe, state: 'failed', reason: outcome.code }
}
