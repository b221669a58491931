/** Threads in lines: what types and sharing mean, who did what, what an alarm is about. */
import { list, number, plural } from '../say.ts'

const devices = (amount: number): string => plural(amount, { one: '# device', other: '# devices' })
const members = (amount: number): string => plural(amount, { one: '# member', other: '# members' })

export const threadLines = {
  types: {
    open: { name: 'Everybody takes part', text: 'All members can post, comment and like.' },
    public: { name: 'You post, others answer', text: 'Only you can post; members can comment and like.' },
    'read-only': { name: 'You post, others read', text: 'Only you can post; members can read and nothing more.' },
    private: { name: 'Just for you', text: 'Nobody can be invited. It is on your own devices and cafes only.' },
  },
  sharings: {
    shared: { name: 'Members invite others', text: 'Everybody who is in it can bring in others.' },
    'invite-only': { name: 'Only you invite', text: 'Nobody gets in without an invite from you.' },
    'not-shared': { name: 'Nobody is invited', text: 'It stays with you, on all of your devices.' },
  },
  modes: {
    annotated: { name: 'Posts', text: 'Every post with what was said about it.' },
    stacks: { name: 'Latest activity', text: 'What was said last comes first, also about older posts.' },
    chronological: { name: 'Everything', text: 'Every single thing that happened, in the order of time.' },
  },
  /** What others may do in a thread; null: you started it. */
  forMembers: {
    open: () => 'All members can post, comment and like.',
    public: (starter: string | null) =>
      `${starter === null ? 'You post' : `${starter} posts`}; members can comment and like.`,
    'read-only': (starter: string | null) => `${starter === null ? 'You post' : `${starter} posts`}; members read.`,
    private: () => 'Nobody can be invited.',
  },
  brings: {
    shared: () => 'Every member can invite others.',
    'invite-only': (starter: string | null) => `Only ${starter ?? 'you'} can invite others.`,
    'not-shared': () => 'Nobody else can be invited.',
  },
  onlyYou: 'Only you',
  members,
  membersOnline: (people: number, online: number) =>
    `${people <= 1 ? 'Only you' : members(people)}, ${devices(online)} connected`,
  invitedOnly: 'Invited, not in it yet',
  two: 'Just the two of you',
  twoOnline: 'Just the two of you, connected',
  files: 'Files',
  youSaid: (words: string) => `You: ${words}`,
  said: (who: string, words: string) => `${who}: ${words}`,
  somebody: 'somebody',
  /** After the name of who did it; `who` is whom it was done to. */
  events: {
    join: () => 'joined',
    leave: () => 'left',
    remove: (who: string) => `removed ${who}`,
    rename: (_who: string, name: string) => `renamed it to “${name}”`,
    rekey: () => 'changed the lock, so that whoever left cannot read on',
    announce: () => 'updated their profile',
    comment: () => 'commented',
    like: () => 'liked a post',
    flag: () => 'reported a post',
    ignore: () => 'hid something',
    text: () => 'posted',
    files: () => 'posted',
  },
  /** After the name of who did it. */
  news: {
    invite: (thread: string) => `invites you to “${thread}”`,
    join: (thread: string) => `joined “${thread}”`,
    leave: (thread: string) => `left “${thread}”`,
    text: (thread: string) => `posted in “${thread}”`,
    files: (thread: string) => `added files to “${thread}”`,
    comment: (thread: string) => `commented on your post in “${thread}”`,
    like: (thread: string) => `liked your post in “${thread}”`,
  },
  /** Title of a notification: who did it, and how many more. */
  actors: (names: readonly string[], more: number) => list(more > 0 ? [...names, `${number(more)} more`] : names),
  wroteToYou: 'wrote to you',
  newThings: (amount: number) => plural(amount, { one: '# new thing', other: '# new things' }),
  newThingsIn: (amount: number, thread: string) =>
    plural(amount, { one: `# new thing in “${thread}”`, other: `# new things in “${thread}”` }),
  /** `who` is the author's name; null: it is you. */
  alarms: {
    gap: (who: string | null) =>
      `Something that ${who ?? 'you'} posted has not arrived. Somebody may be holding it back; it comes as soon as a member or a cafe that has it can be reached.`,
    fork: (who: string | null) =>
      `A device of ${who ?? 'yours'} has told two different stories. It may have been restored from an old copy, or somebody else has its keys.${who === null ? '' : ` Ask ${who} about it some other way.`}`,
    late: (who: string | null) =>
      `A device of ${who ?? 'yours'} wrote without knowing of its own earlier posts. It has probably lost its memory, or the post is back-dated.`,
  },
}
