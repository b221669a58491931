import { v } from '../core/schema.ts';
/** Devices of one removed account that are told apart. */
export declare const MAX_CUTS = 64;
/** A small picture of the file, sealed under a key of its own. */
declare const thumb: v.StrictObjectSchema<{
    readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
}, undefined>;
export type Thumb = v.InferOutput<typeof thumb>;
declare const file: v.StrictObjectSchema<{
    readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    }, undefined>, undefined>;
}, undefined>;
export type ThreadFile = v.InferOutput<typeof file>;
/** The key of the next epoch, for each who is a member then. */
declare const rekey: v.StrictObjectSchema<{
    readonly epoch: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    readonly keys: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly to: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly sealed: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        to: string & {
            readonly __id: 'Address';
        };
        sealed: Uint8Array<ArrayBuffer>;
    }[], 128, undefined>]>;
}, undefined>;
export type Rekey = v.InferOutput<typeof rekey>;
/** Who is out. The last thing known of each device, and guests who stay: what is beyond was made up afterwards. */
declare const removal: v.StrictObjectSchema<{
    readonly who: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly cuts: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly last: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        dev: string & {
            readonly __id: 'PeerIdText';
        };
        seq: number;
        last: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
    }[], 64, undefined>]>;
    readonly keep: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>, undefined>, v.MaxLengthAction<import("../core/ids.ts").Address[], 128, undefined>]>;
    readonly rekey: v.StrictObjectSchema<{
        readonly epoch: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly keys: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
            readonly to: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
            readonly sealed: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        }, undefined>, undefined>, v.MaxLengthAction<{
            to: string & {
                readonly __id: 'Address';
            };
            sealed: Uint8Array<ArrayBuffer>;
        }[], 128, undefined>]>;
    }, undefined>;
}, undefined>;
export type Removal = v.InferOutput<typeof removal>;
/** Where a member's posts are kept, so that others find them while it is away. */
export declare const cafesSchema: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
    readonly cafe: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly addresses: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 8, undefined>]>;
}, undefined>, undefined>, v.MaxLengthAction<{
    cafe: string & {
        readonly __id: 'PeerIdText';
    };
    addresses: string[];
}[], 8, undefined>]>;
export type ThreadCafes = v.InferOutput<typeof cafesSchema>;
declare const announce: v.StrictObjectSchema<{
    readonly name: v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>, v.TransformAction<string, string>, v.CheckAction<string, undefined>]>, undefined>;
    readonly avatar: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly cafes: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cafe: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly addresses: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 8, undefined>]>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cafe: string & {
            readonly __id: 'PeerIdText';
        };
        addresses: string[];
    }[], 8, undefined>]>;
}, undefined>;
export type Announce = v.InferOutput<typeof announce>;
export declare const contentSchema: v.VariantSchema<"type", [v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"join", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly grant: v.NullableSchema<v.StrictObjectSchema<{
            readonly v: v.LiteralSchema<1, undefined>;
            readonly thread: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly by: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
            readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
            readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
                readonly v: v.LiteralSchema<1, undefined>;
                readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
                readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
                readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
                readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
                readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
                readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
                readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            }, undefined>, undefined>;
            readonly to: v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>, undefined>;
            readonly gen: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly exp: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"leave", undefined>;
    readonly body: v.StrictObjectSchema<{}, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"remove", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly who: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly cuts: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
            readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
            readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly last: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        }, undefined>, undefined>, v.MaxLengthAction<{
            dev: string & {
                readonly __id: 'PeerIdText';
            };
            seq: number;
            last: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        }[], 64, undefined>]>;
        readonly keep: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>, undefined>, v.MaxLengthAction<import("../core/ids.ts").Address[], 128, undefined>]>;
        readonly rekey: v.StrictObjectSchema<{
            readonly epoch: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly keys: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
                readonly to: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
                readonly sealed: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            }, undefined>, undefined>, v.MaxLengthAction<{
                to: string & {
                    readonly __id: 'Address';
                };
                sealed: Uint8Array<ArrayBuffer>;
            }[], 128, undefined>]>;
        }, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"rekey", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly epoch: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly id: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly keys: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
            readonly to: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
            readonly sealed: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        }, undefined>, undefined>, v.MaxLengthAction<{
            to: string & {
                readonly __id: 'Address';
            };
            sealed: Uint8Array<ArrayBuffer>;
        }[], 128, undefined>]>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"text", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly text: v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, v.MinLengthAction<string, 1, undefined>]>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"files", undefined>;
    /** `data`: root of the directory that holds all of the files. */
    readonly body: v.StrictObjectSchema<{
        readonly caption: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly data: v.OptionalSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MinLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 1, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 64, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"comment", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly target: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly text: v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, v.MinLengthAction<string, 1, undefined>]>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"like", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly target: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"flag", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly target: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"ignore", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly target: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"announce", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly name: v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>, v.TransformAction<string, string>, v.CheckAction<string, undefined>]>, undefined>;
        readonly avatar: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
        readonly cafes: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
            readonly cafe: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
            readonly addresses: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 8, undefined>]>;
        }, undefined>, undefined>, v.MaxLengthAction<{
            cafe: string & {
                readonly __id: 'PeerIdText';
            };
            addresses: string[];
        }[], 8, undefined>]>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>, v.StrictObjectSchema<{
    readonly author: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
    readonly dev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
    readonly cert: v.OptionalSchema<v.StrictObjectSchema<{
        readonly v: v.LiteralSchema<1, undefined>;
        readonly account: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").Address>]>;
        readonly peer: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, import("../core/ids.ts").PeerIdText>]>;
        readonly notBefore: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly notAfter: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly caps: v.SchemaWithPipe<readonly [v.ArraySchema<v.PicklistSchema<readonly ["thread", "invite", "mail"], undefined>, undefined>, v.MaxLengthAction<("invite" | "mail" | "thread")[], 3, undefined>]>;
        readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sig: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
    }, undefined>, undefined>;
    readonly seq: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly prev: v.NullableSchema<v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
    readonly type: v.LiteralSchema<"rename", undefined>;
    readonly body: v.StrictObjectSchema<{
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>, v.TransformAction<string, string>, v.CheckAction<string, undefined>]>;
    }, undefined>;
    readonly files: v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
        readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly sha256: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
        readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly thumb: v.OptionalSchema<v.StrictObjectSchema<{
            readonly cid: v.CustomSchema<import("multiformats").CID<unknown, number, number, import("multiformats").Version>, undefined>;
            readonly key: v.SchemaWithPipe<readonly [v.InstanceSchema<Uint8ArrayConstructor, undefined>, v.CheckAction<Uint8Array<ArrayBuffer>, undefined>]>;
            readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly mime: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly width: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
            readonly height: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>, v.MaxLengthAction<{
        cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
        key: Uint8Array<ArrayBuffer>;
        size: number;
        sha256: Uint8Array<ArrayBuffer>;
        mime: string;
        name: string;
        thumb?: {
            cid: import("multiformats").CID<unknown, number, number, import("multiformats").Version>;
            key: Uint8Array<ArrayBuffer>;
            size: number;
            mime: string;
            width: number;
            height: number;
        } | undefined;
    }[], 0, undefined>]>;
}, undefined>], undefined>;
/** What a block says, as signed. */
export type Content = v.InferOutput<typeof contentSchema>;
export type Kind = Content['type'];
export {};
