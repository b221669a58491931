/**
 * The one contract every store of small records keeps: ordered byte rows under text keys, and commits that are all or
 * nothing. The browser’s is `idb.ts`, Node’s is `level.ts`, the tests’ is `memory.ts`; all pass the same contract suite.
 */

/** Part of one commit: a row written, or (without a value) a row removed. */
export interface Change {
  readonly key: string
  readonly value?: Uint8Array
}

export interface RangeOptions {
  /** Only keys greater than this one. */
  readonly after?: string | undefined
  readonly limit?: number | undefined
}

export interface Rows {
  get(key: string): Promise<Uint8Array | undefined>
  /** Rows whose key starts with `prefix`, in key order. */
  range(prefix: string, options?: RangeOptions): Promise<Array<readonly [key: string, value: Uint8Array]>>
  /** Keys of the same rows, without what is in them. */
  keys(prefix: string, options?: RangeOptions): Promise<string[]>
  /**
   * Writes all changes or none, and resolves only when they are on the medium (strict durability).
   * @throws CafeError QUOTA when the disk is full; nothing was written then.
   */
  commit(changes: readonly Change[]): Promise<void>
  close(): void
}
