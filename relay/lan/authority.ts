/**
 * A certificate authority of this machine alone, made at its first start: who installs it trusts what this machine signs for
 * addresses of private networks and names in `.local`, and for nothing else, since its certificate says so (name
 * constraints, RFC 5280 §4.2.1.10, critical). Its key stays in the data folder, where only its owner may read it.
 */
import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509'
import * as x509 from '@peculiar/x509'
import { CafeError } from '../../src/core/errors.ts'
import type { CertificatePair } from '../tls.ts'
import { PRIVATE, PRIVATE_NAME } from './addresses.ts'

/** What every phone takes; Ed25519 is not among it yet. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY = 86_400_000
/** An authority is installed by hand on each device, so it lives as long as a machine does. */
const AUTHORITY_LIFE = 10 * 365 * DAY
/** Leaves cost nothing to make; browsers take none that lives for longer than 398 days. */
const LEAF_LIFE = 90 * DAY
/** Clocks of devices without internet. */
const BEFORE = DAY

export interface Authority {
  /** For people to install, in PEM and DER. */
  readonly pem: string
  readonly der: Uint8Array
  /** SHA-256 of that, as operating systems show it: `AB:CD:…`. */
  readonly fingerprint: string
  /**
   * A new certificate with a key of its own for these addresses and names.
   * @throws CafeError BAD_REQUEST if there are none.
   */
  sign(names: readonly string[]): Promise<CertificatePair>
}

/**
 * The authority of `folder`, which is made if there is none, or if what is there cannot be read or has ended.
 * @param name what it is called where people see it in a list.
 */
export async function openAuthority(folder: string, name: string, now: () => number = Date.now): Promise<Authority> {
  const files = { key: join(folder, 'authority.key'), cert: join(folder, 'authority.crt') }
  const stored = await load(files, now())
  if (stored) return authority(stored, now)
  const made = await make(name, now())
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // The key first: a certificate without one would be handed out for nothing.
  await save(files.key, toPem(await crypto.subtle.exportKey('pkcs8', made.key), 'PRIVATE KEY'))
  await save(files.cert, made.cert.toString('pem'))
  return authority(made, now)
}

interface Pair {
  readonly cert: x509.X509Certificate
  readonly key: CryptoKey
}

async function load(files: { key: string; cert: string }, now: number): Promise<Pair | undefined> {
  try {
    const [key, text] = await Promise.all([readFile(files.key, 'utf8'), readFile(files.cert, 'utf8')])
    const cert = new x509.X509Certificate(text)
    if (cert.notAfter.getTime() < now + LEAF_LIFE) return undefined
    return { cert, key: await crypto.subtle.importKey('pkcs8', fromPem(key), ALGORITHM, true, ['sign']) }
  } catch (error) {
    // Not made yet. Whatever else is wrong must not be written over: devices have it installed.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function make(name: string, now: number): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const permitted = [{ dNSName: PRIVATE_NAME }, ...PRIVATE.map((iPAddress) => ({ iPAddress }))]
  const constraints = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(
      permitted.map((base) => new GeneralSubtree({ base: new GeneralName(base) })),
    ),
  })
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [name] }],
    notBefore: new Date(now - BEFORE),
    notAfter: new Date(now + AUTHORITY_LIFE),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints)),
    ],
  })
  return { cert, key: keys.privateKey }
}

function authority({ cert, key: signingKey }: Pair, now: () => number): Authority {
  const pem = cert.toString('pem')
  return {
    pem: `${pem}\n`,
    der: new Uint8Array(cert.rawData),
    fingerprint: new X509Certificate(pem).fingerprint256,
    async sign(names) {
      if (names.length === 0) throw new CafeError('BAD_REQUEST', { what: 'addresses' })
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        issuer: cert.subject,
        subject: [{ CN: ['Popup Cafe'] }],
        notBefore: new Date(now() - BEFORE),
        notAfter: new Date(now() + LEAF_LIFE),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(cert.publicKey),
        ],
      })
      const key = toPem(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
      return { cert: `${leaf.toString('pem')}\n${pem}\n`, key }
    },
  }
}

/** Positive, and never twice: 126 random bits. */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

/** Whole or not at all, and for its owner only. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function toPem(der: ArrayBuffer, label: string): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

const fromPem = (pem: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64'))
