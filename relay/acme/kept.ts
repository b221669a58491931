/**
 * What automatic certificates keep in the data folder: the account's key, the last certificate with its key in one file, and
 * when the authority may be asked again, so that a relay that is restarted over and over asks no more often than one that
 * runs. Each file is written whole, for its owner only; what cannot be read is as good as absent.
 */
import { createPrivateKey } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { exportPKCS8, generateKeyPair } from 'jose'
import type { Log } from '../../src/core/log.ts'
import { count, v } from '../../src/core/schema.ts'
import { MAX_PEM } from '../limits.ts'
import { type CertificatePair, tlsNames } from '../tls.ts'

/** After how many failures in a row, and when, to ask again; and until when the authority wants not to be asked. */
export interface Waiting {
  readonly failures: number
  readonly next: number
  readonly asked: number
}

const waitingSchema = v.strictObject({ failures: count(), next: count(), asked: count() })
const NO_WAITING: Waiting = { failures: 0, next: 0, asked: 0 }

export interface Kept {
  /** The last certificate, if it is one for exactly these names. */
  certificate(names: readonly string[]): Promise<CertificatePair | undefined>
  keepCertificate(pair: CertificatePair): Promise<void>
  waiting(): Promise<Waiting>
  keepWaiting(waiting: Waiting): Promise<void>
  /** The account's key in PEM (P-256), made at the first call. Fails if the folder cannot be written. */
  accountKey(): Promise<string>
}

/** @param folder one for each authority: an account is known to one only. */
export function openKept(folder: string, log: Log): Kept {
  const save = async (name: string, text: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await writeFile(join(folder, `${name}.new`), text, { mode: 0o600 })
    await rename(join(folder, `${name}.new`), join(folder, name))
  }
  /** What `read` makes of a file; undefined, with a word in the log, if it cannot be used. */
  const load = async <T>(name: string, read: (text: string) => T): Promise<T | undefined> => {
    try {
      const bytes = await readFile(join(folder, name))
      if (bytes.byteLength > MAX_PEM) throw new Error('too large')
      await chmod(join(folder, name), 0o600)
      return read(bytes.toString('utf8'))
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!absent) log('warn', 'a kept file cannot be used', { file: join(folder, name), error })
      return undefined
    }
  }
  return {
    async certificate(names) {
      const pair = await load('certificate.pem', readPair)
      const same = pair && [...tlsNames(pair.cert)].sort().join() === [...names].sort().join()
      return same ? pair : undefined
    },
    keepCertificate: ({ cert, key }) => save('certificate.pem', `${key.trim()}\n${cert.trim()}\n`),
    waiting: async () => (await load('waiting.json', (text) => v.parse(waitingSchema, JSON.parse(text)))) ?? NO_WAITING,
    keepWaiting: (waiting) => save('waiting.json', JSON.stringify(waiting)),
    async accountKey() {
      const kept = await load('account.key', readKey)
      // Also where there is one: nothing is asked for that could not be kept.
      const key = kept ?? (await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey))
      await save('account.key', key)
      return key
    },
  }
}

function readKey(pem: string): string {
  if (createPrivateKey(pem).asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a key of P-256')
  return pem
}

/** Refuses what is no certificate with its key. */
function readPair(text: string): CertificatePair {
  const at = text.indexOf('-----BEGIN CERTIFICATE-----')
  const pair = { key: text.slice(0, at), cert: text.slice(at) }
  createSecureContext(pair)
  return pair
}
