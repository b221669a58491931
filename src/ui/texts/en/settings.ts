/** Settings of this device: how the app looks and speaks, what the browser keeps, its version, installing, staying awake. */

export const settings = {
  title: 'Settings',
  link: 'Settings of this device',
  lead: 'What holds on this device only. What is about your account is at “You”.',

  looks: 'Language and look',
  language: 'Language',
  asBrowser: 'As the browser',
  theme: 'Look',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },

  storage: 'Storage',
  kept: 'Kept for good',
  evictable: 'May be evicted',
  unknown: 'Not known',
  keptText: 'The browser keeps what is here until you remove it. Clearing this site’s data still removes everything.',
  evictableText:
    'If the disk of this device is full, the browser may remove all that is here: your account, your files, your cafe. Ask it to keep them, and keep your files at two cafes.',
  unknownText: 'This browser does not say what it keeps. Keep your files at two cafes, and your words on paper.',
  askKeep: 'Keep my data for good',
  keepRefused:
    'The browser said no. Most say yes once the app is installed, or after you have used it for some days. Ask again then.',
  used: (used: string, quota: string) => `${used} used of ${quota} this browser allows`,

  relays: 'Relays',
  relaysText: 'Others find you through these. They come from the host of this app and from the invites of your cafes.',
  relayAddress: 'Address of another relay',
  relayHelp: 'Whoever runs it can tell you. It is used on this device, beside the others.',
  relayExample: '/dns4/…/p2p/12D3Koo…',
  addRelay: 'Add',
  removeRelay: (relay: string) => `Remove the relay ${relay}`,
  noRelays: 'None. Open Popup Cafe from the address of a relay.',
  seat: 'Reachable',
  noSeat: 'Connected',
  away: 'No answer',

  version: 'Version',
  versionLine: (version: string, date: string | undefined) =>
    date === undefined ? `Popup Cafe ${version}` : `Popup Cafe ${version}, of ${date}`,
  check: 'Look for a newer one',
  checking: 'Looking…',
  newest: 'This is the newest version.',
  newer: 'A newer version is ready: take it in the bar above.',
  noCheck: 'The host of the app cannot be reached. Look again later.',

  elsewhere: 'Also',
  doctor: 'Can others reach you?',
  account: 'Account: passphrase, devices, accounts',
  recover: 'Bring an account back',
  carry: 'Back up or move your cafe',
  notices: 'Notifications',

  installTitle: 'Have Popup Cafe as an app',
  installText:
    'It opens from your home screen, in a window of its own, and browsers keep the data of apps more readily.',
  installIos: 'Tap the share button of Safari, then “Add to Home Screen”. Safari keeps the data of apps longer.',
  install: 'Install',
  notNow: 'No, thanks',

  awake: 'Keep this device awake while the cafe is open',
  awakeText: 'The screen stays on while this page is in front. It ends when you close the cafe or this page.',
  awakeRefused: 'The browser refused, perhaps because the battery is low. Plug the device in, then switch it on again.',
  awakeNone: 'This browser cannot keep the screen on. Set it in the system: screen off never, while you host.',
  awakeHidden: 'This page is in the background: the device may sleep until you come back.',
  open: 'What happens when this tab sleeps or closes?',
  openDesktop:
    'On a computer the cafe stays open in a background tab, and closes when the last tab of Popup Cafe is closed or the computer sleeps. In Chrome and Edge it lives on for up to five minutes, so a reload does not close it.',
  openAndroid:
    'On Android the system may stop a browser in the background, or when the screen is locked, whenever it wants memory. Keep the page in front and the screen on while you host.',
  openIos:
    'On iPhone and iPad the cafe stops some seconds after Safari goes into the background or the screen is locked. It opens again by itself when you come back to the page.',
  openLost: 'Nothing is lost then: people reach their files again when you are back.',
}
