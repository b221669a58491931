/** German, whole: loaded where it is spoken. */
import '@awesome.me/webawesome/dist/translations/de.js'
import type { Words } from '../words.ts'
import { doctor } from './doctor.ts'
import { files } from './files.ts'
import { home } from './home.ts'
import { keep } from './keep.ts'
import { links } from './links.ts'
import { settings } from './settings.ts'
import { units } from './units.ts'
import { viewer } from './viewer.ts'

export const words: Words = { doctor, files, home, keep, links, settings, units, viewer }
