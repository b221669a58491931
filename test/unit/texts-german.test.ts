/** Sentences about people, threads and mail in German: cases and plural forms are those of that language. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { day, sentLine, stateText, summaryLines } from '../../src/ui/mail-words.ts'
import { findLine } from '../../src/ui/people-words.ts'
import { drillVerdict, recoverVerdict } from '../../src/ui/recover-words.ts'
import { words as german } from '../../src/ui/texts/de/words.ts'
import { tongue } from '../../src/ui/texts/tongue.ts'
import { newsLine, peopleLine, terms, types } from '../../src/ui/thread-words.ts'
import type { AskedCafe } from '../../src/worker/contact-api.ts'
import type { PostState } from '../../src/worker/mail-api.ts'

beforeEach(() => {
  vi.stubGlobal('document', { documentElement: { lang: 'en' } })
  tongue.speak('de', german)
})
afterEach(() => {
  tongue.speak('en', {})
  vi.unstubAllGlobals()
})

const member = (name: string, state: PostState['state']): PostState => ({
  address: 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq' as Address,
  ...{ name, avatar: null, state, why: null, since: null },
  cafes: ['one', 'two'] as unknown as readonly PeerIdText[],
})

test('how far a post is, with the names in their case', () => {
  const none = { waiting: 0, stored: 0, fetched: 0, read: 0 }
  expect(sentLine({ ...none, read: 3, of: 3 }).text).toBe('Gelesen von 3 Mitgliedern')
  expect(sentLine({ ...none, fetched: 1, of: 1 }).text).toBe('Ein Mitglied hat es')
  const two = [member('Ben', 'fetched'), member('Eve', 'fetched')]
  expect(sentLine({ ...none, waiting: 1, fetched: 2, of: 3 }, two).text).toBe(
    'Ben und Eve haben es · 1 noch nicht erreicht',
  )
  expect(sentLine({ ...none, stored: 1, of: 1 }, [member('Ben', 'stored')]).text).toBe('Aufbewahrt für Ben in 2 Cafés')
  expect(stateText({ state: 'stored', cafes: ['one'] })).toBe('aufbewahrt in 1 Café der Person')
})

test('the state of the mail, and a day', () => {
  const letter = { state: 'queued', written: 0 } as const
  expect(summaryLines({ letters: [letter], total: 1, unusable: 2, now: 0 })).toEqual({
    state: '1 Brief ist unterwegs.',
    needed: ['2 Briefe kamen an und ließen sich nicht verwenden.'],
  })
  expect(day(Date.UTC(2026, 11, 28, 12))).toBe('28. Dezember 2026')
})

test('threads and those who are in them', () => {
  expect(types().map(({ name }) => name)).toContain('Nur für dich')
  expect(terms({ type: 'read-only', sharing: 'invite-only', starter: null })).toBe(
    'Du schreibst; Mitglieder lesen. Nur du kannst andere einladen.',
  )
  expect(peopleLine({ members: 3, online: 1 })).toBe('3 Mitglieder, 1 Gerät verbunden')
  expect(newsLine({ kind: 'invite', threadName: 'Rom' })).toBe('lädt dich zu „Rom“ ein')
})

test('what a search, a recovery and a drill came to', () => {
  const asked = (cafe: string, by: string | null) => ({ cafe, name: null, by, outcome: 'asking' }) as AskedCafe
  const cafes = [asked('a', null), asked('b', null), asked('c', 'a')]
  expect(findLine({ people: [], cafes, short: false, complete: false }, true)).toBe(
    'Gefragt: deine 2 Cafés und das eine, das sie kennen…',
  )
  expect(recoverVerdict({ threads: [], cafes: [], finished: true, fresh: 'confirmed' }).text).toBe(
    'Dein Konto ist wieder da. Es hatte keine Threads.',
  )
  const problems = [{ what: 'cafe', name: 'Blau', code: 'UNREACHABLE' }] as const
  expect(drillVerdict({ at: 0, good: false, cafes: 1, threads: 1, files: 0, problems }).text).toMatch(
    /: das Café „Blau“ hat nicht geantwortet\. /,
  )
})
