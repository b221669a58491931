/**
 * One block of a thread: a dag-cbor node whose links anybody can follow and whose content only members can read, signed by
 * its author (security.md §2.e). What was signed has exactly one CID: whoever seals the same content again gets the same
 * bytes, so no member can make another's block look like two.
 *
 * ```
 * { v: 1, t: tag[16], e: epoch, p: [parents ≤ 32], c: sealed }      c under the epoch's key, AAD = "textile-cafe/block/1" ‖ 0 ‖ cbor {t,e,p}
 * ```
 */
import { CID } from 'multiformats/cid';
import { v } from '../core/schema.ts';
import type { Secret } from '../core/secret.ts';
import { type Signer } from '../crypto/certificate.ts';
import type { EpochKey } from './epoch-key.ts';
import { type Content } from './kinds.ts';
declare const nodeSchema: v.StrictObjectSchema<{
    readonly v: v.LiteralSchema<1, undefined>;
    readonly t: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly e: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly p: v.SchemaWithPipe<readonly [v.ArraySchema<v.CustomSchema<CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>, v.MaxLengthAction<CID<unknown, number, number, import("multiformats").Version>[], 32, undefined>]>;
    readonly c: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
}, undefined>;
/** What everybody sees of a block. */
export type Node = v.InferOutput<typeof nodeSchema>;
export interface SealedBlock {
    readonly cid: CID;
    readonly bytes: Uint8Array<ArrayBuffer>;
}
export interface BlockPlace {
    readonly thread: Uint8Array;
    readonly epoch: number;
    readonly parents: readonly CID[];
}
/** The block that says `content` at this place. The signer must be its author. */
export declare function createBlock(place: BlockPlace, key: Secret<Uint8Array>, signer: Signer, content: Content): Promise<SealedBlock>;
/**
 * The node in a block's bytes, whose hash the caller has checked.
 * @throws CafeError BAD_REQUEST for anything that is not exactly how we write one.
 */
export declare function readNode(block: Uint8Array): Node;
/** What a block says, and the key of the epoch's that it was sealed under. */
export interface Opened {
    readonly content: Content;
    readonly key: EpochKey;
}
/**
 * What the block says, with its author's signature checked; under whichever of the epoch's keys it was sealed.
 * @throws CafeError SEALED if none of the keys opens it; BAD_REQUEST if what is in it is malformed; FORBIDDEN
 * `{what: 'signature'}` if its author did not sign it for this place, `{what: 'grant'}` if a grant in it is forged.
 */
export declare function openBlock(thread: Uint8Array, block: SealedBlock, node: Node, keys: readonly EpochKey[]): Promise<Opened>;
/**
 * The same of a block that was checked when it came, from the store: only that it is whole is checked again.
 * @throws CafeError SEALED if it is not, or the key is another's; BAD_REQUEST.
 */
export declare function reopenBlock(block: Uint8Array, key: EpochKey): Promise<{
    node: Node;
    content: Content;
}>;
/** The CID of a thread block. */
export declare function blockCid(block: Uint8Array): Promise<CID>;
export {};
