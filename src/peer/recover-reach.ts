/**
 * The first half of a recovery: which cafes know the account, and what each shows as its manifest. The newest one counts; a
 * cafe that shows less is named, with its own signature where one of the manifests carries it.
 */
import { toCafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { delay } from '../core/pause.ts'
import type { Account } from '../crypto/account.ts'
import { sha256 } from '../crypto/bytes.ts'
import { ONLY_SLOT } from '../crypto/slot-seal.ts'
import { authorized, type CafeAddress, type Cafes } from './cafes.ts'
import { isNewer, type Manifest, openManifest, type Version } from './manifest.ts'
import type { AskedCafe, Outcome } from './recover-row.ts'
import type { SlotClient } from './slot-exchange.ts'
import { manifestReceipt } from './slot-proof.ts'

export interface ReachComponents {
  readonly account: () => Account
  readonly cafes: Pick<Cafes, 'list' | 'register' | 'access'>
  readonly snapshots: Pick<SlotClient, 'get' | 'list'>
}

/** What one cafe shows. */
export interface Shown extends AskedCafe {
  readonly manifest?: Manifest
  readonly version?: Version
  readonly body?: Uint8Array
}

/** A cafe that shows an older manifest than there is. */
export interface BehindCafe {
  readonly cafe: PeerIdText
  /** The version it shows; 0 for none. */
  readonly has: number
  readonly newest: number
  /** The cafe's own signature that it has had a newer one than it shows: undefined where it may just not have been told. */
  readonly receipt: Uint8Array | undefined
}

/** Registers at a cafe that knows the account, as a further device, and reads its manifest. Rejects only if aborted. */
async function ask(
  components: ReachComponents,
  at: CafeAddress,
  onVisit: (cafe: PeerIdText) => Promise<void>,
  signal: AbortSignal,
): Promise<Shown> {
  const { cafes, snapshots } = components
  const { cafe } = at
  const account = components.account()
  const is = (outcome: Outcome): Shown => ({ cafe, outcome })
  try {
    const known = (await cafes.list()).some((row) => row.cafe === cafe && row.state === 'active')
    if (!known) {
      await onVisit(cafe)
      await cafes.register(at, undefined, { signal, quietly: true })
    }
    const found = await authorized(cafes, cafe, signal, (auth) => snapshots.get(cafe, ONLY_SLOT, { auth, signal }))
    // Snapshots without a manifest: there was one.
    if (!found) return is((await hasSlots(components, cafe, signal)) ? 'damaged' : 'none')
    const manifest = await openManifest(account, found.body)
    if (manifest.seq !== found.seq) return is('damaged')
    const version = { seq: found.seq, hash: await sha256(found.body) }
    return { ...is('manifest'), manifest, version, body: found.body }
  } catch (thrown) {
    signal.throwIfAborted()
    const { code } = toCafeError(thrown)
    if (code === 'CORRUPT') return is('damaged')
    if (code === 'UNSUPPORTED') return is('newer')
    return is(code === 'FORBIDDEN' || code === 'UNAUTHORIZED' ? 'unknown' : 'unreachable')
  }
}

async function hasSlots(
  { cafes, snapshots }: ReachComponents,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<boolean> {
  return authorized(cafes, cafe, signal, async (auth) => {
    for await (const _ of snapshots.list(cafe, { auth, signal })) return true
    return false
  })
}

/** Cafes that are being asked. */
export interface Inquiry {
  /** Asks those that have not been; false if there are none. */
  add(places: readonly CafeAddress[]): boolean
  /** Waits until all have answered, or for `patience` milliseconds since one has shown a manifest. */
  settle(patience?: number): Promise<void>
  /** What has been shown by now. */
  shown(): readonly Shown[]
}

/** Milliseconds for the others after one has shown a manifest; those that answer later are looked at last. */
const PATIENCE = 4000

/** `onVisit` is called, and awaited, before this device registers at a cafe. */
export function createInquiry(
  components: ReachComponents,
  onVisit: (cafe: PeerIdText) => Promise<void>,
  signal: AbortSignal,
): Inquiry {
  const asked = new Map<PeerIdText, Promise<void>>()
  const shown: Shown[] = []
  const first = Promise.withResolvers<void>()
  const askOne = async (at: CafeAddress): Promise<void> => {
    const one = await ask(components, at, onVisit, signal)
    shown.push(one)
    if (one.manifest) first.resolve()
  }
  return {
    add(places) {
      const fresh = places.filter(({ cafe }) => !asked.has(cafe))
      for (const at of fresh) {
        const asking = askOne(at)
        // Whoever waits is told; nobody may.
        asking.catch(() => {})
        asked.set(at.cafe, asking)
      }
      return fresh.length > 0
    },
    async settle(patience = PATIENCE) {
      const stop = new AbortController()
      const all = Promise.all(asked.values())
      const late = first.promise.then(() =>
        delay(Math.min(patience, MAX_DELAY), AbortSignal.any([signal, stop.signal])),
      )
      try {
        await Promise.race([all, late])
      } finally {
        stop.abort()
        late.catch(() => {})
      }
    },
    shown: () => [...shown],
  }
}

/** What timers take. */
const MAX_DELAY = 2 ** 31 - 1

/** The newest of what is shown. */
export function newestOf(shown: readonly Shown[]): (Shown & Required<Pick<Shown, 'manifest' | 'version'>>) | undefined {
  let newest: ReturnType<typeof newestOf>
  for (const one of shown) {
    const { manifest, version } = one
    if (manifest && version && isNewer(version, newest?.version)) newest = { ...one, manifest, version }
  }
  return newest
}

/**
 * Can we know that nothing newer is held back? Only if two cafes show the very same: one alone could show the past, and
 * nobody would see it.
 */
export function freshness(shown: readonly Shown[]): 'confirmed' | 'unconfirmed' {
  const newest = newestOf(shown)
  const same = shown.filter(({ version }) => version && newest && sameBytes(version.hash, newest.version.hash))
  return same.length >= 2 ? 'confirmed' : 'unconfirmed'
}

/** Cafes that show less than the newest, with the proof where there is one. */
export async function behindOf(account: Account, shown: readonly Shown[]): Promise<readonly BehindCafe[]> {
  const newest = newestOf(shown)
  if (!newest) return []
  const behind: BehindCafe[] = []
  for (const { cafe, outcome, version } of shown) {
    if (outcome === 'unreachable' || outcome === 'newer' || outcome === 'unknown') continue
    const has = version?.seq ?? 0
    if (has >= newest.version.seq) continue
    const receipt = await proofOf(account, cafe, has, shown)
    // One that has nothing and never signed for anything was never given anything.
    if (has > 0 || receipt || outcome === 'damaged') behind.push({ cafe, has, newest: newest.version.seq, receipt })
  }
  return behind
}

/** The cafe's signature for a newer manifest of ours than it shows, out of any manifest that was shown. */
async function proofOf(
  account: Account,
  cafe: PeerIdText,
  has: number,
  shown: readonly Shown[],
): Promise<Uint8Array | undefined> {
  for (const { manifest } of shown) {
    const envelope = manifest?.receipts.get(cafe)
    if (!envelope) continue
    const receipt = await manifestReceipt(account, cafe, envelope)
    if (receipt && receipt.seq > has) return envelope
  }
  return undefined
}
