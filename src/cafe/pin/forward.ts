/**
 * Pins of clients, forwarded to a pinning service of the host's choice: another copy of what the cafe keeps, on machines that
 * never sleep. What should be there is worked out from the pins that are here and not from news about them, so nothing is
 * missed however this process ends: a pin that has no row yet is queued, a row that has no pin any more is removed there.
 *
 * What goes out is the root's CID and where this cafe can be dialled: no account, no name. A pin that is marked `private`, or
 * whose note says `forward: no`, is not forwarded; one of somebody else's of the same root is.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import { type Pauses, pauseAfter } from '../../core/pause.ts'
import { Secret } from '../../core/secret.ts'
import type { Rows } from '../../store/rows.ts'
import { type ForwardCalls, forwardCalls } from './forward-calls.ts'
import { type ForwardedRow, forwardStore } from './forward-store.ts'
import { noteStore } from './notes.ts'
import { pinStore, rootKey } from './store.ts'

export interface ForwardComponents {
  readonly rows: Rows
  readonly cafe: PeerIdText
  /** Where it can be dialled now: what the service is told to fetch from. */
  readonly addresses: () => readonly string[]
  readonly clock: Clock
  readonly log: Log
  readonly onChange: () => void
  /** Between attempts, and looks whether something is pinned; {@link PAUSES} without it. */
  readonly pauses?: Pauses | undefined
}

export interface ForwardStatus {
  readonly endpoint: string
  readonly since: number
  /** Roots that wait to be asked for, were asked for, are pinned there, were refused there, and are to be removed there. */
  readonly counts: Readonly<Record<ForwardedRow['state'], number>>
  /** Why the last attempt failed: an error code; FORBIDDEN if the token is not accepted. */
  readonly failed: string | null
}

export interface Forwarding {
  /** From now on; null for nobody. What an earlier service has is left there. @throws CafeError BAD_REQUEST {what: 'endpoint'}. */
  set(to: { readonly endpoint: string; readonly token: Secret<string> } | null): Promise<void>
  /** Null if nothing is forwarded. */
  status(): Promise<ForwardStatus | null>
  /** Pins may have changed. */
  poke(): void
  close(): Promise<void>
}

const PAUSES: Pauses = { first: 5000, longest: 3_600_000 }
/** Milliseconds after news of pins, for more of them to come; and between looks without any. */
const QUIET = 1000
const EVERY = 600_000
/** Rows read, and requests made, at once. */
const PAGE = 200
const AT_ONCE = 4
/** Where a service takes no more origins. */
const MAX_SENT_ORIGINS = 20
/** Hosts to which a token may go in plain: this machine, and networks of one's own. */
const OWN_NETWORK =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+)$/

export function createForwarding(components: ForwardComponents): Forwarding {
  const { rows, cafe, addresses, clock, log, onChange, pauses = PAUSES } = components
  const store = forwardStore(rows)
  const closed = new AbortController()
  /** Fires when the service is another one. */
  let changed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let failed: string | null = null
  const meta = { 'popup-cafe': cafe }

  const poke = (): void => schedule(Math.min(QUIET, pauses.first))
  const schedule = (ms: number): void => {
    clearTimeout(timer)
    if (!closed.signal.aborted) timer = setTimeout(() => void run(), ms)
  }

  const run = async (): Promise<void> => {
    running ??= pass()
      .catch((cause) => log('warn', 'pins could not be forwarded', { cause }))
      .finally(() => {
        running = undefined
        onChange()
      })
    await running
  }

  const pass = async (): Promise<void> => {
    const to = await store.to.get('me')
    if (!to) return
    const signal = AbortSignal.any([closed.signal, changed.signal])
    const calls = forwardCalls(to.endpoint, new Secret(to.token), signal)
    await reconcile(rows, clock)
    const due = (await all()).filter(({ state, next }) => state !== 'pinned' && next <= clock())
    for (let at = 0; at < due.length && !signal.aborted; at += AT_ONCE)
      await Promise.all(due.slice(at, at + AT_ONCE).map((row) => attempt(calls, row, signal)))
    const waiting = (await all()).filter(({ state }) => state !== 'pinned').map(({ next }) => next)
    if (!signal.aborted) schedule(Math.max(0, Math.min(EVERY, ...waiting.map((next) => next - clock()))) + 10)
  }

  const later = (ms: number): number => Math.ceil(clock() + ms)
  /** A row that is damaged is as good as none: it is made anew where its pin is here. */
  const all = async (): Promise<ForwardedRow[]> =>
    (await store.forwarded.list([], { damaged: () => {} })).map(({ row }) => row)

  const attempt = async (calls: ForwardCalls, row: ForwardedRow, signal: AbortSignal): Promise<void> => {
    let next: ForwardedRow | undefined
    try {
      next = await step(calls, row)
      failed = null
    } catch (cause) {
      if (signal.aborted) return
      const { code } = toCafeError(cause)
      failed = code
      const tries = row.tries + 1
      // What a service will never take is asked for again, too, once in the longest pause: services change.
      const wait = code === 'BAD_REQUEST' ? pauses.longest : pauseAfter(tries, pauses)
      const state = code === 'BAD_REQUEST' ? 'failed' : row.state
      next = { ...row, state, tries, next: later(wait), reason: code, changed: clock() }
    }
    if (signal.aborted) return
    const key = rootKey(row.root)
    await rows.commit([next ? store.forwarded.put([key], next) : store.forwarded.remove(key)])
  }

  /** What is to be done about one pin now, and how it stands then; undefined when it is over. */
  const step = async (calls: ForwardCalls, row: ForwardedRow): Promise<ForwardedRow | undefined> => {
    const cid = row.root.toV1().toString()
    if (row.state === 'removing') {
      const there = row.requestid ?? (await calls.find(cid, meta))?.requestid
      if (there !== undefined) await calls.remove(there)
      return undefined
    }
    const known = row.state === 'sent' && row.requestid !== null ? await stillThere(calls, row.requestid) : undefined
    const origins = addresses()
      .slice(0, MAX_SENT_ORIGINS)
      .map((address) => withPeer(address, cafe))
    // It may have been asked for by a process that was killed before it could write that down.
    const found = known ?? (row.state === 'queued' ? await calls.find(cid, meta) : undefined)
    const isOver = found?.status === 'failed'
    if (isOver) await calls.remove(found.requestid)
    const { requestid, status } = found && !isOver ? found : await calls.add({ cid, origins, meta })
    const tries = row.tries + 1
    const { reason: _, ...rest } = row
    const state = status === 'pinned' ? 'pinned' : 'sent'
    return {
      ...rest,
      state,
      requestid,
      tries: state === 'pinned' ? 0 : tries,
      next: later(pauseAfter(tries, pauses)),
      changed: clock(),
    }
  }

  poke()
  return {
    async set(to) {
      const endpoint = to && checkEndpoint(to.endpoint)
      changed.abort(new CafeError('ABORTED'))
      changed = new AbortController()
      await running
      failed = null
      const old = await store.forwarded.list([])
      const row = to && endpoint ? { endpoint, token: to.token.reveal(), since: clock() } : undefined
      await rows.commit([
        ...old.map(({ key }) => store.forwarded.remove(...key)),
        row ? store.to.put(['me'], row) : store.to.remove('me'),
      ])
      poke()
      onChange()
    },
    async status() {
      const to = await store.to.get('me')
      if (!to) return null
      const counts = { queued: 0, sent: 0, pinned: 0, failed: 0, removing: 0 }
      for (const { state } of await all()) counts[state]++
      return { endpoint: to.endpoint, since: to.since, counts, failed }
    },
    poke,
    async close() {
      closed.abort(new CafeError('ABORTED'))
      clearTimeout(timer)
      await running
    },
  }
}

async function stillThere(calls: ForwardCalls, requestid: string) {
  try {
    return await calls.get(requestid)
  } catch (error) {
    // Somebody removed it there: it is asked for again.
    if (toCafeError(error).code === 'NOT_FOUND') return undefined
    throw error
  }
}

const withPeer = (address: string, cafe: PeerIdText): string =>
  address.includes(`/p2p/${cafe}`) ? address : `${address}/p2p/${cafe}`

function checkEndpoint(text: string): string {
  const url = URL.parse(text)
  const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && OWN_NETWORK.test(url.hostname)))
  if (!isSafe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new CafeError('BAD_REQUEST', { what: 'endpoint' })
  return url.href.replace(/\/+$/, '')
}

/** Brings the queue to what is pinned here now. */
async function reconcile(rows: Rows, clock: Clock): Promise<void> {
  const [store, { pins }, { notes }] = [forwardStore(rows), pinStore(rows), noteStore(rows)]
  const wanted = new Set<string>()
  const now = { tries: 0, next: 0, changed: clock() }
  for (let after: string | undefined, more = true; more; ) {
    const page = await pins.list([], { after, limit: PAGE, damaged: () => {} })
    const changes = await Promise.all(
      page.map(async ({ key, row }) => {
        const [account, root] = key as [string, string]
        const isKept = row.private || (await notes.get(account, root))?.meta?.['forward'] === 'no'
        if (isKept || wanted.has(root)) return []
        wanted.add(root)
        const known = await store.forwarded.get(root)
        if (known && known.state !== 'removing') return []
        return [store.forwarded.put([root], { ...now, root: row.root, state: 'queued', requestid: null })]
      }),
    )
    if (changes.flat().length > 0) await rows.commit(changes.flat())
    after = page.at(-1)?.key.join('/')
    more = page.length === PAGE
  }
  const gone = (await store.forwarded.list([])).filter(
    ({ key, row }) => !wanted.has(key[0] as string) && row.state !== 'removing',
  )
  const removing = gone.map(({ key, row }) => store.forwarded.put(key, { ...row, ...now, state: 'removing' }))
  if (removing.length > 0) await rows.commit(removing)
}
