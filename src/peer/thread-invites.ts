/**
 * Invites that are made, and those that have come by themselves and wait for the person. A direct one is sealed to its
 * account: whoever else carries the link cannot open it. An external one is a key: its link lets in whoever has it.
 */
import { base64url } from 'multiformats/bases/base64'
import { doorClass } from '../cafe/inbox/protocol.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, hex, type PeerIdText, unhex } from '../core/ids.ts'
import { address, bytes, cid, count, peerId, text, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import { sha256, utf8 } from '../crypto/bytes.ts'
import type { Signer } from '../crypto/certificate.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { threadId, threadSharing, threadType } from '../thread/charter.ts'
import { openInvite, packInvite, sealInvite, unpackInvite } from '../thread/invite.ts'
import { cafesSchema } from '../thread/kinds.ts'
import { MAX_HEADS, MAX_SEALED_INVITE } from '../thread/sync-protocol.ts'
import type { ThreadIdText, ThreadInvite } from '../thread/thread.ts'

const receivedRow = v.strictObject({
  sealed: bytes(MAX_SEALED_INVITE, 256),
  thread: text(64),
  name: text(256),
  type: threadType,
  sharing: threadSharing,
  from: address,
  time: count(),
  expires: count(),
  /** How it came. */
  door: v.optional(v.picklist(['device', ...doorClass.options]), 'device'),
})
export type Received = v.InferOutput<typeof receivedRow> & { readonly id: string }

/** Where a thread is to be had, until there is more of it here. */
const originRow = v.strictObject({
  by: address,
  dev: peerId,
  cafes: cafesSchema,
  heads: v.pipe(v.array(cid), v.maxLength(MAX_HEADS)),
  /** Id of the inviter's word. */
  grant: bytes(16, 16),
})
export type Origin = v.InferOutput<typeof originRow>

export interface Opened {
  readonly invite: ThreadInvite
  readonly thread: ThreadIdText
  readonly from: Address
  readonly direct: boolean
}

export interface InviteBook {
  /** For `to`, sealed, and the link that holds it; or for whoever has the link. */
  make(invite: ThreadInvite): Promise<{ link: string; sealed: Uint8Array<ArrayBuffer> | null }>
  /**
   * What a link, or the id of a received invite, says.
   * @throws CafeError BAD_REQUEST {what: 'invite'}; SEALED if it is for somebody else; NOT_FOUND {what: 'invite'}.
   */
  open(text: string): Promise<Opened>
  /** Keeps an invite that has come, by the word of `by` if that is known. @returns undefined if it, or a newer one to the thread, is here. @throws BAD_REQUEST. */
  receive(sealed: Uint8Array, door: Received['door'], by?: Address): Promise<Received | undefined>
  list(): Promise<readonly Received[]>
  forget(id: string): Promise<void>
  /** Forgets all to a thread, and gives their ids. */
  joined(thread: ThreadIdText): Promise<readonly string[]>
  /** Remembers where a thread is to be had. */
  begin(opened: Opened): Promise<void>
  origin(thread: ThreadIdText): Promise<Origin | undefined>
  forgetOrigin(thread: ThreadIdText): Promise<void>
  /** Forgets all that is kept of a thread. */
  forgetThread(thread: ThreadIdText): Promise<void>
  /** Ids of the words this device has given, with which somebody may still come. */
  given(thread: ThreadIdText): Promise<readonly Uint8Array[]>
}

export interface InviteComponents {
  readonly rows: Rows
  readonly account: Account
  readonly signer: Signer
  readonly peer: PeerIdText
  readonly clock: Clock
  readonly random: Random
  /** Origin of the app, for links. */
  readonly origin: string
}

/** Invites that wait: what a person can look through; the oldest give way. */
const MAX_RECEIVED = 64
/** And of strangers. */
const MAX_REQUESTS = 32
/** Words given in one thread that are looked out for. */
const MAX_GIVEN = 16
/** Characters of a link or code. */
export const MAX_INVITE_TEXT = 96 * 1024
const MARK = '#thread='
/** A code that begins with it is sealed. No other code does: it is no letter of base64url. */
const SEALED = '~'
const ID = /^[0-9a-f]{32}$/

export function createInviteBook({ rows, account, signer, clock, random, origin }: InviteComponents): InviteBook {
  const received = table(rows, 'thread-invite', receivedRow)
  const origins = table(rows, 'thread-origin', originRow)
  const given = table(rows, 'thread-given', v.strictObject({ exp: count() }))

  const list = async (): Promise<Received[]> => {
    const all = (await received.list([])).map(({ key, row }) => ({ ...row, id: key[0] as string }))
    return all.filter(({ expires }) => expires > clock()).sort((a, b) => b.time - a.time)
  }
  const openSealed = async (sealed: Uint8Array): Promise<Opened> => {
    const { from, invite } = await openInvite(account, sealed)
    return { invite, from, direct: true, thread: await idOf(invite) }
  }

  return {
    async make(invite) {
      const thread = await idOf(invite)
      const { id, exp } = invite.grant
      const before = await given.list([thread])
      const gone = before.filter(({ row }, i) => row.exp <= clock() || i < before.length - MAX_GIVEN)
      await rows.commit([...gone.map(({ key }) => given.remove(...key)), given.put([thread, hex(id)], { exp })])
      const external = invite.grant.to === null
      const sealed = external ? null : await sealInvite(signer, invite, { ts: clock(), random })
      const code = sealed ? SEALED + base64url.baseEncode(sealed) : packInvite(invite).reveal()
      return { link: `${origin}/${MARK}${code}`, sealed }
    },
    async open(given) {
      if (given.length > MAX_INVITE_TEXT) throw new CafeError('BAD_REQUEST', { what: 'invite' })
      if (ID.test(given)) {
        const row = await received.get(given)
        if (!row) throw new CafeError('NOT_FOUND', { what: 'invite' })
        return openSealed(row.sealed)
      }
      const at = given.indexOf(MARK)
      const code = (at < 0 ? given : given.slice(at + MARK.length)).trim()
      if (code.startsWith(SEALED)) return openSealed(decodeCode(code.slice(SEALED.length)))
      const invite = await unpackInvite(code)
      return { invite, from: invite.grant.by, direct: false, thread: await idOf(invite) }
    },
    async receive(sealed, door, by) {
      if (sealed.byteLength > MAX_SEALED_INVITE) throw new CafeError('BAD_REQUEST', { what: 'invite' })
      const opened = await openSealed(sealed).catch((cause) => {
        // Whom this device belongs to is not told to who guesses.
        throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
      })
      const { invite, from, thread } = opened
      if (by !== undefined && from !== by) throw new CafeError('BAD_REQUEST', { what: 'invite' })
      // One from each inviter to each thread: a newer one takes the place of the older.
      const id = hex(await sha256(utf8(`${thread} ${from}`))).slice(0, 32)
      const all = await list()
      const before = all.find((one) => one.id === id)
      if (before && before.expires >= invite.grant.exp) return undefined
      const { type, sharing } = invite.charter
      const about = { name: invite.name, type, sharing, from, time: clock(), expires: invite.grant.exp, door }
      const row = { sealed: new Uint8Array(sealed), thread, ...about }
      // Whoever may write to us unasked takes no place from the others.
      const alike = all.filter((one) => one.id !== id && (one.door === 'stranger') === (door === 'stranger'))
      const gone = alike.slice((door === 'stranger' ? MAX_REQUESTS : MAX_RECEIVED) - 1)
      await rows.commit([...gone.map(({ id }) => received.remove(id)), received.put([id], row)])
      return { ...row, id }
    },
    list,
    forget: async (id) => rows.commit([received.remove(id)]),
    async joined(thread) {
      const gone = (await list()).filter((one) => one.thread === thread)
      if (gone.length > 0) await rows.commit(gone.map(({ id }) => received.remove(id)))
      return gone.map(({ id }) => id)
    },
    async begin({ invite, thread }) {
      const { by, dev, id } = invite.grant
      const row = { by, dev, cafes: invite.cafes, heads: invite.heads.slice(0, MAX_HEADS), grant: id }
      await rows.commit([origins.put([thread], row)])
    },
    origin: (thread) => origins.get(thread),
    async forgetOrigin(thread) {
      if (await origins.get(thread)) await rows.commit([origins.remove(thread)])
    },
    async forgetThread(thread) {
      const words = await given.list([thread])
      await rows.commit([origins.remove(thread), ...words.map(({ key }) => given.remove(...key))])
    },
    async given(thread) {
      const all = await given.list([thread])
      return all.filter(({ row }) => row.exp > clock()).map(({ key }) => unhex(key[1] as string))
    },
  }
}

const idOf = async ({ charter }: ThreadInvite): Promise<ThreadIdText> => hex(await threadId(charter)) as ThreadIdText

function decodeCode(code: string): Uint8Array {
  try {
    return base64url.baseDecode(code)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
  }
}
