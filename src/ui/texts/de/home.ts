import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const home: Words['home'] = {
  title: 'Ein Café in einem Browser-Tab',
  lead: 'Bewahrt eure Dateien gegenseitig auf, ohne eine Firma dazwischen. Sie werden verschlüsselt, bevor sie dein Gerät verlassen.',
  openTitle: 'Ein Café öffnen',
  openText: 'Gib etwas Platz auf diesem Gerät ab. Wen du einlädst, der bewahrt seine Dateien bei dir auf.',
  joinTitle: 'Einem Café beitreten',
  joinText: 'Hast du eine Einladung? Tritt bei und bewahre Dateien in einem Café auf, das jemand anderes geöffnet hat.',
  tryLink: 'Sehen, was mit einem Link geschieht',
  linkTitle: 'Einen Link öffnen',
  linkText: 'Sieh dir eine Datei an, die mit dir geteilt wurde. Du brauchst kein Konto.',
  joined: (cafes) => plural(cafes, { one: 'Du bist in # Café.', other: 'Du bist in # Cafés.' }),
  keepFile: 'Eine Datei aufbewahren',
  seeFiles: (files) => plural(files, { one: 'Deine # Datei ansehen', other: 'Deine # Dateien ansehen' }),
  seeCafe: 'Dein Café ansehen',
  isOpen: (name, people) =>
    html`${name} ist offen, ${plural(people, { one: '# Person ist', other: '# Personen sind' })} beigetreten.`,
  asking: (people) => plural(people, { one: '# Person möchte beitreten.', other: '# Personen möchten beitreten.' }),
  how: 'So funktioniert es',
  howKeys:
    'Jede Datei bekommt einen eigenen Schlüssel, der hier entsteht. Cafés bewahren nur auf, was sie nicht lesen können.',
  howTwo: 'Ein Café kann verschwinden. Tritt zweien bei, und nichts geht verloren.',
  howFree: 'Keine Firma, keine Anmeldung, nichts zu installieren.',

  paste: 'Der Link, den du bekommen hast',
  pasteWrong: 'Das ist kein Link zu einer Datei. Füge den ganzen Link ein, vom Anfang bis zum Ende des Schlüssels.',
  pasteOpen: 'Link öffnen',
}
