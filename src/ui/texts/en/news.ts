/** News of what others did, and notifications of the system. */
import { plural } from '../say.ts'

export const news = {
  title: 'News',
  markAll: 'Mark all as read',
  allRead: 'All is read',
  notRead: (lines: number) => plural(lines, { one: '# line not read', other: '# lines not read' }),
  newLine: 'New:',
  noneTitle: 'Nothing new',
  noneText: 'Here you see who posted, answered you or invited you.',
  notifications: 'Notifications',
  tellMe: 'Tell me when something comes while this page is in the background',
  about:
    'They say who and in which thread, and never what was written. They come while a tab of Popup Cafe is open in this browser.',
  blocked:
    'This browser was told not to show notifications of this page. Allow them in its settings for the page, then come back.',
  unsupported: 'This browser shows no notifications of pages.',
  offerText: 'Only who and in which thread, never what was written. The tab has to stay open.',
  refuse: 'No, thanks',
  accept: 'Tell me',
  on: 'You are told from now on.',
  denied: 'Your browser does not show notifications.',
  off: 'You are not asked again. It can be switched on under “You”.',
}
