/**
 * Notifications of the system: whether the person wants them, and how one is put up. They say who and in which thread, and
 * never what was said, as they lie on locked screens.
 */

import type { NoticeData } from '../rpc/sw-messages.ts'
import { keepChoice, readChoice } from './choices.ts'

export interface Notice {
  readonly title: string
  readonly body: string
  /** One of a kind: a later one takes the place of an earlier. */
  readonly tag: string
  /** Where it leads. */
  readonly hash: string
}

/** `ask`: the person has not been asked, or has closed the question; `blocked`: has said no to the browser. */
export type NoticePermission = 'granted' | 'ask' | 'blocked' | 'unsupported'

export interface NoticeBoard {
  permission(): NoticePermission
  /** Has the browser ask. Only from what the person does. */
  ask(): Promise<NoticePermission>
  show(notice: Notice): Promise<void>
  /** Takes down all that hang there. */
  clear(): Promise<void>
}

/** What the person has chosen in this browser: to be told, or not to be asked again. */
export type NoticeChoice = 'on' | 'off' | undefined

const CHOICE = 'cafe:notices'

/** Without site data it is as if nothing was chosen. */
export function noticeChoice(): NoticeChoice {
  const kept = readChoice(CHOICE)
  return kept === 'on' || kept === 'off' ? kept : undefined
}

export function chooseNotices(choice: 'on' | 'off'): void {
  keepChoice(CHOICE, choice)
}

export function browserBoard(): NoticeBoard {
  const permission = (): NoticePermission => {
    if (!('Notification' in globalThis)) return 'unsupported'
    const said = Notification.permission
    return said === 'granted' ? 'granted' : said === 'denied' ? 'blocked' : 'ask'
  }
  return {
    permission,
    async ask() {
      if (permission() === 'ask') await Notification.requestPermission()
      return permission()
    },
    async show({ title, body, tag, hash }) {
      const data: NoticeData = { type: 'cafe:notice', hash }
      // Some browsers know only notifications of a service worker, and those outlive the page.
      const worker = await registration()
      if (worker) return worker.showNotification(title, { body, tag, data })
      const notice = new Notification(title, { body, tag })
      notice.addEventListener('click', () => {
        notice.close()
        focus()
        location.hash = hash
      })
    },
    async clear() {
      for (const notice of (await (await registration())?.getNotifications()) ?? []) notice.close()
    },
  }
}

/** A service worker that can show something; undefined where there is none, or not yet. */
async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker?.getRegistration()
  return found?.active && 'showNotification' in found ? found : undefined
}
