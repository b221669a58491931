/**
 * The certificate of a machine in its network, kept good: a new one when its addresses change, and long before the last one
 * ends.
 */
import type { Log } from '../../src/core/log.ts'
import { type CertificatePair, type Certificates, holdCertificates, tlsExpiry } from '../tls.ts'
import type { Authority } from './authority.ts'

export interface LanCertificatesComponents {
  readonly authority: Authority
  /** The addresses and names it is to be good for, as they are now. */
  readonly names: () => readonly string[]
  readonly log: Log
  readonly now?: () => number
}

/** Milliseconds between two looks: a phone that comes into the network waits no longer than that. */
const LOOK = 15_000
/** A certificate that ends in less is replaced: a month, a third of its life. */
const RENEW = 30 * 86_400_000

/** @throws CafeError BAD_REQUEST {what: 'addresses'} if this machine is in no network. */
export async function lanCertificates(
  components: LanCertificatesComponents,
): Promise<Certificates & { readonly current: CertificatePair }> {
  const { authority, names, log, now = Date.now } = components
  let covered = names()
  let current = await authority.sign(covered)
  const held = holdCertificates(current)

  const refresh = async (): Promise<void> => {
    const wanted = names()
    // An address that is gone for a moment is no reason: it may be back with the next look.
    const missing = wanted.some((name) => !covered.includes(name))
    if (wanted.length === 0 || (!missing && tlsExpiry(current.cert) > now() + RENEW)) return
    current = await authority.sign(wanted)
    covered = wanted
    log('info', 'new certificate', { names: wanted.join(' ') })
    held.set(current)
  }
  const timer = setInterval(() => {
    refresh().catch((error) => log('warn', 'no new certificate', { error }))
  }, LOOK)
  timer.unref()
  return {
    get current() {
      return current
    },
    onChange: held.onChange,
    refresh,
    stop: () => clearInterval(timer),
  }
}
