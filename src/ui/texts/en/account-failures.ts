/** What can go wrong with accounts, passphrases and devices. */
import { plural } from '../say.ts'

export const accountFailures = {
  doing: {
    unlock: { NOT_FOUND: 'There is no account in this browser any more.' },
    wallet: {
      CONFLICT: 'There is an account in this browser already.',
      NOT_FOUND: 'This account is not in this browser any more.',
    },
    device: {
      BUSY: 'Another device is using this link. Show a new one, and use that.',
      UNSUPPORTED: 'That device shows no link any more. Show a new one, and use that.',
      UNREACHABLE: 'The other device cannot be reached. Is Popup Cafe still open there?',
      TIMEOUT: 'The other device did not answer in time. Is Popup Cafe still open there?',
      SEALED: 'What came from the other device was damaged. Start again with a new link.',
      ABORTED: 'The other device has stopped. Start again with a new link.',
      NOT_FOUND: 'This device is not in the list any more.',
    },
  },
  /** By code, then by the `what` or `why` of the failure. */
  data: {
    SEALED: { account: 'Your account is locked. Unlock it with its passphrase.' },
    FORBIDDEN: {
      passphrase: 'This is not the passphrase.',
      differs: 'The numbers were not the same, so nothing was given. Start again with a new link.',
      commit: 'Somebody may be listening in, so nothing was given. Start again with a new link.',
    },
    BAD_REQUEST: {
      passphrase: 'A passphrase needs at least 8 characters.',
      'device link': 'This is not the link of a device. Copy the whole link that the other device shows.',
    },
    NOT_FOUND: {
      seed: 'This browser never stored what that needs. Enter your words once more, then it works.',
      link: 'This link has ended. Show a new one on the other device, and use that.',
      passphrase: 'This account has no passphrase yet.',
    },
    CONFLICT: { 'own link': 'This is this device’s own link. Open it on the device that has your account.' },
    TIMEOUT: { link: 'Five minutes are over, so this link has ended. Show a new one.' },
    ABORTED: { giver: 'The other device has said no. Start again with a new link if that was a mistake.' },
  },
  tooOften: (seconds: number) =>
    plural(seconds, {
      one: 'That was wrong too often. Try again in # second.',
      other: 'That was wrong too often. Try again in # seconds.',
    }),
}
