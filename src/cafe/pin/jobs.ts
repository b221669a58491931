/**
 * The life of what an account asked this cafe to pin: `queued pinning pinned failed degraded`, one status for each root of
 * an account, whichever way it came here. Carriers (the pin service, the IPFS Pinning Service API) speak of nothing else.
 */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../../core/block.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError, type ErrorCode, toCafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { CLIENT_JOBS, FETCH_TTL } from '../../core/limits.ts'
import { createSerial } from '../../core/serial.ts'
import type { Blocks } from '../../store/blocks.ts'
import type { Rows } from '../../store/rows.ts'
import type { Stands } from '../guard.ts'
import { isResumable } from './ending.ts'
import { type BlockSource, fetchPin } from './fetch.ts'
import { createFetchQueue, type Fetching, nextTry } from './fetch-queue.ts'
import type { Keep } from './keep.ts'
import { type DueRow, eraseNotes, type NoteRow, noteStore, statusOf } from './notes.ts'
import type { PinAsk, PinJobs, PinStatus } from './pin-status.ts'
import type { Owner } from './pinning.ts'
import { type PinRow, rootKey } from './store.ts'
import { createWatchers } from './watchers.ts'

export interface JobsComponents {
  readonly rows: Rows
  readonly keep: Keep
  readonly blocks: Blocks
  readonly source: BlockSource
  readonly clock: Clock
  readonly stands: Stands
  /** It stands differently with some pin. */
  readonly onChange: () => void
  /** Something of an account that was not here before is pinned now. */
  readonly onKept?: (account: Address, bytes: number) => void
  /** Nothing is fetched until {@link Jobs.goOn}. */
  readonly rests?: boolean
}

/** The jobs as the cafe's own services use them. */
export interface Jobs extends PinJobs {
  /** Notes that a root was just pinned whole, and what its owner says of it; `kept`: the bytes, if they just came. */
  pinned(
    owner: Owner,
    root: CID,
    said: { readonly sealed?: Uint8Array<ArrayBuffer> | undefined; readonly kept?: number },
  ): Promise<void>
  /** A block of a pinned root was found missing or damaged. */
  degraded(owner: Owner, root: CID, reason: ErrorCode): Promise<void>
  /** As `Keep.unpin`, with all notes. */
  unpin(account: Address, root: CID): Promise<{ bytes: number }>
  /** As `Keep.erase`, with all notes. */
  readonly erase: Keep['erase']
  /** Stops fetching, until {@link Jobs.goOn} or the next cafe over these rows. */
  close(): Promise<void>
  /** Fetches again, from where it was. */
  goOn(): Promise<void>
}

/** Opens the jobs over their rows, and goes on with what was waiting or under way. */
export async function createJobs(components: JobsComponents): Promise<Jobs> {
  const { rows, keep, clock, stands, onChange, onKept = () => {}, source } = components
  const store = noteStore(rows)
  const { notes, due } = store
  const inTurn = createSerial()
  const watchers = createWatchers()

  let newest = 0
  /** When something was asked for: no two at the same time, because carriers page by it. */
  const asked = (): number => {
    newest = Math.max(clock(), newest + 1)
    return newest
  }

  const soFar = (account: Address, id: string) => queue.running(`${account}/${id}`)?.soFar
  const tell = async (account: Address, root: CID, note: NoteRow | undefined): Promise<PinStatus> => {
    const now = statusOf(root, await keep.find(account, root), note, soFar(account, rootKey(root)))
    watchers.tell(account, now)
    onChange()
    return now
  }

  /** Changes a note if it is still there; undefined if not. With `next` it is tried then. */
  const change = (account: Address, id: string, to: Partial<NoteRow>, next?: DueRow): Promise<NoteRow | undefined> =>
    inTurn(account, async () => {
      const note = await notes.get(account, id)
      if (!note) return undefined
      const changed: NoteRow = { ...note, reason: undefined, ...to, changed: clock() }
      const later = next ? due.put([account, id], next) : due.remove(account, id)
      await rows.commit([notes.put([account, id], changed), later])
      return changed
    })

  /** Fetches one root; gives when to try again, if at all. */
  const attempt = async (key: string, tried: DueRow, job: Fetching): Promise<DueRow | undefined> => {
    const [account, id] = key.split('/') as [Address, string]
    const { signal } = job.stop
    const note = await change(account, id, { state: 'pinning' }, tried)
    if (!note) return undefined
    const { root, peer, quota, origins } = note
    await tell(account, root, note)
    const onProgress = (progress: { blocks: number; bytes: number }): void => {
      job.soFar = { ...progress }
      watchers.tell(account, statusOf(root, undefined, note, job.soFar))
    }
    const admitted = (): Promise<boolean> => stands({ peer, account })
    try {
      if (!(await admitted())) throw new CafeError('UNAUTHORIZED')
      const owner = { account, peer, quota }
      const { bytes } = await fetchPin(components, { owner, root, origins, signal, stands: admitted, onProgress })
      onKept(account, bytes)
      await tell(account, root, await change(account, id, { state: 'pinned' }))
      return undefined
    } catch (thrown) {
      if (signal.aborted) return undefined // closed or removed: the rows say what follows
      const error = toCafeError(thrown)
      const again = isResumable(error) && clock() - note.created < FETCH_TTL ? nextTry(tried, clock()) : undefined
      const state = again ? 'queued' : 'failed'
      const outcome = await change(account, id, { state, reason: error.code }, again)
      if (outcome) await tell(account, root, outcome)
      return outcome && again
    }
  }
  const queue = createFetchQueue({ attempt, clock })

  const list: Jobs['list'] = async (account, { after, limit = Number.MAX_SAFE_INTEGER } = {}) => {
    const [pins, noted] = await Promise.all([
      keep.list(account, { after, limit }),
      notes.list([account], { after, limit }),
    ])
    const pinOf = new Map(pins.map((pin) => [rootKey(pin.root), pin]))
    const noteOf = new Map(noted.map(({ key, row }) => [key[1] as string, row]))
    const ids = [...new Set([...pinOf.keys(), ...noteOf.keys()])].sort().slice(0, limit)
    return ids.map((id) => {
      const [pin, note] = [pinOf.get(id), noteOf.get(id)]
      return statusOf((pin ?? note)?.root as CID, pin, note, soFar(account, id))
    })
  }

  const get: Jobs['get'] = async (account, id) => {
    const root = cidOf(id)
    if (!root) return undefined
    const [pin, note] = await Promise.all([keep.find(account, root), notes.get(account, rootKey(root))])
    const known = pin ?? note
    return known && statusOf(known.root, pin, note, soFar(account, id))
  }

  const unpin: Jobs['unpin'] = async (account, root) => {
    const id = rootKey(root)
    await inTurn(account, () => rows.commit([notes.remove(account, id), due.remove(account, id)]))
    await queue.stop(`${account}/${id}`)
    const released = await keep.unpin(account, root)
    onChange()
    return released
  }

  /** Notes what was asked for, and queues it if it is not here. */
  const ask = async (owner: Owner, said: PinAsk): Promise<NoteRow> => {
    const { account, peer, quota } = owner
    const { root, origins, name, meta, sealed } = said
    const id = rootKey(root)
    const key = `${account}/${id}`
    const [before, pin] = await Promise.all([notes.get(account, id), keep.find(account, root)])
    const isWhole = pin !== undefined && before?.state !== 'degraded'
    const isKnown = isWhole || queue.has(key)
    if (!isKnown && queue.countOf(account) >= CLIENT_JOBS) throw new CafeError('BUSY', { jobs: CLIENT_JOBS })
    const state = isWhole ? 'pinned' : queue.running(key) ? 'pinning' : 'queued'
    const now = clock()
    const rest = { root, peer, quota, name, meta, sealed, origins: [...origins] }
    const note: NoteRow = { ...rest, state, created: before?.created ?? pin?.since ?? asked(), changed: now }
    const next = { next: 0, tries: 0 }
    await rows.commit([notes.put([account, id], note), ...(isWhole ? [] : [due.put([account, id], next)])])
    // Asked again, perhaps with better origins, it is not left waiting.
    if (state === 'queued') queue.add(key, next)
    return note
  }

  /** Writes a note by what is known of a pin, in turn. */
  const write = async (
    account: Address,
    root: CID,
    make: (before: NoteRow | undefined, pin: PinRow | undefined) => NoteRow | undefined,
  ): Promise<void> => {
    const id = rootKey(root)
    const note = await inTurn(account, async () => {
      const [before, pin] = await Promise.all([notes.get(account, id), keep.find(account, root)])
      const next = make(before, pin)
      if (next) await rows.commit([notes.put([account, id], next), due.remove(account, id)])
      return next ?? before
    })
    await tell(account, root, note)
  }

  const goOn = async (): Promise<void> => queue.open(await due.list([]))
  if (!components.rests) await goOn()
  return {
    async add(owner, said) {
      source.open(said.origins).close() // says no now rather than later
      return tell(owner.account, said.root, await inTurn(owner.account, () => ask(owner, said)))
    },
    get,
    list,
    async remove(account, id) {
      const found = await get(account, id)
      if (found) await unpin(account, found.root)
      return found !== undefined
    },
    watch: (account, { signal }) => watchers.watch(account, () => list(account), signal),
    async pinned({ account, peer, quota }, root, { sealed, kept }) {
      const now = clock()
      if (kept !== undefined) onKept(account, kept)
      await write(account, root, (before, pin) => {
        if (before)
          return { ...before, state: 'pinned', reason: undefined, changed: now, sealed: sealed ?? before.sealed }
        const first = { root, peer, quota, created: pin?.since ?? now, changed: now, origins: [] }
        return sealed && { ...first, state: 'pinned', sealed }
      })
    },
    async degraded({ account, peer, quota }, root, reason) {
      const now = clock()
      await write(account, root, (before, pin) => {
        const first = pin && { root, peer, quota, created: pin.since, origins: [] }
        return first && { ...(before ?? first), state: 'degraded', reason, changed: now }
      })
    },
    unpin,
    async erase(account, commit) {
      await queue.stopAll(account)
      return inTurn(account, () =>
        keep.erase(account, async (changes, roots) =>
          commit([...changes, ...(await eraseNotes(store, account))], roots),
        ),
      )
    },
    close: () => queue.close(),
    goOn,
  }
}

function cidOf(id: string): CID | undefined {
  try {
    return parseCid(id)
  } catch {
    return undefined // not an id of ours: there is no such request
  }
}
