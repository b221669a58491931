/**
 * Tells the person, by notifications of the system, what came while no tab of the app was looked at: once each, one for a
 * thread at a time, taken down when they look.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { isOpenNotice } from '../../rpc/sw-messages.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadInfo, ThreadNotification } from '../../worker/thread-api.ts'
import { plainName } from '../format.ts'
import { type Notice, type NoticeBoard, type NoticeChoice, noticeChoice } from '../notice-board.ts'
import { threadHash } from '../route.ts'
import { threadLines as english } from '../texts/en/thread-lines.ts'
import { spoken } from '../texts/say.ts'
import { newsLine, personName } from '../thread-words.ts'
import { Live, threadNews } from './live.ts'

const text = spoken('threadLines', english)

export interface NoticesComponents {
  readonly board: NoticeBoard
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
  /** Some tab of the app is looked at. */
  inSight(): Promise<boolean>
  /** This tab is, until the signal fires. */
  comeInSight(signal: AbortSignal): void
  readonly choice?: () => NoticeChoice
}

/** Lines looked at when something is new: more than come between two looks. */
const LOOKED_AT = 30
/** Lines remembered, so that none is told twice. */
const REMEMBERED = 500

export class Notices implements ReactiveController {
  readonly #components: NoticesComponents
  readonly #source: () => CafeConsole | undefined
  readonly #news: Live<readonly ThreadNotification[]>
  #told: Set<string> | undefined
  #read: readonly ThreadNotification[] | undefined
  #seen: AbortController | undefined
  readonly #turned = () => this.#look()
  readonly #chosen = (event: MessageEvent<unknown>) => {
    if (isOpenNotice(event.data)) location.hash = event.data.hash
  }

  /** `source` gives nothing while there is no account that is open. */
  constructor(host: ReactiveControllerHost, source: () => CafeConsole | undefined, components: NoticesComponents) {
    this.#components = components
    this.#source = source
    this.#news = new Live(
      host,
      source,
      threadNews(['notifications', 'invites']),
      async (cafe) => (await cafe.thread.notifications({ limit: LOOKED_AT })).items,
    )
    host.addController(this)
  }

  hostConnected(): void {
    this.#components.page.addEventListener('visibilitychange', this.#turned)
    globalThis.navigator?.serviceWorker?.addEventListener('message', this.#chosen)
    this.#look()
  }

  hostDisconnected(): void {
    this.#components.page.removeEventListener('visibilitychange', this.#turned)
    globalThis.navigator?.serviceWorker?.removeEventListener('message', this.#chosen)
    this.#seen?.abort()
    this.#seen = undefined
  }

  hostUpdated(): void {
    const items = this.#news.value
    if (items === undefined || items === this.#read) return
    this.#read = items
    // What was there before the page was is no news.
    const first = this.#told === undefined
    const told = this.#told ?? new Set()
    this.#told = told
    const fresh = items.filter(({ id, read }) => !read && !told.has(id))
    for (const { id } of items) remember(told, id)
    if (!first && fresh.length > 0) void this.#tell(fresh).catch(() => undefined) // a system that shows none is none of ours
  }

  #look(): void {
    const { page, board, comeInSight } = this.#components
    if (page.visibilityState !== 'visible') {
      this.#seen?.abort()
      this.#seen = undefined
    } else if (this.#seen === undefined) {
      this.#seen = new AbortController()
      comeInSight(this.#seen.signal)
      board.clear().catch(() => undefined) // they lie there until the person wipes them away
    }
  }

  async #tell(fresh: readonly ThreadNotification[]): Promise<void> {
    const { page, board, inSight, choice = noticeChoice } = this.#components
    if (page.visibilityState === 'visible' || choice() !== 'on' || board.permission() !== 'granted') return
    if (await inSight()) return
    for (const [thread, lines] of Map.groupBy(fresh, (line) => line.thread)) {
      await board.show(noticeOf(lines, await this.#threadOf(thread)))
    }
  }

  /** An invite's is not here. */
  async #threadOf(id: string): Promise<ThreadInfo | undefined> {
    return this.#source()
      ?.thread.get(id)
      .catch(() => undefined)
  }
}

/** Who did it and in which thread; `lines` are of one thread, newest first. */
export function noticeOf(lines: readonly ThreadNotification[], info: Pick<ThreadInfo, 'with'> | undefined): Notice {
  const [newest, ...more] = lines
  if (newest === undefined) throw new TypeError('a notice is about something')
  const people = [...new Set(lines.map(({ actor }) => personName(actor)))]
  const named = people.length > 3 ? people.slice(0, 2) : people
  const title = text.actors(named, people.length - named.length)
  const isTalk = info?.with !== undefined && info.with !== null
  const one = isTalk && newest.kind === 'text' ? text.wroteToYou : newsLine(newest)
  const many = isTalk ? text.newThings(lines.length) : text.newThingsIn(lines.length, plainName(newest.threadName))
  return {
    title,
    body: more.length === 0 ? one : many,
    tag: `cafe:${newest.thread}`,
    hash: newest.kind === 'invite' ? '#threads' : threadHash(newest.thread),
  }
}

function remember(told: Set<string>, id: string): void {
  told.add(id)
  const [oldest] = told
  if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest)
}

/** A lock that tabs hold together while they are looked at: the others ask whether anybody holds it. */
const IN_SIGHT = 'cafe:in-sight'

export const TABS: Pick<NoticesComponents, 'inSight' | 'comeInSight'> = {
  async inSight() {
    const { held = [] } = await navigator.locks.query()
    return held.some(({ name }) => name === IN_SIGHT)
  },
  comeInSight(signal) {
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    navigator.locks.request(IN_SIGHT, { mode: 'shared', signal }, () => gone).catch(() => undefined) // turned away before it was had
  },
}
