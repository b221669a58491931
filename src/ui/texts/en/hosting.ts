/** A hosted cafe from day to day: its room at the beginning, how people reach it, a pause, what happened, its closing. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

type Who = TemplateResult | string

export const hosting = {
  room: 'Room for your guests',
  roomOffered: (size: string) => `This browser offers about ${size}. You can change it at any time.`,
  roomUnknown: 'You can change it at any time.',
  ways: 'How people reach you',
  onNetwork: 'on this network',
  notOnNetwork: 'not directly',
  seats: (seats: number) => plural(seats, { one: 'through # relay', other: 'through # relays' }),
  noSeat: 'no relay yet',
  up: (when: TemplateResult) => html`without a break since ${when}`,
  paused: 'guests paused',
  pauseTitle: 'Pause guests',
  pauseText:
    'Nobody new comes in and nothing new is kept. Whoever is here can still open, take and remove what is theirs.',
  pause: 'Pause guests',
  pausedTitle: (when: TemplateResult) => html`Guests are paused, since ${when}`,
  pausedText:
    'Nobody new comes in and nothing new is kept. Nothing is lost: what waits at your guests follows by itself when they go on.',
  goOn: 'Let guests go on',
  activity: 'Activity',
  activityNone: 'Nothing has happened yet.',
  activityText: 'The last 200 things of 30 days, on this device only. It never says what people keep.',
  showMore: 'Show more',
  times: (times: number) => plural(times, { one: '# time', other: '# times' }),
  happened: {
    opened: () => 'You opened the cafe',
    closed: () => 'You closed the cafe',
    paused: () => 'You paused guests',
    resumed: () => 'You let guests go on',
    joined: (who: Who) => html`${who} joined`,
    device: (who: Who) => html`${who} came with another device`,
    asked: (who: Who) => html`${who} asked to join`,
    admitted: (who: Who) => html`You let ${who} in`,
    refused: (who: Who) => html`You said no to ${who}`,
    left: (who: Who) => html`${who} left; what they kept here is erased`,
    evicted: (who: Who) => html`You removed ${who}`,
    locked: (who: Who) => html`${who} is locked out: their invite was withdrawn`,
    full: (who: Who) => html`There was no room for what ${who} brought`,
  },
  kept: (files: number, size: string, who: Who) =>
    html`${plural(files, { one: '# file', other: '# files' })} of ${who} kept, ${size}`,
  online: 'here now',
  seen: (when: TemplateResult) => html`seen ${when}`,
  leaving: {
    looking: 'Looking what your guests keep here…',
    nobody: 'Nobody keeps anything here.',
    keep: (people: number, files: number, size: string) =>
      html`${plural(people, { one: '# person keeps', other: '# people keep' })} ${plural(files, { one: '# file', other: '# files' })} here, ${size}.`,
    unknown: 'Your cafe cannot see whether they have copies elsewhere.',
    elsewhere: (files: number) =>
      plural(files, {
        one: '# of these files is at your pinning service too.',
        other: '# of these files are at your pinning service too.',
      }),
    unfinished: (size: string) =>
      `${size} of uploads are not finished. They go on when you open it again within a day.`,
    letters: (letters: number) =>
      plural(letters, {
        one: '# letter has not been fetched yet.',
        other: '# letters have not been fetched yet.',
      }),
    what: 'If you close it for long',
    save: (words: (text: string) => TemplateResult) =>
      html`${words('Save it to one file')}, to open it again anywhere.`,
    move: 'Or move it to a device that stays on: a computer that runs the cafe without a browser. Its guests notice nothing.',
    farewell: 'What should your guests be told?',
    hears: (devices: number) =>
      plural(devices, {
        one: '# connected device sees this',
        other: '# connected devices see this',
      }),
    nobodyHears: 'nobody is connected to see this',
    example: 'Back on Monday!',
  },
}
