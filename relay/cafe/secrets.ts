/**
 * What a cafe in Node keeps beside its stores, in files for their owner only: who it is (`node.key`), what signs its session
 * tokens (`jwt.key`), and the mark by which it notices that its rows have lost something (`mark`). A file is written whole
 * or not at all.
 */
import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { CafeError } from '../../src/core/errors.ts'
import { type JwtKey, jwtKeyOf } from '../../src/crypto/jwt.ts'
import { type Marks, packMark, unpackMark } from '../../src/store/epoch.ts'

/** The bytes of a file, or undefined if there is none. */
async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

/** Resolves when it is on the medium, in the place of what was there. */
async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const beside = join(folder, `.${name}.new`)
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, join(folder, name))
  if (process.platform === 'win32') return // it has no such thing
  const entries = await open(folder, 'r')
  try {
    await entries.sync()
  } finally {
    await entries.close()
  }
}

/** What is in the file `name`; the first time, what `make` gives. @throws CafeError CORRUPT {file} for what cannot be read. */
async function kept<T>(
  folder: string,
  name: string,
  make: () => Promise<Uint8Array> | Uint8Array,
  parse: (bytes: Uint8Array) => Promise<T> | T,
): Promise<T> {
  const found = await read(join(folder, name))
  const bytes = found ?? (await make())
  if (!found) await write(folder, name, bytes)
  try {
    return await parse(bytes)
  } catch (cause) {
    // Never made anew: that would be another cafe, with the clients of this one.
    throw new CafeError('CORRUPT', { file: join(folder, name) }, { cause })
  }
}

/** Who this cafe is. */
export const loadNodeKey = (folder: string): Promise<PrivateKey> =>
  kept(folder, 'node.key', async () => privateKeyToProtobuf(await generateKeyPair('Ed25519')), privateKeyFromProtobuf)

/** What signs its session tokens. */
export const loadJwtKey = (folder: string): Promise<JwtKey> =>
  kept(folder, 'jwt.key', () => new Uint8Array(randomBytes(32)), jwtKeyOf)

/** The mark of `folder`: beside the rows that it is about, and not in them. */
export const fileMarks = (folder: string): Marks => ({
  async read() {
    const found = await read(join(folder, 'mark'))
    return found && unpackMark(found)
  },
  write: (mark) => write(folder, 'mark', packMark(mark)),
})
