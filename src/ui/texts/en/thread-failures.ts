/** What can go wrong with threads, people, mail and recovery. */

export const threadFailures = {
  threads: {
    NOT_FOUND: 'This thread is not on this device. Ask a member for an invite, or bring your account back first.',
    TIMEOUT: 'Nothing came in time. What is here is still here; try again.',
  },
  create: {
    BAD_REQUEST: 'A thread needs a name of 1 to 64 characters, and addresses of members must be complete.',
    QUOTA: 'You have as many threads as fit. Leave one first.',
  },
  enter: {
    BAD_REQUEST: 'This invite is damaged or cut off. Ask for the complete link.',
    FORBIDDEN: 'This invite does not let you in: it has ended, or it was made for somebody else. Ask for a new one.',
    NOT_FOUND: 'This invite is not here any more. Ask for a new one.',
    CONFLICT: 'You are in this thread already.',
    UNREACHABLE: 'No member and no cafe of this thread can be reached. Try again while one of them is online.',
    TIMEOUT: 'No member answered in time. Try again while one of them is online.',
    SEALED: 'This invite was made for somebody else’s account.',
    CORRUPT: 'This invite is not genuine. Ask for a new one, some other way.',
  },
  post: {
    BAD_REQUEST: 'This is too long or empty. Shorten it, or send it as a file.',
    FORBIDDEN: 'You cannot post in this thread.',
    NOT_FOUND: 'This thread is not on this device any more.',
  },
  files: {
    BAD_REQUEST: 'These files cannot be added together. Try fewer, or other names.',
    FORBIDDEN: 'You cannot add files to this thread.',
    NOT_FOUND: 'A file can no longer be read. Choose it again.',
    CORRUPT: 'A file changed while it was being read. Try again.',
  },
  annotate: {
    BAD_REQUEST: 'This is too long or empty.',
    FORBIDDEN: 'Members of this thread can only read.',
    NOT_FOUND: 'This post is gone.',
  },
  ask: {
    BAD_REQUEST: 'This is not an address. It starts with P and has 48 characters; ask for it again.',
    FORBIDDEN: 'You cannot invite to this thread.',
    CONFLICT: 'They are in this thread already.',
  },
  quit: { NOT_FOUND: 'This thread is gone already.' },
  rename: {
    BAD_REQUEST: 'A name needs 1 to 64 characters.',
    FORBIDDEN: 'Only whoever started a thread can rename it.',
  },
  expel: { FORBIDDEN: 'Only whoever started a thread can remove members.', NOT_FOUND: 'They are not in it any more.' },
  recover: {
    BAD_REQUEST: 'These are not the words of an account. Check the spelling and the order; there are 12 to 24 of them.',
    NOT_FOUND:
      'The cafes that answered keep nothing of this account. Check that these are the words of the right account, or add a link to a cafe you used.',
    CORRUPT:
      'A backup was found, but it is damaged and cannot be opened. Add a link to another cafe you used: one good copy is enough.',
    UNREACHABLE:
      'No cafe could be reached. A cafe is open only while its tab is: ask its host to open it, or add a link to another cafe you used.',
    TIMEOUT: 'No cafe answered in time. Try again, or add a link to another cafe you used.',
    UNAUTHORIZED: 'The cafe lets nobody in without an invite. Ask its host for a new one, and add its link here.',
    CONFLICT: 'There is another account in this browser already. Bring this one back beside it from “You”.',
  },
  // Why one thread has not come back: the end of a line about it.
  returned: {
    NOT_FOUND: 'parts of it are at no cafe that answered',
    CORRUPT: 'what is kept of it is damaged',
    UNREACHABLE: 'the cafe went away',
    TIMEOUT: 'the cafe did not answer',
    QUOTA: 'this device is out of room',
    INTERNAL: 'something went wrong',
  },
  drill: {
    NOT_FOUND: 'There is nothing at your cafes yet. Wait until your threads are safe, then try again.',
    UNREACHABLE: 'No cafe of yours can be reached, so nothing could be checked. Try again while one is open.',
    CORRUPT: 'What a cafe keeps of your account is damaged. It is sent again; try again in a while.',
  },
  move: {
    BAD_REQUEST: 'This invite is damaged or cut off. Ask for the complete link.',
    FORBIDDEN: 'The new cafe did not accept the invite. Ask for a new one. Nothing was left behind.',
    UNREACHABLE: 'A cafe cannot be reached. Nothing is lost: the move goes on when you try again.',
    TIMEOUT: 'A cafe did not answer in time. Nothing is lost: the move goes on when you try again.',
    QUOTA: 'The new cafe has no room for all of it. Your old cafe still has everything.',
    CONFLICT: 'You cannot move to the same cafe.',
  },
  find: {
    BAD_REQUEST: 'This cannot be searched for. Type a name, a handle or an address.',
    UNREACHABLE: 'No cafe could be reached. What is in your contacts is still here.',
  },
  person: {
    BAD_REQUEST:
      'This is not somebody else’s address, or the name is too long. An address has 48 characters and starts with P.',
    QUOTA: 'Your address book is full. Remove somebody first.',
    UNREACHABLE: 'No cafe could be asked about them. What is known here is shown.',
    FORBIDDEN: 'You cannot invite to this thread.',
  },
  introduce: { BAD_REQUEST: 'This contact link is damaged or cut off. Ask for the complete link.' },
  findable: {
    BAD_REQUEST: 'A handle has 3 to 32 characters: small letters, digits, dots and underscores.',
  },
  mail: {
    NOT_FOUND: 'This letter is not here any more.',
    UNSUPPORTED: 'This version of Popup Cafe has no mail yet. Reload the page to update.',
  },
  // Why a letter that came is of no use still, when it was tried again.
  unusable: {
    NOT_FOUND: 'It is of no use still: what it is about is not on this device, or the letter is gone.',
    SEALED: 'It still does not open with the keys on this device.',
    CORRUPT: 'It is damaged, and stays so. Ask its sender to send it again.',
    BAD_REQUEST: 'It is still not written in a way that this version of Popup Cafe understands.',
    FORBIDDEN: 'It is of no use still: its sender may not do what it asks for.',
    CONFLICT: 'Something newer is here already. It can be removed.',
    UNSUPPORTED: 'It comes from a newer version of Popup Cafe. Reload the page to update, then try again.',
    QUOTA: 'There is still no room for it on this device.',
  },
  profile: {
    BAD_REQUEST: 'Give yourself a name first, of 1 to 64 characters on one line.',
    UNSUPPORTED: 'This browser cannot read this picture. Try a JPEG or PNG.',
  },
}
