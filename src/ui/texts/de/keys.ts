/** Tastenkürzel. */
import type { keys as english } from '../en/keys.ts'

export const keys: typeof english = {
  title: 'Tastenkürzel',
  home: 'Zum Anfang',
  threads: 'Zu den Threads',
  people: 'Zu den Leuten',
  news: 'Zu den Neuigkeiten',
  files: 'Zu den Dateien',
  host: 'Zu deinem Café',
  you: 'Zu dir',
  settings: 'Zu den Einstellungen',
  posts: 'In einem Thread: zum nächsten Beitrag, zum vorigen',
  pageDown: 'Bild ab',
  pageUp: 'Bild auf',
  control: 'Strg',
  undo: 'Zurücknehmen, was gerade entfernt wurde',
  help: 'Diese Tastenkürzel zeigen',
  off: 'In den Einstellungen lassen sie sich abschalten; beim Schreiben gelten sie nie.',
  use: 'Tastenkürzel: ? zeigt sie',
}
