import type { Words } from '../words.ts'

export const common: Words['common'] = {
  cancel: 'Abbrechen',
  save: 'Speichern',
  saving: 'Wird gespeichert…',
  saved: 'Gespeichert.',
  remove: 'Entfernen',
  rename: 'Umbenennen',
  change: 'Ändern',
  copy: 'Kopieren',
  copied: 'Kopiert',
  copyAddress: 'Adresse kopieren',
  done: 'Fertig',
  looking: 'Einen Moment…',
  again: 'Noch einmal versuchen',
  stop: 'Anhalten',
  older: 'Ältere anzeigen',
  use: 'Benutzen',
  name: 'Name',
  threads: 'Threads',
  seeThreads: 'Deine Threads ansehen',
}
