/** What the app says about content: kinds, orders, and why something does not open. */
import type { Shape, Tried, Trouble } from '../../core/about.ts'
import { plainName, short } from '../format.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import { tongue } from '../texts/tongue.ts'
import type { Item } from './content.ts'

const text = spoken('viewer', english)

/** What people look for in a folder: several shapes each. */
export type Kind = keyof typeof english.kinds
export type Order = keyof typeof english.orders

export const isKind = (value: string): value is Kind => Object.hasOwn(english.kinds, value)
export const isOrder = (value: string): value is Order => Object.hasOwn(english.orders, value)

const OF_KIND: Readonly<Record<Exclude<Kind, 'all'>, readonly Shape[]>> = {
  image: ['image'],
  play: ['audio', 'video'],
  text: ['text', 'page', 'pdf'],
  folder: ['folder'],
}

/** Signs of the shapes; their order is that of a folder sorted by kind. */
const SIGNS: Readonly<Record<Shape, string>> = {
  ...{ folder: 'folder', image: 'image', audio: 'sound', video: 'film', text: 'text', page: 'text', pdf: 'text' },
  ...{ archive: 'files', other: 'file' },
}
const RANK = Object.keys(SIGNS)

export const iconOf = (shape: Shape | undefined): string => SIGNS[shape ?? 'other']
export const shapeText = (shape: Shape | undefined): string =>
  shape === undefined ? text.notKnown : text.shapes[shape]

/** What stands for the name of content that has none; nothing is known of it while it is not open. */
export const unnamed = (shape: Shape): string => text.unnamed[shape]

export const isPlayable = ({ shape }: Pick<Item, 'shape'>): boolean => shape === 'audio' || shape === 'video'

/** The items that match, in the order asked for. Numbers in names count as numbers. */
export function arrange(
  items: readonly Item[],
  { query, kind, order }: { readonly query: string; readonly kind: Kind; readonly order: Order },
): Item[] {
  const wanted = fold(query)
  const found = items.filter(({ name, shape }) => {
    if (kind !== 'all' && (shape === undefined || !OF_KIND[kind].includes(shape))) return false
    return wanted === '' || fold(name).includes(wanted)
  })
  const collator = new Intl.Collator(tongue.language, { numeric: true, sensitivity: 'base' })
  const byName = (a: Item, b: Item): number => collator.compare(a.name, b.name)
  const rank = ({ shape }: Item): number => (shape === undefined ? RANK.length : RANK.indexOf(shape))
  if (order === 'size') return found.sort((a, b) => (b.size ?? -1) - (a.size ?? -1) || byName(a, b))
  if (order === 'type') return found.sort((a, b) => rank(a) - rank(b) || byName(a, b))
  const isFile = ({ shape }: Item): number => (shape === 'folder' ? 0 : 1)
  return found.sort((a, b) => isFile(a) - isFile(b) || byName(a, b))
}

/** Letters without their case and accents, so that `uber` finds `Über`. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()

/** Who was asked and how that ended, a line each. `names` are those of cafes we know; `from` those the link names. */
export function triedLines(
  tried: readonly Tried[],
  names: ReadonlyMap<string, string>,
  from: readonly string[],
): string[] {
  return tried.map(({ who, how }) => {
    if (who === 'relay') return text.relayKnowsNobody
    const ended = Object.hasOwn(english.tried, how) ? text.tried[how as keyof typeof english.tried] : text.tried.failed
    const name = names.get(who)
    if (name !== undefined) return ended(plainName(name))
    return ended(from.includes(who) ? text.cafeOfLink(short(who)) : text.aPeer(short(who)))
  })
}

/** What to send to somebody who is to help: no address, no key, no name of a file. */
export function report(trouble: Trouble, lines: readonly string[], when: Date): string {
  const what = trouble.what === undefined ? '' : ` (${trouble.what})`
  const head = [text.report, `${trouble.error}${what}: ${trouble.message}.`]
  return [...head, ...lines.map((line) => `- ${line}`), when.toISOString()].join('\n')
}

/** True if opening it again may end otherwise without anybody changing the link. */
export const mayPass = ({ error }: Pick<Trouble, 'error'>): boolean => !['BAD_REQUEST', 'SEALED'].includes(error)
