/**
 * Certificates from an ACME authority. A relay serves http meanwhile, whatever the authority does: what it kept is used
 * without asking anybody, the first certificate comes in the background, a new one when a third of the last one's life is
 * left. After a failure it waits longer each time, and never less than the authority asked for, over restarts too.
 */
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { Log } from '../../src/core/log.ts'
import { pauseAfter } from '../../src/core/pause.ts'
import type { Route } from '../http.ts'
import { ACME_LOOK, ACME_PAUSES, ACME_REST, ACME_WAIT } from '../limits.ts'
import { type Certificates, holdCertificates, tlsExpiry } from '../tls.ts'
import { createChallenges } from './challenges.ts'
import { AcmeError } from './http.ts'
import { openKept, type Waiting } from './kept.ts'
import { orderCertificate } from './order.ts'
import type { AcmeSettings } from './settings.ts'

export interface AcmeCertificates extends Certificates {
  /** For the plain http server. */
  readonly route: Route
  /** Asks from now on: the http server is there. */
  begin(): void
}

/** When a certificate is to be renewed: a third of its life before its end, and up to a fiftieth of that life sooner. */
export function renewalOf(cert: string, random: number): number {
  const { validFrom } = new X509Certificate(cert)
  const until = tlsExpiry(cert)
  const life = until - Date.parse(validFrom)
  return until - life / 3 - (life / 50) * random
}

/** Its certificates; nobody is asked before `begin`. */
export async function openAcme(
  { acmeDomain, acmeEmail, acmeDirectory, data }: AcmeSettings & { readonly data: string },
  log: Log,
): Promise<AcmeCertificates> {
  const names = [...new Set(acmeDomain)]
  const kept = openKept(join(data, 'acme', new URL(acmeDirectory).host.replaceAll(':', '_')), log)
  const held = holdCertificates(await kept.certificate(names))
  const challenges = createChallenges()
  const ending = new AbortController()
  const { signal } = ending
  const jitter = Math.random()
  let waiting = await soon(kept.waiting())
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const due = (): number => (held.current ? renewalOf(held.current.cert, jitter) : 0)
  const keepWaiting = async (next: Waiting): Promise<void> => {
    waiting = next
    await kept.keepWaiting(next).catch((error) => log('debug', 'the pause cannot be kept', { error }))
  }
  const ask = async (): Promise<void> => {
    try {
      const accountKey = await kept.accountKey()
      const order = { directory: acmeDirectory, names, email: acmeEmail, accountKey, challenges, signal }
      const pair = await orderCertificate(order)
      held.set(pair)
      await kept.keepCertificate(pair)
      log('info', 'took a new certificate', { until: new Date(tlsExpiry(pair.cert)).toISOString() })
      await keepWaiting({ failures: 0, next: Date.now() + ACME_REST, asked: 0 })
    } catch (error) {
      if (signal.aborted) return
      const failures = waiting.failures + 1
      const asked = error instanceof AcmeError && error.retryAfter > 0 ? Date.now() + error.retryAfter : 0
      const next = Math.max(Date.now() + pauseAfter(failures, ACME_PAUSES), asked)
      await keepWaiting({ failures, next, asked })
      const what = held.current ? 'the certificate is not renewed yet' : 'there is no certificate yet: http only'
      log('warn', what, { reason: reasonOf(error), todo: todoOf(error, names), again: new Date(next).toISOString() })
    }
  }
  const askOnce = (): Promise<void> => {
    running ??= ask().finally(() => {
      running = undefined
    })
    return running
  }
  // By the clock rather than one long timer: a machine may sleep.
  const look = async (): Promise<void> => {
    const next = Math.max(due(), waiting.next)
    if (Date.now() >= next) await askOnce()
    if (signal.aborted) return
    const left = Math.max(due(), waiting.next) - Date.now()
    timer = setTimeout(look, Math.min(Math.max(left, 1000), ACME_LOOK))
    timer.unref()
  }
  return {
    get current() {
      return held.current
    },
    onChange: held.onChange,
    route: challenges.route,
    begin: () => void look(),
    // Somebody says that things are well now; what the authority asked for still holds.
    refresh: async () => {
      if (Date.now() >= Math.max(due(), waiting.asked)) await askOnce()
    },
    stop() {
      ending.abort()
      clearTimeout(timer)
    },
  }
}

/** What was kept, unless a clock that was wrong once made it last for longer than anybody asks for. */
async function soon(kept: Promise<Waiting>): Promise<Waiting> {
  const waiting = await kept
  return waiting.next > Date.now() + ACME_WAIT ? { ...waiting, next: 0, asked: 0 } : waiting
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function todoOf(error: unknown, names: readonly string[]): string {
  if (error instanceof AcmeError) {
    if (error.type === 'challenge')
      return `make port 80 of ${names.join(' and ')} lead to the http port of this relay (DNS, firewall, router)`
    if (error.retryAfter > 0 || error.type.endsWith(':rateLimited')) return 'wait: the authority asks for it'
    return 'look at what the authority says'
  }
  const isFile = error instanceof Error && 'syscall' in error && 'path' in error
  if (isFile) return 'make the data folder writable for this program'
  return 'let this machine reach the certificate authority (internet, DNS, --acme-directory)'
}
