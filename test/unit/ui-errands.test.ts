/** What outlives a view: errands, files and texts on their way into threads, feeds as far as they were looked at. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { Errand } from '../../src/ui/controllers/errand.ts'
import { FeedPages } from '../../src/ui/controllers/feed-pages.ts'
import { Sending } from '../../src/ui/controllers/sending.ts'
import type { CafeConsole } from '../../src/worker/console-api.ts'
import type { FeedInput, FeedItem, ThreadNews } from '../../src/worker/thread-api.ts'

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
      this.#pending = false
      for (const controller of this.controllers) controller.hostUpdate?.()
    })
  }
  disconnect(): void {
    for (const controller of this.controllers) controller.hostDisconnected?.()
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve))
const NOBODY = {} as CafeConsole

describe('an errand', () => {
  it('tells how far it is, and what it came to', async () => {
    const end = Promise.withResolvers<string>()
    const errand = new Errand(
      new Host(),
      () => NOBODY,
      'drill',
      async (_cafe, input: number, { onProgress }) => {
        onProgress(input)
        return end.promise
      },
    )
    const run = errand.run(7)
    expect(errand.state).toEqual({ running: true, progress: 7 })
    await errand.run(8)
    expect(errand.state.progress).toBe(7)
    end.resolve('done')
    await run
    expect(errand.state).toEqual({ running: false, progress: 7, result: 'done' })
  })

  it('says why it failed, and keeps how far it came', async () => {
    const errand = new Errand(
      new Host(),
      () => NOBODY,
      'recover',
      async (_cafe, _: undefined, { onProgress }) => {
        onProgress(3)
        throw new CafeError('NOT_FOUND', { what: 'backup' })
      },
    )
    await errand.run(undefined)
    expect(errand.state).toMatchObject({ running: false, progress: 3, problem: { code: 'NOT_FOUND' } })
  })

  it('stops when told, says nothing of it, and may begin again', async () => {
    let signal: AbortSignal | undefined
    const errand = new Errand(
      new Host(),
      () => NOBODY,
      'move',
      (_cafe, _: undefined, options) => {
        signal = options.signal
        return new Promise((_resolve, reject) =>
          options.signal.addEventListener('abort', () => reject(options.signal.reason)),
        )
      },
    )
    const run = errand.run(undefined)
    errand.stop()
    await run
    expect(signal?.aborted).toBe(true)
    expect(errand.state).toEqual({ running: false })
    void errand.run(undefined)
    expect(errand.state.running).toBe(true)
  })
})

describe('files on their way into threads', () => {
  const file = (name: string) => new File(['x'], name)

  it('go one after the other, in order, and are forgotten when they are there', async () => {
    const ends: PromiseWithResolvers<void>[] = []
    const calls: string[] = []
    const cafe = {
      thread: {
        addFiles: (id: string, files: readonly File[]) => {
          calls.push(`${id} ${files.map(({ name }) => name)}`)
          const end = Promise.withResolvers<void>()
          ends.push(end)
          return end.promise
        },
      },
    } as unknown as CafeConsole
    const sending = new Sending(new Host(), () => cafe)
    sending.add('one', [file('a'), file('b')], 'caption')
    sending.add('two', [file('c')], '')
    await settled()
    expect(calls).toEqual(['one a,b'])
    expect(sending.busy).toBe(true)
    ends[0]?.resolve()
    await settled()
    expect(calls).toEqual(['one a,b', 'two c'])
    expect(sending.parcels.map(({ thread }) => thread)).toEqual(['two'])
    ends[1]?.resolve()
    await settled()
    expect([sending.parcels.length, sending.busy]).toEqual([0, false])
  })

  it('stay with the reason when they fail, and go again when told', async () => {
    let fail = true
    const cafe = {
      thread: {
        addFiles: async () => {
          if (fail) throw new CafeError('QUOTA', { disk: true })
        },
      },
    } as unknown as CafeConsole
    const sending = new Sending(new Host(), () => cafe)
    sending.add('one', [file('a')], '')
    await settled()
    expect(sending.parcels[0]).toMatchObject({ state: 'failed', problem: { code: 'QUOTA' } })
    expect(sending.busy).toBe(false)
    fail = false
    sending.retry(sending.parcels[0]?.id ?? -1)
    await settled()
    expect(sending.parcels).toEqual([])
  })

  it('are stopped without a word, and make way for the next', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const cafe = {
      thread: {
        addFiles: (_id: string, _files: unknown, { signal }: { signal: AbortSignal }) => {
          signals.push(signal)
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        },
      },
    } as unknown as CafeConsole
    const sending = new Sending(new Host(), () => cafe)
    sending.add('one', [file('a')], '')
    sending.add('one', [file('b')], '')
    await settled()
    sending.cancel(sending.parcels[0]?.id ?? -1)
    await settled()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false])
    expect(sending.parcels.map(({ names }) => names)).toEqual([['b']])
  })

  it('texts that were begun are kept for each thread', () => {
    const sending = new Sending(new Host(), () => NOBODY)
    sending.keep('one', 'Dear')
    sending.keep('two', 'Hello')
    sending.keep('two', '')
    expect([sending.draft('one'), sending.draft('two'), sending.draft('three')]).toEqual(['Dear', '', ''])
  })
})

describe('a feed as far as it was looked at', () => {
  const item = (cid: number) => ({ post: { thread: 'a', cid: String(cid) }, stack: [] }) as unknown as FeedItem

  /** A worker with `posts` posts, numbered from the newest; `hidden` of them leave pages without lines. */
  const world = (posts: number) => {
    let tell: ((news: ThreadNews) => void) | undefined
    const asked: FeedInput[] = []
    const state = { posts }
    const cafe = {
      thread: {
        feed: async (input: FeedInput) => {
          asked.push(input)
          const from = Number(input.after ?? 0)
          const to = Math.min(from + (input.limit ?? 20), state.posts)
          const items = Array.from({ length: to - from }, (_, i) => item(from + i))
          return { items, next: to < state.posts ? String(to) : null }
        },
        watch: (listener: (news: ThreadNews) => void) => {
          tell = listener
          return new Promise(() => {})
        },
      },
    } as unknown as CafeConsole
    return { cafe, asked, state, tell: (news: ThreadNews) => tell?.(news) }
  }

  it('shows a page, then more, then all', async () => {
    const { cafe, asked } = world(130)
    const host = new Host()
    const feed = new FeedPages(
      host,
      () => cafe,
      () => ({ id: 'a', mode: 'annotated' }),
    )
    host.requestUpdate()
    await settled()
    expect([feed.items?.length, feed.more]).toEqual([20, true])
    // However often it is asked for while it is on its way, it is one page.
    for (let i = 0; i < 5; i++) feed.next()
    expect(feed.loading).toBe(true)
    await settled()
    expect([feed.items?.length, feed.more]).toEqual([120, true])
    feed.next()
    await settled()
    expect([feed.items?.length, feed.more]).toEqual([130, false])
    expect(asked.every(({ limit }) => (limit ?? 0) <= 100)).toBe(true)
  })

  it('is read anew when there is news of its thread, and not for others', async () => {
    const { cafe, asked, state, tell } = world(3)
    const host = new Host()
    const feed = new FeedPages(
      host,
      () => cafe,
      () => ({ id: 'a' }),
    )
    host.requestUpdate()
    await settled()
    const before = asked.length
    tell({ what: 'feed', thread: 'b' })
    tell({ what: 'notifications', thread: null })
    await settled()
    expect(asked.length).toBe(before)
    state.posts = 4
    tell({ what: 'feed', thread: 'a' })
    await settled()
    expect(feed.items?.length).toBe(4)
  })
})
