/** What the page fetches once its node answers, while nobody waits for it. */
import type { ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../worker/console-api.ts'
import { takeLaunches } from './asked.ts'
import { Notices, TABS } from './controllers/notices.ts'
import { browserBoard } from './notice-board.ts'
import { keepShell } from './service-worker.ts'
import { SHARED } from './shared.ts'
import { VIEWS } from './views.ts'

/** Notices while `open` gives a console, bars of the frame, files that the system opens, all views, and the shell at last. */
export async function fetchRest(frame: ReactiveControllerHost, open: () => CafeConsole | undefined): Promise<void> {
  new Notices(frame, open, { board: browserBoard(), page: document, ...TABS })
  await import('./elements/cafe-update.ts').catch(() => undefined)
  await import('./elements/cafe-install.ts').catch(() => undefined)
  await import('./elements/cafe-shortcuts.ts').catch(() => undefined)
  takeLaunches(() => {
    location.hash = '#files'
    dispatchEvent(new Event(SHARED))
  })
  for (const load of Object.values(VIEWS)) await load().catch(() => undefined)
  keepShell()
}
