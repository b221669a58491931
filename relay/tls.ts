/**
 * Certificates for https and wss, whoever makes them: given files, an ACME authority, an authority of one's own. A server
 * takes a new one without dropping a connection: what is open goes on under the old.
 */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CafeError } from '../src/core/errors.ts'
import type { Log } from '../src/core/log.ts'
import { MAX_PEM, TLS_POLL } from './limits.ts'

/** A chain and its private key, in PEM. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
}

/** A maker of certificates. */
export interface Certificates {
  /** What to show now; `undefined` while there is none yet: then handshakes fail. */
  readonly current: CertificatePair | undefined
  /** Calls `listener` with each later one. */
  onChange(listener: (pair: CertificatePair) => void): void
  /** Looks now whether there is a newer one. */
  refresh(): Promise<void>
  stop(): void
}

/**
 * The host names and addresses of the first certificate of a chain, without patterns (`*.…`).
 * @example
 * ```ts
 * tlsNames(pem) // ['cafe.example', '192.168.1.5']
 * ```
 */
export function tlsNames(cert: string): string[] {
  const { subjectAltName = '' } = new X509Certificate(cert)
  const names = subjectAltName.split(', ').map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
  return names.flatMap((name) => (name && !name.includes('*') ? name.toLowerCase() : []))
}

/** When the first certificate of a chain ends, in milliseconds since 1970. */
export const tlsExpiry = (cert: string): number => Date.parse(new X509Certificate(cert).validTo)

/** A holder of certificates for whoever makes them. */
export function holdCertificates(first: CertificatePair | undefined): {
  readonly current: CertificatePair | undefined
  set(pair: CertificatePair): void
  onChange(listener: (pair: CertificatePair) => void): void
} {
  let current = first
  const listeners: Array<(pair: CertificatePair) => void> = []
  return {
    get current() {
      return current
    },
    set(pair) {
      current = pair
      for (const listener of listeners) listener(pair)
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

/**
 * Certificates from two files, looked at every {@link TLS_POLL} and at each refresh. Files that cannot be used, such as a
 * pair of which only one half has been replaced yet, change nothing and are tried again.
 * @throws CafeError BAD_REQUEST with `file` and `reason` if they cannot be used at the start.
 */
export async function certificatesFromFiles(certFile: string, keyFile: string, log: Log): Promise<Certificates> {
  const held = holdCertificates(await readPair(certFile, keyFile))
  let failing = false
  const refresh = async (): Promise<void> => {
    try {
      const pair = await readPair(certFile, keyFile)
      failing = false
      if (pair.cert === held.current?.cert && pair.key === held.current.key) return
      held.set(pair)
      log('info', 'took a new certificate', { until: new Date(tlsExpiry(pair.cert)).toISOString() })
    } catch (error) {
      if (!failing) log('warn', 'the certificate files cannot be used; the last good one stays', { error })
      failing = true
    }
  }
  const timer = setInterval(refresh, TLS_POLL)
  timer.unref()
  return {
    get current() {
      return held.current
    },
    onChange: held.onChange,
    refresh,
    stop: () => clearInterval(timer),
  }
}

async function readPair(certFile: string, keyFile: string): Promise<CertificatePair> {
  const [cert, key] = [await readPem(certFile), await readPem(keyFile)]
  try {
    // Refuses what is no PEM, and a key that belongs to another certificate.
    createSecureContext({ cert, key })
    tlsNames(cert)
    return { cert, key }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { file: certFile, reason: 'no certificate with its key' }, { cause })
  }
}

async function readPem(file: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    if (bytes.byteLength > MAX_PEM) throw new CafeError('BAD_REQUEST', { file, reason: 'too large' })
    return bytes.toString('utf8')
  } catch (cause) {
    if (cause instanceof CafeError) throw cause
    throw new CafeError('BAD_REQUEST', { file, reason: 'cannot be read' }, { cause })
  }
}
