/** What the app says about content: kinds, orders, and why something does not open. Pure. */
import type { Shape, Tried, Trouble } from '../../core/about.ts'
import { plainName, short } from '../format.ts'
import type { Item } from './content.ts'

/** What people look for in a folder: several shapes each. */
export const KINDS = {
  all: 'Everything',
  image: 'Pictures',
  play: 'Sound and video',
  text: 'Documents',
  folder: 'Folders',
} as const
export type Kind = keyof typeof KINDS

const OF_KIND: Readonly<Record<Exclude<Kind, 'all'>, readonly Shape[]>> = {
  image: ['image'],
  play: ['audio', 'video'],
  text: ['text', 'page', 'pdf'],
  folder: ['folder'],
}

export const ORDERS = { name: 'Name', size: 'Largest first', type: 'Kind' } as const
export type Order = keyof typeof ORDERS

const SHAPE: Readonly<Record<Shape, readonly [icon: string, text: string]>> = {
  folder: ['folder', 'Folder'],
  image: ['image', 'Picture'],
  audio: ['sound', 'Sound'],
  video: ['film', 'Video'],
  text: ['text', 'Text'],
  page: ['text', 'Web page'],
  pdf: ['text', 'PDF'],
  archive: ['files', 'Archive'],
  other: ['file', 'File'],
}
const RANK = Object.keys(SHAPE)

export const iconOf = (shape: Shape | undefined): string => SHAPE[shape ?? 'other'][0]
export const shapeText = (shape: Shape | undefined): string => (shape === undefined ? 'Not known' : SHAPE[shape][1])

/** What stands for the name of content that has none; nothing is known of it while it is not open. */
const UNNAMED: Readonly<Record<Shape, string>> = {
  folder: 'A folder without a name',
  image: 'A picture without a name',
  audio: 'A sound without a name',
  video: 'A video without a name',
  text: 'A text without a name',
  page: 'A web page without a name',
  pdf: 'A PDF without a name',
  archive: 'An archive without a name',
  other: 'A file without a name',
}
export const unnamed = (shape: Shape): string => UNNAMED[shape]

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
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const byName = (a: Item, b: Item): number => collator.compare(a.name, b.name)
  const rank = ({ shape }: Item): number => (shape === undefined ? RANK.length : RANK.indexOf(shape))
  if (order === 'size') return found.sort((a, b) => (b.size ?? -1) - (a.size ?? -1) || byName(a, b))
  if (order === 'type') return found.sort((a, b) => rank(a) - rank(b) || byName(a, b))
  const isFile = ({ shape }: Item): number => (shape === 'folder' ? 0 : 1)
  return found.sort((a, b) => isFile(a) - isFile(b) || byName(a, b))
}

/** Letters without their case and accents, so that `uber` finds `Über`. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()

const ENDED: Readonly<Record<string, string>> = {
  NOT_FOUND: 'does not have it',
  UNREACHABLE: 'could not be reached: its tab may be closed',
  TIMEOUT: 'did not answer in time',
  CORRUPT: 'sent something damaged, which was thrown away',
  BUSY: 'was too busy',
  FORBIDDEN: 'refused',
  UNSUPPORTED: 'runs another version',
}

/** Who was asked and how that ended, a line each. `names` are those of cafes we know; `from` those the link names. */
export function triedLines(
  tried: readonly Tried[],
  names: ReadonlyMap<string, string>,
  from: readonly string[],
): string[] {
  return tried.map(({ who, how }) => {
    const ended = ENDED[how] ?? 'failed'
    if (who === 'relay') return 'The relay knows nobody who has it.'
    const name = names.get(who)
    if (name !== undefined) return `${plainName(name)} ${ended}.`
    return `${from.includes(who) ? 'The cafe named in the link' : 'A peer'} (${short(who)}) ${ended}.`
  })
}

/** What to send to somebody who is to help: no address, no key, no name of a file. */
export function report(trouble: Trouble, lines: readonly string[], when: Date): string {
  const what = trouble.what === undefined ? '' : ` (${trouble.what})`
  const head = ['Popup Cafe could not open a link.', `${trouble.error}${what}: ${trouble.message}.`]
  return [...head, ...lines.map((line) => `- ${line}`), when.toISOString()].join('\n')
}

/** True if opening it again may end otherwise without anybody changing the link. */
export const mayPass = ({ error }: Pick<Trouble, 'error'>): boolean => !['BAD_REQUEST', 'SEALED'].includes(error)
