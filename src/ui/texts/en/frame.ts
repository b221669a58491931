/** The frame around all views: navigation, state, updates, links that open; and lines that many views have. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const frame = {
  skip: 'Skip to the content',
  main: 'Main',
  home: 'Home',
  threads: 'Threads',
  people: 'People',
  news: 'News',
  files: 'Files',
  host: 'My cafe',
  you: 'You',
  busy: ', busy',
  unread: ' not read',
  starting: 'Starting…',
  bringing: 'Your account is being brought back.',
  notAllBack: 'Not all of your account is back yet.',
  howFar: 'See how far it is',
  updateNow: 'Update now',
  reload: 'Reload',
  later: 'Later',
  updating: 'Updating…',
  afterUploads: 'The update follows when what you are sending has arrived.',
  thrownAway:
    'This browser has thrown away what was kept here, and your account with it: it had no room, or somebody cleared it. What your cafes keep is still there. Your words bring it back.',
  useWords: 'Use my words',
  newVersion: 'A new version of Popup Cafe is ready. Your cafe and your files stay as they are.',
  updatedElsewhere: 'Popup Cafe was updated in another tab. Reload to use the new version here.',
  network: 'Network: ',
  couldNotStart: 'Popup Cafe could not start.',
  isStarting: 'Popup Cafe is starting.',
  noDirect: 'No direct connections: no open tab lends one. Things still arrive through the relay, only slower.',
  connections: 'Connections',
  direct: 'direct',
  throughRelay: 'through relay',
  notRunning: 'Not running',
  told: 'This link had its key in the part that browsers send, so the host of this page has seen it. The address above is rewritten: pass on that one, from now on.',
  gotIt: 'Got it',
  content: 'Content',
  linkClosed: 'This link does not open',
  opening: 'Opening…',
  decryptedHere: 'It is fetched and decrypted on this device. Nobody on the way can read it.',
  checkedHere: 'It is fetched and checked on this device.',
  again: 'Try again',
  toApp: 'Go to Popup Cafe',
  takesPassword: 'This link takes a password',
  requests: (amount: number) => plural(amount, { one: ', # request to join', other: ', # requests to join' }),
  isOpen: (cafe: string) => `● ${cafe} is open – Popup Cafe`,
  afterTransfers: (amount: number) =>
    plural(amount, {
      one: 'The update follows when # transfer through this app ended.',
      other: 'The update follows when # transfers through this app ended.',
    }),
  throughTabs: (tabs: number) =>
    plural(tabs, {
      one: 'Direct connections through # open tab.',
      other: 'Direct connections through # open tabs.',
    }),
  thisBrowser: (id: TemplateResult) => html`This browser is ${id}`,
  relay: {
    none: 'This page knows no relay.',
    waiting: 'The relay does not answer. We keep trying, and who is connected directly stays connected.',
    connected: 'The relay is connected.',
  },
  withoutRelay: (codes: (words: string) => TemplateResult) =>
    html`Open Popup Cafe from your relay’s address, or ${codes('connect two devices by codes')}.`,
  whatHinders: 'See what is in the way',
  why: {
    'no-address': 'no direct address is known',
    'no-tab': 'no open tab lends a direct connection',
    pending: 'trying for a direct connection',
    timeout: 'a direct connection took too long; a firewall may be in the way',
    failed: 'a direct connection was refused on the way',
  },
  /** The node's state in a word or two. */
  node: {
    offline: 'Offline',
    starting: 'Starting',
    connected: 'Connected',
    connectedTo: (others: number) => plural(others, { other: 'Connected to #' }),
    direct: 'Direct only',
    connecting: 'Connecting',
    noRelay: 'No relay',
  },
  /** How others reach a cafe that is hosted here. */
  reach: {
    noRelay: 'Not reachable yet: this page knows no relay. Open Popup Cafe from your relay’s address.',
    goesOn: 'People who are connected stay connected. New people can join once the relay answers again.',
    silent: 'Not reachable yet: the relay does not answer. We keep trying.',
    good: 'People on this network and through the relay can join.',
    relayOnly: 'Only through the relay, which is slower: this browser lends no direct connections.',
  },
  onlyHere: 'Only on this device: join a cafe',
  safeAt: (safe: number, of: number) =>
    plural(of, { one: `Safe at ${safe} of # cafe`, other: `Safe at ${safe} of # cafes` }),
  noName: 'No name',
  upload: {
    waiting: 'Waiting',
    encrypting: (done: string, of: string) => `Encrypting ${done} of ${of}`,
    sending: (done: string, of: string) => `Sending ${done} of ${of}`,
  },
  cleaning: {
    begins: 'Cleaning up…',
    looking: (blocks: number) =>
      plural(blocks, {
        one: 'Looking at what must stay: # block',
        other: 'Looking at what must stay: # blocks',
      }),
    removing: (size: string) => `Removing the rest: ${size} freed`,
    nothing: 'There was nothing to free.',
    freed: (size: string) => `Freed ${size}.`,
  },
  /** What a cafe has erased, by the parts of its receipt. */
  erased: {
    pins: (amount: number) => plural(amount, { one: '# file', other: '# files' }),
    slots: (amount: number) => plural(amount, { one: '# snapshot', other: '# snapshots' }),
    drops: (amount: number) => plural(amount, { one: '# note', other: '# notes' }),
    cards: (amount: number) => plural(amount, { one: '# contact card', other: '# contact cards' }),
    mail: (amount: number) => plural(amount, { one: '# letter', other: '# letters' }),
    doors: (amount: number) =>
      plural(amount, { one: '# list of people who may write', other: '# lists of people who may write' }),
    clients: (amount: number) => plural(amount, { one: '# device', other: '# devices' }),
    sessions: (amount: number) => plural(amount, { one: '# session', other: '# sessions' }),
  },
  erasedNothing: 'nothing',
}
