/**
 * Cases that we do not pass, and why: the only ones that may fail, and they must, for an exception whose case passes has
 * outlived its reason.
 */
export type Runner = 'node' | 'browser' | 'door'

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
  {
    reason:
      'No page can see a redirect: its fetch() is told neither the status nor where it leads. The status is checked in ' +
      'Node; here another test follows each and looks where it ends.',
    runners: ['browser'],
    cases: [
      'unixfs: a directory without the final slash leads to itself with it',
      'ipns: a name in the form of a peer id leads to its canonical form',
      'ipns: a name in the form of a hash of an RSA key leads to its canonical form',
    ],
  },
  {
    reason:
      'A record that does not verify is refused when it is brought to the app, so its name is not known here at all: 404, ' +
      'where a gateway that asks the network for records says 5xx. The failure of such a record is checked in Node.',
    runners: ['browser', 'door'],
    cases: [
      'ipns: a record with the old signature only is worth nothing',
      'ipns: a record whose old value is another than the signed one is worth nothing',
      'ipns: a record whose new signature is broken is worth nothing',
    ],
  },
]

/** Why a case may fail for a runner, if it may. */
export const exceptionFor = (key: string, runner: Runner): string | undefined =>
  EXCEPTIONS.find(({ cases, runners }) => runners.includes(runner) && cases.includes(key))?.reason
