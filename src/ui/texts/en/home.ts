/** The first screen, and the place to paste a link. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const home = {
  title: 'A cafe in a browser tab',
  lead: 'Keep each other’s files without a company in between. They are encrypted before they leave your device.',
  openTitle: 'Open a cafe',
  openText: 'Lend some room on this device. People you invite keep their files with you.',
  joinTitle: 'Join a cafe',
  joinText: 'Got an invite? Join, and keep files at a cafe somebody else has open.',
  tryLink: 'See what happens with a link',
  linkTitle: 'Open a link',
  linkText: 'See a file that was shared with you. No account needed.',
  joined: (cafes: number) => plural(cafes, { one: 'You are in # cafe.', other: 'You are in # cafes.' }),
  keepFile: 'Keep a file',
  seeFiles: (files: number) => plural(files, { one: 'See your # file', other: 'See your # files' }),
  seeCafe: 'See your cafe',
  isOpen: (name: TemplateResult, people: number) =>
    html`${name} is open, ${plural(people, { one: '# person joined', other: '# people joined' })}.`,
  asking: (people: number) => plural(people, { one: '# person asks to join.', other: '# people ask to join.' }),
  how: 'How it works',
  howKeys: 'Every file gets its own key, made here. Cafes keep only what they cannot read.',
  howTwo: 'A cafe may vanish. Join two, and nothing is lost.',
  howFree: 'No company, no sign-up, nothing to install.',

  paste: 'The link you were sent',
  pasteWrong: 'This is not a link to a file. Paste the whole link, from its start to the end of its key.',
  pasteOpen: 'Open the link',
}
