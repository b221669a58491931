/**
 * Letters as rows, one for each: all that the cafe knows of a letter is in its key, and its value is the sealed bytes and
 * nothing else. So a letter is one put and one delete, and counts and sweeps read no bodies. Nothing says who sent a letter,
 * nor by which key it came.
 */
import { MAX_LETTER } from '../../core/limits.ts'
import type { Change, Rows } from '../../store/rows.ts'
import type { DoorClass } from './protocol.ts'

export interface Letter {
  /** Its place in the inbox. */
  readonly seq: number
  /** Hex. */
  readonly id: string
  readonly size: number
  readonly time: number
  readonly expires: number
  readonly door: DoorClass
}

/** Some letters in the order of places, as far as they can be read. */
export interface LetterPage<One extends Letter> {
  readonly letters: readonly One[]
  /** The last place that was looked at. */
  readonly last: number
  readonly isLast: boolean
}

export interface LetterBody extends Letter {
  readonly body: Uint8Array<ArrayBuffer>
}

export interface Letters {
  put(account: string, letter: Letter, body: Uint8Array): Change
  remove(account: string, letter: Letter): Change
  /** Those after a place. */
  list(account: string, after: number, limit: number): Promise<LetterPage<LetterBody>>
  /** The same without bodies. */
  names(account: string, after: number, limit: number): Promise<LetterPage<Letter>>
  /** All of all accounts. */
  each(visit: (account: string, letter: Letter) => void): Promise<void>
  /** What erases all rows of an account, also those that cannot be read. */
  erase(account: string): Promise<Change[]>
}

const PREFIX = '/cafe/inbox/'
const DOORS: Readonly<Record<string, DoorClass>> = { c: 'contact', i: 'introduced', s: 'stranger' }
/** Place, id, door, size, time, end. */
const NAME = /^(\d{16})\/([0-9a-f]{64})\.([cis])\.([0-9a-z]{1,4})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})$/
/** Characters of a name at most. */
export const MAX_LETTER_NAME = 128
/** Keys read at once: some hundred kilobytes. */
const NAMES = 1000

/** A place as a part of keys that sorts. */
export const placeOf = (seq: number): string => String(seq).padStart(16, '0')

/** All that is known of a letter, in one line. */
export const nameOf = ({ seq, id, door, size, time, expires }: Letter): string =>
  `${placeOf(seq)}/${id}.${door[0]}.${size.toString(36)}.${time.toString(36)}.${expires.toString(36)}`

/** What a name says; undefined if it is none. */
export function readName(name: string): Letter | undefined {
  const [whole, place, id = '', door = '', ...numbers] = NAME.exec(name) ?? []
  const [size = 0, time = 0, expires = 0] = numbers.map((number) => Number.parseInt(number, 36))
  const kind = DOORS[door]
  if (whole === undefined || kind === undefined || size > MAX_LETTER) return undefined
  return { seq: Number(place), id, door: kind, size, time, expires }
}

export function lettersIn(rows: Rows): Letters {
  const keyOf = (account: string, letter: Letter): string => `${PREFIX}${account}/${nameOf(letter)}`

  /** What is read of some keys of one account. */
  const pageOf = <One extends Letter>(
    start: string,
    after: number,
    limit: number,
    keys: readonly string[],
    read: (letter: Letter, index: number) => One | undefined,
  ): LetterPage<One> => {
    const letters = keys.flatMap((key, index) => {
      const letter = readName(key.slice(start.length))
      return (letter && read(letter, index)) ?? []
    })
    const last = Number(keys.at(-1)?.slice(start.length, start.length + 16) ?? after)
    return { letters, last: Number.isSafeInteger(last) ? last : after, isLast: keys.length < limit }
  }
  const from = (account: string, after: number) => {
    const start = `${PREFIX}${account}/`
    return { start, after: start + placeOf(after + 1) }
  }

  return {
    put: (account, letter, body) => ({ key: keyOf(account, letter), value: body }),
    remove: (account, letter) => ({ key: keyOf(account, letter) }),
    async list(account, place, limit) {
      const { start, after } = from(account, place)
      const found = await rows.range(start, { after, limit })
      const keys = found.map(([key]) => key)
      return pageOf(start, place, limit, keys, (letter, index) => {
        const body = found[index]?.[1] as Uint8Array<ArrayBuffer>
        return body.byteLength === letter.size ? { ...letter, body } : undefined
      })
    },
    async names(account, place, limit) {
      const { start, after } = from(account, place)
      return pageOf(start, place, limit, await rows.keys(start, { after, limit }), (letter) => letter)
    },
    async each(visit) {
      for (let after: string | undefined; ; ) {
        const keys = await rows.keys(PREFIX, { after, limit: NAMES })
        for (const key of keys) {
          const [account = ''] = key.slice(PREFIX.length).split('/', 1)
          const letter = readName(key.slice(PREFIX.length + account.length + 1))
          if (letter) visit(account, letter)
        }
        if (keys.length < NAMES) return
        after = keys.at(-1)
      }
    },
    async erase(account) {
      return (await rows.keys(`${PREFIX}${account}/`)).map((key) => ({ key }))
    },
  }
}
