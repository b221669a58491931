/** German, whole: loaded where it is spoken. */
import '@awesome.me/webawesome/dist/translations/de.js'
import type { Words } from '../words.ts'
import { files } from './files.ts'
import { home } from './home.ts'
import { keep } from './keep.ts'
import { links } from './links.ts'
import { units } from './units.ts'
import { viewer } from './viewer.ts'

export const words: Words = { files, home, keep, links, units, viewer }
