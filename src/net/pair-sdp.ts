/**
 * Between session descriptions (RFC 8866, 8839, 8841) of a connection with nothing but data, and what of them the other side
 * cannot know. The rest is the same in every browser, or may be.
 */
import { CafeError } from '../core/errors.ts'
import { unhex } from '../core/ids.ts'
import { MAX_CANDIDATES } from '../core/limits.ts'
import type { Candidate, PairCode } from './pair-code.ts'

export type SdpParts = Pick<PairCode, 'fingerprint' | 'user' | 'password' | 'setup' | 'candidates'>

/** Above this SCTP messages are cut by us anyway, and every browser takes as much. */
const MAX_MESSAGE = 262_144

/**
 * What a browser's own description says.
 * @throws CafeError UNREACHABLE {why: 'no-address'} if it has no address that could be handed on.
 */
export function readSdp(sdp: string): SdpParts {
  const fingerprint = line(sdp, /^a=fingerprint:sha-256 ([0-9A-F:]{95})\r?$/im).replaceAll(':', '')
  const candidates = [...sdp.matchAll(/^a=candidate:(.+)$/gm)].flatMap(([, text = '']) => readCandidate(text.trim()))
  if (candidates.length === 0) throw new CafeError('UNREACHABLE', { why: 'no-address' })
  return {
    fingerprint: unhex(fingerprint.toLowerCase()),
    user: line(sdp, /^a=ice-ufrag:([A-Za-z0-9+/]+)\r?$/m),
    password: line(sdp, /^a=ice-pwd:([A-Za-z0-9+/]+)\r?$/m),
    setup: line(sdp, /^a=setup:(\w+)\r?$/m) === 'passive' ? 'passive' : 'active',
    candidates: chosen(candidates),
  }
}

/** A description for the other side's browser that says the same. */
export function writeSdp({ fingerprint, user, password, setup, candidates }: SdpParts, kind: PairCode['kind']): string {
  const print = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
  const lines = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map(writeCandidate),
    `a=ice-ufrag:${user}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:sha-256 ${print}`,
    `a=setup:${kind === 'offer' ? 'actpass' : setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    `a=max-message-size:${MAX_MESSAGE}`,
  ]
  return `${lines.join('\r\n')}\r\n`
}

function line(sdp: string, pattern: RegExp): string {
  const found = pattern.exec(sdp)?.[1]
  if (found === undefined) throw new CafeError('UNSUPPORTED', { what: 'session description' })
  return found
}

/** `<foundation> <component> <transport> <priority> <address> <port> typ <type> …` */
function readCandidate(text: string): Candidate[] {
  const [, component, transport, , host = '', port = '', , type] = text.split(' ')
  if (component !== '1' || transport?.toLowerCase() !== 'udp' || (type !== 'host' && type !== 'srflx')) return []
  // A name that is no uuid cannot be packed; nobody makes such.
  if (/[a-z]/i.test(host) && !host.includes(':') && !/^[0-9a-f-]{36}\.local$/i.test(host)) return []
  return [{ host: host.toLowerCase(), port: Number(port), type }]
}

const LOOPBACK = /^(127\.|::1$)/
const LINK_LOCAL = /^(169\.254\.|fe80:)/i

/** The most useful ones: loopback helps only on one machine, and link-local IPv6 only where its zone is known. */
function chosen(candidates: readonly Candidate[]): Candidate[] {
  const worth = ({ host }: Candidate): number => (LOOPBACK.test(host) ? 2 : LINK_LOCAL.test(host) ? 1 : 0)
  return candidates.toSorted((a, b) => worth(a) - worth(b)).slice(0, MAX_CANDIDATES)
}

/** Preferences of RFC 8445, in the order given. */
function writeCandidate({ host, port, type }: Candidate, index: number): string {
  const priority = (type === 'host' ? 126 : 100) * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0'
  return `a=candidate:${index + 1} 1 udp ${priority} ${host} ${port} typ ${type}${related}`
}
