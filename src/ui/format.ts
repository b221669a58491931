/** Numbers and names as people read them: pure, in the language of the page. */

import type { Collected, CollectProgress, HostRoom, NodeStatus, PinProgress, Safety } from '../worker/api.ts'
import { frame as english } from './texts/en/frame.ts'
import { list, number, spoken } from './texts/say.ts'
import { tongue } from './texts/tongue.ts'

const text = spoken('frame', english)

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/**
 * Bytes in decimal units, as phones and operating systems show them: `1.5 MB`.
 *
 * @example
 * ```ts
 * bytes(1_500_000) // '1.5 MB'
 * ```
 */
export function bytes(count: number): string {
  const size = Math.max(0, count)
  const step = size < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3))
  return new Intl.NumberFormat(tongue.language, {
    style: 'unit',
    unit: UNITS[step] as string,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3,
    roundingPriority: 'lessPrecision',
  }).format(size / 1000 ** step)
}

const GB = 1e9
/** Gigabytes a host can allow on the screen; no device has more for a browser. */
const MOST_GIGABYTES = 100_000

/** Bytes as the number of gigabytes a person would type, to the megabyte: `8.59`. */
export function gigabytes(bytes: number): string {
  return String(Math.round(bytes / (GB / 1000)) / 1000)
}

/**
 * Bytes of what a person typed as gigabytes, with a decimal point or comma; undefined for anything else. A comma before
 * three digits could as well divide thousands, so it is not understood.
 *
 * @example
 * ```ts
 * fromGigabytes('2,5') // 2_500_000_000
 * fromGigabytes('1,000') // undefined
 * ```
 */
export function fromGigabytes(text: string): number | undefined {
  const typed = text.trim().replace(/\s*GB$/i, '')
  if (!/^\d{1,6}(\.\d{1,3}|,\d{1,2})?$/.test(typed)) return undefined
  const amount = Number(typed.replace(',', '.'))
  return amount > MOST_GIGABYTES ? undefined : Math.round(amount * GB)
}

/** Bytes of the cafe's budget that are taken: kept files, unfinished uploads, and what is not cleaned up yet. */
export function taken({ pinned, leased, collectable }: HostRoom): number {
  return pinned + leased + collectable
}

/** How far cleaning up has come, in words. */
export function collectLine(progress: CollectProgress | undefined): string {
  if (progress === undefined) return text.cleaning.begins
  return progress.phase === 'mark'
    ? text.cleaning.looking(progress.seen)
    : text.cleaning.removing(bytes(progress.bytes))
}

/** What cleaning up came to. */
export function freedLine({ blocks, bytes: freed }: Collected): string {
  return blocks === 0 ? text.cleaning.nothing : text.cleaning.freed(bytes(freed))
}

/**
 * What a cafe has erased, in words: `3 files, 1 device and 1 session`.
 *
 * @example
 * ```ts
 * erasedLine({ clients: 1, pins: 2 }) // '2 files and 1 device'
 * ```
 */
export function erasedLine(erased: Readonly<Record<string, number>>): string {
  const known = Object.keys(english.erased)
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length)
  const parts = Object.entries(erased)
    .filter(([, amount]) => amount > 0)
    .sort(([a], [b]) => rank(a) - rank(b))
    // Parts of later services keep their own name.
    .map(([name, amount]) => (isPart(name) ? text.erased[name](amount) : `${number(amount)} ${name}`))
  return parts.length === 0 ? text.erasedNothing : list(parts)
}

const isPart = (name: string): name is keyof typeof english.erased => Object.hasOwn(english.erased, name)

/** The two ends of an identifier; people compare tails, and a forger can choose the start (security.md J3). */
export function short(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 6)}…${id.slice(-6)}`
}

/**
 * A name from somebody else, fit to show: NFC, without control and direction characters that could make it look like
 * another one, at most `limit` code points (security.md J3).
 */
export function plainName(name: string, limit = 64): string {
  const points = [
    ...name
      .slice(0, 4 * limit)
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''),
  ]
  const shown = points.slice(0, limit).join('').trim()
  return shown === '' ? text.noName : shown
}

/** How much of keeping a file is done, 0 to 1: reading and encrypting is one half of the work, sending the other. */
export function share(progress: PinProgress, size: number): number {
  const total = Math.max(progress.total, size)
  const all = size + total
  if (all === 0) return progress.sent >= progress.total ? 1 : 0
  return Math.min(1, (Math.min(progress.encrypted, size) + Math.min(progress.sent, total)) / all)
}

/** What a progress bar stands for, in words. */
export function step(progress: PinProgress | undefined, size: number): string {
  if (progress === undefined) return text.upload.waiting
  if (progress.sent === 0 && progress.encrypted < size) {
    return text.upload.encrypting(bytes(progress.encrypted), bytes(size))
  }
  return text.upload.sending(bytes(progress.sent), bytes(Math.max(progress.total, progress.sent)))
}

/** How it stands, as a colour and a sentence. */
export interface Reach {
  readonly level: 'good' | 'part' | 'none'
  readonly text: string
}

/** At how many cafes something is safe, as a colour and the beginning of a sentence. */
export function safetyLine({ safe, of }: Pick<Safety, 'safe' | 'of'>): Reach {
  if (of === 0) return { level: 'none', text: text.onlyHere }
  return { level: safe === of ? 'good' : safe > 0 ? 'part' : 'none', text: text.safeAt(safe, of) }
}

/** The truth about how others reach a cafe hosted here (design §9). */
export function reach(node: NodeStatus): Reach {
  if (node.relay === 'none') {
    return {
      level: 'none',
      text: text.reach.noRelay,
    }
  }
  if (node.relay === 'waiting') {
    const direct = node.connections.some((connection) => connection.path === 'direct')
    return direct
      ? {
          level: 'part',
          text: text.reach.goesOn,
        }
      : { level: 'none', text: text.reach.silent }
  }
  return node.tabs > 0 ? { level: 'good', text: text.reach.good } : { level: 'part', text: text.reach.relayOnly }
}

/** The node's state in a word or two, for the chip in the header. */
export function nodeLine(node: NodeStatus | undefined, online: boolean): Reach {
  if (!online) return { level: 'none', text: text.node.offline }
  if (node === undefined) return { level: 'part', text: text.node.starting }
  const others = node.connections.length
  if (node.relay === 'connected') {
    return { level: 'good', text: others > 1 ? text.node.connectedTo(others) : text.node.connected }
  }
  if (others > 0) return { level: 'part', text: text.node.direct }
  return node.relay === 'waiting'
    ? { level: 'part', text: text.node.connecting }
    : { level: 'none', text: text.node.noRelay }
}
