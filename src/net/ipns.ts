/**
 * IPNS records (https://specs.ipfs.tech/ipns/ipns-record/): which path a key's holder says its name stands for. Only the
 * V2 signature counts, since V1 does not sign all; where V1 fields are there they must say the same. Own code, and not the
 * package `ipns`: that one brings second copies of multiformats, cborg and protons-runtime into a worker with a budget,
 * for the hundred lines below.
 */
import { publicKeyFromMultihash, publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import { CID } from 'multiformats/cid'
import { reader, writer } from 'protons-runtime'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { KiB, MAX_NAME_RECORD } from '../core/limits.ts'
import { bytes, parse, v } from '../core/schema.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** Bytes of the path in it: some dozen names. */
const MAX_VALUE = 2 * KiB
/** Validity type "end of life", the only one there is. */
const EOL = 0
const MILLISECOND = 1_000_000
const PREFIX = new TextEncoder().encode('ipns-signature:')
const LIBP2P_KEY = 0x72

/** What a record says. */
export interface NameRecord {
  /** `/ipfs/…` or `/ipns/…`. */
  readonly value: string
  readonly sequence: bigint
  /** Milliseconds since the epoch after which it is worth nothing. */
  readonly expires: number
  /** Milliseconds for which its reader need not look again. */
  readonly ttl: number
}

const whole = v.pipe(
  v.union([v.bigint(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((value: bigint | number) => BigInt(value)),
  v.minValue(0n),
  v.maxValue(2n ** 64n - 1n),
)
/** Open, since the specification lets makers add fields of their own. */
const dataSchema = v.object({
  Value: bytes(MAX_VALUE),
  Validity: bytes(64),
  ValidityType: v.literal(EOL),
  Sequence: whole,
  TTL: v.optional(whole, 0),
})

/** The numbers of the message's fields. */
const FIELD = {
  value: 1,
  signatureV1: 2,
  validityType: 3,
  validity: 4,
  sequence: 5,
  ttl: 6,
  pubKey: 7,
  signatureV2: 8,
  data: 9,
} as const
type Field = keyof typeof FIELD
type Message = Partial<Record<Field, Bytes | bigint>>

/**
 * What the record says, if the holder of `name`'s key has signed it. Whether it has expired is for the caller to say.
 * @throws CafeError BAD_REQUEST {what: 'record'} for what is none; CORRUPT {what: 'record'} if the signature or a claim is wrong.
 */
export async function openNameRecord(name: CID, record: Uint8Array): Promise<NameRecord> {
  if (record.byteLength > MAX_NAME_RECORD)
    throw new CafeError('BAD_REQUEST', { what: 'record', limit: MAX_NAME_RECORD })
  const message = readMessage(record)
  const { data, signatureV2 } = message
  if (!(data instanceof Uint8Array) || !(signatureV2 instanceof Uint8Array)) throw broken()
  const signed = joined(PREFIX, data)
  const key = keyOf(name, message.pubKey)
  if (!(await verify(key, signed, signatureV2))) throw broken()
  return readData(data, message)
}

/** The same of a record that was verified before, such as one in our own store. */
export function readNameRecord(record: Uint8Array): NameRecord {
  const message = readMessage(record)
  if (!(message.data instanceof Uint8Array)) throw broken()
  return readData(message.data, message)
}

export interface NewRecord {
  readonly value: string
  readonly sequence: bigint
  readonly expires: number
  readonly ttl: number
}

/** A record signed by `key`, with the V2 signature alone. Its name is {@link nameOfKey} of the key. */
export async function signNameRecord(key: Pick<PrivateKey, 'sign'>, record: NewRecord): Promise<Bytes> {
  const data = encode({
    Value: new TextEncoder().encode(record.value),
    Validity: new TextEncoder().encode(new Date(record.expires).toISOString()),
    ValidityType: EOL,
    Sequence: record.sequence,
    TTL: BigInt(record.ttl) * BigInt(MILLISECOND),
  })
  const signature = await key.sign(joined(PREFIX, data))
  const out = writer()
  out.uint32((FIELD.signatureV2 << 3) | 2).bytes(signature)
  out.uint32((FIELD.data << 3) | 2).bytes(data)
  return new Uint8Array(out.finish())
}

/** The name of a key: the key itself where it is short (Ed25519), else its hash. */
export const nameOfKey = (key: PublicKey): CID => CID.createV1(LIBP2P_KEY, key.toMultihash())

function readMessage(record: Uint8Array): Message {
  const message: Message = {}
  try {
    const input = reader(record)
    while (input.pos < input.len) {
      const tag = input.uint32()
      const field = (Object.keys(FIELD) as Field[]).find((name) => FIELD[name] === tag >>> 3)
      const type = tag & 7
      if (field === undefined) input.skipType(type)
      else if (type === 2) message[field] = new Uint8Array(input.bytes())
      else if (type === 0) message[field] = input.uint64()
      else throw broken()
    }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'record' }, { cause })
  }
  return message
}

function readData(data: Bytes, message: Message): NameRecord {
  let content: v.InferOutput<typeof dataSchema>
  let value: string
  try {
    content = parse(dataSchema, decode(data, MAX_NAME_RECORD))
    value = new TextDecoder('utf-8', { fatal: true }).decode(content.Value)
  } catch (cause) {
    throw broken(cause)
  }
  const old: Message = { value: content.Value as Bytes, validity: content.Validity as Bytes }
  const numbers: Message = { validityType: BigInt(EOL), sequence: content.Sequence, ttl: content.TTL }
  // A record with a V1 signature was made for readers of the old fields, so these must say the same. Proto3 leaves out 0.
  if (message.signatureV1 !== undefined || message.value !== undefined) {
    for (const [field, said] of Object.entries(old)) if (!same(message[field as Field], said)) throw broken()
    for (const [field, said] of Object.entries(numbers)) if ((message[field as Field] ?? 0n) !== said) throw broken()
  }
  if (!/^\/ip[fn]s\/[^/\0]/.test(value)) throw broken()
  const ttl = Number(content.TTL / BigInt(MILLISECOND))
  return { value, sequence: content.Sequence, expires: timeOf(content.Validity), ttl }
}

const same = (a: Bytes | bigint | undefined, b: Bytes | bigint): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b)

/** Milliseconds of an RFC 3339 time; what it has below a millisecond is left out. */
function timeOf(validity: Uint8Array): number {
  const text = new TextDecoder().decode(validity)
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text)
  const time = found
    ? Date.parse(`${found[1]}${(found[2] ?? '.000').slice(0, 4).padEnd(4, '0')}${found[3]}`)
    : Number.NaN
  if (Number.isNaN(time)) throw broken()
  return time
}

function keyOf(name: CID, given: Bytes | bigint | undefined): PublicKey {
  try {
    if (name.multihash.code === 0)
      return publicKeyFromMultihash(name.multihash as Parameters<typeof publicKeyFromMultihash>[0])
    if (given instanceof Uint8Array) {
      const key = publicKeyFromProtobuf(given)
      if (sameBytes(key.toMultihash().bytes, name.multihash.bytes)) return key
    }
  } catch (cause) {
    throw broken(cause)
  }
  throw broken()
}

/** A signature of a wrong form is a wrong one; some implementations throw at it, and not always as a rejection. */
async function verify(key: PublicKey, data: Bytes, signature: Bytes): Promise<boolean> {
  try {
    return await key.verify(data, signature)
  } catch (cause) {
    throw broken(cause)
  }
}

function joined(a: Uint8Array, b: Uint8Array): Bytes {
  const all = new Uint8Array(a.byteLength + b.byteLength)
  all.set(a)
  all.set(b, a.byteLength)
  return all
}

const broken = (cause?: unknown): CafeError => new CafeError('CORRUPT', { what: 'record' }, { cause })
