/** German, whole: loaded where it is spoken. */
import type { Words } from '../words.ts'
import { account } from './account.ts'
import { common } from './common.ts'
import { contact } from './contact.ts'
import { files } from './files.ts'
import { home } from './home.ts'
import { keep } from './keep.ts'
import { letters } from './letters.ts'
import { links } from './links.ts'
import { mail } from './mail.ts'
import { news } from './news.ts'
import { people } from './people.ts'
import { posts } from './posts.ts'
import { recover } from './recover.ts'
import { threadLines } from './thread-lines.ts'
import { threads } from './threads.ts'
import { units } from './units.ts'
import { viewer } from './viewer.ts'
import '@awesome.me/webawesome/dist/translations/de.js'

export const words: Words = {
  account,
  common,
  contact,
  files,
  home,
  keep,
  letters,
  links,
  mail,
  news,
  people,
  posts,
  recover,
  threadLines,
  threads,
  units,
  viewer,
}
