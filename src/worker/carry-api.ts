/** What a page can have done with the whole of the cafe of this browser. Types only. */
import type { CarryStatus } from '../cafe/carry/carrying.ts'
import type { CarryProgress } from '../cafe/carry/export.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'

export type { CarryStatus } from '../cafe/carry/carrying.ts'
export type { CarryProgress } from '../cafe/carry/export.ts'

export interface ExportedCafe {
  readonly blocks: number
  /** Bytes of the file. */
  readonly bytes: number
  /** Blocks that it should have and has not: their owners will be asked for them. */
  readonly absent: number
}

export interface CarriedCafe {
  readonly cafe: PeerIdText
  readonly name: string
}

export type CarryApi = {
  /** Writes the file into a stream of the page, which is moved here. It goes on until all is written. */
  'host.export': Call<{ passphrase: string; to: WritableStream<Uint8Array<ArrayBuffer>> }, ExportedCafe, CarryProgress>
  /** The worker starts anew right after it; pages find it by themselves. */
  'host.import': Call<{ file: Blob; passphrase: string }, CarriedCafe, CarryProgress>
  'host.receive': Call<Record<never, never>, { code: string }>
  'host.move': Call<{ code: string }, { to: PeerIdText; told: boolean }, CarryProgress>
  'host.carried': Call<Record<never, never>, CarryStatus>
  'host.giveUp': Call<Record<never, never>, Record<never, never>>
}

/** The same for scripts, as part of `cafe.host`. */
export interface CarryConsole {
  /**
   * All of the cafe as one CAR, sealed with a passphrase; it goes on meanwhile. Into `to` if that is given, else as a Blob.
   * @throws CafeError BAD_REQUEST {what: 'passphrase', min}; NOT_FOUND {what: 'cafe'}; CORRUPT {what: 'block'}: again goes
   * without it.
   */
  export(input: {
    passphrase: string
    to?: WritableStream<Uint8Array<ArrayBuffer>>
    onProgress?: (progress: CarryProgress) => void
    signal?: AbortSignal
  }): Promise<ExportedCafe & { readonly file: Blob | undefined }>
  /**
   * Makes this browser the cafe of a file. It must have hosted none.
   * @throws CafeError CONFLICT {what: 'cafe' | 'running' | 'arrival'}; FORBIDDEN {what: 'passphrase'}; BAD_REQUEST {what: 'car'}.
   */
  import(
    file: Blob,
    input: { passphrase: string; onProgress?: (progress: CarryProgress) => void; signal?: AbortSignal },
  ): Promise<CarriedCafe>
  /** A code for the device that the cafe is to come from. */
  receive(): Promise<{ code: string }>
  /** Moves the cafe of this browser to the device that shows `code`. */
  move(
    code: string,
    options?: { onProgress?: (progress: CarryProgress) => void; signal?: AbortSignal },
  ): Promise<{ to: PeerIdText; told: boolean }>
  /** How a move to or from this browser stands. */
  carried(): Promise<CarryStatus>
  /** Gives up a cafe that has come here and waits for its word. */
  giveUp(): Promise<void>
}
