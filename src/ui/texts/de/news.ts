import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const news: Words['news'] = {
  title: 'Neues',
  markAll: 'Alles als gelesen markieren',
  allRead: 'Alles ist gelesen',
  notRead: (lines) => plural(lines, { one: '# Zeile nicht gelesen', other: '# Zeilen nicht gelesen' }),
  newLine: 'Neu:',
  noneTitle: 'Nichts Neues',
  noneText: 'Hier siehst du, wer geschrieben, dir geantwortet oder dich eingeladen hat.',
  notifications: 'Benachrichtigungen',
  tellMe: 'Sag mir Bescheid, wenn etwas kommt, während diese Seite im Hintergrund ist',
  about:
    'Sie sagen, wer und in welchem Thread, und nie, was geschrieben wurde. Sie kommen, solange ein Tab von Popup Cafe in diesem Browser offen ist.',
  blocked:
    'Diesem Browser wurde gesagt, dass er von dieser Seite keine Benachrichtigungen zeigen soll. Erlaube sie in seinen Einstellungen für die Seite und komm dann zurück.',
  unsupported: 'Dieser Browser zeigt keine Benachrichtigungen von Seiten.',
  offerText: 'Nur wer und in welchem Thread, nie, was geschrieben wurde. Der Tab muss offen bleiben.',
  refuse: 'Nein, danke',
  accept: 'Sag Bescheid',
  on: 'Ab jetzt sagen wir dir Bescheid.',
  denied: 'Dein Browser zeigt keine Benachrichtigungen.',
  off: 'Wir fragen nicht noch einmal. Unter „Du“ lässt es sich einschalten.',
}
