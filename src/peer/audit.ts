/**
 * Whether cafes still have what they promised to keep: each is asked for proofs of random blocks (security.md E6), about
 * one in a hundred a day and at least three of every file. A cafe that fails is given the file anew, and so is every other
 * cafe of the account that does not have it; one that fails again and again is given up.
 */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { proofOf } from '../cafe/pin/audit.ts'
import type { PinClient } from '../cafe/pin/client.ts'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { walk } from '../cafe/pin/walk.ts'
import { parseCid } from '../core/block.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, type ErrorCode, toCafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_AUDIT } from '../core/limits.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Backlog } from './backlog.ts'
import type { Backup, BackupAt, BackupStore } from './backup-row.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { OwnBlocks } from './own-blocks.ts'
import { readHere } from './readers.ts'

export interface AuditComponents {
  readonly store: BackupStore
  readonly own: OwnBlocks
  readonly blocks: Blocks
  readonly cafes: Cafes
  readonly client: PinClient
  readonly source: BlockSource
  readonly backlog: Backlog
  readonly clock: Clock
  readonly random: Random
  readonly onChange: () => void
}

export interface Audits {
  /**
   * Audits a file at every cafe that has it, repairs what fails, and looks once more; gives how it stands then. Cafes that
   * are not reached are left as they were.
   * @throws CafeError NOT_FOUND {what: 'pin'}; ABORTED.
   */
  audit(root: string, options: { signal: AbortSignal }): Promise<Backup>
  /** Audits what is due. Never rejects. */
  run(): Promise<void>
  close(): void
}

/** Of the blocks of a file, in one audit: a share, at least, and at most (so that a cafe's allowance is enough for all). */
const SHARE = 0.01
const LEAST = 3
const MOST = 128
const DAY = 24 * 3_600_000
/** Milliseconds between looks for what is due; half of it is chance, so that a cafe does not see all its clients at once. */
const LOOK = 10 * 60_000
/** Audits failed in a row after which a cafe is not given the file again by itself. */
const STRIKES = 3

type Outcome = 'proved' | { readonly reason: ErrorCode } | 'unknown'

export function createAudits(components: AuditComponents): Audits {
  const { store, cafes, backlog, clock, onChange } = components
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined

  /** Notes what an audit came to. Where it failed, every cafe of the account is to have the file. */
  const note = async ({ root }: Backup, at: BackupAt, outcome: Outcome): Promise<void> => {
    const asked = clock()
    if (outcome === 'unknown') return
    if (outcome === 'proved') {
      return store.note(root, { cafe: at.cafe, state: 'pinned', asked, proved: asked, strikes: 0 })
    }
    const strikes = (at.strikes ?? 0) + 1
    const state = strikes < STRIKES && outcome.reason !== 'UNAUTHORIZED' ? 'degraded' : 'failed'
    await store.note(root, { cafe: at.cafe, state, reason: outcome.reason, asked, strikes })
    const joined = await cafes.list()
    await store.change(root, (row) => {
      const lacking = joined.filter(({ cafe }) => !row.cafes.some((one) => one.cafe === cafe))
      return { ...row, cafes: [...row.cafes, ...lacking.map(({ cafe }) => ({ cafe, state: 'queued' as const }))] }
    })
  }

  /** Audits a file at some of its cafes; true if one failed. */
  const auditAt = async (row: Backup, at: readonly BackupAt[], signal: AbortSignal): Promise<boolean> => {
    const outcomes = await Promise.all(at.map((one) => auditOne(components, row, one.cafe, signal)))
    signal.throwIfAborted()
    for (const [i, one] of at.entries()) await note(row, one, outcomes[i] as Outcome)
    onChange()
    return outcomes.some((outcome) => typeof outcome === 'object')
  }

  const isKept = ({ state }: BackupAt): boolean => state === 'pinned' || state === 'degraded'

  const find = async (root: string): Promise<Backup> => {
    const row = await store.backups.get(root)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    return row
  }

  /** Audits, and where that fails, repairs and looks again, so that the repair is not taken on trust. */
  const auditAndMend = async (row: Backup, at: readonly BackupAt[], signal: AbortSignal): Promise<void> => {
    if (!(await auditAt(row, at, signal))) return
    await backlog.run()
    const now = await find(row.root)
    const mended = now.cafes.filter(({ cafe, state }) => state === 'pinned' && at.some((one) => one.cafe === cafe))
    await auditAt(now, mended, signal)
  }

  const runDue = async (): Promise<void> => {
    const { signal } = closed
    for (const { row } of await store.backups.list([])) {
      const due = row.cafes.filter((at) => at.state === 'pinned' && clock() - (at.asked ?? 0) >= DAY)
      if (due.length === 0) continue
      // One that cannot be audited now is tried at the next look; the others are not to wait for it.
      await auditAndMend(row, due, signal).catch(() => {})
      if (signal.aborted) return
    }
  }

  const run: Audits['run'] = () => {
    clearTimeout(timer)
    running ??= runDue()
      .catch(() => {}) // the rows cannot be read now: at the next look
      .finally(() => {
        running = undefined
        if (!closed.signal.aborted) timer = setTimeout(run, LOOK * (0.5 + Math.random() / 2))
      })
    return running
  }
  timer = setTimeout(run, LOOK * Math.random())

  return {
    async audit(root, { signal }) {
      const row = await find(root)
      await auditAndMend(row, row.cafes.filter(isKept), AbortSignal.any([signal, closed.signal]))
      return find(root)
    },
    run,
    close() {
      closed.abort(new CafeError('ABORTED'))
      clearTimeout(timer)
    },
  }
}

async function auditOne(
  components: AuditComponents,
  row: Backup,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<Outcome> {
  const session = components.source.open([cafe])
  try {
    return await proved(components, row, cafe, session, signal)
  } catch (thrown) {
    const { code, data } = toCafeError(thrown)
    if (signal.aborted) return 'unknown'
    // It does not know us, or this file, any more.
    if (code === 'UNAUTHORIZED') return { reason: code }
    if (code === 'NOT_FOUND' && data.what !== 'cafe') return { reason: code }
    return code === 'CORRUPT' ? { reason: code } : 'unknown'
  } finally {
    session.close()
  }
}

/** Asks for proofs and checks each: by the block as it is here, or else by the block itself as the cafe gives it. */
async function proved(
  components: AuditComponents,
  row: Backup,
  cafe: PeerIdText,
  session: FetchSession,
  signal: AbortSignal,
): Promise<Outcome> {
  const { blocks, cafes, client, random } = components
  const root = parseCid(row.root)
  const chosen = choose(await blocksOf(components, row, session, signal), random)
  for (let from = 0; from < chosen.length; from += MAX_AUDIT) {
    const page = chosen.slice(from, from + MAX_AUDIT)
    const nonce = random(32)
    const ask = { root, nonce, blocks: page }
    const proofs = await authorized(cafes, cafe, signal, (auth) => client.audit(cafe, ask, { auth, signal }))
    for (const [i, cid] of page.entries()) {
      const proof = proofs[i]
      if (!proof) return { reason: 'NOT_FOUND' }
      const bytes = (await readHere(blocks, cid)) ?? (await session.get(cid, { signal }))
      if (!sameBytes(proof, await proofOf(nonce, bytes))) return { reason: 'CORRUPT' }
    }
  }
  return 'proved'
}

/** The blocks of a file: as they are listed here, or as its nodes say, which the cafe must have to keep it at all. */
async function blocksOf(
  { own, blocks }: AuditComponents,
  row: Backup,
  session: FetchSession,
  signal: AbortSignal,
): Promise<CID[]> {
  const listed = await own.of(row.root)
  if (listed.length > 0) return listed.map(({ hash }) => CID.createV1(raw.code, Digest.decode(hash)))
  const found: CID[] = []
  const read = async (cid: CID) => (await readHere(blocks, cid)) ?? session.get(cid, { signal })
  const sizes = async (cids: readonly CID[]) => cids.map(() => 0)
  const onBlock = (cid: CID): void => void found.push(cid)
  await walk(parseCid(row.root), { read, sizes }, { maxBytes: Number.MAX_SAFE_INTEGER, signal, onBlock })
  return found
}

/** Some of the blocks, each as likely as any other. */
function choose(all: readonly CID[], random: Random): CID[] {
  const wanted = Math.min(all.length, MOST, Math.max(LEAST, Math.ceil(all.length * SHARE)))
  const left = [...all]
  for (let i = 0; i < wanted; i++) {
    const at = i + Math.floor((new DataView(random(4).buffer).getUint32(0) / 2 ** 32) * (left.length - i))
    const swapped = left[i] as CID
    left[i] = left[at] as CID
    left[at] = swapped
  }
  return left.slice(0, wanted)
}
