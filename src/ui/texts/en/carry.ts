/** A whole cafe elsewhere: to a file, from a file, to another device. */
import { html, type TemplateResult } from 'lit'

export const carry = {
  fileText: 'A file with all that your cafe keeps and knows. Whoever has it and its passphrase can become your cafe.',
  saveFile: 'Save to a file',
  moveText:
    'Your cafe can go on at another device. Have it show a code there. It closes here, and people find it at its new place by themselves.',
  codeOf: 'Code of the other device',
  moveThere: 'Move the cafe there',
  fileOf: 'File of a cafe',
  openFile: 'Open the cafe of this file here',
  orMove: 'Or move a cafe here: show a code, and enter it on the device where the cafe is now.',
  showCode: 'Show a code',
  copyCode: 'Copy the code',
  copied: 'Copied',
  ready: 'Getting ready…',
  stop: 'Stop',
  saved: 'Saved.',
  savedBut: 'Saved, but for blocks that were lost here; their owners will be asked for them.',
  moved: 'Your cafe has moved.',
  movedWait: 'Your cafe has moved. Keep this page open until its new place has heard of it.',
  passphrase: 'Passphrase',
  arrival: (cafe: TemplateResult) =>
    html`${cafe} has come, and begins as soon as its old place says so. Keep this page open.`,
  departure: (cafe: TemplateResult, to: TemplateResult) => html`${cafe} has moved to ${to}.`,
  keepOpen: 'Keep this page open until its new place has heard of it.',
  progress: (done: string, of: string) => `${done} of ${of}`,
  isHere: (cafe: string) => `${cafe} is here now, and opens in a moment.`,
}
