/** Digests of whole files: those of the platform, however the file is read. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../src/core/limits.ts'
import { fingerprinting, fingerprintOf, sha256Of } from '../../src/crypto/digest.ts'
import { randomBytes } from '../net/blocks-fixture.ts'

const { signal } = new AbortController()

describe('the SHA-256 of a file', () => {
  it.each([0, 1, 5 * MiB, 32 * MiB, 32 * MiB + 1])('of %i bytes is what it is', async (size) => {
    const bytes = randomBytes(size)
    const digest = Buffer.from(await sha256Of(new Blob([bytes]), signal))
    expect(digest.toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('can be given up', async () => {
    for (const size of [10, 33 * MiB])
      await expect(sha256Of(new Blob([new Uint8Array(size)]), AbortSignal.abort())).rejects.toThrow()
  })
})

describe('a fingerprint', () => {
  it('is that of the pieces, however the file comes', async () => {
    const bytes = randomBytes(2 * MiB + 3)
    const pieces = [0, MiB, 2 * MiB].map((at) =>
      createHash('sha256')
        .update(bytes.subarray(at, at + MiB))
        .digest(),
    )
    const expected = createHash('sha256').update(Buffer.concat(pieces)).digest('hex')
    expect(Buffer.from(await fingerprintOf(new Blob([bytes]), signal)).toString('hex')).toBe(expected)

    const { stream, digest } = fingerprinting()
    const chunks = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(out) {
        for (let at = 0; at < bytes.byteLength; at += 777_777) out.enqueue(bytes.slice(at, at + 777_777))
        out.close()
      },
    })
    const passed = new Uint8Array(await new Response(chunks.pipeThrough(stream)).arrayBuffer())
    expect(Buffer.compare(passed, bytes)).toBe(0)
    expect(Buffer.from(await digest()).toString('hex')).toBe(expected)
  })

  it('differs with every byte', async () => {
    const bytes = randomBytes(MiB + 1)
    const first = await fingerprintOf(new Blob([bytes]), signal)
    bytes[MiB] = (bytes[MiB] as number) ^ 1
    expect(await fingerprintOf(new Blob([bytes]), signal)).not.toEqual(first)
  })
})
