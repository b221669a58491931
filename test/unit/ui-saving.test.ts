/** What is on its way to disk, and stopped. */
import type { ReactiveControllerHost } from 'lit'
import { describe, expect, it, vi } from 'vitest'
import { Saving } from '../../src/ui/controllers/saving.ts'

const written = Promise.withResolvers<void>()
vi.mock('../../src/ui/viewer/save.ts', () => ({
  canPick: () => true,
  pick: async () => ({}),
  readFile: () => [],
  // A step that takes its time on the disk, and is told of when it is there.
  async writeTo(_file: unknown, _chunks: unknown, { onProgress }: { onProgress(bytes: number): void }) {
    await written.promise
    onProgress(1000)
    throw new DOMException('stopped', 'AbortError')
  },
}))

describe('something on its way to disk', () => {
  it('stays stopped when a step that was being written ends after it', async () => {
    const host = { addController: () => {}, requestUpdate: () => {} } as unknown as ReactiveControllerHost
    const saving = new Saving(host)
    const running = saving.save({ kind: 'file', name: 'film.bin', link: '/ipfs/a', size: 2000 })
    await vi.waitFor(() => expect(saving.state).toMatchObject({ done: 0 }))
    saving.stop()
    expect(saving.state).toBeUndefined()
    written.resolve()
    await running
    expect(saving.state).toBeUndefined()
    expect(saving.problem).toBeUndefined()
  })
})
