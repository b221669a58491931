/**
 * A thread's charter: who began it, its type and sharing, and who may ever be a member. It never changes and the thread's
 * id is its hash, so whoever knows the id can tell a false charter (types and sharing as Textile's, textile.md §5.2).
 */
import type { Random } from '../core/clock.ts';
import type { Address } from '../core/ids.ts';
import { v } from '../core/schema.ts';
import type { Secret } from '../core/secret.ts';
/** What members may do beside the initiator, who may do all: nothing, read, annotate, write. */
export declare const threadType: v.PicklistSchema<["private", "read-only", "public", "open"], undefined>;
/** Who may invite: nobody, the initiator, every member. */
export declare const threadSharing: v.PicklistSchema<["not-shared", "invite-only", "shared"], undefined>;
export type ThreadType = v.InferOutput<typeof threadType>;
export type ThreadSharing = v.InferOutput<typeof threadSharing>;
export declare const charterSchema: v.StrictObjectSchema<{
    readonly v: v.LiteralSchema<1, undefined>;
    readonly initiator: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Address>]>;
    readonly type: v.PicklistSchema<["private", "read-only", "public", "open"], undefined>;
    readonly sharing: v.PicklistSchema<["not-shared", "invite-only", "shared"], undefined>;
    /** Who may become a member; empty for anybody who is invited. */
    readonly members: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Address>]>, undefined>, v.MaxLengthAction<Address[], 128, undefined>]>;
    /** Schema of the files, as Textile's threads have one. */
    readonly schema: v.OptionalSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    /** Id of the first epoch's key, so that an invite cannot come with another. */
    readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    /** Two threads are two, whatever else they have in common. */
    readonly nonce: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
}, undefined>;
export type Charter = v.InferOutput<typeof charterSchema>;
export type CharterTerms = Pick<Charter, 'initiator' | 'type' | 'sharing'> & {
    readonly members?: readonly Address[];
    readonly schema?: Charter['schema'];
};
/**
 * A new charter and the key of its first epoch.
 * @throws CafeError BAD_REQUEST for a malformed one; `{what: 'address'}` if a member's address is none, or is a seed.
 */
export declare function createCharter(terms: CharterTerms, random: Random): Promise<{
    charter: Charter;
    key: Secret<Uint8Array<ArrayBuffer>>;
}>;
/** 32 bytes, for people's devices only: whoever knows it can tell which blocks are the thread's. */
export declare const threadId: (charter: Charter) => Promise<Uint8Array<ArrayBuffer>>;
/** 16 bytes in the clear on each block. Says which blocks belong together, which their links say too. */
export declare function threadTag(id: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
