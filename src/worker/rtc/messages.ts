/**
 * What a worker and the tabs that lend it WebRTC say to each other, and nothing else: every message. What of it may pass
 * is said in `guards.ts`, how much in `limits.ts`.
 *
 * The bridge in one picture. A SharedWorker has no `RTCPeerConnection` and cannot be given a data channel
 * (w3c/webrtc-pc#3131), so tabs lend both:
 *
 * ```
 * SharedWorker                          tab (main thread)             tab's dedicated worker
 * shim.ts  RTCPeerConnection  <--control port-->  rtc-tab.ts  real connection
 *   └ channel.ts  RTCDataChannel <--data port, one per channel------------> rtc-pump.ts  real channel
 * pool.ts  which tab lends
 * ```
 *
 * Control port, one for each tab, ordered.
 *
 * | worker → tab | means | tab → worker | means |
 * | --- | --- | --- | --- |
 * | `new` | make a connection | `state` | a `…statechange` or `negotiationneeded` event |
 * | `call` | run a promised method | `reply` | its result or error |
 * | `dc` | make a channel; here is its data port | `channel` | one has come in; here is its data port |
 * | `close` | close the connection | `candidate`, `candidateerror` | ICE news |
 * | `end` | you are no longer a lender: close everything | `dead` | that connection could not be made |
 * | `ask` | are you there? | `here` | the answer: a tab that gives none is frozen or hung |
 * | | | `visible`, `news`, `bye` | about the tab itself |
 *
 * Every answer about a connection carries all of its synchronous properties ({@link PcState}); the worker stores them
 * before it dispatches the event, so a handler reads what it would read in a window.
 *
 * Data port, one for each channel, ordered.
 *
 * | worker → pump | means | pump → worker | means |
 * | --- | --- | --- | --- |
 * | {@link Frame}s | send these, in this order | a frame | received |
 * | `{close}` | close when all before has been sent | `{ack, frames}` | so much went to the real channel |
 * | | | `{state}` | it is `open` (with its id), `closing` or `closed` |
 * | | | `{error}` | why it is about to close |
 *
 * States of a channel as the worker sees it: `connecting → open → closing → closed`, never back. The port is started
 * after `datachannel` has been dispatched, so no first message is lost. States of a connection are those of the real one,
 * with two exceptions: it is `closed` as soon as `close()` is called here or its tab is lost, and `failed` as soon as the
 * sentinel tells that the other side is gone ({@link file://./limits.ts}).
 *
 * Two ports are not ordered with each other: a channel may be `open` before its connection says `connected`. Chromium
 * promises no more in a window (measured).
 */

/** A session description as plain data. */
export interface Description {
  readonly type: string
  readonly sdp: string
}

/** An ICE candidate as plain data (W3C `RTCIceCandidateInit`). */
export interface Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null
}

/** An ICE server as plain data. */
export interface IceServer {
  readonly urls: string | readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** The part of W3C `RTCConfiguration` that crosses. Certificates cross as recipes: the tab makes them. */
export interface Config {
  readonly iceServers?: readonly IceServer[]
  readonly iceTransportPolicy?: string
  readonly bundlePolicy?: string
  readonly rtcpMuxPolicy?: string
  readonly iceCandidatePoolSize?: number
  readonly certificates?: readonly Recipe[]
}

/** Arguments of `generateCertificate`, kept until a tab needs the certificate. */
export interface Recipe {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: string
  readonly modulusLength?: number
  readonly publicExponent?: Uint8Array
  readonly expires?: number
}

/** All synchronous properties of a connection. `maxMessageSize` is null until `sctp` exists. */
export interface PcState {
  readonly connectionState: string
  readonly iceConnectionState: string
  readonly iceGatheringState: string
  readonly signalingState: string
  readonly localDescription: Description | null
  readonly remoteDescription: Description | null
  readonly maxMessageSize: number | null
}

/** What is fixed about a channel, plus its id, which may come later. */
export interface ChannelInfo {
  readonly label: string
  readonly protocol: string
  readonly id: number | null
  readonly negotiated: boolean
  readonly ordered: boolean
  readonly maxPacketLifeTime: number | null
  readonly maxRetransmits: number | null
}

/** An error that crosses a port: it is made anew on the other side under its name. */
export interface ErrorInfo {
  readonly name: string
  readonly message: string
  readonly detail?: string
  readonly cause?: number
}

/** Methods that answer with a promise, with their one argument. */
export const METHODS = [
  'createOffer',
  'createAnswer',
  'setLocalDescription',
  'setRemoteDescription',
  'addIceCandidate',
] as const
export type Method = (typeof METHODS)[number]

/** Events that say no more than their name. */
export const STATE_EVENTS = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange',
  'negotiationneeded',
] as const
export type StateEvent = (typeof STATE_EVENTS)[number]

/** Worker → tab. */
export type Down =
  | { readonly op: 'new'; readonly pc: number; readonly config: Config }
  | { readonly op: 'call'; readonly pc: number; readonly id: number; readonly method: Method; readonly arg: unknown }
  | { readonly op: 'dc'; readonly pc: number; readonly info: ChannelInfo; readonly port: MessagePort }
  | { readonly op: 'close'; readonly pc: number }
  | { readonly op: 'end' }
  | { readonly op: 'ask' }

/** Facts about a failed ICE candidate (W3C `RTCPeerConnectionIceErrorEvent`). */
export interface CandidateError {
  readonly url: string
  readonly errorCode: number
  readonly errorText: string
  readonly address: string | null
  readonly port: number | null
}

/** Tab → worker, about one connection. */
export type PcUp =
  | { readonly ev: 'state'; readonly pc: number; readonly name: StateEvent; readonly state: PcState }
  | {
      readonly ev: 'reply'
      readonly pc: number
      readonly id: number
      readonly state: PcState
      readonly value?: Description
      readonly error?: ErrorInfo
    }
  | { readonly ev: 'candidate'; readonly pc: number; readonly state: PcState; readonly candidate: Candidate | null }
  | { readonly ev: 'candidateerror'; readonly pc: number; readonly info: CandidateError }
  | {
      readonly ev: 'channel'
      readonly pc: number
      readonly state: PcState
      readonly info: ChannelInfo
      readonly port: MessagePort
    }
  | { readonly ev: 'dead'; readonly pc: number; readonly error: ErrorInfo }

/** Tab → worker, about the tab. */
export type TabUp =
  | { readonly ev: 'visible'; readonly visible: boolean }
  | { readonly ev: 'news'; readonly what: News }
  | { readonly ev: 'here' }
  | { readonly ev: 'bye' }

/** What only a page hears of the network: it is there again, or it is another one. */
export const NEWS = ['online', 'network'] as const
export type News = (typeof NEWS)[number]

/** One message of a data channel: text or bytes. Bytes are always transferred, never copied. */
export type Frame = ArrayBuffer | string

/** Worker → pump. */
export type ToChannel = readonly Frame[] | { readonly close: true }

/** Pump → worker. */
export type FromChannel =
  | Frame
  | { readonly ack: number; readonly frames: number }
  | { readonly state: 'open'; readonly id: number | null }
  | { readonly state: 'closing' | 'closed' }
  | { readonly error: ErrorInfo }

const encoder = new TextEncoder()

/** Size of a frame in bytes, text counted as UTF-8, as `bufferedAmount` counts it. */
export function frameSize(frame: Frame): number {
  return typeof frame === 'string' ? encoder.encode(frame).byteLength : frame.byteLength
}

/** The buffers among `frames`: the transfer list that goes with them. */
export function transfers(frames: readonly Frame[]): ArrayBuffer[] {
  return frames.filter((frame) => typeof frame !== 'string')
}

/** Any thrown value as {@link ErrorInfo}. */
export function errorInfo(thrown: unknown): ErrorInfo {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'OperationError', message: 'unknown failure' }
  const { name, message, errorDetail, sctpCauseCode } = thrown as Record<string, unknown>
  return {
    name: typeof name === 'string' ? name.slice(0, 64) : 'OperationError',
    message: typeof message === 'string' ? message.slice(0, 1024) : '',
    ...(typeof errorDetail === 'string' ? { detail: errorDetail.slice(0, 64) } : {}),
    ...(typeof sctpCauseCode === 'number' ? { cause: sctpCauseCode } : {}),
  }
}
