/** German, whole: loaded where it is spoken. */
import '@awesome.me/webawesome/dist/translations/de.js'
import type { Words } from '../words.ts'
import { home } from './home.ts'
import { units } from './units.ts'

export const words: Words = { home, units }
