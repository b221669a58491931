import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { Action } from '../../src/ui/controllers/action.ts'
import { Live } from '../../src/ui/controllers/live.ts'
import { Uploads } from '../../src/ui/controllers/uploads.ts'
import type { Pin, PinProgress } from '../../src/worker/api.ts'
import type { CafeConsole } from '../../src/worker/console-api.ts'

/** An element without an element: it draws when asked, as Lit does, one microtask later. */
class Host implements ReactiveControllerHost {
  readonly controllers: ReactiveController[] = []
  #pending = false
  readonly updateComplete = Promise.resolve(true)
  addController(controller: ReactiveController): void {
    this.controllers.push(controller)
  }
  removeController(): void {}
  requestUpdate(): void {
    if (this.#pending) return
    this.#pending = true
    queueMicrotask(() => {
      for (const controller of this.controllers) controller.hostUpdate?.()
      this.#pending = false
    })
  }
  disconnect(): void {
    for (const controller of this.controllers) controller.hostDisconnected?.()
  }
}

/** Lets everything that is ready run. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve))

const gate = <T>() => Promise.withResolvers<T>()

describe('an action', () => {
  it('is running until its end, and runs once at a time', async () => {
    const host = new Host()
    const end = gate<void>()
    let runs = 0
    const action = new Action<void>(host, 'open', () => {
      runs++
      return end.promise
    })
    const first = action.run()
    expect(action.running).toBe(true)
    expect(await action.run()).toBe(false)
    end.resolve()
    expect(await first).toBe(true)
    expect([action.running, runs, action.problem]).toEqual([false, 1, undefined])
  })

  it('turns an error into words, and forgets it at the next run', async () => {
    const host = new Host()
    let fail = true
    const action = new Action<void>(host, 'join', async () => {
      if (fail) throw new CafeError('UNREACHABLE')
    })
    expect(await action.run()).toBe(false)
    expect(action.problem).toMatchObject({ code: 'UNREACHABLE', retry: true })
    fail = false
    expect(await action.run()).toBe(true)
    expect(action.problem).toBeUndefined()
  })

  it('is stopped by its element’s end, without a word', async () => {
    const host = new Host()
    const action = new Action<void>(
      host,
      'pin',
      (_input, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new CafeError('ABORTED')))),
    )
    const run = action.run()
    host.disconnect()
    expect(await run).toBe(false)
    expect(action.problem).toBeUndefined()
  })
})

describe('a live value', () => {
  const setup = (read: () => Promise<number>) => {
    const host = new Host()
    const listeners = new Set<(topic: 'node' | 'host' | 'account' | 'pins' | 'mail') => void>()
    const cafe = {
      watch: (listener: (topic: 'node') => void, { signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) => {
          listeners.add(listener as never)
          signal.addEventListener('abort', () => {
            listeners.delete(listener as never)
            resolve()
          })
        }),
    } as unknown as CafeConsole
    const live = new Live(host, () => cafe, ['pins'], read)
    host.requestUpdate()
    return {
      host,
      live,
      listeners,
      tell: (topic: 'pins' | 'node') => listeners.forEach((listener) => void listener(topic)),
    }
  }

  it('is read at once, and again only for its own topics', async () => {
    let reads = 0
    const { live, tell } = setup(async () => ++reads)
    await settled()
    expect(live.value).toBe(1)
    tell('node')
    await settled()
    expect(live.value).toBe(1)
    tell('pins')
    await settled()
    expect(live.value).toBe(2)
  })

  it('is read once more, not ten times, for ten changes during a read', async () => {
    let reads = 0
    const first = gate<void>()
    const { tell } = setup(async () => {
      reads++
      if (reads === 1) await first.promise
      return reads
    })
    await settled()
    for (let i = 0; i < 10; i++) tell('pins')
    first.resolve()
    await settled()
    expect(reads).toBe(2)
  })

  it('keeps its last good value when a read fails, and says why', async () => {
    let fail = false
    const { live, tell } = setup(async () => {
      if (fail) throw new CafeError('UNREACHABLE')
      return 7
    })
    await settled()
    fail = true
    tell('pins')
    await settled()
    expect(live.value).toBe(7)
    expect(live.problem?.code).toBe('UNREACHABLE')
  })

  it('lets go of the worker when its element ends', async () => {
    const { host, listeners } = setup(async () => 1)
    await settled()
    expect(listeners.size).toBe(1)
    host.disconnect()
    expect(listeners.size).toBe(0)
  })
})

describe('uploads', () => {
  interface Running {
    readonly name: string
    readonly plaintext: boolean
    readonly signal: AbortSignal
    readonly report: (progress: PinProgress) => void
    readonly end: PromiseWithResolvers<Pin>
  }

  const setup = async () => {
    const host = new Host()
    const running: Running[] = []
    const cafe = {
      pins: {
        add: (
          file: File,
          { plaintext, onProgress, signal }: { plaintext: boolean; onProgress: Running['report']; signal: AbortSignal },
        ): Promise<Pin> => {
          const end = gate<Pin>()
          signal.addEventListener('abort', () => end.reject(new CafeError('ABORTED')))
          running.push({ name: file.name, plaintext, signal, report: onProgress, end })
          return end.promise
        },
      },
    } as unknown as CafeConsole
    const uploads = new Uploads(host, () => cafe)
    uploads.add(['a', 'b', 'c'].map((name) => new File(['123'], name)))
    await settled()
    return { host, running, uploads }
  }
  const kept = { cafes: [{ state: 'pinned' }] } as unknown as Pin

  it('run two at once, in order, and the next one when one ends', async () => {
    const { running, uploads } = await setup()
    expect(running.map(({ name }) => name)).toEqual(['a', 'b'])
    running[0]?.end.resolve(kept)
    await settled()
    expect(running.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(uploads.items.map(({ name, state }) => [name, state])).toEqual([
      ['b', 'running'],
      ['c', 'running'],
    ])
    expect(uploads.finished).toEqual({ name: 'a', kept: true })
  })

  it('are encrypted unless the person has said that they are public', async () => {
    const { running, uploads } = await setup()
    uploads.add([new File(['1'], 'd')], { plaintext: true })
    for (const one of [0, 1, 2, 3]) {
      running[one]?.end.resolve(kept)
      await settled()
    }
    expect(running.map(({ name, plaintext }) => [name, plaintext])).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
      ['d', true],
    ])
  })

  it('show the progress of each', async () => {
    const { running, uploads } = await setup()
    running[1]?.report({ encrypted: 2, sent: 1, total: 5 })
    expect(uploads.items[1]).toMatchObject({ name: 'b', progress: { encrypted: 2, sent: 1, total: 5 } })
  })

  it('that failed stay with their reason, can be tried again, and keep nobody waiting', async () => {
    const { running, uploads } = await setup()
    running[0]?.end.reject(new CafeError('UNREACHABLE'))
    await settled()
    expect(uploads.items[0]).toMatchObject({ name: 'a', state: 'failed', problem: { code: 'UNREACHABLE' } })
    expect(running.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    uploads.retry(uploads.items[0]?.id ?? 0)
    running[1]?.end.resolve(kept)
    await settled()
    expect(running.at(-1)?.name).toBe('a')
  })

  it('that are stopped are aborted and gone', async () => {
    const { running, uploads } = await setup()
    uploads.cancel(uploads.items[0]?.id ?? 0)
    await settled()
    expect(running[0]?.signal.aborted).toBe(true)
    expect(uploads.items.map(({ name }) => name)).toEqual(['b', 'c'])
  })

  it('keep the page busy until all have ended or failed', async () => {
    const { running, uploads } = await setup()
    expect(uploads.busy).toBe(true)
    for (let i = 0; i < 3; i++) {
      running[i]?.end.reject(new CafeError('QUOTA'))
      await settled()
    }
    expect(uploads.busy).toBe(false)
  })
})
