/** Failures in plain words: what happened and what to do next. Every code has a text for every thing a person does. */
import { type CafeError, ERRORS, type ErrorCode, isErrorCode, toCafeError } from '../core/errors.ts'
import { PAUSED_AFTER } from '../core/limits.ts'
import { type WalletDoing, walletText } from './explain-wallet.ts'
import { bytes } from './format.ts'
import { accountFailures as englishAccount } from './texts/en/account-failures.ts'
import { failures as english } from './texts/en/failures.ts'
import { threadFailures as englishThreads } from './texts/en/thread-failures.ts'
import { spoken } from './texts/say.ts'

const text = spoken('failures', english)
const accountText = spoken('accountFailures', englishAccount)
const threadText = spoken('threadFailures', englishThreads)

/** What a person does with threads, people and their account. */
type ThreadDoing = keyof typeof englishThreads

/** What the person was doing, since the same code means different things then. */
export type Doing =
  | 'start'
  | 'open'
  | 'room'
  | 'relay'
  | 'carry'
  | 'close'
  | 'invite'
  | 'decide'
  | 'evict'
  | 'join'
  | 'restore'
  | 'leave'
  | 'pin'
  | 'keep'
  | 'audit'
  | 'prove'
  | 'remove'
  | 'link'
  | 'seal'
  | 'unseal'
  | 'save'
  | 'pair'
  | ThreadDoing
  | WalletDoing

/** A failure as shown. */
export interface Problem {
  readonly code: ErrorCode
  readonly text: string
  /** Worth offering "Try again" for the same thing. */
  readonly retry: boolean
  /** Milliseconds after which the same may work by itself: a host has paused guests. */
  readonly after?: number
}

/** Sentences that fit what was being done better than the general ones. */
function special(doing: Doing, code: ErrorCode): string | undefined {
  const tables: readonly Table[] = [text.doing, accountText.doing, threadText]
  return tables.map((table) => table[doing]?.[code]).find((one) => one !== undefined)
}

type Table = { readonly [K in Doing]?: Partial<Record<ErrorCode, string>> }

/** Reads a number of an error's data; anything else is not shown. */
function amount(error: CafeError, name: string): number | undefined {
  const value = error.data[name]
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function pairing({ code, data }: CafeError, doing: Doing): string | undefined {
  const why = data['why']
  if (doing !== 'pair' || code !== 'UNREACHABLE' || typeof why !== 'string') return undefined
  return readOwn(text.pairings, why)
}

/** A text that needs the failure's own reason. */
function refusal({ code, data }: CafeError): string | undefined {
  if (code !== 'FORBIDDEN' && code !== 'BUSY' && data['why'] !== 'guests') return undefined
  const why = data['why']
  return typeof why === 'string' ? readOwn(text.refusals, why) : undefined
}

/** A text that needs the failure's own numbers, or undefined. */
function measured(error: CafeError): string | undefined {
  if (error.code === 'QUOTA') {
    if (error.data['disk'] === true) return text.fullDisk
    const needed = amount(error, 'needed')
    const free = amount(error, 'free')
    if (needed === undefined || free === undefined) return undefined
    return text.noRoom(bytes(needed), bytes(free))
  }
  const wait = error.code === 'BUSY' ? amount(error, 'after') : undefined
  return wait === undefined ? undefined : text.busy(Math.max(1, Math.ceil(wait / 1000)))
}

/**
 * A thrown value as a {@link Problem}.
 *
 * @example
 * ```ts
 * explain(new CafeError('QUOTA', { needed: 5_000_000, free: 1_000_000 }), 'pin').text
 * // 'This needs 5 MB, but only 1 MB are free at the cafe. Remove something first.'
 * ```
 */
export function explain(thrown: unknown, doing: Doing): Problem {
  const error = toCafeError(thrown)
  const { code } = error
  return {
    code,
    text: walletText(error) ?? pairing(error, doing) ?? refusal(error) ?? measured(error) ?? sentence(code, doing),
    retry: ERRORS[code].retry,
    ...(error.data['why'] === 'paused' ? { after: amount(error, 'after') ?? PAUSED_AFTER } : {}),
  }
}

/** The text of a bare code, such as the reason of a pin that failed; codes of newer versions read as INTERNAL. */
export function explainCode(code: string | undefined, doing: Doing): string {
  return sentence(isErrorCode(code) ? code : 'INTERNAL', doing)
}

function sentence(code: ErrorCode, doing: Doing): string {
  return special(doing, code) ?? (code === 'INTERNAL' ? text.unexpected : text.codes[code])
}

const readOwn = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
