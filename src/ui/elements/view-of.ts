/** Which element shows a route, with what it is given of the frame. Its code is loaded by then (`views.ts`). */
import { html, type TemplateResult } from 'lit'
import type { AccountStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Awake } from '../controllers/awake.ts'
import type { Errands } from '../controllers/errands.ts'
import type { Sending } from '../controllers/sending.ts'
import type { Uploads } from '../controllers/uploads.ts'
import type { LinkKeys } from '../link-keys.ts'
import type { Route } from '../route.ts'

/** What outlives a view. */
export interface Frame {
  readonly cafe: CafeConsole
  /** Null without one; undefined before that is known. */
  readonly account: AccountStatus | null | undefined
  readonly awake: Awake
  readonly keys: LinkKeys
  /** An account was made in order to join. */
  readonly eager: boolean
  readonly uploads: Uploads
  readonly sending: Sending
  readonly errands: Errands
}

export function viewOf(route: Route, frame: Frame): TemplateResult {
  const { cafe, account } = frame
  switch (route.view) {
    case 'host':
      return html`<cafe-host .cafe=${cafe} .awake=${frame.awake} .awakeState=${frame.awake.state}></cafe-host>`
    case 'settings':
      return html`<cafe-settings .cafe=${cafe}></cafe-settings>`
    case 'doctor':
      return html`<cafe-doctor .cafe=${cafe}></cafe-doctor>`
    case 'pair':
      return html`<cafe-pair .cafe=${cafe}></cafe-pair>`
    case 'open':
      return html`<cafe-open .cafe=${cafe} .keys=${frame.keys} .link=${route.link}></cafe-open>`
    case 'try':
      return html`<cafe-try .cafe=${cafe}></cafe-try>`
    default:
      if (account?.locked) return html`<cafe-unlock .cafe=${cafe} .account=${account}></cafe-unlock>`
      return ofAccount(route, frame)
  }
}

function ofAccount(route: Route, { cafe, account, eager, uploads, errands, ...frame }: Frame): TemplateResult {
  switch (route.view) {
    case 'account':
      return html`<cafe-accounts .cafe=${cafe} .account=${account}></cafe-accounts>`
    case 'link':
      return html`<cafe-accounts .cafe=${cafe} .account=${account} .code=${route.code}></cafe-accounts>`
    case 'join':
      return html`<cafe-join .cafe=${cafe} .code=${route.code} .eager=${eager}></cafe-join>`
    case 'you':
      return html`<cafe-you .cafe=${cafe} .errands=${errands} .states=${errands.states}></cafe-you>`
    case 'recover': {
      const { recover } = errands
      return html`<cafe-recover .cafe=${cafe} .errand=${recover} .state=${recover.state}></cafe-recover>`
    }
    case 'mail':
      return html`<cafe-mail .cafe=${cafe}></cafe-mail>`
    case 'people':
    case 'contact':
    case 'introduced':
      return ofPeople(route, cafe, account)
    case 'threads':
    case 'feed':
    case 'thread':
    case 'invited':
    case 'news':
      return ofThreads(route, cafe, account, frame.sending)
    default:
      return html`<cafe-files
        .cafe=${cafe}
        .uploads=${uploads}
        .items=${uploads.items}
        .finished=${uploads.finished}
      ></cafe-files>`
  }
}

/** Without an account, whatever of them was asked for: the list says what it takes. */
function ofPeople(route: Route, cafe: CafeConsole, account: Frame['account']): TemplateResult {
  if (account !== null && route.view === 'contact')
    return html`<cafe-contact .cafe=${cafe} .address=${route.address}></cafe-contact>`
  if (account !== null && route.view === 'introduced')
    return html`<cafe-introduced .cafe=${cafe} .code=${route.code}></cafe-introduced>`
  return html`<cafe-people .cafe=${cafe}></cafe-people>`
}

function ofThreads(route: Route, cafe: CafeConsole, account: Frame['account'], sending: Sending): TemplateResult {
  if (route.view === 'invited') return html`<cafe-invited .cafe=${cafe} .code=${route.code}></cafe-invited>`
  // Without an account the list says what it takes.
  if (account !== null && route.view === 'news') return html`<cafe-news .cafe=${cafe}></cafe-news>`
  if (account !== null && route.view === 'thread') {
    return html`<cafe-thread
      .cafe=${cafe}
      .thread=${route.id}
      .sending=${sending}
      .parcels=${sending.parcels}
    ></cafe-thread>`
  }
  return html`<cafe-threads .cafe=${cafe} .together=${route.view === 'feed'}></cafe-threads>`
}
