/** Keeping files: what is on the way, what is kept and where, and saving. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const files = {
  title: 'Files',
  looking: 'Looking…',
  onTheWay: 'On the way',
  unfinished: 'Not finished',
  unfinishedText: (amount: number) =>
    plural(amount, {
      one: 'The page closed before this file was read to the end. Add the same file again to go on: what a cafe has already is not sent again.',
      other:
        'The page closed before these files were read to the end. Add the same file again to go on: what a cafe has already is not sent again.',
    }),
  read: (done: string, size: string) => `${done} of ${size} read`,
  forget: (name: string) => `Forget ${name}`,
  kept: 'Kept',
  keptLine: (amount: number, size: string) => plural(amount, { one: `# file, ${size}`, other: `# files, ${size}` }),
  removed: (name: string) =>
    `“${name}” is being removed: its cafes will stop keeping it, and its link will stop working.`,
  isKept: (name: string) => `${name} is kept.`,
  isHere: (name: string) => `${name} is on this device; no cafe keeps it yet.`,
  isWhole: (name: string) => `${name} is kept whole.`,
  isNotWhole: (name: string) => `${name} is not kept whole everywhere.`,
  waitTitle: 'Waiting for the host',
  waitText:
    'You have asked to join. As soon as the host says yes you can keep files; you may close this page meanwhile.',
  joinTitle: 'Join a cafe first',
  joinText: 'Files are kept at cafes you have joined. All it takes is an invite.',
  join: 'Join a cafe',

  drop: 'Drop files here',
  choose: 'Choose files',
  chooseLabel: 'Files to keep',
  isPublic:
    'Not encrypted: the cafes can read it, and so can everybody who has its address. This cannot be taken back.',
  isPrivate: 'Each file gets its own key, on this device. Only people with the link can read it.',
  public: 'Public: do not encrypt',
  folder: 'A folder cannot be kept as one thing. Drop the files inside it.',

  where: 'Where it is kept',
  publicTag: 'public: not encrypted',
  onlyHere: 'only on this device',
  remove: (name: string) => `Remove ${name}`,
  damagedAt: (cafe: TemplateResult, why: string) => html`damaged at ${cafe}: ${why}, being repaired`,
  notYetAt: (cafe: TemplateResult) => html`not at ${cafe} yet: it follows by itself`,
  notAt: (cafe: TemplateResult, why: string) => html`not at ${cafe}: ${why}`,
  proved: (when: TemplateResult) => html`, last proved ${when}`,
  check: 'Check now',
  checkLabel: (name: string) => `Check that ${name} is still kept whole`,
  again: 'Try again',
  againLabel: (name: string) => `Try again to keep ${name} at every cafe`,
  copyLink: 'Copy link',
  copyLinkLabel: (name: string) => `Copy link to ${name}`,
  copied: 'Copied',
  share: 'Share',
  shareLabel: (name: string) => `Share ${name}`,
  open: 'Open',
  openLabel: (name: string) => `Open ${name}`,

  againUpload: (name: string) => `Try again: ${name}`,
  dismissUpload: (name: string) => `Dismiss: ${name}`,
  stopUpload: (name: string) => `Stop: ${name}`,
  keeping: (name: string) => `Keeping ${name}`,
  waiting: 'Waiting',

  save: 'Save',
  saveAll: 'Save all',
  saving: (name: string) => `Saving ${name}`,
  saved: (done: string) => `${done} saved`,
  savedOf: (done: string, size: string) => `${done} of ${size}`,
  stop: 'Stop',
  browserSaves: 'Your browser is saving it: see its downloads.',

  sharedTitle: 'Shared with you by another app',
  sharedHeld: 'It waits here until you have joined a cafe.',
  sharedText: (amount: number) =>
    plural(amount, { one: 'Keep this file at your cafes?', other: 'Keep these # files at your cafes?' }),
  keep: 'Keep',
  discard: 'Discard',
}
