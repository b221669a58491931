/**
 * What this device knows of a sealed link of its account. The cafes that have the link keep all of it too, sealed for the
 * account alone (`note`): so other devices of the account, and a recovery by words, find its links there.
 */
import type { LinkState, LinkWish } from '../cafe/link/protocol.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText, unhex } from '../core/ids.ts'
import { MAX_LINK_NOTE, MAX_OPENINGS } from '../core/limits.ts'
import { bytes, count, parse, peerId, text, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import type { Account } from '../crypto/account.ts'
import { formatLinkCode, linkProof, proofHash, sealLinkBody } from '../crypto/shared-link.ts'
import { openOwn, sealOwn } from '../crypto/slot-seal.ts'

/** Characters of a path below `/ipfs/`, as it is written in an address, and of what the owner calls a link. */
export const MAX_LINK_PATH = 1024
export const MAX_LINK_LABEL = 120
/** Cafes that an address names. */
const MAX_FROM = 4

const known = {
  secret: bytes(32, 32),
  /** The key above all others, where it takes a password, which is not kept. */
  master: v.nullable(bytes(32, 32)),
  /** Where it leads: path and query of the address. */
  path: text(MAX_LINK_PATH),
  key: text(64),
  name: v.nullable(text(512)),
  label: text(MAX_LINK_LABEL),
  /** Where it is to be. */
  cafes: v.pipe(v.array(peerId), v.maxLength(MAX_FROM)),
  made: count(),
  /** How often it may be opened: what its owner means, also while a cafe is told otherwise in a move. */
  openings: v.nullable(count()),
  /** Openings at cafes where it was before. */
  carried: count(),
}
const noteSchema = v.strictObject({ v: v.literal(1), ...known })

/** How it stood at one cafe when that was last asked. */
const at = v.strictObject({ cafe: peerId, seq: count(), opened: count(), last: v.nullable(count()) })

export const linkRow = v.strictObject({
  ...known,
  seq: count(),
  expires: v.nullable(count()),
  revoked: v.nullable(count()),
  at: v.array(at),
  /** Why a cafe did not take it. */
  refused: v.nullable(text(32)),
})
export type OwnLink = v.InferOutput<typeof linkRow>

export const masterOf = ({ secret, master }: OwnLink): Secret<Uint8Array<ArrayBuffer>> =>
  new Secret(new Uint8Array(master ?? secret))

/** The address, without an origin. */
export function linkAddress({ path, secret, master, cafes }: OwnLink): string {
  const code = formatLinkCode({ secret: new Secret(new Uint8Array(secret)), password: master !== null })
  return `${path}#${[`link=${code}`, ...cafes.slice(0, MAX_FROM).map((cafe) => `from=${cafe}`)].join('&')}`
}

/** How often it was opened, at all cafes together. */
export function openedOf({ carried, at, openings }: OwnLink): number {
  // One that is counted is at one cafe, which has been told what was before.
  if (openings !== null) return Math.max(carried, ...at.map(({ opened }) => opened))
  return at.reduce((sum, { opened }) => sum + opened, carried)
}

/** What a cafe is told about it. */
export async function wishOf(account: Account, id: string, row: OwnLink, cafe: PeerIdText): Promise<LinkWish> {
  const link = unhex(id)
  const { secret, master, path, key, name, label, cafes, made, carried, seq, expires, openings } = row
  const note = encode({ v: 1, secret, master, path, key, name, label, cafes, made, openings, carried })
  const before = row.at.find((one) => one.cafe === cafe)?.opened ?? (openings === null ? 0 : carried)
  return {
    ...{ link, seq, expires, openings, opened: Math.min(before, MAX_OPENINGS) },
    proof: await proofHash(await linkProof(masterOf(row))),
    body: await sealLinkBody(masterOf(row), link, { key, name: name ?? undefined }),
    note: await sealOwn(account, 'link', link, note),
  }
}

/** A link as another device of the account has put it. @throws CafeError SEALED for one that it has not. */
export async function readState(account: Account, cafe: PeerIdText, state: LinkState): Promise<OwnLink> {
  const plain = await openOwn(account, 'link', state.link, state.note)
  try {
    const { v: _, ...told } = parse(noteSchema, decode(plain, MAX_LINK_NOTE))
    const { seq, expires, opened, last } = state
    // That it was revoked is decided by who asked: it may have been somewhere that it has left.
    return { ...told, seq, expires, revoked: null, at: [{ cafe, seq, opened, last }], refused: null }
  } catch (cause) {
    throw new CafeError('SEALED', { what: hex(state.link) }, { cause })
  }
}
