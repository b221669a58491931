/**
 * The page's entry. On the app's address it shows `<cafe-app>`; on `/ipfs/…` and `/ipns/…`, which the service worker
 * should have answered, it shows `<cafe-opening>` until it does. The node starts after the first paint.
 */
import './elements/cafe-app.ts'
import './elements/cafe-opening.ts'
import { isGatewayPath } from './route.ts'
import { speakFirst } from './texts/tongue.ts'
import { followColorScheme } from './theme.ts'
import { guardScripts } from './trusted-types.ts'

// For a repair by hand; the service worker leaves this address to the network.
if (new URLSearchParams(location.search).has('sw-unregister')) location.replace('/reset.html')
guardScripts()
followColorScheme()
await speakFirst()
document
  .getElementById('app')
  ?.replaceChildren(document.createElement(isGatewayPath(location.pathname) ? 'cafe-opening' : 'cafe-app'))
