/** The catalogue: every area of the app's texts. English says what there is; a language that lacks a text does not compile. */
import type { home } from './en/home.ts'
import type { units } from './en/units.ts'

export interface Words {
  readonly home: typeof home
  readonly units: typeof units
}
