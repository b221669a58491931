/** The reach doctor: what each check found, and what to do about it. */
import type { OpenCafe } from '../../../worker/api.ts'
import { number } from '../say.ts'

type Mode = OpenCafe['mode']

const ADMITS: { readonly [M in Mode]: string } = {
  open: 'It admits anybody.',
  invite: 'It admits who has an invite.',
  ask: 'It admits whom you say yes to.',
}

export const doctor = {
  title: 'Can others reach you?',
  lead: 'This looks at everything between you and others, in order, and says what to do where something is in the way.',
  running: 'Looking…',
  done: 'That is all.',
  again: 'Look again',
  copy: 'Copy the report',
  copied: 'Copied.',
  notCopied: 'This browser does not let the page copy. Select the text below.',
  reportAbout: 'The report has no names, keys or words in it, and only the ends of identifiers.',
  reportShow: 'See the report',
  levels: { good: 'Good', attention: 'Attention', bad: 'Bad' },
  names: {
    browser: 'This browser',
    storage: 'Storage',
    service: 'Offline part',
    worker: 'Your node',
    clock: 'Clock',
    relay: 'Relay',
    direct: 'Direct connections',
    outside: 'Your cafe from outside',
    cafe: 'A cafe you joined',
  },
  noAnswer: (what: string) => ({
    text: `${what}: there was no answer.`,
    advice: 'Look again in a minute. If it stays, reload Popup Cafe.',
  }),
  browserGood: { text: 'This browser has all that Popup Cafe uses.' },
  browserLacks: (what: string) => ({
    text: `This browser lacks ${what}.`,
    advice: 'Use a current Chrome, Edge, Firefox or Safari, not in a private window.',
  }),
  storageFull: (free: string) => ({
    text: `Only ${free} are left for this page.`,
    advice: 'Free space on this device, or remove files you do not need.',
  }),
  kept: (free: string) => ({ text: `What is here is kept for good; ${free} are left.` }),
  evicted: {
    text: 'This browser may remove what is here when its disk is full.',
    advice: 'Ask it to keep your data: see Settings, Storage. And keep your files at two cafes.',
  },
  serviceGood: (build: string | undefined) => ({
    text: `Links open here, and the app starts without a network.${build === undefined ? '' : ` This part is of build ${build}.`}`,
  }),
  serviceOld: { text: 'A newer version waits to take over.', advice: 'Take it in Settings, Version.' },
  serviceNone: {
    text: 'The part that opens links does not run for this page.',
    advice: 'Reload the page without holding Shift.',
  },
  workerGood: (ms: number) => ({ text: `Your node runs and answers in ${number(ms)} ms.` }),
  clockGood: { text: 'The clock of this device is right.' },
  clockUnknown: {
    text: 'The host of the app does not say what time it is.',
    advice: 'See that the clock of this device is right.',
  },
  clockWrong: (seconds: number) => ({
    text: `The clock of this device differs by ${number(seconds)} seconds from that of the app’s host.`,
    advice: 'Set it right: sessions and invites end by the clock.',
  }),
  relayNone: { text: 'This page knows no relay.', advice: 'Open Popup Cafe from the address of a relay.' },
  relayAway: {
    text: 'A relay does not answer.',
    advice: 'Look whether this device is online and the relay runs. We keep trying.',
  },
  relayNoSeat: {
    text: 'The relay answers, but has no seat for you yet.',
    advice: 'It may be full. Wait a minute and look again, or ask whoever runs it.',
  },
  relayGood: (ms: number) => ({ text: `The relay answers in ${number(ms)} ms and holds a seat for you.` }),
  directGood: { text: 'This browser can connect directly.' },
  directNone: {
    text: 'This browser makes no direct connections: all goes through the relay, which is slower.',
    advice: 'An extension or a rule of your network may block WebRTC. Allow it for this page.',
  },
  outsideSeat: (mode: Mode) => ({ text: `Others find your cafe through the relay. ${ADMITS[mode]}` }),
  outsideDoor: (mode: Mode) => ({
    text: `Others find your cafe through the relay, and its door answers. ${ADMITS[mode]}`,
  }),
  outsideDoorShut: {
    text: 'The door of your cafe does not answer.',
    advice: 'Close it and open it again, in My cafe.',
  },
  outsideNone: {
    text: 'Your cafe is open, but nobody new can reach it.',
    advice: 'It needs a relay: see what is said about relays here.',
  },
  cafeGood: (name: string, direct: boolean, ms: number) => ({
    text: `${name} answers ${direct ? 'directly' : 'through the relay'} in ${number(ms)} ms.`,
  }),
  cafeAway: (name: string) => ({
    text: `${name} does not answer.`,
    advice: 'It is open only while its tab is. Ask its host; what you keep goes there by itself later.',
  }),
}
