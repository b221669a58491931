/** Guards of the WebRTC bridge: what is known passes, all else is dropped. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asDown, asFromChannel, asToChannel, asUp } from '../../src/worker/rtc/guards.ts'
import { MAX_MESSAGE, MAX_SDP, MAX_SERVERS, MAX_UNACKED, MAX_UNACKED_FRAMES } from '../../src/worker/rtc/limits.ts'
import type { PcState } from '../../src/worker/rtc/messages.ts'

const state: PcState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: { type: 'offer', sdp: 'v=0' },
  maxMessageSize: Number.POSITIVE_INFINITY,
}
const info = {
  label: '',
  protocol: '',
  id: null,
  negotiated: false,
  ordered: true,
  maxPacketLifeTime: null,
  maxRetransmits: null,
}
const { port1: port } = new MessageChannel()
const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: null, usernameFragment: null }

describe('guards of the WebRTC bridge', () => {
  test.each([
    { op: 'new', pc: 0, config: {} },
    {
      op: 'new',
      pc: 1,
      config: { iceServers: [{ urls: ['stun:a'], username: 'u' }], certificates: [{ name: 'ECDSA' }] },
    },
    { op: 'call', pc: 1, id: 2, method: 'createOffer', arg: undefined },
    { op: 'call', pc: 1, id: 2, method: 'createOffer', arg: { iceRestart: true } },
    { op: 'call', pc: 1, id: 2, method: 'setRemoteDescription', arg: { type: 'offer', sdp: 'v=0' } },
    { op: 'call', pc: 1, id: 2, method: 'addIceCandidate', arg: candidate },
    { op: 'dc', pc: 1, info, port },
    { op: 'close', pc: 1 },
    { op: 'end' },
  ])('the tab takes $op', (message) => {
    expect(asDown(message)).toBe(message)
  })

  test.each([
    ['no object', 'new'],
    ['an unknown op', { op: 'toString' }],
    ['a negative id', { op: 'close', pc: -1 }],
    ['an unknown method', { op: 'call', pc: 1, id: 1, method: 'getStats' }],
    ['a deep argument', { op: 'call', pc: 1, id: 1, method: 'createOffer', arg: { deep: {} } }],
    ['too many servers', { op: 'new', pc: 1, config: { iceServers: Array(MAX_SERVERS + 1).fill({ urls: 'stun:a' }) } }],
    [
      'too much SDP',
      { op: 'call', pc: 1, id: 1, method: 'createOffer', arg: { type: 'offer', sdp: 'x'.repeat(MAX_SDP + 1) } },
    ],
    ['a channel without a port', { op: 'dc', pc: 1, info, port: {} }],
  ])('the tab drops %s', (_, message) => {
    expect(asDown(message)).toBeUndefined()
  })

  test.each([
    { ev: 'state', pc: 1, name: 'connectionstatechange', state },
    { ev: 'reply', pc: 1, id: 0, state, value: { type: 'offer', sdp: '' } },
    { ev: 'reply', pc: 1, id: 0, state, error: { name: 'OperationError', message: '' } },
    { ev: 'candidate', pc: 1, state, candidate },
    { ev: 'candidate', pc: 1, state, candidate: null },
    { ev: 'candidateerror', pc: 1, info: { url: '', errorCode: 701, errorText: '', address: null, port: null } },
    { ev: 'channel', pc: 1, state, info: { ...info, id: 4 }, port },
    { ev: 'dead', pc: 1, error: { name: 'SyntaxError', message: 'x' } },
    { ev: 'visible', visible: true },
    { ev: 'bye' },
  ])('the worker takes $ev', (message) => {
    expect(asUp(message)).toBe(message)
  })

  test.each([
    ['an unknown event name', { ev: 'state', pc: 1, name: 'datachannel', state }],
    ['half a state', { ev: 'state', pc: 1, name: 'negotiationneeded', state: { ...state, signalingState: 1 } }],
    ['an error without a name', { ev: 'dead', pc: 1, error: { message: 'x' } }],
    ['an id above 65535', { ev: 'channel', pc: 1, state, info: { ...info, id: 65_536 }, port }],
  ])('the worker drops %s', (_, message) => {
    expect(asUp(message)).toBeUndefined()
  })

  test('data ports take frames up to the limit and nothing larger', () => {
    const [fits, tooLarge] = [new ArrayBuffer(MAX_MESSAGE), new ArrayBuffer(MAX_MESSAGE + 1)]
    expect(asToChannel([fits, 'text'])).toEqual([fits, 'text'])
    expect(asToChannel([fits, tooLarge])).toBeUndefined()
    expect(asToChannel(Array(MAX_UNACKED_FRAMES + 1).fill(''))).toBeUndefined()
    expect(asFromChannel(fits)).toBe(fits)
    expect(asFromChannel(tooLarge)).toBeUndefined()
    expect(asFromChannel('text')).toBe('text')
  })

  test('data ports take acknowledgements, states and errors, and nothing else', () => {
    expect(asToChannel({ close: true })).toEqual({ close: true })
    expect(asToChannel({ close: 1 })).toBeUndefined()
    expect(asFromChannel({ ack: 5, frames: 1 })).toEqual({ ack: 5, frames: 1 })
    expect(asFromChannel({ ack: MAX_UNACKED + 1, frames: 1 })).toBeUndefined()
    expect(asFromChannel({ ack: -1, frames: 1 })).toBeUndefined()
    expect(asFromChannel({ state: 'open', id: null })).toEqual({ state: 'open', id: null })
    expect(asFromChannel({ state: 'open' })).toBeUndefined()
    expect(asFromChannel({ state: 'connecting' })).toBeUndefined()
    expect(asFromChannel({ error: { name: 'OperationError', message: '', cause: 12 } })).toBeDefined()
  })

  test('no value makes a guard throw', () => {
    const likely = fc.record({ op: fc.constantFrom('new', 'call', 'dc'), ev: fc.constantFrom('state', 'reply') })
    fc.assert(
      fc.property(fc.oneof(fc.anything(), likely), (value) => {
        for (const guard of [asDown, asUp, asToChannel, asFromChannel]) guard(value)
      }),
    )
  })
})
