/**
 * WebRTC-direct for the relay: pages reach it by an address that holds the hash of its certificate, with no authority and no
 * name. The certificate is made once and kept, since invites carry its hash; nobody but that hash vouches for it, so it
 * has no end that anyone would look at.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import 'reflect-metadata'
import type { TransportCertificate, webRTCDirect } from '@libp2p/webrtc'
import * as x509 from '@peculiar/x509'
import { base64url } from 'multiformats/bases/base64'
import { sha256 } from 'multiformats/hashes/sha2'
import { MAX_PEM } from './limits.ts'

/** What every browser's DTLS takes. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const YEARS = 20
const YEAR = 365 * 86_400_000

/**
 * The certificate kept in `folder`, or a new one if there is none that can be read.
 * @throws what the file system fails with.
 */
export async function directCertificate(folder: string): Promise<TransportCertificate> {
  const path = join(folder, 'webrtc-direct.pem')
  const kept = await readFile(path, 'utf8').catch(() => '')
  const read = kept.length > MAX_PEM ? undefined : await parsed(kept).catch(() => undefined)
  if (read) return read
  const made = await makePem()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Whole or not at all: a certificate without its key would be of no use.
  await writeFile(`${path}.new`, made, { mode: 0o600, flush: true })
  await chmod(`${path}.new`, 0o600)
  await rename(`${path}.new`, path)
  return parsed(made)
}

/** Key and certificate, in PEM, one after the other. */
async function makePem(): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Popup Cafe relay',
      notBefore: new Date(now - YEAR),
      notAfter: new Date(now + YEARS * YEAR),
      signingAlgorithm: ALGORITHM,
      keys,
    },
    crypto,
  )
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return `${key}\n${certificate.toString('pem')}\n`
}

/** @throws if the text is not a key and its certificate. */
async function parsed(text: string): Promise<TransportCertificate> {
  const [key, der] = x509.PemConverter.decode(text)
  if (!key || !der) throw new Error('a key and a certificate are wanted')
  const certificate = new x509.X509Certificate(der)
  const privateKey = await crypto.subtle.importKey('pkcs8', key, ALGORITHM, false, ['sign'])
  const publicKey = await certificate.publicKey.export(ALGORITHM, ['verify'], crypto)
  const probe = new Uint8Array(32)
  const signature = await crypto.subtle.sign(ALGORITHM, privateKey, probe)
  if (!(await crypto.subtle.verify(ALGORITHM, publicKey, signature, probe))) throw new Error('the key is another one’s')
  return {
    privateKey: x509.PemConverter.encode(key, 'PRIVATE KEY'),
    pem: x509.PemConverter.encode(der, 'CERTIFICATE'),
    certhash: base64url.encode((await sha256.digest(new Uint8Array(der))).bytes),
  }
}

/**
 * The transport's maker, which needs a library in machine code.
 * @returns undefined where there is none for this machine.
 */
export async function loadDirect(): Promise<typeof webRTCDirect | undefined> {
  try {
    return (await import('@libp2p/webrtc')).webRTCDirect
  } catch {
    // No binary for this machine: WebSocket works without.
    return undefined
  }
}
