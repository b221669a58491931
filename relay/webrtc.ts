/**
 * WebRTC-direct: pages of any origin, https too, dial the relay over UDP with no certificate authority, because the hash
 * of its certificate stands in its address. So that addresses in invites stay true, the certificate is kept in the data
 * folder for years (browsers look at its hash alone, RFC 8827 section 5.5) and renewed at a start near its end.
 */
import { X509Certificate } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransportCertificate, webRTCDirect } from '@libp2p/webrtc'
import { base64url } from 'multiformats/bases/base64'
import { sha256 } from 'multiformats/hashes/sha2'
import { CafeError } from '../src/core/errors.ts'
import type { Log } from '../src/core/log.ts'
import { parse, text, v } from '../src/core/schema.ts'
import { MAX_PEM, RTC_LIFE, RTC_RENEW } from './limits.ts'
import type { Sockets } from './sockets.ts'

const FILE = 'webrtc-certificate.json'
const kept = v.strictObject({ privateKey: text(4096), pem: text(4096) })
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/**
 * The certificate of the relay whose data is in `folder`, made at the first start.
 * @param now milliseconds since 1970.
 */
export async function loadRtcCertificate(folder: string, now: number): Promise<TransportCertificate> {
  const file = join(folder, FILE)
  const stored = await readFile(file).catch(() => undefined)
  if (stored && stored.byteLength <= MAX_PEM) {
    const found = await readKept(stored.toString('utf8'), now)
    if (found) return found
  }
  const made = await makeCertificate(now)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { certhash: _, ...keep } = made
  // Whole or not at all: half a file would cost every invite its address.
  await writeFile(`${file}.new`, JSON.stringify(keep), { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return made
}

/** What was kept, if it can be used for long enough. */
async function readKept(json: string, now: number): Promise<TransportCertificate | undefined> {
  try {
    const { privateKey, pem } = parse(kept, JSON.parse(json))
    const certificate = new X509Certificate(pem)
    if (Date.parse(certificate.validTo) - now < RTC_RENEW) return undefined
    return { privateKey, pem, certhash: await hashOf(pem) }
  } catch {
    // A damaged file: a new certificate is all that helps, at the price of new addresses.
    return undefined
  }
}

async function makeCertificate(now: number): Promise<TransportCertificate> {
  // A package that only a first start needs, and what that needs of the global.
  await import('reflect-metadata')
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  // In whole seconds, as it is written.
  const second = Math.floor(now / 1000) * 1000
  const dates = { notBefore: new Date(second - 86_400_000), notAfter: new Date(second + RTC_LIFE) }
  const init = { keys, signingAlgorithm: ALGORITHM, name: 'CN=Popup Cafe', ...dates }
  const certificate = await X509CertificateGenerator.createSelfSigned(init, crypto)
  const secret = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${secret.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
  const pem = certificate.toString('pem')
  return { privateKey, pem, certhash: await hashOf(pem) }
}

async function hashOf(pem: string): Promise<string> {
  const { bytes } = await sha256.digest(new Uint8Array(new X509Certificate(pem).raw))
  return base64url.encode(bytes)
}

/** A transport of the node, and what it listens on. */
export interface WebRtc {
  readonly transport: ReturnType<typeof webRTCDirect>
  readonly listen: readonly string[]
}

/** The part of the config that is used. */
interface WebRtcConfig {
  readonly hosts: readonly string[]
  readonly port: number
  readonly data: string
}

/**
 * @returns undefined where the native addon cannot be loaded: the relay does without, and its log says so.
 * @throws CafeError as `listen` does, naming `--webrtc-port`.
 */
export async function openWebRtc(
  { hosts, port, data }: WebRtcConfig,
  sockets: Pick<Sockets, 'bound'>,
  log: Log,
): Promise<WebRtc | undefined> {
  // IPv6 first: its socket takes both kinds, and one port has one socket.
  const sorted = [...hosts].sort((a, b) => Number(b.includes(':')) - Number(a.includes(':')))
  if (port !== 0) await checkPort(sorted[0] ?? '', port)
  const certificate = await loadRtcCertificate(data, Date.now())
  // Only now: a relay without it starts faster, and where its binary does not fit.
  const loaded = await import('@libp2p/webrtc').catch((error) => {
    log('warn', 'WebRTC-direct is off: its native addon cannot be loaded here; WebSockets work', { error })
  })
  if (!loaded) return undefined
  // Without servers of our own it would ask public ones who it is.
  const create = loaded.webRTCDirect({ certificate, rtcConfiguration: { iceServers: [] } })
  return {
    listen: sorted.map((host) => `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/udp/${port}/webrtc-direct`),
    transport: (components) => {
      const transport = create(components)
      const createListener = transport.createListener.bind(transport)
      transport.createListener = (options) => createListener({ ...options, upgrader: sockets.bound(options.upgrader) })
      return transport
    },
  }
}

/** The listener itself would only say that it failed. */
async function checkPort(host: string, port: number): Promise<void> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const code = reason === 'EADDRINUSE' ? 'CONFLICT' : reason === 'EACCES' ? 'FORBIDDEN' : 'INTERNAL'
    throw new CafeError(code, { port, flag: '--webrtc-port', reason }, { cause })
  } finally {
    socket.close()
  }
}
