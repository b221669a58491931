/**
 * Guards of the bridge: each takes what came over a port and gives it back typed, or `undefined` if it is not a message
 * of {@link file://./messages.ts} in every field that is used. Cheap on purpose: a frame costs one `instanceof` and a
 * comparison.
 */
import { MAX_MESSAGE, MAX_SDP, MAX_SERVERS, MAX_TEXT, MAX_UNACKED, MAX_UNACKED_FRAMES } from './limits.ts'
import {
  type Candidate,
  type CandidateError,
  type ChannelInfo,
  type Config,
  type Description,
  type Down,
  type ErrorInfo,
  type Frame,
  type FromChannel,
  type IceServer,
  METHODS,
  NEWS,
  type PcState,
  type PcUp,
  type Recipe,
  STATE_EVENTS,
  type TabUp,
  type ToChannel,
} from './messages.ts'

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown, max = MAX_TEXT): value is string => typeof value === 'string' && value.length <= max
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isPort = (value: unknown): value is MessagePort => value instanceof MessagePort
const isU16 = (value: unknown): value is number => isCount(value) && value <= 65_535
const orNull = (value: unknown, check: Check): boolean => value === null || check(value)
const orNone = (value: unknown, check: Check): boolean => value === undefined || check(value)
const isList = (value: unknown, max: number, check: Check): boolean =>
  Array.isArray(value) && value.length <= max && value.every((item) => check(item))

/** True for a session description no larger than {@link MAX_SDP}. */
export const isDescription = (value: unknown): value is Description =>
  isFields(value) && isText(value.type, 16) && isText(value.sdp, MAX_SDP)

/** True for a candidate with all four fields. */
export const isCandidate = (value: unknown): value is Candidate =>
  isFields(value) &&
  isText(value.candidate) &&
  orNull(value.sdpMid, isText) &&
  orNull(value.sdpMLineIndex, isU16) &&
  orNull(value.usernameFragment, isText)

/** True for the fixed facts of a channel. */
export const isChannelInfo = (value: unknown): value is ChannelInfo =>
  isFields(value) &&
  isText(value.label) &&
  isText(value.protocol) &&
  orNull(value.id, isU16) &&
  isFlag(value.negotiated) &&
  isFlag(value.ordered) &&
  orNull(value.maxPacketLifeTime, isU16) &&
  orNull(value.maxRetransmits, isU16)

const isServer = (value: unknown): value is IceServer =>
  isFields(value) &&
  (isText(value.urls) || isList(value.urls, MAX_SERVERS, (url) => isText(url))) &&
  orNone(value.username, isText) &&
  orNone(value.credential, isText)

const isRecipe = (value: unknown): value is Recipe =>
  isFields(value) &&
  isText(value.name, 64) &&
  orNone(value.namedCurve, isText) &&
  orNone(value.hash, isText) &&
  orNone(value.modulusLength, isU16) &&
  orNone(value.publicExponent, (bytes) => bytes instanceof Uint8Array && bytes.byteLength <= 16) &&
  orNone(value.expires, isCount)

/** True for a configuration with bounded lists. */
export const isConfig = (value: unknown): value is Config =>
  isFields(value) &&
  orNone(value.iceServers, (list) => isList(list, MAX_SERVERS, isServer)) &&
  orNone(value.iceTransportPolicy, isText) &&
  orNone(value.bundlePolicy, isText) &&
  orNone(value.rtcpMuxPolicy, isText) &&
  orNone(value.iceCandidatePoolSize, isCount) &&
  orNone(value.certificates, (list) => isList(list, MAX_SERVERS, isRecipe))

const isState = (value: unknown): value is PcState =>
  isFields(value) &&
  isText(value.connectionState, 32) &&
  isText(value.iceConnectionState, 32) &&
  isText(value.iceGatheringState, 32) &&
  isText(value.signalingState, 32) &&
  orNull(value.localDescription, isDescription) &&
  orNull(value.remoteDescription, isDescription) &&
  orNull(value.maxMessageSize, (size) => typeof size === 'number' && size >= 0)

const isError = (value: unknown): value is ErrorInfo =>
  isFields(value) &&
  isText(value.name, 64) &&
  isText(value.message, 1024) &&
  orNone(value.detail, (detail) => isText(detail, 64)) &&
  orNone(value.cause, isU16)

const isCandidateError = (value: unknown): value is CandidateError =>
  isFields(value) &&
  isText(value.url) &&
  isCount(value.errorCode) &&
  isText(value.errorText) &&
  orNull(value.address, isText) &&
  orNull(value.port, isU16)

/** The one argument of a promised method: description, candidate, options of plain flags, or nothing. */
const isArgument = (value: unknown): boolean =>
  value === undefined ||
  isDescription(value) ||
  isCandidate(value) ||
  (isFields(value) && Object.keys(value).length <= 8 && Object.values(value).every(isFlag))

const DOWN: Readonly<Record<string, (message: Fields) => boolean>> = {
  new: (message) => isCount(message.pc) && isConfig(message.config),
  call: (message) =>
    isCount(message.pc) &&
    isCount(message.id) &&
    METHODS.some((method) => method === message.method) &&
    isArgument(message.arg),
  dc: (message) => isCount(message.pc) && isChannelInfo(message.info) && isPort(message.port),
  close: (message) => isCount(message.pc),
  end: () => true,
  ask: () => true,
}

const UP: Readonly<Record<string, (message: Fields) => boolean>> = {
  state: (message) =>
    isCount(message.pc) && STATE_EVENTS.some((name) => name === message.name) && isState(message.state),
  reply: (message) =>
    isCount(message.pc) &&
    isCount(message.id) &&
    isState(message.state) &&
    orNone(message.value, isDescription) &&
    orNone(message.error, isError),
  candidate: (message) => isCount(message.pc) && isState(message.state) && orNull(message.candidate, isCandidate),
  candidateerror: (message) => isCount(message.pc) && isCandidateError(message.info),
  channel: (message) =>
    isCount(message.pc) && isState(message.state) && isChannelInfo(message.info) && isPort(message.port),
  dead: (message) => isCount(message.pc) && isError(message.error),
  visible: (message) => isFlag(message.visible),
  news: (message) => NEWS.some((what) => what === message.what),
  here: () => true,
  bye: () => true,
}

/** A message from the worker, as the tab may use it. */
export function asDown(value: unknown): Down | undefined {
  if (!isFields(value) || typeof value.op !== 'string' || !Object.hasOwn(DOWN, value.op)) return
  return DOWN[value.op]?.(value) ? (value as unknown as Down) : undefined
}

/** A message from a tab, as the worker may use it. */
export function asUp(value: unknown): PcUp | TabUp | undefined {
  if (!isFields(value) || typeof value.ev !== 'string' || !Object.hasOwn(UP, value.ev)) return
  return UP[value.ev]?.(value) ? (value as unknown as PcUp | TabUp) : undefined
}

const isFrame = (value: unknown): value is Frame =>
  value instanceof ArrayBuffer ? value.byteLength <= MAX_MESSAGE : isText(value, MAX_MESSAGE)

/** A message from the worker, as the pump may use it. */
export function asToChannel(value: unknown): ToChannel | undefined {
  if (Array.isArray(value)) return value.length <= MAX_UNACKED_FRAMES && value.every(isFrame) ? value : undefined
  return isFields(value) && value.close === true ? { close: true } : undefined
}

/** A message from the pump, as the worker may use it. */
export function asFromChannel(value: unknown): FromChannel | undefined {
  if (value instanceof ArrayBuffer || typeof value === 'string') return isFrame(value) ? value : undefined
  if (!isFields(value)) return
  const { ack, frames, state, id, error } = value
  if (isCount(ack) && isCount(frames)) return ack <= MAX_UNACKED ? { ack, frames } : undefined
  if (state === 'open') return orNull(id, isU16) ? { state, id: id as number | null } : undefined
  if (state === 'closing' || state === 'closed') return { state }
  return isError(error) ? { error } : undefined
}
