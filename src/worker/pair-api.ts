/** The part of the page's API that is about connecting two devices by codes, with no relay. Types only. */
import type { PeerIdText } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'

/** A code to show, as text or QR code, and when it ends (milliseconds since the epoch). */
export interface ShownCode {
  readonly code: string
  readonly expires: number
}

export interface Paired {
  readonly peerId: PeerIdText
  /** The other device has a cafe open: a link to join it. */
  readonly invite?: string | undefined
}

type None = Record<never, never>

export type PairApi = {
  'pair.offer': Call<None, ShownCode>
  'pair.accept': Call<{ code: string }, Paired>
  'pair.answer': Call<{ code: string }, ShownCode>
  'pair.connected': Call<None, Paired>
  'pair.cancel': Call<None, None>
}

/** The same as functions, `cafe.pair`. */
export interface PairConsole {
  /** First device: shows its code. */
  offer(options?: { signal?: AbortSignal }): Promise<ShownCode>
  /** Second device: reads that code and shows its own. */
  answer(code: string, options?: { signal?: AbortSignal }): Promise<ShownCode>
  /** First device: reads the second's code, and connects. */
  accept(code: string, options?: { signal?: AbortSignal }): Promise<Paired>
  /** Second device: resolves when the first has read its code. */
  connected(options?: { signal?: AbortSignal }): Promise<Paired>
  cancel(): Promise<void>
}
