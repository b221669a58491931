import { describe, expect, it } from 'vitest'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import {
  letterName,
  roomPercent,
  roomText,
  sentLine,
  stateText,
  summaryLines,
  unusableName,
  unusableText,
  whyText,
} from '../../src/ui/mail-words.ts'
import { lastLine, presenceLine, threadTitle } from '../../src/ui/thread-words.ts'
import type { PostState } from '../../src/worker/mail-api.ts'
import type { LastWords, Person, PostSent } from '../../src/worker/thread-api.ts'

const cafe = (n: number) => `cafe ${n}` as PeerIdText
const member = (
  name: string | null,
  state: PostState['state'],
  cafes = 0,
  why: PostState['why'] = null,
): PostState => ({
  address: `P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq` as Address,
  ...{ name, avatar: null, state, why, since: null },
  cafes: Array.from({ length: cafes }, (_, n) => cafe(n)),
})
const sentOf = (states: readonly PostState[]): PostSent => {
  const number = (...which: PostState['state'][]) => states.filter(({ state }) => which.includes(state)).length
  return {
    waiting: number('queued', 'undelivered'),
    stored: number('stored'),
    fetched: number('fetched'),
    read: number('read'),
    of: states.length,
  }
}
const line = (...states: readonly PostState[]) => sentLine(sentOf(states), states).text

describe('how far a post is', () => {
  it('is said of one person by name', () => {
    expect(line(member('Ben', 'queued'))).toBe('Waiting to be sent')
    expect(line(member('Ben', 'stored', 2))).toBe('Kept for Ben at 2 cafes')
    expect(line(member('Ben', 'fetched'))).toBe('Ben has it')
    expect(line(member('Ben', 'read'))).toBe('Read by Ben')
    expect(line(member('Ben', 'undelivered'))).toBe('Did not reach Ben')
    expect(line(member('Ben', 'left'))).toBe('Waits at your cafes for Ben')
  })

  it('names two, and counts the rest of more', () => {
    const [ben, eve, joe] = ['Ben', 'Eve', 'Joe'].map((name) => member(name, 'read')) as [
      PostState,
      PostState,
      PostState,
    ]
    expect(line(ben, eve)).toBe('Read by Ben and Eve')
    expect(line(ben, eve, joe)).toBe('Read by Ben and 2 more')
    expect(line(member('Ben', 'fetched'), member('Eve', 'fetched'))).toBe('Ben and Eve have it')
  })

  it('says the best that is known, and how many were not reached', () => {
    expect(line(member('Ben', 'read'), member('Eve', 'queued'))).toBe('Read by Ben · 1 not reached yet')
    expect(line(member('Ben', 'fetched'), member('Eve', 'stored', 1))).toBe('Ben has it')
  })

  it('tells a number of cafes only where it is the same for all', () => {
    expect(line(member('Ben', 'stored', 1), member('Eve', 'stored', 1))).toBe('Kept for Ben and Eve at 1 cafe')
    expect(line(member('Ben', 'stored', 1), member('Eve', 'stored', 2))).toBe('Kept for Ben and Eve')
  })

  it('stands with numbers alone, before anybody is known', () => {
    const none = { waiting: 0, stored: 0, fetched: 0, read: 0 }
    expect(sentLine({ ...none, read: 2, of: 3 }).text).toBe('Read by 2 members')
    expect(sentLine({ ...none, fetched: 1, of: 1 }).text).toBe('One member has it')
    expect(sentLine({ ...none, stored: 1, of: 1 }).text).toBe('Kept for one member')
    expect(sentLine({ ...none, of: 1 }).text).toBe('Waiting to be sent')
  })

  it('has its own sign for each step', () => {
    const levels = (['queued', 'stored', 'fetched', 'read'] as const).map(
      (state) => sentLine(sentOf([member('Ben', state)])).level,
    )
    expect(levels).toEqual(['part', 'kept', 'has', 'read'])
  })

  it('is told of each person, with what is in the way', () => {
    expect(stateText(member('Ben', 'stored', 1))).toBe('kept for them at 1 cafe of theirs')
    expect(whyText(null)).toBeUndefined()
    expect(whyText('QUOTA')).toMatch(/mailbox is full/)
    // A code without words of its own still says something.
    expect(whyText('INTERNAL')).toMatch(/went wrong/)
  })
})

describe('letters and mailboxes in words', () => {
  it('name what came and why it is of no use', () => {
    expect(letterName({ kind: 'invite' })).toBe('An invite')
    expect(unusableName({ kind: null })).toBe('A letter')
    expect(unusableName({ kind: 'card' })).toBe('A contact card')
    expect(unusableText({ why: 'SEALED' })).toMatch(/does not open/)
    expect(unusableText({ why: 'INTERNAL' })).toMatch(/went wrong/)
  })

  it('tell how full a mailbox is, and full only when it is', () => {
    expect(roomPercent({ used: 999, limit: 1000 })).toBe(99)
    expect(roomPercent({ used: 1000, limit: 1000 })).toBe(100)
    expect(roomPercent({ used: 0, limit: 0 })).toBe(100)
    expect(roomText({ used: 812, limit: 1000, unit: 'letters' })).toBe('812 of 1,000 letters')
    expect(roomText({ used: 52_000_000, limit: 64_000_000, unit: 'bytes' })).toBe('52 MB of 64 MB')
  })

  it('sum up the mail, and ask for a look only where there is something to do', () => {
    const now = 1_800_000_000_000
    const letter = (state: PostState['state'], age = 0) => ({ state: state as 'queued', written: now - age })
    const sum = (letters: ReturnType<typeof letter>[], unusable = 0) =>
      summaryLines({ letters, total: letters.length, unusable, now })
    expect(sum([])).toEqual({ state: 'Everything you sent has arrived.', needed: [] })
    expect(sum([letter('queued')])).toEqual({ state: '1 letter is on the way.', needed: [] })
    expect(sum([letter('queued'), letter('stored', 9e7)])).toEqual({
      state: '2 letters are on the way, 1 of them kept at cafes until they are fetched.',
      needed: [],
    })
    expect(sum([letter('queued', 25 * 3_600_000)]).needed).toEqual(['1 letter could not be sent for more than a day.'])
    expect(sum([letter('undelivered')], 2).needed).toEqual([
      '1 letter could not be delivered.',
      '2 letters came and could not be used.',
    ])
  })
})

describe('a conversation', () => {
  const ben: Person = {
    address: 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq' as Address,
    name: 'Ben',
    avatar: null,
  }
  const last = (said: Partial<LastWords>): LastWords => ({
    ...{ author: ben, self: false, kind: 'text', text: 'See you there', time: 0 },
    ...said,
  })

  it('is called by who the other is, any other thread by its name', () => {
    expect(threadTitle({ name: 'Ada & Ben', with: ben })).toBe('Ben')
    expect(threadTitle({ name: 'Holidays', with: null })).toBe('Holidays')
  })

  it('shows the last words, with who said them where it is not plain', () => {
    expect(lastLine({ with: ben, last: last({}) })).toBe('See you there')
    expect(lastLine({ with: ben, last: last({ self: true }) })).toBe('You: See you there')
    expect(lastLine({ with: null, last: last({}) })).toBe('Ben: See you there')
    expect(lastLine({ with: null, last: last({ kind: 'files', text: '' }) })).toBe('Ben: Files')
    expect(lastLine({ with: ben, last: null })).toBe('')
  })

  it('says whether the other is here', () => {
    expect(presenceLine({ members: 1, online: 0 })).toBe('Invited, not in it yet')
    expect(presenceLine({ members: 2, online: 1 })).toMatch(/connected/)
  })
})
