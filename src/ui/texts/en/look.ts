/** One file as what it is, what is beside it, and why it does not open. */

export const look = {
  broken: 'It cannot be shown: this browser may not know its kind, or its cafe is away. It can still be saved.',
  source: 'Its source text',
  pdf: 'PDFs are saved, not shown: the viewers of browsers cannot be fenced in. Open it with an app you trust.',
  other: 'Files of this kind are saved, not shown. Open it with an app you trust.',
  beside: 'Other files of this folder',
  previous: 'Previous',
  next: 'Next',
  keyInLink:
    'If it is encrypted, its key is in the link it was sent with. This page keeps keys only until it is closed or reloaded.',
  tried: 'What was tried',
  again: 'Try again',
  report: 'Copy a report',
  copied: 'Copied',
  reportHolds: 'The report holds no key, no address and no name of a file.',
}
