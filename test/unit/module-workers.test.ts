/** Which browsers run module workers: told by what their constructors read, with nothing started. */
import { describe, expect, it, vi } from 'vitest'
import { readsOption, runsModules } from '../../src/ui/module-workers.ts'

/** A browser's constructor: converts the options it knows, then parses the address, then starts. */
function constructorOf(...known: readonly (keyof WorkerOptions)[]) {
  const start = vi.fn()
  const seen: unknown[] = []
  class FakeWorker {
    constructor(url: string, options: WorkerOptions) {
      for (const name of known) seen.push(options[name])
      if (!URL.canParse(url, 'https://cafe.example/')) throw new DOMException('not a valid URL', 'SyntaxError')
      start()
    }
  }
  return { FakeWorker, start, seen }
}

describe('module workers', () => {
  it('are there where the constructor asks for the type', () => {
    const { FakeWorker, start, seen } = constructorOf('credentials', 'name', 'type')
    expect(runsModules(FakeWorker)).toBe(true)
    expect(seen).toEqual([undefined, undefined, 'module'])
    expect(start).not.toHaveBeenCalled()
  })

  it.each([
    ['only a name', ['name']],
    ['no options at all', []],
  ] as const)('are not there where it knows %s', (_, known) => {
    const { FakeWorker, start } = constructorOf(...known)
    expect(runsModules(FakeWorker)).toBe(false)
    expect(start).not.toHaveBeenCalled()
  })

  it('are not there where the constructor throws before it looks', () => {
    class Forbidden {
      constructor() {
        throw new DOMException('workers are forbidden here', 'SecurityError')
      }
    }
    expect(runsModules(Forbidden)).toBe(false)
  })

  it('are told apart from other options', () => {
    const { FakeWorker } = constructorOf('type')
    expect(readsOption(FakeWorker, 'extendedLifetime', true)).toBe(false)
    expect(readsOption(FakeWorker, 'type', 'module')).toBe(true)
  })
})
