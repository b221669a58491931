/** TAR archives: read back by a library and by the system's own tar, and never a way out of their folder. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as dagPb from '@ipld/dag-pb'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { unpackTar } from 'modern-tar'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { assertTarget, entryPath } from '../../src/gateway/tar-path.ts'
import {
  type Ask,
  asker,
  bodyError,
  bytesOf,
  importFile,
  importTree,
  KIB,
  MemorySource,
  noise,
  utf8,
} from './gateway-help.ts'

/** Paths in an archive with their contents; of folders and links what they are. */
async function entriesOf(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(200)
  const entries = await unpackTar(await bytesOf(response), { strict: true })
  return Object.fromEntries(
    entries.map(({ header, data }) => [header.name, data ? Buffer.from(data).toString('latin1') : (header.type ?? '')]),
  )
}

async function putNode(
  source: MemorySource,
  type: 'directory' | 'symlink',
  links: Readonly<Record<string, CID>>,
  data?: string,
): Promise<CID> {
  const bytes = dagPb.encode({
    Data: new UnixFS({ type, ...(data !== undefined && { data: utf8(data) }) }).marshal(),
    Links: Object.entries(links)
      .map(([Name, Hash]) => ({ Name, Tsize: 1, Hash }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.Name), Buffer.from(b.Name))),
  })
  return source.put(CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes)
}

const outside = { code: 'BAD_REQUEST', data: { what: 'outside-root' } }

describe('a TAR archive', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)

  it('of a file has that file, called like the end of the path', async () => {
    const cid = await importFile(source, utf8('hello\n'))
    const response = await ask(`/ipfs/${cid}`, { headers: { Accept: 'application/x-tar' } })
    expect(response.headers.get('Content-Type')).toBe('application/x-tar')
    expect(response.headers.get('Content-Disposition')).toContain(`attachment; filename="${cid}.tar"`)
    expect(response.headers.get('ETag')).toBe(`W/"${cid}.x-tar"`)
    expect(response.headers.get('Accept-Ranges')).toBe('none')
    expect(await entriesOf(response)).toEqual({ [`${cid}`]: 'hello\n' })
    const root = await importTree(source, { 'a/b.txt': utf8('b') })
    expect(await entriesOf(await ask(`/ipfs/${root}/a/b.txt?format=tar`))).toEqual({ 'b.txt': 'b' })
  })

  it('of a folder has all below it, with any names, and is the same each time', async () => {
    const long = `${'ü'.repeat(60)}/${'x'.repeat(200)}/${'y'.repeat(120)}`
    const files = {
      'ą/ę/file-źł.txt': utf8('text'),
      'big.bin': noise(700 * KIB),
      empty: utf8(''),
      [long]: utf8('long'),
    }
    const root = await importTree(source, files)
    const found = await entriesOf(await ask(`/ipfs/${root}?format=tar`))
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
    for (const [path, bytes] of Object.entries(files)) expect(found[`${root}/${path}`]).toBe(text(bytes))
    expect(found[`${root}/ą/ę/`]).toBe('directory')
    const again = await bytesOf(await ask(`/ipfs/${root}?format=tar`))
    expect(Buffer.compare(await bytesOf(await ask(`/ipfs/${root}?format=tar`)), again)).toBe(0)
  })

  it('of a sharded folder has every entry', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`file ${i}`, utf8(`${i}`)]))
    const root = await importTree(source, files, { shardAbove: 0, bits: 3 })
    const found = await entriesOf(await ask(`/ipfs/${root}?format=tar`))
    expect(Object.keys(found)).toHaveLength(301)
    for (let i = 0; i < 300; i++) expect(found[`${root}/file ${i}`]).toBe(`${i}`)
  })

  it.skipIf(spawnSync('tar', ['--version']).status !== 0)('unpacks with the system’s tar', async () => {
    const target = await importFile(source, noise(100 * KIB))
    const link = await putNode(source, 'symlink', {}, '../target.bin')
    const root = await putNode(source, 'directory', {
      'target.bin': target,
      folder: await putNode(source, 'directory', { link }),
      ['n'.repeat(220)]: await importFile(source, utf8('long name')),
    })
    const folder = mkdtempSync(join(tmpdir(), 'tar-'))
    try {
      writeFileSync(join(folder, 'a.tar'), await bytesOf(await ask(`/ipfs/${root}?format=tar`)))
      execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder })
      expect(Buffer.compare(readFileSync(join(folder, `${root}/folder/link`)), noise(100 * KIB))).toBe(0)
      expect(readFileSync(join(folder, `${root}/${'n'.repeat(220)}`), 'utf8')).toBe('long name')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('tells sizes above 8 GiB', async () => {
    const part = CID.createV1(0x55, await sha256.digest(utf8('nowhere')))
    const size = 9_000_000_000n
    const data = new UnixFS({ type: 'file', blockSizes: [size] }).marshal()
    const bytes = dagPb.encode({ Data: data, Links: [{ Name: '', Tsize: Number(size), Hash: part }] })
    const cid = await source.put(CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes)
    let release = (): void => {}
    const waiting = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = asker({
      async get(at, options) {
        if (at.equals(part)) await waiting
        return source.get(at, options)
      },
    })
    const reader = (await slow(`/ipfs/${cid}?format=tar`)).body?.getReader()
    let head = ''
    while (head.length < 1536) head += Buffer.from((await reader?.read())?.value ?? []).toString('latin1')
    expect(head).toContain('size=9000000000\n')
    release()
    await expect(reader?.read()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('answers HEAD and conditions, and is made of files and folders only', async () => {
    const root = await importTree(source, { a: utf8('a') })
    const head = await ask(`/ipfs/${root}?format=tar`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect((await bytesOf(head)).byteLength).toBe(0)
    const known = head.headers.get('ETag') ?? ''
    expect((await ask(`/ipfs/${root}?format=tar`, { headers: { 'If-None-Match': known } })).status).toBe(304)
    expect((await ask(`/ipfs/${root}/none?format=tar`)).status).toBe(404)
    expect((await ask(`/ipfs/${root}/a/below?format=tar`)).status).toBe(404)
    expect((await ask(`/ipfs/${root}?format=tar#key=uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f`)).status).toBe(406)
  })

  it('breaks off where a block is missing, and stops reading when nobody reads on', async () => {
    const gone = await importFile(source, noise(3 * KIB, 77), { leaf: KIB })
    const leaf = source.leaves().at(-1) ?? ''
    const root = await putNode(source, 'directory', { a: await importFile(source, utf8('a')), gone })
    source.blocks.delete(leaf)
    expect(await bodyError(await ask(`/ipfs/${root}?format=tar`))).toMatchObject({ code: 'NOT_FOUND' })
    const big = await importFile(source, noise(24 * 1024 * KIB, 5))
    const asked = source.asked.length
    const response = await ask(`/ipfs/${big}?format=tar`)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await new Promise((resolve) => setTimeout(resolve, 100))
    // 24 MiB are 96 leaves; what is packed ahead are eight MiB.
    expect(source.asked.length - asked).toBeLessThan(60)
  })
})

describe('paths in an archive', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)

  it('may be paths within it', async () => {
    const file = await importFile(source, utf8('Hello'))
    const root = await putNode(source, 'directory', {
      foobar: await putNode(source, 'directory', {
        directory: await putNode(source, 'directory', { '../file': file }),
      }),
    })
    expect(await entriesOf(await ask(`/ipfs/${root}?format=tar`))).toMatchObject({ [`${root}/foobar/file`]: 'Hello' })
  })

  it.each(['../foo', 'a/../../foo', '..', 'a/..', '.', '', '/..'])('must not lead out of it: %j', async (name) => {
    const file = await importFile(source, utf8('x'))
    const top = await putNode(source, 'directory', { [name]: file })
    expect((await ask(`/ipfs/${top}?format=tar`)).status).toBe(400)
    const below = await putNode(source, 'directory', {
      a: await putNode(source, 'directory', { [`../../${name}/x`]: file }),
    })
    if (name !== '.' && name !== '') {
      expect(await bodyError(await ask(`/ipfs/${below}?format=tar`))).toMatchObject(outside)
    }
  })

  it.each(['/etc/passwd', '..', '../../x', 'a/../../x', 'a/..', '', 'a\\..\\..\\b'])(
    'must not link out of it: %j',
    async (target) => {
      const link = await putNode(source, 'symlink', {}, target)
      const root = await putNode(source, 'directory', { link })
      expect(await bodyError(await ask(`/ipfs/${root}?format=tar`))).toMatchObject(outside)
    },
  )

  it('must not go through a link of the archive', async () => {
    const file = await importFile(source, utf8('x'))
    const root = await putNode(source, 'directory', { a: await putNode(source, 'symlink', {}, '.'), 'a/b': file })
    expect(await bodyError(await ask(`/ipfs/${root}?format=tar`))).toMatchObject(outside)
  })

  it('of any names stay below the folder, and have no names of more than one place', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\\', '\0', '...'), fc.string({ maxLength: 6 }))
    const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        let path: readonly string[] = ['root']
        for (const one of names) {
          try {
            path = entryPath(path, one)
          } catch (error) {
            expect(error).toMatchObject(outside)
            return
          }
        }
        expect(path[0]).toBe('root')
        expect(path.length).toBeGreaterThan(1)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not be there
        for (const at of path) expect(at).not.toMatch(/^$|^\.{1,2}$|[/\\\x00-\x1f]/)
      }),
      { numRuns: 2_000 },
    )
    expect(() => assertTarget(['root', 'a'], '../b/c')).not.toThrow()
    expect(() => assertTarget(['root', 'a'], '..')).not.toThrow()
    expect(() => assertTarget(['root', 'a'], './b')).not.toThrow()
    expect(() => assertTarget(['root', 'a'], 'b/../c')).toThrow()
  })
})
