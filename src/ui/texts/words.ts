/** The catalogue: every area of the app's texts. English says what there is; a language that lacks a text does not compile. */

import type { account } from './en/account.ts'
import type { accountFailures } from './en/account-failures.ts'
import type { admit } from './en/admit.ts'
import type { cafes } from './en/cafes.ts'
import type { carry } from './en/carry.ts'
import type { common } from './en/common.ts'
import type { contact } from './en/contact.ts'
import type { doctor } from './en/doctor.ts'
import type { failures } from './en/failures.ts'
import type { files } from './en/files.ts'
import type { frame } from './en/frame.ts'
import type { home } from './en/home.ts'
import type { host } from './en/host.ts'
import type { hosting } from './en/hosting.ts'
import type { join } from './en/join.ts'
import type { keep } from './en/keep.ts'
import type { keys } from './en/keys.ts'
import type { letters } from './en/letters.ts'
import type { links } from './en/links.ts'
import type { look } from './en/look.ts'
import type { mail } from './en/mail.ts'
import type { news } from './en/news.ts'
import type { pair } from './en/pair.ts'
import type { people } from './en/people.ts'
import type { posts } from './en/posts.ts'
import type { reading } from './en/reading.ts'
import type { recover } from './en/recover.ts'
import type { room } from './en/room.ts'
import type { safety } from './en/safety.ts'
import type { settings } from './en/settings.ts'
import type { tester } from './en/tester.ts'
import type { threadFailures } from './en/thread-failures.ts'
import type { threadLines } from './en/thread-lines.ts'
import type { threads } from './en/threads.ts'
import type { units } from './en/units.ts'
import type { viewer } from './en/viewer.ts'

export interface Words {
  readonly account: typeof account
  readonly accountFailures: typeof accountFailures
  readonly admit: typeof admit
  readonly cafes: typeof cafes
  readonly carry: typeof carry
  readonly common: typeof common
  readonly contact: typeof contact
  readonly doctor: typeof doctor
  readonly failures: typeof failures
  readonly files: typeof files
  readonly frame: typeof frame
  readonly home: typeof home
  readonly host: typeof host
  readonly hosting: typeof hosting
  readonly join: typeof join
  readonly keep: typeof keep
  readonly keys: typeof keys
  readonly letters: typeof letters
  readonly links: typeof links
  readonly look: typeof look
  readonly mail: typeof mail
  readonly news: typeof news
  readonly pair: typeof pair
  readonly people: typeof people
  readonly posts: typeof posts
  readonly reading: typeof reading
  readonly recover: typeof recover
  readonly room: typeof room
  readonly safety: typeof safety
  readonly settings: typeof settings
  readonly tester: typeof tester
  readonly threadFailures: typeof threadFailures
  readonly threadLines: typeof threadLines
  readonly threads: typeof threads
  readonly units: typeof units
  readonly viewer: typeof viewer
}
