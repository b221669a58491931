/**
 * Proof that both sides know a thread's id, without saying it: a MAC under the id over both peers, as the handshake of the
 * connection proved them, and a nonce of each. It is worth nothing to anybody else, on another connection, or again. Who
 * does not know the id learns nothing from it, not even whether two tags are about the same thread.
 *
 * ```
 * HMAC-SHA256(thread id, "textile-cafe/thread-proof/1" ‖ 0 ‖ role ‖ caller ‖ 0 ‖ host ‖ 0 ‖ nonce[16] ‖ nonce[16])[0..16]
 * ```
 *
 * Knowing the id is what members have in common, those who were removed included: they can find out which members are
 * here. Whom a thread has put out is refused by peer id (`sync-serve.ts`), and cannot read what was said since anyway.
 */
import type { PeerIdText } from '../core/ids.ts'
import { concat, unshared, utf8 } from '../crypto/bytes.ts'
import { TAG } from './sync-protocol.ts'

/** One `hello` between two peers. */
export interface Meeting {
  readonly caller: PeerIdText
  readonly host: PeerIdText
  readonly callerNonce: Uint8Array
  readonly hostNonce: Uint8Array
}

/** Makes proofs for one thread. The key is imported once: a host makes one for each of its threads at each `hello`. */
export type Prover = (role: 'caller' | 'host', meeting: Meeting) => Promise<Uint8Array<ArrayBuffer>>

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

export async function createProver(threadId: Uint8Array): Promise<Prover> {
  const key = await crypto.subtle.importKey('raw', unshared(threadId), HMAC, false, ['sign'])
  return async (role, { caller, host, callerNonce, hostNonce }) => {
    const said = concat(
      utf8(`textile-cafe/thread-proof/1\0${role}\0${caller}\0${host}\0`),
      concat(callerNonce, hostNonce),
    )
    return new Uint8Array((await crypto.subtle.sign('HMAC', key, said)).slice(0, TAG))
  }
}
