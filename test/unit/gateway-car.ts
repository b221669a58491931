/** Reads CARv1 files of the gateway-conformance suite for tests: small, trusted files (https://ipld.io/specs/transport/car/carv1/). */
import { readFile } from 'node:fs/promises'
import * as dagCbor from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import type { MemorySource } from './gateway-help.ts'

/** Puts all blocks of a CAR into `source`; its roots. */
export async function loadCar(source: MemorySource, path: string | URL): Promise<CID[]> {
  const bytes = new Uint8Array(await readFile(path))
  const [headerSize, headerAt] = varint.decode(bytes)
  const { roots } = dagCbor.decode<{ roots: CID[] }>(bytes.subarray(headerAt, headerAt + headerSize))
  for (let at = headerAt + headerSize; at < bytes.byteLength; ) {
    const [size, lengthSize] = varint.decode(bytes, at)
    const [cid, block] = CID.decodeFirst(bytes.subarray(at + lengthSize, at + lengthSize + size))
    await source.put(cid, block)
    at += lengthSize + size
  }
  return roots
}
