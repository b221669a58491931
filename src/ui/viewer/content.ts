/**
 * Content as the app looks at it: asked of the gateway in the service worker, described and never trusted. A link is a path
 * of the gateway with its fragment, `/ipfs/<cid>[/path][?filename=…][#key=…&from=…]`.
 */
import {
  ABOUT_TYPE,
  type About,
  aboutSchema,
  type Entry,
  type Shape,
  type Trouble,
  troubleSchema,
} from '../../core/about.ts'
import { CafeError } from '../../core/errors.ts'
import { parse } from '../../core/schema.ts'
import { tongue } from '../texts/tongue.ts'

/** Something to look at. */
export interface Item {
  readonly name: string
  /** Absent for names that no address can express. */
  readonly link: string | undefined
  /** Bytes; of a folder, as its author counted them. */
  readonly size: number | undefined
  /** Absent if it can only be told by opening it. */
  readonly shape: Shape | undefined
  /** A small picture of it. */
  readonly thumbnail?: string | undefined
}

export type Answer = { readonly ok: true; readonly about: About } | { readonly ok: false; readonly trouble: Trouble }

/**
 * What is at the link, or why it cannot be told.
 * @throws CafeError UNSUPPORTED if no service worker answers; ABORTED.
 */
export async function ask(link: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(link, { headers: { Accept: ABOUT_TYPE, 'Accept-Language': tongue.language }, signal })
  const type = response.headers.get('Content-Type') ?? ''
  if (response.ok && type.startsWith(ABOUT_TYPE)) return { ok: true, about: parse(aboutSchema, await response.json()) }
  // Without a service worker the host of the app answers, and knows nothing.
  if (!type.startsWith('application/json')) throw new CafeError('UNSUPPORTED', { what: 'service worker' })
  return { ok: false, trouble: parse(troubleSchema, await response.json()) }
}

/** A link in its parts: path and query, and what of it is secret. */
export function partsOf(link: string): { path: string; query: string; fragment: string } {
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(link) ?? []
  return { path, query, fragment }
}

/** Where the link leads, from its root down: names and the links of the folders on the way. The root has no name. */
export function crumbs(link: string): { name: string | undefined; link: string }[] {
  const { path, fragment } = partsOf(link)
  const [, namespace, root, ...names] = path.split('/')
  const below = names.filter((name) => name !== '')
  return [undefined, ...below].map((name, depth) => ({
    name: name === undefined ? undefined : decoded(name),
    link: `/${[namespace, root, ...below.slice(0, depth)].join('/')}${fragment}`,
  }))
}

/** What to call it: its name in the link, the one the link gives it, or undefined. */
export function titleOf(link: string): string | undefined {
  const { query } = partsOf(link)
  return new URLSearchParams(query).get('filename') ?? crumbs(link).at(-1)?.name
}

/** The entries of the folder at `link`. */
export function itemsOf(link: string, entries: readonly Entry[]): Item[] {
  const { path, fragment } = partsOf(link)
  const base = path.replace(/\/$/, '')
  return entries.map(({ name, size, shape, href, thumbnail }) => ({
    ...{ name, size, shape },
    link:
      href !== undefined
        ? `${base}/${href}`
        : isLinkable(name)
          ? `${base}/${encodeURIComponent(name)}${fragment}`
          : undefined,
    ...(thumbnail !== undefined && { thumbnail: `${base}/${thumbnail}` }),
  }))
}

/** The link with a parameter added to its query. */
export function withQuery(link: string, parameters: Readonly<Record<string, string>>): string {
  const { path, query, fragment } = partsOf(link)
  const all = new URLSearchParams(query)
  for (const [name, value] of Object.entries(parameters)) all.set(name, value)
  return `${path}?${all}${fragment}`
}

/** The link of the folder as one TAR, made by the gateway. */
export function asTarLink(link: string): string {
  const { path, fragment } = partsOf(link)
  return `${path}?format=tar${fragment}`
}

/** True if the link has a key in it, or the keys of all files of a folder, or is sealed and stands for one. */
export function hasKey(link: string): boolean {
  const said = new URLSearchParams(partsOf(link).fragment.slice(1))
  return ['key', 'keys', 'link'].some((name) => said.has(name))
}

/** The cafes a link names. */
export function cafesOf(link: string): string[] {
  return new URLSearchParams(partsOf(link).fragment.slice(1)).getAll('from')
}

const isLinkable = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[/\0]/.test(name)

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
