/** What a page can ask about trials: files encrypted to see what the gateway does with their links, on this device only. */
import type { Call } from '../rpc/port.ts'

export interface Trial {
  /** `file`: one that a person chose, as any file is encrypted; `sample`: a drawing of ours in Textile's old form. */
  readonly kind: 'file' | 'sample'
  /** Root of the encrypted file. */
  readonly cid: string
  readonly name: string
  /** Bytes before encryption. */
  readonly size: number
  /** `/ipfs/<cid>/<name>#key=u…`, for a sample `/ipfs/<cid>/<name>?key=…`. */
  readonly link: string
  readonly since: number
}

type None = Record<never, never>

export type TrialApi = {
  'trial.add': Call<{ file: Blob; name?: string | undefined }, Trial>
  'trial.sample': Call<None, Trial>
  'trial.list': Call<None, readonly Trial[]>
  'trial.remove': Call<{ cid: string }, None>
}

/** The same as functions, `cafe.trials`. */
export interface TrialConsole {
  /**
   * Encrypts a small file like any other and keeps it on this device only, for a day at most; one that was here before goes.
   * @throws CafeError BAD_REQUEST {size, limit}.
   */
  add(file: Blob, options?: { name?: string; signal?: AbortSignal }): Promise<Trial>
  /** The same with a drawing of ours in Textile's old form, which is written for nothing else. */
  sample(): Promise<Trial>
  list(): Promise<readonly Trial[]>
  /** Removes it and its blocks. @throws CafeError NOT_FOUND {what: 'trial'}. */
  remove(cid: string): Promise<void>
}
