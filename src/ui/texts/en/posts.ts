/** Posts: the feed, files, likes and comments, what is being written and sent. */
import { html, type TemplateResult } from 'lit'
import { list, number, plural } from '../say.ts'

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
/** Names of others, then `you` first if it is among them, and how many more. */
const people = (names: readonly string[], you: boolean, more = 0): string =>
  list([...(you ? ['you'] : []), ...names, ...(more > 0 ? [plural(more, { one: '# other', other: '# others' })] : [])])

export const posts = {
  show: 'What to show',
  list: 'Posts',
  seenBefore: 'Seen before',
  inThread: (thread: TemplateResult) => html`in ${thread}`,
  noneTitle: 'Nothing here yet',
  noneText: 'Posts show here, newest first.',

  postOf: (name: string) => `Post of ${name}`,
  reportedBy: (names: readonly string[], you: boolean) => `Reported by ${people(names, you)}.`,
  likedBy: (names: readonly string[], you: boolean, more: number) =>
    `${upper(people(names, you, more))} ${names.length + more === 1 && !you ? 'likes' : 'like'} this`,
  showAnyway: 'Show it anyway',
  like: 'Like',
  likeLabel: (mine: boolean, likes: number) => {
    const does = mine ? 'You like this' : 'Like'
    return likes === 0 ? does : `${does}: ${plural(likes, { one: '# like', other: '# likes' })}`
  },
  comment: 'Comment',
  comments: 'Comments',
  earlier: (amount: number) => plural(amount, { one: 'Show # earlier comment', other: 'Show # earlier comments' }),
  hide: 'Hide for everybody',
  hideComment: (name: string) => `Hide the comment of ${name} for everybody`,
  hidePost: (name: string) => `Hide the post of ${name} for everybody`,
  report: 'Report',
  reportPost: (name: string) => `Report the post of ${name} to the others`,
  hideCommentTitle: 'Hide this comment?',
  hidePostTitle: 'Hide this post?',
  hideText: 'No member sees it any more, and it cannot be shown again. What somebody saved of it stays with them.',
  hidingPost: 'Your post is being hidden for everybody.',
  hidingComment: 'Your comment is being hidden for everybody.',
  hideVerb: 'Hide it for everybody',
  reportCommentTitle: 'Report this comment?',
  reportPostTitle: 'Report this post?',
  reportText: 'It is covered for all members, who see that you reported it and may still look.',
  reportVerb: 'Report it',

  pictures: 'Pictures',
  files: 'Files',
  moreFiles: (amount: number) => plural(amount, { one: 'Show # more file', other: 'Show # more files' }),
  lookAtAll: (amount: number) => `Look at all ${number(amount)}`,
  openFile: (name: string, size: string) => `Open ${name}, ${size}`,
  gallery: 'Files of this post',

  yourComment: (name: string) => `Your comment on the post of ${name}`,
  writeComment: 'Write a comment',
  sending: 'Sending…',
  send: 'Send',

  newPost: 'New post',
  write: 'Write a post',
  addFiles: 'Add files',
  filesToPost: 'Files to post',
  posting: 'Posting…',
  post: 'Post',
  posted: 'Posted.',
  doNotPost: (name: string) => `Do not post ${name}`,
  tooLong: 'This is too long for one post. Shorten it, or add it as a file.',
  noFolder: 'A folder cannot be posted as one thing. Drop the files inside it.',
  tooMany: (most: number) =>
    plural(most, {
      one: 'One post takes # file. Post the others after it.',
      other: 'One post takes # files. Post the others after it.',
    }),

  againLabel: (name: string) => `Try again: ${name}`,
  dismissLabel: (name: string) => `Dismiss: ${name}`,
  stopLabel: (name: string) => `Stop: ${name}`,
  waiting: 'Waiting',
  encrypting: (done: string, of: string) => `Encrypting ${done} of ${of}`,
  postingFiles: (name: string) => `Posting ${name}`,

  notTold: 'More about it cannot be told now.',
  whoHasIt: 'Who has it',

  emptyFile: 'The file is empty.',
  reading: 'Reading…',
  first: (shown: string, of: string) => `The first ${shown} of ${of}.`,
  showMore: 'Show more',
}
