/** Title and icon, what was seen, notifications: each by its own rules, without a browser. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Address } from '../../src/core/ids.ts'
import { Badge, type BadgePlace } from '../../src/ui/controllers/badge.ts'
import { Notices, noticeOf } from '../../src/ui/controllers/notices.ts'
import { Seen, type SeenPost } from '../../src/ui/controllers/seen.ts'
import type { Notice, NoticeChoice, NoticePermission } from '../../src/ui/notice-board.ts'
import type { CafeConsole } from '../../src/worker/console-api.ts'
import type { Person, ThreadNews, ThreadNotification } from '../../src/worker/thread-api.ts'

/** An element without an element: it draws when asked, one microtask later. */
class Host implements ReactiveControllerHost {
  readonly controllers: ReactiveController[] = []
  readonly updateComplete = Promise.resolve(true)
  #pending = false
  addController(controller: ReactiveController): void {
    this.controllers.push(controller)
    controller.hostConnected?.()
  }
  removeController(): void {}
  requestUpdate(): void {
    if (this.#pending) return
    this.#pending = true
    queueMicrotask(() => {
      this.#pending = false
      for (const controller of this.controllers) controller.hostUpdate?.()
      for (const controller of this.controllers) controller.hostUpdated?.()
    })
  }
  disconnect(): void {
    for (const controller of this.controllers) controller.hostDisconnected?.()
  }
}

/** A page that can be turned to and away from. */
class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'
  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the badge', () => {
  const setup = (place: Partial<BadgePlace> = {}) => {
    const host = new Host()
    const said: (number | null)[] = []
    const shown = { waiting: 0, title: 'Popup Cafe' }
    const at: BadgePlace = {
      title: '',
      setAppBadge: async (count) => void said.push(count),
      clearAppBadge: async () => void said.push(null),
      ...place,
    }
    new Badge(host, () => shown, at)
    const draw = async (waiting: number) => {
      shown.waiting = waiting
      host.requestUpdate()
      await Promise.resolve()
    }
    return { at, said, draw }
  }

  it('is in the title and on the icon, and goes when nothing waits', async () => {
    const { at, said, draw } = setup()
    await draw(3)
    expect(at.title).toBe('(3) Popup Cafe')
    await draw(3)
    await draw(120)
    expect(at.title).toBe('(99+) Popup Cafe')
    await draw(0)
    expect(at.title).toBe('Popup Cafe')
    expect(said).toEqual([3, 120, null])
  })

  it('is in the title alone where there is no icon, or none may be marked', async () => {
    const without = setup({ setAppBadge: undefined, clearAppBadge: undefined })
    await without.draw(1)
    expect(without.at.title).toBe('(1) Popup Cafe')
    const refused = setup({ setAppBadge: () => Promise.reject(new DOMException('no', 'NotAllowedError')) })
    await refused.draw(1)
    expect(refused.at.title).toBe('(1) Popup Cafe')
  })
})

describe('what was seen', () => {
  const setup = (tell: (thread: string, cids: readonly string[]) => Promise<void> = async () => {}) => {
    const host = new Host()
    const page = new Page()
    const told: [string, readonly string[]][] = []
    let move: (element: Element, onScreen: boolean) => void = () => {}
    const seen = new Seen(host, {
      tell: async (thread, cids) => {
        await tell(thread, cids)
        told.push([thread, cids])
      },
      watch: (changed) => {
        move = changed
        return { observe: () => {}, disconnect: () => {} }
      },
      page,
    })
    const posts = Array.from({ length: 3 }, () => ({}) as Element) as [Element, Element, Element]
    const [a, b, c] = posts
    const shown = new Map<Element, SeenPost>([
      [a, { thread: 't1', cid: 'a' }],
      [b, { thread: 't1', cid: 'b' }],
      [c, { thread: 't2', cid: 'c' }],
    ])
    seen.show(shown)
    return { host, page, told, seen, shown, posts, move: (element: Element, on: boolean) => move(element, on) }
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('is told once, those of a thread together', async () => {
    const { told, move, posts } = setup()
    for (const post of posts) move(post, true)
    await pass(2000)
    expect(told).toEqual([
      ['t1', ['a', 'b']],
      ['t2', ['c']],
    ])
    move(posts[0], false)
    move(posts[0], true)
    await pass(2000)
    expect(told).toHaveLength(2)
  })

  it('is not what was scrolled by', async () => {
    const { told, move, posts } = setup()
    move(posts[0], true)
    await pass(300)
    move(posts[0], false)
    await pass(2000)
    expect(told).toEqual([])
  })

  it('is not what stood in a tab that nobody looked at; it is when somebody looks', async () => {
    const { told, move, page, posts } = setup()
    page.turn('hidden')
    move(posts[0], true)
    await pass(2000)
    expect(told).toEqual([])
    page.turn('visible')
    await pass(2000)
    expect(told).toEqual([['t1', ['a']]])
  })

  it('is looked at anew where another post is shown in the same place', async () => {
    const { told, move, seen, posts } = setup()
    move(posts[0], true)
    await pass(400)
    seen.show(new Map([[posts[0], { thread: 't1', cid: 'other' }]]))
    await pass(300)
    expect(told).toEqual([])
    await pass(2000)
    expect(told).toEqual([['t1', ['other']]])
  })

  it('is told with the next, if it could not be told', async () => {
    let broken = true
    const { told, move, posts } = setup(async () => {
      if (broken) throw new Error('gone')
    })
    move(posts[0], true)
    await pass(2000)
    expect(told).toEqual([])
    broken = false
    move(posts[1], true)
    await pass(2000)
    expect(told).toEqual([['t1', ['a', 'b']]])
  })

  it('is told also of a view that is left at once', async () => {
    const { told, host, move, posts } = setup()
    move(posts[0], true)
    await pass(500)
    host.disconnect()
    await pass(0)
    expect(told).toEqual([['t1', ['a']]])
  })
})

const ben: Person = {
  address: 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq' as Address,
  name: 'Ben',
  avatar: null,
}
const eve: Person = { ...ben, name: 'Eve' }
const TRIP = 'ab'.repeat(32)

const news = (id: string, more: Partial<ThreadNotification> = {}): ThreadNotification => ({
  ...{ id, kind: 'text', actor: ben, thread: TRIP, threadName: 'Trip', block: 'b', target: null },
  ...{ text: 'a secret', time: 1, read: false },
  ...more,
})

describe('a notification', () => {
  it('says who and where, and never what', () => {
    const notice = noticeOf([news('1')], { with: null })
    expect(notice).toMatchObject({ title: 'Ben', body: 'posted in “Trip”', hash: `#thread=${TRIP}` })
    expect(JSON.stringify(notice)).not.toContain('secret')
    expect(noticeOf([news('1')], { with: ben }).body).toBe('wrote to you')
    expect(noticeOf([news('1', { kind: 'invite' })], undefined)).toMatchObject({
      body: 'invites you to “Trip”',
      hash: '#threads',
    })
  })

  it('is one for all that is new in a thread', () => {
    expect(noticeOf([news('2', { actor: eve }), news('1')], { with: null })).toMatchObject({
      title: 'Eve and Ben',
      body: '2 new things in “Trip”',
    })
  })
})

describe('notifications', () => {
  const setup = ({
    choice = 'on' as NoticeChoice | 'none',
    permission = 'granted' as NoticePermission,
    others = false,
  } = {}) => {
    const host = new Host()
    const page = new Page()
    const shown: Notice[] = []
    let cleared = 0
    let items: ThreadNotification[] = [news('old')]
    let tell: (news: ThreadNews) => void = () => {}
    const cafe = {
      thread: {
        notifications: async () => ({ items: [...items], unread: items.length, next: null }),
        get: async () => ({ with: null }),
        watch: (listener: (news: ThreadNews) => void) => {
          tell = listener
          return new Promise<void>(() => {})
        },
      },
    } as unknown as CafeConsole
    new Notices(host, () => cafe, {
      board: {
        permission: () => permission,
        ask: async () => permission,
        show: async (notice) => void shown.push(notice),
        clear: async () => void cleared++,
      },
      page,
      inSight: async () => others,
      comeInSight: () => {},
      choice: () => (choice === 'none' ? undefined : choice),
    })
    host.requestUpdate()
    const settled = () => vi.advanceTimersByTimeAsync(1)
    const come = async (...fresh: ThreadNotification[]) => {
      items = [...fresh, ...items]
      tell({ what: 'notifications', thread: null })
      await settled()
    }
    return { host, page, shown, settled, come, cleared: () => cleared }
  }

  it('come for what is new while nobody looks, once each', async () => {
    const { page, shown, settled, come } = setup()
    await settled()
    page.turn('hidden')
    await come(news('1'))
    await come(news('2', { thread: 'cd'.repeat(32), threadName: 'Work' }))
    expect(shown.map(({ body }) => body)).toEqual(['posted in “Trip”', 'posted in “Work”'])
  })

  it('do not come for what was there before, was seen, or was read elsewhere', async () => {
    const { page, shown, settled, come } = setup()
    await settled()
    await come(news('1'))
    page.turn('hidden')
    await come(news('2', { read: true }))
    expect(shown).toEqual([])
  })

  it.each([
    ['the person has not asked for them', { choice: 'none' as const }],
    ['the person has switched them off', { choice: 'off' as const }],
    ['the browser does not let us', { permission: 'blocked' as const }],
    ['another tab is looked at', { others: true }],
  ])('do not come where %s', async (_why, options) => {
    const { page, shown, settled, come } = setup(options)
    await settled()
    page.turn('hidden')
    await come(news('1'))
    expect(shown).toEqual([])
  })

  it('are taken down when somebody looks', async () => {
    const { page, settled, cleared } = setup()
    await settled()
    const before = cleared()
    page.turn('hidden')
    page.turn('visible')
    expect(cleared()).toBe(before + 1)
  })
})
