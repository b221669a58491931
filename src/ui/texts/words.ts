/** The catalogue: every area of the app's texts. English says what there is; a language that lacks a text does not compile. */
import type { doctor } from './en/doctor.ts'
import type { files } from './en/files.ts'
import type { home } from './en/home.ts'
import type { keep } from './en/keep.ts'
import type { links } from './en/links.ts'
import type { settings } from './en/settings.ts'
import type { units } from './en/units.ts'
import type { viewer } from './en/viewer.ts'

export interface Words {
  readonly doctor: typeof doctor
  readonly files: typeof files
  readonly home: typeof home
  readonly keep: typeof keep
  readonly links: typeof links
  readonly settings: typeof settings
  readonly units: typeof units
  readonly viewer: typeof viewer
}
