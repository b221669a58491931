/** Files of a page on their way into a thread: names and times as the page's system has them. */
import { describe, expect, it } from 'vitest'
import type { AddManyOptions, GivenFile } from '../../src/peer/thread-files.ts'
import { createAddFiles } from '../../src/worker/add-files.ts'

describe('files for a thread', () => {
  it('keep name and time; what has no name gets one; all of them are public, or none', async () => {
    const asked: { files: readonly GivenFile[]; options: AddManyOptions }[] = []
    const reports: unknown[] = []
    const addMany = async (files: readonly GivenFile[], options: AddManyOptions) => {
      asked.push({ files, options })
      options.onProgress?.({ done: 1, total: 2 })
      return { data: {} as never, files: [] }
    }
    const add = createAddFiles(() => ({ addMany }))
    const { signal } = new AbortController()
    const given = [new File(['1'], 'a.txt', { lastModified: 7 }), new Blob(['2'])]
    const onProgress = (progress: unknown) => void reports.push(progress)
    for (const plaintext of [false, true]) await add(given, { thread: 't', plaintext, signal, onProgress })
    for (const [i, { files, options }] of asked.entries()) {
      expect(files).toMatchObject([{ name: 'a.txt', modified: 7 }, { name: 'file' }])
      expect(files.map(({ plaintext }) => plaintext)).toEqual([i === 1, i === 1])
      expect(options).toMatchObject({ thread: 't', signal })
    }
    await expect.poll(() => reports).toContainEqual({ done: 1, total: 2 })
  })
})
