/** Gives a sealed invite to the account it is for: to its devices that are connected, else by mail if it is known where to. */
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Carrier } from './thread-mail-letter.ts'
import type { ThreadParts } from './thread-parts.ts'
import type { MadeInvite } from './thread-view.ts'

export interface DeliverOptions {
  /** Milliseconds since the epoch: it is of no use after. */
  readonly expires: number
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds for finding out where somebody takes mail. */
const SEARCH = 8000

type Parts = Pick<ThreadParts, 'threads' | 'live' | 'components' | 'mailing'>

export async function deliverInvite(
  parts: Parts,
  to: Address,
  sealed: Uint8Array<ArrayBuffer>,
  options: DeliverOptions,
): Promise<MadeInvite['delivered']> {
  if (await toDevices(parts, to, sealed, options.signal)) return 'device'
  const carrier = parts.mailing.carrier()
  return carrier && (await toInboxes(parts, carrier, to, sealed, options)) ? 'mail' : false
}

/** @returns whether one took it. */
async function toDevices(
  { threads, live, components, mailing }: Parts,
  to: Address,
  sealed: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const named = (await mailing.carrier()?.cards.devicesOf(to)) ?? []
  const known = new Set<PeerIdText>([...named, ...((await components.devicesOf?.(to)) ?? [])])
  for (const { id } of await threads.list()) {
    const member = (await (await threads.get(id))?.members())?.find(({ address }) => address === to)
    for (const device of member?.devices ?? []) known.add(device)
  }
  const online = new Set(components.online())
  const here = [...known].filter((peer) => online.has(peer))
  const given = await Promise.allSettled(here.map((peer) => live.client.invite(peer, sealed, { signal })))
  return given.some(({ status }) => status === 'fulfilled')
}

/** @returns whether it is on its way. */
async function toInboxes(
  { components }: Parts,
  { mail, cards }: Carrier,
  to: Address,
  sealed: Uint8Array<ArrayBuffer>,
  { expires, signal }: DeliverOptions,
): Promise<boolean> {
  if (to === components.account.address) return false
  if ((await cards.inboxesOf(to)).length === 0) {
    const limited = AbortSignal.any([AbortSignal.timeout(SEARCH), ...(signal ? [signal] : [])])
    await cards.refresh(to, { signal: limited }).catch(() => undefined)
    signal?.throwIfAborted()
    if ((await cards.inboxesOf(to)).length === 0) return false
  }
  const ttl = Math.max(1, expires - components.clock())
  await mail.send(to, { kind: 'invite', body: sealed, ttl })
  return true
}
