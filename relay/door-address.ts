/**
 * Where the door leads: `/c/<cafe>/…` on the relay's own host, and every path of `<cafe>.<host>`. A cafe is named by its
 * peer id; in a host name, which knows no capitals, by the same key as a CID in base36.
 */
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import type { PeerIdText } from '../src/core/ids.ts'
import { keyNameText, readKeyName } from '../src/core/key-name.ts'
import { parse, peerId } from '../src/core/schema.ts'

export interface DoorAddress {
  readonly cafe: PeerIdText
  /** What stands before the cafe's own paths: `/c/<cafe>`, or nothing on a host of its own. */
  readonly base: string
  /** Path and query at the cafe; empty for `/c/<cafe>` without a slash. */
  readonly path: string
}

/** Paths of the door on the relay's own host. */
export const isDoorPath = (pathname: string): boolean => /^\/c(\/|$)/.test(pathname)

/** @param url a request's target. @returns undefined if no cafe can have that name. */
export function readDoorPath(url: string): DoorAddress | undefined {
  const [, name = '', path = ''] = /^\/c\/([^/?]+)(.*)$/s.exec(url) ?? []
  const cafe = readCafe(name)
  if (!cafe) return undefined
  return { cafe, base: `/c/${name}`, path: path.startsWith('?') ? `/${path}` : path }
}

/**
 * The cafe of a host name.
 * @param host in lower case, with a port if there is one.
 * @param doorHost without a port.
 */
export function readDoorHost(host: string, doorHost: string | undefined): PeerIdText | undefined {
  const name = host.replace(/:\d+$/, '')
  if (doorHost === undefined || !name.endsWith(`.${doorHost}`)) return undefined
  return readLabel(name.slice(0, -doorHost.length - 1))
}

/** The label of a cafe's host: 62 characters of the 63 there are. */
export const cafeLabel = (cafe: PeerIdText): string => keyNameText(peerIdFromString(cafe).toCID())

const readCafe = (name: string): PeerIdText | undefined => (name.startsWith('k') ? readLabel(name) : readPeer(name))

function readLabel(label: string): PeerIdText | undefined {
  const key = readKeyName(label)
  // One label and not many, so that a cafe has one origin.
  return key && keyNameText(key) === label
    ? readPeer(peerIdFromMultihash(key.multihash as Parameters<typeof peerIdFromMultihash>[0]).toString())
    : undefined
}

function readPeer(text: string): PeerIdText | undefined {
  try {
    const id = parse(peerId, text)
    return peerIdFromString(id).toString() === id ? id : undefined
  } catch {
    return undefined
  }
}
