/** What happened when a link was opened, and trying the gateway with a file of one's own. */
import { plural } from '../say.ts'

export const tester = {
  happened: 'What happened',
  happenedText:
    'This page asked its own gateway, which runs in this browser. The key of a link stays on this device, and is not shown here.',
  nothingTold: 'Nothing is known of this link’s requests. Reload the page and open it again.',
  requests: 'Requests',
  asked: { about: 'What is it?', part: 'A part of it', content: 'All of it' },
  noAnswer: 'no answer yet',
  firstByte: (ms: string) => `first byte after ${ms} ms`,
  wholeTime: (ms: string) => `all after ${ms} ms`,
  headers: (amount: number) => plural(amount, { one: '# header of the answer', other: '# headers of the answer' }),
  moreRequests: (amount: number) => plural(amount, { one: 'And # more request.', other: 'And # more requests.' }),
  blocks: 'Blocks',
  blocksHere: (blocks: number, size: string) =>
    plural(blocks, { one: `# block from this device (${size})`, other: `# blocks from this device (${size})` }),
  blocksOthers: (blocks: number, size: string) =>
    plural(blocks, { one: `# block from others (${size})`, other: `# blocks from others (${size})` }),
  noBlocks: 'No block was read.',
  moreBlocks: (amount: number, size: string) =>
    plural(amount, { one: `And # more block, ${size}.`, other: `And # more blocks, ${size}.` }),
  block: 'Block',
  from: 'From',
  size: 'Size',
  time: 'Time',
  ms: (ms: string) => `${ms} ms`,
  thisDevice: 'this device',
  someNode: 'somebody else',
  cafeCalled: (name: string) => `the cafe ${name}`,
  peer: (id: string) => `the peer ${id}`,
  by: {
    direct: (who: string) => `${who}, directly`,
    relayed: (who: string) => `${who}, through the relay`,
  },
  fetchAll: 'Fetch all of it',
  stop: 'Stop',
  got: (size: string) => `${size} so far`,
  gotAll: (size: string) => `${size} came.`,

  title: 'See what happens with a link',
  lead: 'Open a link and see every request, header and block; or try it with a file of yours, which nobody gets.',
  linkTitle: 'A link you have',
  linkText: 'A link, a path or a content id. A key that came apart from it goes behind it, after a space.',
  fileTitle: 'A file of yours',
  fileText: (most: string) =>
    `A small one, up to ${most}. It is encrypted like every file, and kept on this device only until you remove it, a day at most.`,
  choose: 'Encrypt a file and try it',
  file: 'File to try',
  tooLarge: (most: string) => `This file is too large to be tried: at most ${most}.`,
  sampleTitle: 'A link in the old form',
  sampleText:
    'Links of Textile had their key in the query, as ?\u2060key=…, and they open here. But browsers send a query to the server, and it ends up in logs. So new links have the key behind the #, which is never sent.',
  makeSample: 'Make a sample',
  onlyHere: 'only on this device',
  oldForm: 'old form',
  link: 'Its link',
  sees: 'What a cafe would see',
  seesText: (size: string) => `${size} of ciphertext, without its name and its kind. It begins like this:`,
  gives: 'What the key gives',
  givesText: (size: string) => `${size}, decrypted on this device.`,
  remove: 'Remove it now',
  opening: 'Opening it…',
  closed: 'It does not open.',
  removed: 'It is gone from this device.',
}
