/** How much a hosted cafe keeps, may keep, and can free. */
import { html, type TemplateResult } from 'lit'

export const room = {
  title: 'Room',
  change: 'Change…',
  cleanUp: 'Clean up',
  usedByCafe: 'Room used by your cafe',
  usedUp: 'The room is used up: new uploads are refused. What is kept stays. Clean up, or allow more.',
  byItself: 'Removed files are cleaned up by themselves after a while.',
  diskFullText:
    'It refused to keep something, though your cafe had room for it. Nothing kept before was lost. Free space on the device, then clean up here. If it happens again, allow the cafe less room. This notice goes when Popup Cafe starts the next time.',
  dialog: 'Room for your cafe',
  atMost: 'Keep at most',
  inGigabytes: 'in gigabytes',
  wrong: 'Enter a number of gigabytes, such as 8 or 2.5.',
  cancel: 'Cancel',
  save: 'Save',
  keptOf: (used: string, of: string) => `${used} kept of ${of}`,
  free: (size: string) => `${size} free`,
  leased: (size: string) => `${size} of it is for unfinished uploads, kept for a day so that they can go on.`,
  collectable: (size: string) => `About ${size} of it can be freed. This happens by itself after a while.`,
  lastCleaned: (when: TemplateResult, freed: string) => html`Last cleaned up ${when}. ${freed}`,
  stoppedEarly: (when: TemplateResult, freed: string) => html`The last clean-up stopped early, ${when}. ${freed}`,
  diskFull: (when: TemplateResult) => html`This device’s disk was full ${when}`,
  less: (size: string) =>
    `${size} is kept now. If you allow less than that, new uploads are refused and nothing is removed.`,
}
