/** A notification was chosen: brings a window of the app to the front and shows there what it is about, or opens one. */
import { isNoticeData, type OpenNotice } from '../src/rpc/sw-messages.ts'
import { isContentPath } from './handler.ts'

/** What we use of a window client. */
export interface AppWindow {
  readonly url: string
  readonly visibilityState: DocumentVisibilityState
  focus(): Promise<unknown>
  postMessage(message: unknown): void
}

export interface NoticeClickComponents {
  /** Those used last first. */
  windows(): Promise<readonly AppWindow[]>
  openWindow(url: string): Promise<void>
}

export function createNoticeClick({ windows, openWindow }: NoticeClickComponents): (data: unknown) => Promise<void> {
  return async (data) => {
    if (!isNoticeData(data)) return
    // A tab that shows somebody's file is no place for it.
    const all = (await windows()).filter(({ url }) => !isContentPath(new URL(url).pathname))
    const window = all.find(({ visibilityState }) => visibilityState === 'visible') ?? all[0]
    if (window === undefined) return openWindow(`/${data.hash}`)
    window.postMessage({ type: 'cafe:open-notice', hash: data.hash } satisfies OpenNotice)
    // A browser may refuse to bring it to the front; it shows the right thing all the same.
    await window.focus().catch(() => undefined)
  }
}
