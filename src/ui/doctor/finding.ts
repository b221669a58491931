/**
 * What a check of the doctor comes to, and the report of all of them. A report is made of words of ours, numbers and the ends
 * of identifiers: what people have named or written, and what opens anything, has no way into it.
 */

import type { PeerIdText } from '../../core/ids.ts'
import type { OpenCafe } from '../../worker/api.ts'
import { short } from '../format.ts'

export type Level = 'good' | 'attention' | 'bad'

/** Checks, in the order in which they run. */
export const CHECKS = [
  'browser',
  'storage',
  'service',
  'worker',
  'clock',
  'relay',
  'direct',
  'outside',
  'cafe',
] as const
export type Check = (typeof CHECKS)[number]

/** A fact of a report: never text from outside. A build is 16 hex digits, or it is not told. */
export type Fact = number | boolean | Word | { readonly peer: PeerIdText } | { readonly build: string }
/** The only words that facts have. */
export type Word = 'direct' | 'relayed' | 'none' | 'host' | 'mdns' | 'srflx' | 'unknown' | OpenCafe['mode']

export interface Finding {
  readonly check: Check
  readonly level: Level
  /** One sentence, in the language of the page. */
  readonly text: string
  /** What to do about it. */
  readonly advice?: string | undefined
  readonly facts: Readonly<Record<string, Fact>>
}

/**
 * The findings as text to give to somebody who helps, in English and without secrets.
 *
 * @example
 * ```ts
 * report([{ check: 'worker', level: 'good', text: 'It answers.', facts: { ms: 3 } }], '0.1.0')
 * // 'Popup Cafe 0.1.0\ngood worker ms=3'
 * ```
 */
export function report(findings: readonly Finding[], version: string): string {
  const lines = findings.map(({ check, level, facts }) => {
    const said = Object.entries(facts).map(([name, fact]) => `${name}=${shown(fact)}`)
    return [level, check, ...said].join(' ')
  })
  return [`Popup Cafe ${version}`, ...lines].join('\n')
}

function shown(fact: Fact): string {
  if (typeof fact !== 'object') return String(fact)
  if ('peer' in fact) return short(fact.peer)
  return /^[0-9a-f]{16}$/.test(fact.build) ? fact.build : 'unknown'
}
