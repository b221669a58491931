/**
 * Cases that we do not pass, and why: the only ones that may fail, and they must, for an exception whose case passes has
 * outlived its reason.
 */
export type Runner = 'node' | 'browser'

export interface Exception {
  readonly reason: string
  readonly runners: readonly Runner[]
  /** `group: name` of each. */
  readonly cases: readonly string[]
}

const EVERYWHERE = ['node', 'browser'] as const

export const EXCEPTIONS: readonly Exception[] = [
  {
    reason:
      'Rule A9 of the threat model: no page of another origin may read through this gateway, or it would learn what its ' +
      'user has. Who wants to read across origins asks a gateway that is a server.',
    runners: EVERYWHERE,
    cases: [
      'unixfs: GET: scripts of every other origin may read',
      'unixfs: OPTIONS: scripts of every other origin may read',
    ],
  },
]

/** Why a case may fail for a runner, if it may. */
export const exceptionFor = (key: string, runner: Runner): string | undefined =>
  EXCEPTIONS.find(({ cases, runners }) => runners.includes(runner) && cases.includes(key))?.reason
