/** The key that makes a cafe this cafe, where its host keeps it. At any time one place has it, or a sealed file. */
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'

/** The node's own key at rest. What is written is what the node is from its next start on. */
export interface Identity {
  /** Undefined on a device whose node has never been started. */
  read(): Promise<PrivateKey | undefined>
  /** Resolves when it is on the medium; before that, the one of before is there whole. */
  write(key: PrivateKey): Promise<void>
}

export const identityBytes = (key: PrivateKey): Uint8Array<ArrayBuffer> =>
  privateKeyToProtobuf(key) as Uint8Array<ArrayBuffer>

export const peerOf = (key: PrivateKey): PeerIdText => peerIdFromPrivateKey(key).toString() as PeerIdText

export const freshIdentity = (): Promise<PrivateKey> => generateKeyPair('Ed25519')

/** @throws CafeError CORRUPT {what: 'identity'} if that is no key of this cafe. */
export function readIdentity(bytes: Uint8Array, cafe: PeerIdText): PrivateKey {
  try {
    const key = privateKeyFromProtobuf(bytes)
    if (key.type !== 'Ed25519' || peerOf(key) !== cafe) throw new CafeError('CORRUPT')
    return key
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'identity' }, { cause })
  }
}
