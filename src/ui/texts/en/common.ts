/** What buttons and lines say that are the same wherever they stand. */

export const common = {
  cancel: 'Cancel',
  save: 'Save',
  saving: 'Saving…',
  saved: 'Saved.',
  remove: 'Remove',
  rename: 'Rename',
  change: 'Change',
  copy: 'Copy',
  copied: 'Copied',
  copyAddress: 'Copy the address',
  done: 'Done',
  looking: 'Looking…',
  again: 'Try again',
  stop: 'Stop',
  older: 'Show older',
  use: 'Use',
  name: 'Name',
  threads: 'Threads',
  seeThreads: 'See your threads',
}
