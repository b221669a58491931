/** One certificate from an ACME authority (RFC 8555 §7), names proved over http. */
import 'reflect-metadata'
import { setTimeout as pause } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import * as x509 from '@peculiar/x509'
import { calculateJwkThumbprint } from 'jose'
import { type Schema, v } from '../../src/core/schema.ts'
import { ACME_POLLS } from '../limits.ts'
import { type CertificatePair, tlsExpiry, tlsNames } from '../tls.ts'
import type { Challenges } from './challenges.ts'
import { type AcmeAnswer, AcmeError, type AcmeHttp, createAcmeHttp, oneLine } from './http.ts'

export interface AcmeOrder {
  readonly directory: string
  readonly names: readonly string[]
  readonly email?: string | undefined
  /** In PEM. */
  readonly accountKey: string
  readonly challenges: Pick<Challenges, 'show'>
  readonly signal: AbortSignal
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** Between two looks where the authority does not say, and at least. */
const POLL = 2000
const POLL_LEAST = 250
const POLL_MOST = 60_000

const directorySchema = v.object({ newNonce: v.string(), newAccount: v.string(), newOrder: v.string() })
const orderSchema = v.object({
  status: v.string(),
  authorizations: v.pipe(v.array(v.string()), v.maxLength(64)),
  finalize: v.string(),
  certificate: v.optional(v.string()),
  error: v.optional(v.object({ detail: v.optional(v.string()) })),
})
const challengeSchema = v.object({
  ...{ type: v.string(), url: v.optional(v.string()), token: v.optional(v.string()) },
  error: v.optional(v.object({ detail: v.optional(v.string()) })),
})
const authorizationSchema = v.object({
  ...{ status: v.string(), identifier: v.object({ value: v.string() }) },
  challenges: v.pipe(v.array(challengeSchema), v.maxLength(32)),
})
/** At least 128 bits, and a segment of a path. */
const TOKEN = /^[\w-]{22,256}$/

/** Asks, proves and fetches. @throws AcmeError if the authority says no; what `fetch` throws if it is not there. */
export async function orderCertificate(order: AcmeOrder): Promise<CertificatePair> {
  const http = await createAcmeHttp(order.directory, order.accountKey, order.signal)
  const at = readAs(directorySchema, await http.get(order.directory))
  http.nonceAt(at.newNonce)
  const contact = order.email === undefined ? {} : { contact: [`mailto:${order.email}`] }
  // Of a key that is known, this finds the account.
  const account = (await http.post(at.newAccount, { termsOfServiceAgreed: true, ...contact }, undefined)).location
  const identifiers = order.names.map((value) => ({ type: 'dns', value }))
  const placed = await http.post(at.newOrder, { identifiers }, account)
  const read = (url: string): Promise<AcmeAnswer> => http.post(url, undefined, account)
  for (const url of readAs(orderSchema, placed).authorizations) await prove(url, order, http, account)
  const { csr, key } = await request(order.names)
  await http.post(readAs(orderSchema, placed).finalize, { csr }, account)
  const done = await settled(() => read(placed.location), orderSchema, order.signal)
  if (done.status !== 'valid' || !done.certificate)
    throw new AcmeError(`the authority gave no certificate${detailOf(done.error)}`)
  return checked({ cert: (await read(done.certificate)).text, key }, order.names)
}

async function prove(url: string, order: AcmeOrder, http: AcmeHttp, account: string): Promise<void> {
  const read = (): Promise<AcmeAnswer> => http.post(url, undefined, account)
  const asked = readAs(authorizationSchema, await read())
  if (asked.status === 'valid') return
  const one = asked.challenges.find(({ type }) => type === 'http-01')
  if (!one?.url || !one.token || !TOKEN.test(one.token))
    throw new AcmeError('the authority offers no proof over http (http-01)')
  const hide = order.challenges.show(one.token, `${one.token}.${await calculateJwkThumbprint(http.jwk)}`)
  try {
    await http.post(one.url, {}, account)
    const found = await settled(read, authorizationSchema, order.signal)
    if (found.status === 'valid') return
    const { value } = found.identifier
    const why = found.challenges.find(({ type }) => type === 'http-01')?.error
    throw new AcmeError(`${oneLine(value)} could not be proved${detailOf(why)}`, { type: 'challenge' })
  } finally {
    hide()
  }
}

/** The resource once it is no longer on its way. */
async function settled<T extends { readonly status: string }>(
  read: () => Promise<AcmeAnswer>,
  schema: Schema<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let left = ACME_POLLS; left > 0; left--) {
    const answer = await read()
    const value = readAs(schema, answer)
    if (!['pending', 'processing', 'ready'].includes(value.status)) return value
    const wait = Math.min(Math.max(answer.retryAfter || POLL, POLL_LEAST), POLL_MOST)
    await pause(wait, undefined, { signal, ref: false })
  }
  throw new AcmeError('the authority did not come to an end')
}

function readAs<T>(schema: Schema<T>, { text }: AcmeAnswer): T {
  try {
    return v.parse(schema, JSON.parse(text))
  } catch {
    throw new AcmeError('the authority answered what is not ACME')
  }
}

const detailOf = (error: { detail?: string | undefined } | undefined): string =>
  error?.detail ? `: ${oneLine(error.detail)}` : ''

/** A key of its own for each certificate, and the request for one, in base64url. */
async function request(names: readonly string[]): Promise<{ csr: string; key: string }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const alternatives = names.map((value) => ({ type: 'dns', value }) as const)
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    ...{ keys, signingAlgorithm: ALGORITHM },
    extensions: [new x509.SubjectAlternativeNameExtension(alternatives)],
  })
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { csr: Buffer.from(made.rawData).toString('base64url'), key: x509.PemConverter.encode(der, 'PRIVATE KEY') }
}

function checked(pair: CertificatePair, names: readonly string[]): CertificatePair {
  try {
    createSecureContext(pair)
    const given = tlsNames(pair.cert)
    if (names.every((name) => given.includes(name)) && tlsExpiry(pair.cert) > Date.now()) return pair
  } catch {
    // Not of our key, or no certificate at all.
  }
  throw new AcmeError('the authority gave a certificate that is not the one asked for')
}
