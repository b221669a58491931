/**
 * The plain values of the W3C surface: `RTCSessionDescription`, `RTCIceCandidate`, `RTCCertificate`, the configuration
 * and the options of a channel, and what of each may cross to a tab. Nothing here talks to anyone.
 */
import { isCandidate, isConfig, isDescription } from './guards.ts'
import { MAX_TEXT } from './limits.ts'
import type { Candidate, ChannelInfo, Config, Description, Recipe } from './messages.ts'

type Fields = Readonly<Record<string, unknown>>

const TYPES = ['offer', 'pranswer', 'answer', 'rollback']

/** W3C `RTCSessionDescription`. */
export class SessionDescription implements Description {
  readonly type: string
  readonly sdp: string

  constructor(init: unknown) {
    const { type, sdp } = plainDescription(init)
    this.type = type
    this.sdp = sdp
  }

  toJSON(): Description {
    return { type: this.type, sdp: this.sdp }
  }
}

/** W3C `RTCIceCandidate`, as far as it can be told without parsing the candidate line. */
export class IceCandidate implements Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null

  /** @throws TypeError if both `sdpMid` and `sdpMLineIndex` are missing. */
  constructor(init: unknown = {}) {
    const plain = plainCandidate(init)
    if (plain.sdpMid === null && plain.sdpMLineIndex === null) {
      throw new TypeError('sdpMid and sdpMLineIndex are both null.')
    }
    this.candidate = plain.candidate
    this.sdpMid = plain.sdpMid
    this.sdpMLineIndex = plain.sdpMLineIndex
    this.usernameFragment = plain.usernameFragment
  }

  toJSON(): Candidate {
    return {
      candidate: this.candidate,
      sdpMid: this.sdpMid,
      sdpMLineIndex: this.sdpMLineIndex,
      usernameFragment: this.usernameFragment,
    }
  }
}

/**
 * A certificate yet to be made. The tab that lends the connection makes it, so it survives the loss of any tab; it has
 * no fingerprints here, and used in two connections it becomes two certificates.
 */
export class Certificate {
  readonly expires: number
  readonly recipe: Recipe

  constructor(recipe: Recipe, now: number) {
    this.recipe = recipe
    this.expires = now + (recipe.expires ?? 30 * 86_400_000)
  }
}

/** Options of `createDataChannel` (W3C `RTCDataChannelInit`). */
export interface ChannelInit {
  readonly ordered?: boolean
  readonly maxPacketLifeTime?: number
  readonly maxRetransmits?: number
  readonly protocol?: string
  readonly negotiated?: boolean
  readonly id?: number
}

/** The plain form of a description. @throws TypeError for a wrong `type` or more than 64 KiB of SDP. */
export function plainDescription(value: unknown): Description {
  const { type, sdp = '' } = fieldsOf(value)
  const plain = { type, sdp }
  if (!isDescription(plain) || !TYPES.includes(plain.type)) throw new TypeError('not a session description')
  return plain
}

/** The plain form of a candidate. @throws TypeError for fields of a wrong type. */
export function plainCandidate(value: unknown): Candidate {
  const { candidate = '', sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = fieldsOf(value)
  const plain = { candidate, sdpMid, sdpMLineIndex, usernameFragment }
  if (!isCandidate(plain)) throw new TypeError('not an ICE candidate')
  return plain
}

/** The plain form of a configuration. @throws TypeError for fields of a wrong type or a foreign certificate. */
export function plainConfig(value: unknown): Config {
  const given = fieldsOf(value ?? {})
  const plain: Record<string, unknown> = {}
  for (const name of ['iceTransportPolicy', 'bundlePolicy', 'rtcpMuxPolicy', 'iceCandidatePoolSize']) {
    if (given[name] !== undefined) plain[name] = given[name]
  }
  if (Array.isArray(given.iceServers)) plain.iceServers = given.iceServers.map(plainServer)
  if (Array.isArray(given.certificates)) plain.certificates = given.certificates.map(recipeOf)
  if (!isConfig(plain)) throw new TypeError('not an RTCConfiguration')
  return plain
}

/** The plain form of a channel that is to be made. @throws TypeError for contradictory or too large options. */
export function plainChannel(label: string, init: ChannelInit): ChannelInfo {
  const { maxPacketLifeTime = null, maxRetransmits = null, protocol = '', negotiated = false, ordered = true } = init
  const id = negotiated ? (init.id ?? null) : null
  if (new Blob([label]).size > MAX_TEXT || new Blob([protocol]).size > MAX_TEXT) {
    throw new TypeError('label and protocol are at most 65535 bytes')
  }
  if (negotiated && id === null) throw new TypeError('RTCDataChannel must have id set if negotiated is true')
  if (id !== null && (!Number.isInteger(id) || id < 0 || id > 65_534)) {
    throw new TypeError('RTCDataChannel id is 0 to 65534')
  }
  if (maxPacketLifeTime !== null && maxRetransmits !== null) {
    throw new TypeError('RTCDataChannel cannot have both max retransmits and max lifetime')
  }
  return { label, protocol, id, negotiated, ordered, maxPacketLifeTime, maxRetransmits }
}

/** The plain form of `generateCertificate`'s argument: a name or WebCrypto parameters. */
export function plainRecipe(value: unknown): Recipe {
  if (typeof value === 'string') return { name: value }
  const { name, namedCurve, hash, modulusLength, publicExponent, expires } = fieldsOf(value)
  const recipe = { name, namedCurve, hash, modulusLength, publicExponent, expires }
  if (!isConfig({ certificates: [recipe] })) throw new TypeError('not a key generation algorithm')
  return Object.fromEntries(Object.entries(recipe).filter(([, field]) => field !== undefined)) as unknown as Recipe
}

function plainServer(value: unknown): unknown {
  const { urls, username, credential } = fieldsOf(value)
  const server = { urls: Array.isArray(urls) ? [...urls] : urls, username, credential }
  return Object.fromEntries(Object.entries(server).filter(([, field]) => field !== undefined))
}

function recipeOf(value: unknown): Recipe {
  if (value instanceof Certificate) return value.recipe
  throw new TypeError('not a certificate of generateCertificate')
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('an object is needed')
  return value as Fields
}
