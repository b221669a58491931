/**
 * A grant: a member's signed word that somebody may join. Every receiver of the join block checks it against the rules, so
 * neither inviter nor guest need be online, and nobody joins without one.
 */
import type { Random } from '../core/clock.ts';
import type { Address } from '../core/ids.ts';
import { v } from '../core/schema.ts';
import { type Signer } from '../crypto/certificate.ts';
export declare const grantSchema: v.StrictObjectSchema<{
    readonly v: v.LiteralSchema<1, undefined>;
    readonly thread: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly by: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    /** Who may join, or null for whoever holds the link. */
    readonly to: v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Address>]>, undefined>;
    /** How often the guest has come and gone: 0 for the first time. A used grant lets nobody in again. */
    readonly gen: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly exp: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
}, undefined>;
export type Grant = v.InferOutput<typeof grantSchema>;
export interface GrantTerms {
    readonly thread: Uint8Array;
    readonly to: Address | null;
    readonly gen: number;
    readonly ts: number;
    readonly exp: number;
}
export declare function createGrant(signer: Signer, terms: GrantTerms, random: Random): Promise<Grant>;
/** Did its inviter sign it, for this thread? Says nothing about whether the inviter may invite. Never throws. */
export declare function verifyGrant(grant: Grant, thread: Uint8Array): Promise<boolean>;
