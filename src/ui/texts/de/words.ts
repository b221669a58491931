/** German, whole: loaded where it is spoken. */
import '@awesome.me/webawesome/dist/translations/de.js'
import type { Words } from '../words.ts'
import { account } from './account.ts'
import { accountFailures } from './account-failures.ts'
import { admit } from './admit.ts'
import { cafes } from './cafes.ts'
import { carry } from './carry.ts'
import { common } from './common.ts'
import { contact } from './contact.ts'
import { doctor } from './doctor.ts'
import { failures } from './failures.ts'
import { files } from './files.ts'
import { frame } from './frame.ts'
import { home } from './home.ts'
import { host } from './host.ts'
import { hosting } from './hosting.ts'
import { join } from './join.ts'
import { keep } from './keep.ts'
import { keys } from './keys.ts'
import { letters } from './letters.ts'
import { links } from './links.ts'
import { look } from './look.ts'
import { mail } from './mail.ts'
import { news } from './news.ts'
import { pair } from './pair.ts'
import { people } from './people.ts'
import { posts } from './posts.ts'
import { reading } from './reading.ts'
import { recover } from './recover.ts'
import { room } from './room.ts'
import { safety } from './safety.ts'
import { settings } from './settings.ts'
import { tester } from './tester.ts'
import { threadFailures } from './thread-failures.ts'
import { threadLines } from './thread-lines.ts'
import { threads } from './threads.ts'
import { units } from './units.ts'
import { viewer } from './viewer.ts'

export const words: Words = {
  account,
  accountFailures,
  admit,
  cafes,
  carry,
  common,
  contact,
  doctor,
  failures,
  files,
  frame,
  home,
  host,
  hosting,
  join,
  keep,
  keys,
  letters,
  links,
  look,
  mail,
  news,
  pair,
  people,
  posts,
  reading,
  recover,
  room,
  safety,
  settings,
  tester,
  threadFailures,
  threadLines,
  threads,
  units,
  viewer,
}
