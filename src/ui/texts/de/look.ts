import type { Words } from '../words.ts'

export const look: Words['look'] = {
  broken:
    'Es kann nicht gezeigt werden: Dieser Browser kennt die Art vielleicht nicht, oder sein Café ist weg. Speichern lässt es sich trotzdem.',
  source: 'Sein Quelltext',
  pdf: 'PDFs werden gespeichert, nicht gezeigt: Die Anzeige der Browser lässt sich nicht einzäunen. Öffne es mit einer App, der du vertraust.',
  other: 'Dateien dieser Art werden gespeichert, nicht gezeigt. Öffne sie mit einer App, der du vertraust.',
  beside: 'Andere Dateien dieses Ordners',
  previous: 'Zurück',
  next: 'Weiter',
  keyInLink:
    'Ist es verschlüsselt, steht sein Schlüssel im Link, mit dem es kam. Diese Seite behält Schlüssel nur, bis sie geschlossen oder neu geladen wird.',
  tried: 'Was versucht wurde',
  again: 'Noch einmal versuchen',
  report: 'Einen Bericht kopieren',
  copied: 'Kopiert',
  reportHolds: 'Der Bericht enthält keinen Schlüssel, keine Adresse und keinen Namen einer Datei.',
}
