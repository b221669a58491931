import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import {
  bytes,
  collectLine,
  erasedLine,
  freedLine,
  fromGigabytes,
  gigabytes,
  nodeLine,
  plainName,
  reach,
  safetyLine,
  share,
  short,
  step,
  taken,
} from '../../src/ui/format.ts'
import type { Connection, NodeStatus } from '../../src/worker/api.ts'

const connection = (path: Connection['path']): Connection => ({
  peerId: 'p' as PeerIdText,
  path,
  transport: 'webrtc',
  address: '/',
  since: 0,
})
const node = (change: Partial<NodeStatus>): NodeStatus => ({
  peerId: 'me' as PeerIdText,
  relay: 'connected',
  addresses: [],
  connections: [],
  tabs: 1,
  ...change,
})

describe('bytes', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1000, '1 kB'],
    [1_500_000, '1.5 MB'],
    [734_003_200, '734 MB'],
    [5e15, '5,000 TB'],
  ])('%d reads %s', (size, text) => {
    expect(bytes(size).replace('bytes', 'byte')).toBe(text)
  })

  it('never says more than there is room for: three digits at most below the last unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 - 1 }), (size) => {
        expect(bytes(size).match(/\d/g)?.length).toBeLessThanOrEqual(4)
      }),
    )
  })
})

describe('room in gigabytes', () => {
  it.each([
    ['8', 8e9],
    ['0', 0],
    [' 2.5 GB ', 2.5e9],
    ['2,5', 2.5e9],
    ['0.001', 1e6],
    ['1.000', 1e9],
    ['100000', 1e14],
  ])('%j is understood', (text, size) => {
    expect(fromGigabytes(text)).toBe(size)
  })

  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '1,000',
    '1.2.3',
    '1.2345',
    '.5',
    '8 MB',
    '100001',
    '٣',
  ])('%j is not', (text) => {
    expect(fromGigabytes(text)).toBe(undefined)
  })

  it('a budget as it is shown reads back to within half a megabyte', () => {
    expect(gigabytes(8 * 1024 ** 3)).toBe('8.59')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), (size) => {
        expect(Math.abs((fromGigabytes(gigabytes(size)) ?? -Infinity) - size)).toBeLessThanOrEqual(500_000)
      }),
    )
  })

  it('what is taken is all that new uploads cannot have', () => {
    expect(taken({ budget: 1000, pinned: 1, leased: 20, collectable: 300 })).toBe(321)
  })

  it('cleaning up says how far it has come, and what came of it', () => {
    expect(collectLine(undefined)).toBe('Cleaning up…')
    expect(collectLine({ phase: 'mark', seen: 1200, blocks: 0, bytes: 0 })).toBe(
      'Looking at what must stay: 1,200 blocks',
    )
    expect(collectLine({ phase: 'sweep', seen: 5, blocks: 3, bytes: 2_000_000 })).toBe('Removing the rest: 2 MB freed')
    expect(freedLine({ blocks: 3, bytes: 120_000_000 })).toBe('Freed 120 MB.')
    expect(freedLine({ blocks: 0, bytes: 0 })).toBe('There was nothing to free.')
  })
})

describe('small words', () => {
  it('short keeps both ends of an id, and the whole of a short one', () => {
    expect(short('12D3KooWGzh9ykZ3jVxQ')).toBe('12D3Ko…Z3jVxQ')
    expect(short('12D3KooW')).toBe('12D3KooW')
  })
})

describe('a name from somebody else', () => {
  it('loses what would make it look like another', () => {
    expect(plainName('invoice\u202efdp.exe')).toBe('invoicefdp.exe')
    expect(plainName('a\u0000b\u200bc\u2028d')).toBe('abcd')
    expect(plainName('Cafe\u0301')).toBe('Café')
  })

  it('is never empty, never longer than its limit, and stays as it is when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const plain = plainName(name)
        expect(plain).not.toBe('')
        expect([...plain].length).toBeLessThanOrEqual(64)
        expect(plainName(plain)).toBe(plain)
      }),
    )
  })
})

describe('progress', () => {
  const progress = fc.record({ encrypted: fc.nat(1e9), sent: fc.nat(1e9), total: fc.nat(1e9) })

  it('is between nothing and all', () => {
    fc.assert(
      fc.property(progress, fc.nat(1e9), (at, size) => {
        expect(share(at, size)).toBeGreaterThanOrEqual(0)
        expect(share(at, size)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('never goes back while more is encrypted and sent', () => {
    fc.assert(
      fc.property(progress, fc.nat(1e9), fc.nat(1e6), fc.nat(1e6), (at, size, encrypted, sent) => {
        const later = { ...at, encrypted: at.encrypted + encrypted, sent: at.sent + sent }
        expect(share(later, size)).toBeGreaterThanOrEqual(share(at, size))
      }),
    )
  })

  it('is all when everything is encrypted and sent, also for an empty file', () => {
    expect(share({ encrypted: 10, sent: 12, total: 12 }, 10)).toBe(1)
    expect(share({ encrypted: 0, sent: 0, total: 0 }, 0)).toBe(1)
  })

  it('says what is being done', () => {
    expect(step(undefined, 10)).toBe('Waiting')
    expect(step({ encrypted: 1e6, sent: 0, total: 0 }, 4e6)).toBe('Encrypting 1 MB of 4 MB')
    expect(step({ encrypted: 4e6, sent: 2e6, total: 5e6 }, 4e6)).toBe('Sending 2 MB of 5 MB')
  })
})

describe('how a cafe can be reached', () => {
  it.each([
    [node({}), 'good'],
    [node({ tabs: 0 }), 'part'],
    [node({ relay: 'waiting' }), 'none'],
    [node({ relay: 'waiting', connections: [connection('direct')] }), 'part'],
    [node({ relay: 'waiting', connections: [connection('relayed')] }), 'none'],
    [node({ relay: 'none' }), 'none'],
  ])('%# is told as it is', (status, level) => {
    expect(reach(status).level).toBe(level)
  })

  it('is told in the header in two words', () => {
    expect(nodeLine(undefined, true).text).toBe('Starting')
    expect(nodeLine(node({}), false).text).toBe('Offline')
    expect(nodeLine(node({ relay: 'none' }), true).text).toBe('No relay')
    expect(nodeLine(node({ relay: 'waiting' }), true).text).toBe('Connecting')
    expect(nodeLine(node({ relay: 'waiting', connections: [connection('direct')] }), true).text).toBe('Direct only')
  })
})

describe('what a cafe has erased', () => {
  it('is told in words, files first, nothing left out but what was nothing', () => {
    expect(erasedLine({ clients: 1, pins: 2, sessions: 0 })).toBe('2 files and 1 device')
    expect(erasedLine({ letters: 3, sessions: 1, pins: 1 })).toBe('1 file, 1 session, and 3 letters')
    expect(erasedLine({ doors: 1, mail: 2 })).toBe('2 letters and 1 list of people who may write')
    expect(erasedLine({})).toBe('nothing')
  })
})

describe('how safe things are', () => {
  it.each([
    [0, 0, 'none', 'Only on this device: join a cafe'],
    [0, 2, 'none', 'Safe at 0 of 2 cafes'],
    [1, 2, 'part', 'Safe at 1 of 2 cafes'],
    [1, 1, 'good', 'Safe at 1 of 1 cafe'],
    [2, 2, 'good', 'Safe at 2 of 2 cafes'],
  ] as const)('at %i of %i cafes is %s', (safe, of, level, text) => {
    expect(safetyLine({ safe, of })).toEqual({ level, text })
  })
})
