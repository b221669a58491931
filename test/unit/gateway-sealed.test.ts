/** Content with a key: decrypted on the way, seekable, verified before it is shown, stored nowhere, told to nobody. */
import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import type { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_LEGACY } from '../../src/core/limits.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import {
  asker,
  bodyError,
  bytesOf,
  importFile,
  importSealed,
  importTree,
  KIB,
  lasting,
  MemorySource,
  noise,
  range,
  type Sealed,
  utf8,
} from './gateway-help.ts'

const otherKey = (): string => formatFileKey(createFileKey().reveal())

describe.each([
  { title: 'an empty file', size: 0, leaf: 256 * KIB },
  { title: 'a small file', size: 1_000, leaf: 256 * KIB },
  { title: 'segments and leaves of 256 KiB', size: 1_500_000, leaf: 256 * KIB },
  { title: 'four segments to a leaf of 1 MiB', size: 2_500_000, leaf: 1024 * KIB },
  { title: 'leaves that fit nothing', size: 600_000, leaf: 100_003 },
])('$title, encrypted', ({ size, leaf }) => {
  const source = new MemorySource()
  const plain = noise(size, 5)
  const ask = asker(source)
  let sealed: Sealed
  const path = (name = 'data.bin') => `/ipfs/${sealed.cid}/${name}#key=${sealed.key}`
  beforeAll(async () => {
    sealed = await importSealed(source, plain, { leaf })
  })

  it('comes back as it was, and may be stored nowhere', async () => {
    const response = await ask(path())
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Length')).toBe(String(size))
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.get('X-Ipfs-Path')).toBeNull()
    expect(Buffer.compare(await bytesOf(response), plain)).toBe(0)
  })

  it('answers any range with exactly those bytes', async () => {
    const offset = fc.nat(Math.max(0, size - 1))
    await fc.assert(
      fc.asyncProperty(offset, offset, fc.constantFrom('a-b', 'a-', '-n'), async (a, b, form) => {
        if (size === 0) return
        const [start, last] = form === 'a-b' ? [Math.min(a, b), Math.max(a, b)] : [a, size - 1]
        const header = { 'a-b': `${start}-${last}`, 'a-': `${start}-`, '-n': `-${size - start}` }[form]
        const response = await ask(path(), range(`bytes=${header}`))
        expect(response.status).toBe(206)
        expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${last}/${size}`)
        expect(Buffer.compare(await bytesOf(response), plain.subarray(start, last + 1))).toBe(0)
      }),
      { numRuns: 20 },
    )
    const beyond = await ask(path(), range(`bytes=${size}-`))
    expect(beyond.status).toBe(416)
    expect(beyond.headers.get('Content-Range')).toBe(`bytes */${size}`)
  })

  it('answers HEAD with the headers of GET', async () => {
    for (const name of ['data.bin', 'no-extension']) {
      const [get, head] = [await ask(path(name)), await ask(path(name), { method: 'HEAD' })]
      expect(lasting(head)).toEqual(lasting(get))
      await get.body?.cancel()
    }
  })

  it('opens with its key only: anything else is one and the same refusal', async () => {
    const legacy = 'L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5'
    for (const key of [otherKey(), legacy, 'A'.repeat(44)]) {
      const response = await ask(`/ipfs/${sealed.cid}/data.bin#key=${key}`, { headers: { Accept: 'text/html' } })
      expect(response.status).toBe(403)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      const page = await response.text()
      expect(page).toContain('This key does not open it')
      expect(page).not.toContain(key)
    }
  })
})

describe('an encrypted file', () => {
  const source = new MemorySource()
  const ask = asker(source)
  const plain = noise(900_000, 3)
  let sealed: Sealed
  beforeAll(async () => {
    sealed = await importSealed(source, plain)
  })

  it('takes the name in its link for its type, and for saving it', async () => {
    const photo = await ask(`/ipfs/${sealed.cid}/summer%20%E2%98%80.jpg#key=${sealed.key}`)
    expect(photo.headers.get('Content-Type')).toBe('image/jpeg')
    expect(photo.headers.get('Content-Disposition')).toContain("filename*=UTF-8''summer%20%E2%98%80.jpg")
    expect(photo.headers.get('Content-Security-Policy')).toMatch(/^sandbox; /)
    const film = await ask(`/ipfs/${sealed.cid}/film.mp4?key=${sealed.key}`)
    expect(film.headers.get('Content-Security-Policy')).toMatch(/media-src 'self'/)
    const page = await ask(`/ipfs/${sealed.cid}/page.html#key=${sealed.key}`)
    expect(page.headers.get('Content-Security-Policy')).toMatch(/^sandbox; /)
    expect((await ask(`/ipfs/${sealed.cid}#key=${sealed.key}`)).status).toBe(200)
    expect((await ask(`/ipfs/${sealed.cid}/a/b#key=${sealed.key}`)).status).toBe(404)
    expect((await ask(`/ipfs/${sealed.cid}/photo.jpg`)).status).toBe(404)
  })

  it('without a name is known by its first bytes, but never as a page', async () => {
    const type = async (content: string) => {
      const { cid, key } = await importSealed(source, utf8(content))
      return (await ask(`/ipfs/${cid}#key=${key}`)).headers.get('Content-Type')
    }
    expect(await type('GIF89a…')).toBe('image/gif')
    expect(await type('just words')).toBe('text/plain; charset=utf-8')
    expect(await type('<!doctype html><script>1</script>')).toBe('text/plain; charset=utf-8')
  })

  it('without its key is ciphertext to be saved', async () => {
    const response = await ask(`/ipfs/${sealed.cid}`)
    expect(response.headers.get('Content-Type')).toBe('application/octet-stream')
    expect(response.headers.get('Content-Disposition')).toMatch(/^attachment/)
    expect(response.headers.get('Cache-Control')).toContain('immutable')
  })

  it('has an entity tag of its own for every key and name, which shows neither', async () => {
    const twin = await importSealed(source, plain)
    const tags = new Set<string>()
    for (const path of [
      `/ipfs/${sealed.cid}#key=${sealed.key}`,
      `/ipfs/${sealed.cid}/a#key=${sealed.key}`,
      `/ipfs/${sealed.cid}/b#key=${sealed.key}`,
      `/ipfs/${twin.cid}#key=${twin.key}`,
      `/ipfs/${sealed.cid}`,
    ]) {
      const etag = (await ask(path, { method: 'HEAD' })).headers.get('ETag') ?? ''
      expect(etag).not.toContain(sealed.key)
      tags.add(etag)
    }
    expect(tags.size).toBe(5)
    const etag = (await ask(`/ipfs/${sealed.cid}/a#key=${sealed.key}`, { method: 'HEAD' })).headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"dec-[\w-]{16}"$/)
    const again = { headers: { 'If-None-Match': etag } }
    expect((await ask(`/ipfs/${sealed.cid}/a#key=${sealed.key}`, again)).status).toBe(304)
    expect((await ask(`/ipfs/${sealed.cid}/a#key=${otherKey()}`, again)).status).toBe(403)
  })

  it('is found under a path of directories too', async () => {
    const bytes = new Uint8Array(await (await ask(`/ipfs/${sealed.cid}`)).arrayBuffer())
    const root = await importTree(source, { 'album/0/content': bytes })
    const response = await ask(`/ipfs/${root}/album/0/content?key=${sealed.key}`)
    expect(Buffer.compare(await bytesOf(response), plain)).toBe(0)
    const labelled = await ask(`/ipfs/${root}/album/0/content/photo.jpg#key=${sealed.key}`)
    expect(labelled.headers.get('Content-Type')).toBe('image/jpeg')
    const folder = await ask(`/ipfs/${root}/album/#key=${sealed.key}`)
    expect(folder.headers.get('Cache-Control')).toBe('private, no-store')
    expect(await folder.text()).not.toContain(sealed.key)
  })

  it('is opened once for many ranges, and its leaves are not hashed where its cipher vouches for them', async () => {
    const fresh = asker(source)
    const from = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
    const path = `/ipfs/${sealed.cid}/x.bin#key=${sealed.key}&from=${from}`
    await bytesOf(await fresh(path, range('bytes=300000-300009')))
    source.asked.length = 0
    await bytesOf(await fresh(path, range('bytes=300000-300009')))
    const leaves = source.leaves()
    const asked = source.asked.filter(({ cid }) => leaves.includes(cid))
    expect(asked.length).toBeLessThanOrEqual(1)
    for (const block of asked) expect(block.unchecked).toBe(true)
    for (const block of source.asked) expect(block.from).toEqual([from])
    for (const block of source.asked) if (!leaves.includes(block.cid)) expect(block.unchecked).toBe(false)
  })
})

describe('an encrypted file that was harmed', () => {
  const plain = noise(1_500_000, 8)
  const fresh = async () => {
    const source = new MemorySource()
    const { cid, key } = await importSealed(source, plain)
    return { source, ask: asker(source), path: `/ipfs/${cid}/film.mp4#key=${key}`, leaves: source.leaves(), key }
  }

  it('at its beginning or end is told from a wrong key, before anything is shown', async () => {
    for (const which of [0, -1]) {
      const { source, ask, path, leaves } = await fresh()
      source.spoil(leaves.at(which) ?? '')
      expect((await ask(path)).status).toBe(502)
    }
  })

  it('at its beginning or end by a missing block is not found, or out of reach', async () => {
    const { source, ask, path, leaves } = await fresh()
    source.failing.set(leaves.at(-1) ?? '', 'UNREACHABLE')
    expect((await ask(path)).status).toBe(504)
    source.failing.set(leaves.at(-1) ?? '', 'NOT_FOUND')
    expect((await ask(path)).status).toBe(404)
  })

  it('in its middle breaks off with an error, and whatever came before is right', async () => {
    for (const harm of ['spoil', 'lose'] as const) {
      const { source, ask, path, leaves } = await fresh()
      const victim = leaves[3] ?? ''
      if (harm === 'spoil') source.spoil(victim)
      else source.blocks.delete(victim)
      const response = await ask(path)
      expect(response.status).toBe(200)
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      let seen = 0
      let failure: unknown
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          expect(Buffer.compare(next.value, plain.subarray(seen, seen + next.value.byteLength))).toBe(0)
          seen += next.value.byteLength
        }
      } catch (error) {
        failure = error
      }
      expect(failure).toMatchObject({ code: harm === 'spoil' ? 'SEALED' : 'NOT_FOUND' })
      expect(seen).toBe(3 * 262_144 - 40 - 3 * 16)
    }
  })

  it('by rot that the source can heal is healed on the next try', async () => {
    const { source, ask, path, leaves } = await fresh()
    const victim = leaves[2] ?? ''
    const good = source.blocks.get(victim)
    source.spoil(victim)
    expect(await bodyError(await ask(path))).toMatchObject({ code: 'SEALED' })
    source.asked.length = 0
    const heal = source.get.bind(source)
    source.get = async (cid, options) => {
      if (`${cid}` === victim && !options.unchecked && good) source.blocks.set(victim, good)
      return heal(cid, options)
    }
    expect(Buffer.compare(await bytesOf(await ask(path)), plain)).toBe(0)
  })

  it('by cutting it is refused at every length', async () => {
    const source = new MemorySource()
    const { cid, key } = await importSealed(source, noise(600_000))
    const whole = await bytesOf(await asker(source)(`/ipfs/${cid}`))
    for (const length of [0, 39, 55, 56, 57, 262_144, 262_160, 262_161, 524_288, whole.byteLength - 1]) {
      const cut = await importFile(source, whole.slice(0, length))
      expect((await asker(source)(`/ipfs/${cut}#key=${key}`)).status, `${length}`).toBe(403)
    }
  })
})

describe("a file of Textile's", () => {
  const keyText = 'L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5'
  const bytes = Uint8Array.from({ length: 44 }, (_, i) => i + 1)
  const encrypt = (plain: Uint8Array): Uint8Array<ArrayBuffer> => {
    const cipher = createCipheriv('aes-256-gcm', bytes.subarray(0, 32), bytes.subarray(32))
    return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
  }
  const source = new MemorySource()
  const plain = noise(1_500_000, 4)
  let cid: CID
  beforeAll(async () => {
    cid = await importFile(source, encrypt(plain))
  })

  it('opens whole and by ranges', async () => {
    const ask = asker(source)
    expect(Buffer.compare(await bytesOf(await ask(`/ipfs/${cid}?key=${keyText}`)), plain)).toBe(0)
    const part = await ask(`/ipfs/${cid}?key=${keyText}`, range('bytes=500000-500099'))
    expect(part.headers.get('Content-Range')).toBe('bytes 500000-500099/1500000')
    expect(Buffer.compare(await bytesOf(part), plain.subarray(500_000, 500_100))).toBe(0)
  })

  it('is kept open for a minute and no longer', async () => {
    let now = 0
    const ask = asker(source, () => now)
    const leaves = source.leaves()
    const reads = async (): Promise<number> => {
      source.asked.length = 0
      await bytesOf(await ask(`/ipfs/${cid}?key=${keyText}`, range('bytes=0-9')))
      return source.asked.filter((block) => leaves.includes(block.cid)).length
    }
    expect(await reads()).toBeGreaterThan(0)
    expect(await reads()).toBe(0)
    now = 61_000
    expect(await reads()).toBeGreaterThan(0)
  })

  it('is refused with another key, and when it was harmed', async () => {
    const ask = asker(source)
    expect((await ask(`/ipfs/${cid}?key=${'B'.repeat(44)}`)).status).toBe(403)
    const harmed = new MemorySource()
    const twin = await importFile(harmed, encrypt(plain))
    harmed.spoil(harmed.leaves()[1] ?? '')
    expect((await asker(harmed)(`/ipfs/${twin}?key=${keyText}`)).status).toBe(502)
  })

  it('is refused unread when it is too long to be held', async () => {
    const big = new MemorySource()
    const zeros = await importFile(big, new Uint8Array(MAX_LEGACY + 1), { leaf: 1024 * KIB })
    big.asked.length = 0
    expect((await asker(big)(`/ipfs/${zeros}?key=${keyText}`)).status).toBe(400)
    expect(big.asked.length).toBe(1)
  })
})
