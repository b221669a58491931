/** The views of the app: their code, which the first screen does not need, and their places in the navigation. */
import type { Route } from './route.ts'

/** Code of the views that the first screen does not need. */
export const VIEWS: Record<Route['view'], () => Promise<unknown>> = {
  home: async () => undefined,
  host: () => import('./elements/cafe-host.ts'),
  join: () => import('./elements/cafe-join.ts'),
  files: () => import('./elements/cafe-files.ts'),
  threads: () => import('./elements/cafe-threads.ts'),
  feed: () => import('./elements/cafe-threads.ts'),
  thread: () => import('./elements/cafe-thread.ts'),
  invited: () => import('./elements/cafe-invited.ts'),
  news: () => import('./elements/cafe-news.ts'),
  people: () => import('./elements/cafe-people.ts'),
  contact: () => import('./elements/cafe-contact.ts'),
  introduced: () => import('./elements/cafe-introduced.ts'),
  mail: () => import('./elements/cafe-mail.ts'),
  you: () => import('./elements/cafe-you.ts'),
  recover: () => import('./elements/cafe-recover.ts'),
  account: () => import('./elements/cafe-accounts.ts'),
  link: () => import('./elements/cafe-accounts.ts'),
  open: () => import('./elements/cafe-open.ts'),
  try: () => import('./elements/cafe-try.ts'),
  pair: () => import('./elements/cafe-pair.ts'),
  settings: () => import('./elements/cafe-settings.ts'),
  doctor: () => import('./elements/cafe-doctor.ts'),
}

/** Views that belong to a line of the navigation which is not theirs. */
const WITHIN: { readonly [V in Route['view']]?: Route['view'] } = {
  open: 'files',
  try: 'files',
  feed: 'threads',
  thread: 'threads',
  invited: 'threads',
  contact: 'people',
  introduced: 'people',
  mail: 'you',
  join: 'you',
  recover: 'you',
  account: 'you',
  link: 'you',
  pair: 'you',
  settings: 'you',
  doctor: 'you',
}

export const NAVIGATION = [
  { view: 'home', href: '#', icon: 'home' },
  { view: 'threads', href: '#threads', icon: 'threads' },
  { view: 'people', href: '#people', icon: 'people' },
  { view: 'news', href: '#news', icon: 'bell' },
  { view: 'files', href: '#files', icon: 'files' },
  { view: 'host', href: '#host', icon: 'cup' },
  { view: 'you', href: '#you', icon: 'person' },
] as const

/** The view whose line of the navigation `view` belongs to. */
export function lineOf(view: Route['view']): Route['view'] {
  return WITHIN[view] ?? view
}
