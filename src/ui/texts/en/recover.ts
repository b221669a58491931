/** An account that comes back from its words, drills that prove it could, and moves from cafe to cafe. */
import { html, type TemplateResult } from 'lit'
import { list, number, plural } from '../say.ts'

const threads = (amount: number): string => plural(amount, { one: '# thread', other: '# threads' })
const files = (amount: number): string => plural(amount, { one: '# file', other: '# files' })
const back = (amount: number): string =>
  amount === 1 ? 'Your thread is back' : `All ${number(amount)} threads are back`

export const recover = {
  title: 'Bring an account back',
  lead: 'All it takes is the words you wrote down, and one cafe that keeps your backup.',
  keepsOn: 'You may look at what is back already. If you close this page, it goes on where it was when you come again.',
  stopForNow: 'Stop for now',
  isHere: 'Your account is here.',
  wordsRight: 'The words are right. Now to what you had: threads, files, and the cafes you were at.',
  links: 'Links to cafes you were at',
  linksHint: 'one a line; leave it empty if you know none',
  linksHelp: 'Any invite to the cafe will do, also an old one: ask its host.',
  noLink: (line: string) => `This is no link to a cafe: ${line}`,
  goOn: 'Go on',
  look: 'Look for my backup',
  salvage: 'Bring back what can be',
  salvageText: 'Without the list of your threads, some that you left may come back with the others.',

  unnamed: (id: string) => `Thread ${id}`,
  bringing: (name: string) => `Bringing back ${name}`,
  open: 'Open',
  openLabel: (name: string) => `Open ${name}`,
  cafesShowed: 'What your cafes showed',
  /** `you`: the way to the page that is called “You”. */
  oldState: (you: (name: string) => TemplateResult) =>
    html`A cafe that shows an old state harms nothing here: the newest one counted. If it stays so, move to another cafe under ${you('You')}.`,

  /** After the name of the cafe. */
  behindTold: 'shows an older state than it has signed for: it lost the newer one, or holds it back',
  behindLate: 'has an older state: it has not been given the newest yet',
  outcomes: {
    kept: 'has your backup',
    none: 'knows you, and keeps nothing of you',
    damaged: 'what it keeps of you is damaged',
    newer: 'has a backup of a newer version of Popup Cafe: reload the page',
    unknown: 'does not know you',
    unreachable: 'did not answer',
  },
  coming: 'coming',
  partHere: (percent: number) => `${percent}% here, you can open it`,
  allHere: 'all of it is here',
  older: 'here as it was a while ago: no cafe showed the newest',
  partsDamaged: (parts: number) =>
    plural(parts, {
      one: '# part of it came back damaged everywhere',
      other: '# parts of it came back damaged everywhere',
    }),
  missing: 'no cafe that answered has it',
  notAsked: 'not all of it could be asked for yet',

  askingCafes: 'Asking the cafes what they keep of you…',
  opening: 'Opening your backup…',
  threadsBack: (done: number, of: number) => `${number(done)} of ${threads(of)} back`,
  unfinished: 'Not everything could be asked for yet. Go on when more cafes are open.',
  noThreads: 'Your account is back. It had no threads.',
  someBad: (whole: number, bad: number) => `${threads(whole)} came back whole; ${number(bad)} did not.`,
  someOld: (all: number, old: number) => `${threads(all)} came back, ${number(old)} as they were a while ago.`,
  confirmed: (all: number) => `${back(all)}, and two cafes agree that nothing is newer.`,
  oneAnswered: (all: number) =>
    `${back(all)}. Only one cafe answered, so nobody can say whether it has the very latest.`,

  safe: 'How safe it is',
  drillText:
    'A restore drill proves that all of it could be brought back: it fetches everything from your cafes into a place of its own, compares it with what is here, and clears it away again. Nothing of yours is touched.',
  noDrill: 'There was no good drill yet.',
  lastDrill: (when: TemplateResult) => html`The last good drill was ${when}.`,
  startDrill: 'Start a drill',
  askingYours: 'Asking your cafes…',
  comparing: 'Bringing it back and comparing',
  drill: 'Restore drill',
  drillGood: (threadCount: number, fileCount: number) =>
    `${threads(threadCount)} and ${files(fileCount)} came back from your cafes, the same to the last bit.`,
  drillBad: (found: readonly string[], more: number) =>
    `Not all of it came back as it is here: ${list(more > 0 ? [...found, plural(more, { one: '# other', other: '# others' })] : found)}. What is missing is sent again by itself; try again in a while.`,
  /** What a drill found wrong, for the list in `drillBad`; `name` is empty where there is none. */
  wrong: {
    cafe: (name: string) => (name === '' ? 'the cafe did not answer' : `the cafe “${name}” did not answer`),
    manifest: (name: string) => (name === '' ? 'the list of your threads' : `the list of your threads at “${name}”`),
    record: (name: string) => (name === '' ? 'the list of your threads' : `the list of your threads at “${name}”`),
    snapshot: (name: string) => (name === '' ? 'the thread' : `the thread “${name}”`),
    blocks: (name: string) => (name === '' ? 'the thread' : `the thread “${name}”`),
    file: (name: string) => (name === '' ? 'the file' : `the file “${name}”`),
  },

  steps: {
    register: 'Joining the new cafe',
    copy: 'Copying what the old one keeps',
    publish: 'Telling others where you are now',
    leave: 'Making sure that all of it is there, then leaving',
  },
  copyLeft: (things: number) =>
    plural(things, {
      one: 'Copying what the old one keeps: # thing to go',
      other: 'Copying what the old one keeps: # things to go',
    }),
}
