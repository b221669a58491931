/** Lange Listen von Beiträgen: darin suchen. */
import type { reading as english } from '../en/reading.ts'

export const reading: typeof english = {
  find: 'In Beiträgen suchen',
  looking: 'Ältere Beiträge werden durchgesehen …',
  none: 'Kein weiterer Beitrag damit.',
  found: (place) => `Gefunden: Beitrag ${place}.`,
}
