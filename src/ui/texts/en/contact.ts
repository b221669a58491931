/** Somebody's page, and the link that introduces somebody. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

const devices = (amount: number): string => plural(amount, { one: '# device', other: '# devices' })
const cafes = (amount: number): string => plural(amount, { one: '# cafe', other: '# cafes' })

export const contact = {
  somebody: 'Somebody',
  all: 'All people',
  seeAll: 'See all people',
  isYou: 'This is you',
  youMark: '(you)',
  callsThemselves: (name: TemplateResult) => html`calls themselves ${name}`,
  contactTag: 'contact',
  starting: 'Starting…',
  start: 'Start a thread',
  add: 'Add to contacts',
  unblock: 'Unblock',
  block: 'Block',
  called: 'What you call them',
  calledHint: 'only you see it; empty for what they call themselves',
  via: 'Known via',
  viaNothing: 'Nothing but this address.',
  askingCard: 'Asking cafes for their newest card…',
  devices,
  mailAt: (amount: number) => `mail at ${cafes(amount)}`,
  common: 'Common threads',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: 'They are taken out of your contacts on all of your devices. Common threads stay as they are.',
  blockTitle: (name: string) => `Block ${name}?`,
  blockText:
    'They can write to you no more, and are not told. In common threads you still see each other: leave those if you want that too.',
  addressLabel: (groups: string) => `Address: ${groups}`,
  compare: 'The picture is made from the address. Compare both with what they show you, to be sure that it is them.',
  showQr: 'Show as QR code',
  qr: 'QR code of this address',
  noCard: 'No card of theirs is known here.',
  cardGone: 'They have taken their card back.',
  cardOf: (made: TemplateResult, checked: TemplateResult) => html`Their card is of ${made}, last checked ${checked}.`,
  blocked: 'You have blocked them: they cannot write to you. In common threads you still see each other.',
  viaBook: 'In your contacts',
  viaThread: (name: string) => `Both in “${name}”`,
  viaLink: 'By a contact link that was sent to you',
  viaCafe: (cafe: string | undefined) => `Found at ${cafe ?? 'a cafe of yours'}`,
  viaBeyond: (cafe: string | undefined) => `Found through ${cafe ?? 'a cafe of yours'}, at a cafe it knows`,
  sameName: (contact: string) => `Has the same name as your contact “${contact}”, but another address.`,
  sameAsYou: 'Has the same name as you, but another address.',
  looksLike: (contact: string) =>
    `Is written to look like your contact “${contact}”, with other letters, and has another address.`,
  looksLikeYou: 'Is written to look like you, with other letters, and has another address.',

  linkTitle: 'A contact link',
  cardTitle: 'Somebody’s card',
  ownLink: 'This is your own link.',
  linkCalls: (name: TemplateResult) => html`The link calls them ${name}.`,
  soTheLinkSays: 'So the link says; their own card may say otherwise.',
  haveThem: 'You have them in your contacts.',
  reachedAt: (amount: number) => `Reached at ${cafes(amount)}.`,
  adding: 'Adding…',
  update: 'Update',
  closer: 'Look closer',
  notKept: 'Nothing of it is kept until you add them.',
}
