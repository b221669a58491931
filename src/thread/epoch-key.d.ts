/**
 * The key that an epoch's blocks are sealed under. A new epoch begins when somebody is out: its key is sealed to each
 * remaining member, so who is out cannot read what follows. Its id commits all of them to the same key.
 */
import type { Random } from '../core/clock.ts';
import { type Address } from '../core/ids.ts';
import { Secret } from '../core/secret.ts';
import type { Account } from '../crypto/account.ts';
import type { Signer } from '../crypto/certificate.ts';
import { type Prekey } from '../crypto/seal.ts';
import type { OpeningKey } from '../crypto/x25519.ts';
export declare const EPOCH_KEY_ID = 16;
export interface EpochKey {
    readonly id: Uint8Array;
    readonly key: Secret<Uint8Array<ArrayBuffer>>;
}
/** Which key of which thread: everything but the key itself. */
export interface EpochOf {
    readonly thread: Uint8Array;
    readonly epoch: number;
}
export declare function createEpochKey(random: Random): Promise<EpochKey>;
/** The key and its id: the first 16 bytes of a hash, from which nothing about the key can be told. */
export declare function epochKey(key: Uint8Array<ArrayBuffer>): Promise<EpochKey>;
/** The key for one member. */
export declare function sealEpochKey(signer: Signer, { key }: EpochKey, { thread, epoch }: EpochOf, options: {
    readonly to: Address;
    readonly ts: number;
    readonly prekey?: Prekey | undefined;
    readonly random: Random;
}): Promise<Uint8Array<ArrayBuffer>>;
/**
 * The key out of a letter of {@link sealEpochKey}.
 * @throws CafeError SEALED unless it is from `from`, for this epoch, and the key that `id` names.
 */
export declare function openEpochKey(account: Account, sealed: Uint8Array, expected: EpochOf & {
    readonly from: Address;
    readonly id: Uint8Array;
}, prekeys?: readonly OpeningKey[]): Promise<EpochKey>;
